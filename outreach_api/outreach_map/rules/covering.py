"""How much of each cell stops covered lately, and how long ago a visit reached into it, in one pass over both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach_api.outreach_map.rules.discs import PLACES, WORDS, counted, reached, united

if TYPE_CHECKING:
    from outreach_api.outreach_map.rules.arrays import Days, Floats, People, Places, Spots
    from outreach_api.outreach_map.rules.grid import Grid

NEVER = 2**31 - 1
"""Days since the last visit where there was none."""


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """By cell of a grid: the share (0 to 1) that is covered, its places as bits, and days since the last visit."""

    share: Floats
    places: Places
    days: Days


def standing(grid: Grid, spots: Spots, days: Days, radius_m: float, window_days: int) -> Standing:
    """What stops reach that were held so many `days` ago; those of days to come (below 0) don't count.

    Covered is what lies within `radius_m` of a stop held in the window: of discs the union counts, so two stops side
    by side cover nothing twice. The last visit is that of any stop whose disc reaches into a cell, however long ago.
    Raises KernelError `radius_invalid`.
    """
    import numpy as np

    past = days >= 0
    if not past.all():
        spots, days = spots.some(past), days[past]
    share, last = np.zeros(len(grid)), np.full(len(grid), NEVER, dtype=np.int32)
    covered = np.zeros((len(grid), WORDS), dtype=np.uint64)
    touched = np.zeros(len(grid), dtype=np.bool_)
    for point, cell, places in reached(grid, spots, radius_m):
        ago = days[point]
        np.minimum.at(last, cell, ago)
        fresh = np.flatnonzero(ago <= window_days)
        cells, joined = united(cell[fresh], places[fresh])
        covered[cells] |= joined
        touched[cells] = True
    some = np.flatnonzero(touched)
    share[some] = counted(covered[some]) / PLACES
    return Standing(share, covered, last)


def covered_people(people: People, share: Floats) -> float:
    """Σ people · share."""
    return float(people.counts @ share)


def total_coverage(people: People, share: Floats) -> float | None:
    """Σ people · share / Σ people; None where nobody lives."""
    whole = float(people.counts.sum())
    return covered_people(people, share) / whole if whole > 0 else None
