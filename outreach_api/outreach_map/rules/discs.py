"""Which ground of which cells lies within a radius of points: the lattice that all coverage is counted on.

Every cell is looked at in LATTICE × LATTICE places, at the middles of equal rectangles. Against a much finer lattice,
discs of 300 and 500 m on cells of 250 to 1,000 m were off by 0.3 % of a cell's area on average over the cells that a
rim cuts, by 1.4 % at worst (2 % with up to four discs); other cells are exact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outreach_api.kernel.errors import KernelError
from outreach_api.kernel.geo import ECCENTRICITY_2, SEMI_MAJOR_M
from outreach_api.outreach_map.rules.arrays import Spots
from outreach_api.outreach_map.rules.grid import ranges

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import numpy.typing as npt

    from outreach_api.outreach_map.rules.arrays import Floats, Indexes, Places
    from outreach_api.outreach_map.rules.grid import Grid

LATTICE = 16
PLACES = LATTICE * LATTICE
WORDS = PLACES // 64
MAX_RADIUS_M = 5_000

# Lines that are worked on at once, so that memory stays bounded whatever is asked (about 300 bytes each).
MOST_LINES = 100_000


class Reached(NamedTuple):
    """A line for each point and cell of which it reaches anything: their numbers, and the places as bits.

    The places of a cell are LATTICE × LATTICE bits in WORDS numbers, row by row from the south, from the west.
    """

    point: Indexes
    cell: Indexes
    places: Places


def reached(grid: Grid, spots: Spots, radius_m: float) -> Iterator[Reached]:
    """What points reach, in blocks of bounded size. Raises KernelError `radius_invalid`.

    Distances with the ellipsoid's radii at the point itself: over 5 km in Japan the scale of a degree of longitude
    changes by less than 0.09 %, over 500 m by less than a tenth of that. A disc's part of a row of places is all
    between two columns, so that nothing has to be asked of each place.
    """
    import numpy as np

    if not 0 < radius_m <= MAX_RADIUS_M:
        raise KernelError("radius_invalid", most=MAX_RADIUS_M)
    if not len(grid) or not len(spots):
        return
    rings = _Rings.around(spots, radius_m, grid.size)
    many = at_once(grid, radius_m)
    # From south to north, as the grid is searched; no disc reaches into the grid from far outside.
    order = np.argsort(rings.y)
    order = order[(np.abs(spots.lat[order] - 33) < 14) & (np.abs(spots.lon[order] - 138) < 17)]
    for begin in range(0, len(order), many):
        chosen = order[begin : begin + many]
        point, cell, places = _block(grid, rings, chosen)
        yield Reached(chosen[point], cell, places)


def at_once(grid: Grid, radius_m: float) -> int:
    """How many spots make a block: as a cell in Japan is at least 230 m high and 241 m wide for each 250 m of its name."""
    tall, wide = (int(2 * radius_m / (metres * grid.size)) + 2 for metres in (230, 241))
    return max(1, MOST_LINES // (tall * wide))


def counted(places: Places) -> npt.NDArray[np.int64]:
    """How many places are set, by line."""
    import numpy as np

    found: npt.NDArray[np.int64] = np.bitwise_count(places).sum(axis=-1, dtype=np.int64)
    return found


def united(key: Indexes, places: Places) -> tuple[Indexes, Places]:
    """Lines of the same key joined into one: each key, ascending, with the places that any of its lines has."""
    import numpy as np

    if not len(key):
        return key, places
    # One sort of plain numbers is many times faster than sorting indices: the key above, the line below.
    lines = len(key).bit_length()
    both = np.sort((key.astype(np.int64) << lines) | np.arange(len(key)))
    ordered, line = both >> lines, both & ((1 << lines) - 1)
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    return ordered[starts], np.bitwise_or.reduceat(places[line], starts, axis=0)


class _Rings(NamedTuple):
    """Discs in places of the lattice: middles from the south (y) and the west (x), half heights and half widths."""

    y: Floats
    x: Floats
    rows: Floats
    columns: Floats

    @classmethod
    def around(cls, spots: Spots, radius_m: float, size: int) -> _Rings:
        import numpy as np

        per_row, per_column = 480 * LATTICE / size, 320 * LATTICE / size
        # Metres of a degree from the radii of curvature, as kernel.geo.metres_per_degree has them.
        sine, cosine = np.sin(np.radians(spots.lat)), np.cos(np.radians(spots.lat))
        w2 = 1 - ECCENTRICITY_2 * sine * sine
        normal = SEMI_MAJOR_M / np.sqrt(w2)
        per_lat = np.radians(normal * (1 - ECCENTRICITY_2) / w2)
        per_lon = np.radians(normal * cosine)
        return cls(
            spots.lat * per_row - 0.5,
            (spots.lon - 100) * per_column - 0.5,
            radius_m / per_lat * per_row,
            radius_m / per_lon * per_column,
        )


def _block(grid: Grid, rings: _Rings, chosen: Indexes) -> tuple[Indexes, Indexes, Places]:
    import numpy as np

    y, x, tall, wide = (part[chosen] for part in rings)
    # A strip is a row of cells that a disc touches.
    south, north = np.ceil(y - tall) // LATTICE, np.floor(y + tall) // LATTICE + 1
    point, row = ranges(south.astype(np.int64), north.astype(np.int64))
    y, x, tall, wide = (part[point, None] for part in (y, x, tall, wide))
    off = (row[:, None] * LATTICE + np.arange(LATTICE) - y) / tall
    inside = 1 - off * off
    half = wide * np.sqrt(np.maximum(inside, 0))
    west, east = np.ceil(x - half), np.floor(x + half) + 1
    np.copyto(east, west, where=inside < 0)
    first, last = west.min(axis=1) // LATTICE, (east.max(axis=1) - 1) // LATTICE
    strip, cell, column = grid.find(row, first.astype(np.int64), last.astype(np.int64))
    # Columns of places counted from the strip's first cell, then from the cell's own: always small.
    begin, end = ((edge - first[:, None] * LATTICE).astype(np.int16) for edge in (west, east))
    shift = ((column - first.astype(np.int32)[strip]) * LATTICE).astype(np.int16)[:, None]
    below_begin, below_end = (
        np.uint16(0xFFFF) >> (LATTICE - np.clip(edge[strip] - shift, 0, LATTICE)).astype(np.uint16)
        for edge in (begin, end)
    )
    places = (below_end & ~below_begin).view(np.uint64)
    found = np.flatnonzero(places.any(axis=1))
    return point[strip[found]], cell[found], places[found]
