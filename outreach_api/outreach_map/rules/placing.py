"""Where to stop: of known places those that would add most people to a gap, or else the best ground in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outreach_api.outreach_map.rules.arrays import Spots
from outreach_api.outreach_map.rules.discs import PLACES, counted, reached
from outreach_api.outreach_map.rules.grid import DIVISOR, Grid, index_of

if TYPE_CHECKING:
    from outreach_api.outreach_map.rules.arrays import Codes, Floats, Indexes
    from outreach_api.outreach_map.rules.missing import Missed

MOST_PLACES = 3
# A place that closes less of the gap than this part of what the best one closes comes after those that close more,
# however many people it would add next door.
_CLOSES_ENOUGH = 0.5
# Suggested ground is looked for at the middles of so many × so many equal parts of a cell: an odd number has its middle.
_GROUND = 7


class Place(NamedTuple):
    """A known place: its number, the share of the cell in its catchment, and the missed people that it would reach.

    `adds` are those of its whole catchment, `adds_here` those in the cell.
    """

    spot: int
    share: float
    adds: float
    adds_here: float


class Ground(NamedTuple):
    """A point in a cell, and the missed people that a stop there would reach, in all and in the cell."""

    lat: float
    lon: float
    adds: float
    adds_here: float


class _Lines(NamedTuple):
    """A line for each cell of a gap and spot that would reach missed people there."""

    cell: Indexes
    spot: Indexes
    share: Floats
    adds: Floats
    adds_here: Floats


def largest_shares(cells: Codes, spots: Spots, radius_m: float) -> dict[int, tuple[int, float]]:
    """For each cell the number of the spot whose disc holds most of it, and that share (0 to 1).

    The first of equal spots wins; cells (ascending, of one level) that no disc reaches are left out.
    """
    import numpy as np

    best: dict[int, tuple[int, float]] = {}
    for spot, cell, places in reached(Grid(cells), spots, radius_m):
        share = counted(places) / PLACES
        order = np.lexsort((spot, -share, cell))
        for at in order[np.flatnonzero(np.diff(cell[order], prepend=-1))].tolist():
            code, found = int(cells[cell[at]]), (int(spot[at]), float(share[at]))
            before = best.get(code)
            if before is None or (found[1], -found[0]) > (before[1], -before[0]):
                best[code] = found
    return best


def best_places(
    missed: Missed, cells: Codes, level: int, spots: Spots, radius_m: float, most: int = MOST_PLACES
) -> dict[int, list[Place]]:
    """For each cell (ascending, of a level in metres) the known places from which most of the missed would be reached.

    The one that adds most comes first, of those that close at least half as much of this gap as any does. Those that
    would reach nobody who is missed here are no place for it.
    """
    found: dict[int, list[Place]] = {}
    lines = _lines(missed, cells, level, spots, radius_m)
    for cell, *place in zip(*(column.tolist() for column in lines), strict=True):
        found.setdefault(int(cells[cell]), []).append(Place(*place))
    for places in found.values():
        enough = _CLOSES_ENOUGH * max(place.adds_here for place in places)
        places.sort(key=lambda place: (place.adds_here < enough, -place.adds, -place.share, place.spot))
        del places[most:]
    return found


def best_ground(missed: Missed, cells: Codes, level: int, radius_m: float) -> dict[int, Ground]:
    """For each cell (ascending, of a level in metres) the point of it where a stop would add most people.

    Of equal ones the nearest to the cell's middle. Nobody has looked whether one can stop there.
    """
    import numpy as np

    if not len(cells):
        return {}
    south, west, north, east = (edge[:, None] for edge in Grid(cells).corners())
    down, across = np.divmod(np.arange(_GROUND * _GROUND), _GROUND)
    spots = Spots(
        (south + (north - south) * (down + 0.5) / _GROUND).ravel(),
        (west + (east - west) * (across + 0.5) / _GROUND).ravel(),
    )
    off = np.tile((down - _GROUND // 2) ** 2 + (across - _GROUND // 2) ** 2, len(cells))
    lines = _lines(missed, cells, level, spots, radius_m)
    own = lines.spot // len(down) == lines.cell
    cell, spot, _, adds, adds_here = (column[own] for column in lines)
    order = np.lexsort((spot, off[spot], -adds, cell))
    return {
        int(cells[cell[at]]): Ground(
            float(spots.lat[spot[at]]), float(spots.lon[spot[at]]), float(adds[at]), float(adds_here[at])
        )
        for at in order[np.flatnonzero(np.diff(cell[order], prepend=-1))].tolist()
    }


def _lines(missed: Missed, cells: Codes, level: int, spots: Spots, radius_m: float) -> _Lines:
    import numpy as np

    adds = np.zeros(len(spots))
    # A cell and a spot stand in one number; a spot is in one block only, so that no key comes twice.
    keys: list[Codes] = [np.zeros(0, dtype=np.int64)]
    here: list[Floats] = [np.zeros(0)]
    for lines in missed.reached(spots, radius_m):
        people = missed.people(lines)
        adds += np.bincount(lines.point, people, len(spots))
        cell, inside = index_of(missed.grid.codes[lines.cell] // DIVISOR[level], cells)
        some = np.flatnonzero(inside & (people > 0))
        key, part = np.unique(cell[some] * len(spots) + lines.point[some], return_inverse=True)
        keys.append(key)
        here.append(np.bincount(part, people[some], len(key)).astype(np.float64))
    # To a millionth of a person, so that equal places are equal.
    key, adds_here = np.concatenate(keys), np.concatenate(here).round(6)
    adds = adds.round(6)
    order = np.argsort(key)
    key, adds_here, share = key[order], adds_here[order], np.zeros(len(key))
    for lines in reached(Grid(cells), spots, radius_m):
        at, inside = index_of(lines.cell * len(spots) + lines.point, key)
        share[at[inside]] = counted(lines.places[inside]) / PLACES
    cell, spot = np.divmod(key, max(len(spots), 1))
    return _Lines(cell, spot, share, adds[spot], adds_here)
