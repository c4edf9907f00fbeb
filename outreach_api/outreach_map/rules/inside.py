"""How much of each mesh cell lies inside outlines, thousands of outlines at once.

Every cell is looked at in LATTICE × LATTICE places, those of rules.discs. Along each row of places the edges of an
ring change inside into outside (even-odd rule; of a point on an edge, south and west belong to it), and what is inside
of holes is taken away: the crossings of all outlines are made, sorted and paired as whole arrays, so that time follows
the length of the borders.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from outreach_api.outreach_map.rules.discs import LATTICE
from outreach_api.outreach_map.rules.grid import DIVISOR, codes_of, ranges
from outreach_api.outreach_map.rules.rings import inside_ring

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from outreach_api.outreach_map.rules.arrays import Ring, Spots

    Whole: TypeAlias = npt.NDArray[np.int64]

Polygons: TypeAlias = "Sequence[Sequence[Ring]]"
"""Of one outline: polygons of closed rings."""

# Three whole numbers in one of 64 bits sort at once: an outline, a row, a column. Rows and columns are counted from
# the south-western corner of the mesh's grid (20° N, 122° E; JIS X 0410: a 250 m cell is 1/480° by 1/320°).
_BITS = 18
_MASK = (1 << _BITS) - 1
_SOUTH, _WEST = 20, 122
_STEPS_LAT, _STEPS_LON = 480, 320
_STEPS = {250: 1, 500: 2, 1_000: 4}
# Cells that are summed at once: 100 MB of working memory.
_MOST_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True)
class Inside:
    """By outline and cell, ascending: how many of the cell's places lie inside; cells without any are left out."""

    owners: Whole
    cells: Whole
    places: Whole


def cells_inside(outlines: Sequence[Polygons], metres: int = 250) -> Inside:
    """The cells of a level (250, 500 or 1000 m) with places inside each outline. All corners lie in Japan.

    Polygons of one outline that overlap count once.
    """
    import numpy as np

    parts = [*_sums(*_spans(outlines, metres))] or [(np.empty(0, dtype=np.int64),) * 2]
    keys, places = _summed(
        np.concatenate([keys for keys, _ in parts]), np.concatenate([sums for _, sums in parts])
    )
    row, column = keys >> _BITS & _MASK, keys & _MASK
    size = _STEPS[metres]
    codes = codes_of(row * size + _SOUTH * _STEPS_LAT, column * size + (_WEST - 100) * _STEPS_LON)
    codes //= DIVISOR[metres]
    order = np.lexsort((codes, keys >> 2 * _BITS))
    return Inside((keys >> 2 * _BITS)[order], codes[order], places[order])


def _spans(outlines: Sequence[Polygons], metres: int) -> tuple[Whole, Whole, Whole]:
    """Rows of places inside: (outline and row in one number, first column, column after the last), none twice."""
    import numpy as np

    polygons = [(owner, rings) for owner, outline in enumerate(outlines) for rings in outline]
    rings = [(number, ring) for number, (_, rings) in enumerate(polygons) for ring in rings]
    if not rings:
        nothing = np.empty(0, dtype=np.int64)
        return nothing, nothing, nothing
    corners = np.concatenate([ring for _, ring in rings])
    lengths = np.array([len(ring) for _, ring in rings])
    per_degree = LATTICE / _STEPS[metres]
    x = (corners[:, 0] - _WEST) * (_STEPS_LON * per_degree) - 0.5
    y = (corners[:, 1] - _SOUTH) * (_STEPS_LAT * per_degree) - 0.5
    # From each corner to the next one of its ring.
    starts = np.delete(np.arange(len(corners)), np.cumsum(lengths) - 1)
    x1, y1, x2, y2 = x[starts], y[starts], x[starts + 1], y[starts + 1]
    ring = np.repeat(np.arange(len(rings)), lengths - 1)
    lower, upper = np.ceil(np.minimum(y1, y2)), np.ceil(np.maximum(y1, y2))
    edge, row = ranges(lower.astype(np.int64), upper.astype(np.int64))
    crossing = x1[edge] + (row - y1[edge]) * (x2[edge] - x1[edge]) / (y2[edge] - y1[edge])
    keys = ring[edge] << 2 * _BITS | row << _BITS | np.ceil(crossing).astype(np.int64)
    keys.sort()
    first, after = keys[0::2], keys[1::2]
    ring = first >> 2 * _BITS
    polygon = np.array([number for number, _ in rings])
    hole = np.concatenate([[False], polygon[1:] == polygon[:-1]])[ring]
    spans = polygon[ring] << _BITS | first >> _BITS & _MASK, first & _MASK, after & _MASK
    group, first, after = _without(*(part[~hole] for part in spans), *(part[hole] for part in spans))
    owner = np.array([owner for owner, _ in polygons])[group >> _BITS]
    return _united(owner << _BITS | group & _MASK, first, after)


def _without(
    group: Whole, first: Whole, after: Whole, of_hole: Whole, hole_first: Whole, hole_after: Whole
) -> tuple[Whole, Whole, Whole]:
    """Spans of one group (polygon and row) without those of its holes."""
    import numpy as np

    if not of_hole.size:
        return group, first, after
    holes = _united(of_hole, hole_first, hole_after)
    # Holes are inside of both together: what changes there, or begins or ends with a hole, is where the rest does.
    both = _united(*(np.concatenate(parts) for parts in zip((group, first, after), holes, strict=True)))
    keys = np.concatenate([of << _BITS | at for of, *ends in (both, holes) for at in ends])
    keys.sort()
    first, after = keys[0::2], keys[1::2]
    some = after > first
    return first[some] >> _BITS, first[some] & _MASK, after[some] & _MASK


def _united(group: Whole, first: Whole, after: Whole) -> tuple[Whole, Whole, Whole]:
    """Spans of one group (outline and row) without what an earlier one of it has already."""
    import numpy as np

    order = np.argsort(group << _BITS | first)
    group, first, after = group[order], first[order], after[order]
    reached = np.concatenate([[-1], np.maximum.accumulate(group << _BITS | after)[:-1]])
    first = np.where(reached >> _BITS == group, np.maximum(first, reached & _MASK), first)
    some = after > first
    return group[some], first[some], after[some]


def _sums(group: Whole, first: Whole, after: Whole) -> Iterator[tuple[Whole, Whole]]:
    """Places by outline and cell, a bounded number of spans at a time."""
    import numpy as np

    west, east = first // LATTICE, (after - 1) // LATTICE + 1
    ends = np.cumsum(east - west)
    if not ends.size:
        return
    cuts = np.searchsorted(ends, np.arange(0, ends[-1], _MOST_AT_ONCE))
    for begin, end in zip(cuts, [*cuts[1:], ends.size], strict=True):
        span, column = ranges(west[begin:end], east[begin:end])
        span += begin
        width = np.minimum(after[span], (column + 1) * LATTICE) - np.maximum(first[span], column * LATTICE)
        owner, row = group[span] >> _BITS, (group[span] & _MASK) // LATTICE
        yield _summed(owner << 2 * _BITS | row << _BITS | column, width)


def _summed(keys: Whole, values: Whole) -> tuple[Whole, Whole]:
    import numpy as np

    if not keys.size:
        return keys, values
    order = np.argsort(keys)
    keys, values = keys[order], values[order]
    begins = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    return keys[begins], np.add.reduceat(values, begins)


def boxes_around(outlines: Sequence[Polygons]) -> npt.NDArray[np.float64]:
    """West, south, east and north of each outline."""
    import numpy as np

    boxes = np.empty((len(outlines), 4))
    for number, polygons in enumerate(outlines):
        corners = np.concatenate([ring for rings in polygons for ring in rings])
        boxes[number] = (*corners.min(axis=0), *corners.max(axis=0))
    return boxes


def holders(
    outlines: Sequence[Polygons], boxes: npt.NDArray[np.float64], spots: Spots
) -> list[tuple[int, int]]:
    """Which spot lies in which outline, as pairs of their numbers: exactly, by the outline and not by its cells."""
    import numpy as np

    west, south, east, north = boxes.T
    found: list[tuple[int, int]] = []
    for spot, (lat, lon) in enumerate(zip(spots.lat.tolist(), spots.lon.tolist(), strict=True)):
        near = np.flatnonzero((west <= lon) & (lon <= east) & (south <= lat) & (lat <= north))
        found += [(spot, number) for number in near.tolist() if _holds(outlines[number], lat, lon)]
    return found


def _holds(polygons: Polygons, lat: float, lon: float) -> bool:
    """As kernel.geo.Outline.contains (a test compares them)."""
    import numpy as np

    spot = np.array([[lon, lat]])
    for outer, *holes in polygons:
        if inside_ring(outer, spot)[0] and not any(inside_ring(hole, spot)[0] for hole in holes):
            return True
    return False
