"""Figures of named areas, from those of the 250 m cells that they share ground with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outreach_api.outreach_map.rules.arrays import People
from outreach_api.outreach_map.rules.covering import NEVER
from outreach_api.outreach_map.rules.grid import index_of
from outreach_api.outreach_map.rules.missing import gaps

if TYPE_CHECKING:
    from outreach_api.outreach_map.rules.arrays import Codes, Floats, Indexes
    from outreach_api.outreach_map.rules.covering import Standing
    from outreach_api.outreach_map.rules.grid import Grid


class Parts(NamedTuple):
    """Of areas and cells, ascending by both: the share (0 to 1) of the cell that lies in the area."""

    areas: Indexes
    cells: Codes
    shares: Floats


class Standings(NamedTuple):
    """By area: people, the share of them that is covered (0 where nobody lives), and the gap that remains."""

    people: People
    share: Floats
    gap: Floats


def living_in(parts: Parts, many: int, grid: Grid, people: People) -> People:
    """The people of each of `many` areas; known where those of any part are. Within a cell they live evenly."""
    import numpy as np

    at, there = index_of(parts.cells, grid.codes)
    known = there & people.known[at] if len(grid) else there
    counts = people.counts[at[known]] * parts.shares[known]
    areas = parts.areas[known]
    sums = np.bincount(areas, counts, many).astype(np.float64)
    return People(sums, np.bincount(areas, minlength=many) > 0)


def standing_of(
    parts: Parts, many: int, grid: Grid, people: People, standing: Standing, full_after: int
) -> Standings:
    """How stops cover each of `many` areas: as rules.gathering joins cells, with the part of each that lies inside.

    The days of a gap are those since the last visit whose catchment reached into the area, as they are of a cell.
    """
    import numpy as np

    inside = living_in(parts, many, grid, people)
    covered = living_in(parts, many, grid, People(people.counts * standing.share, people.known)).counts
    share = np.divide(covered, inside.counts, out=np.zeros(many), where=inside.counts > 0)
    at, there = index_of(parts.cells, grid.codes)
    days = np.full(many, NEVER, dtype=np.int32)
    np.minimum.at(days, parts.areas[there], standing.days[at[there]])
    return Standings(inside, share, gaps(inside.counts, share, days, full_after))
