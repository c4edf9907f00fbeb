"""Gaps: the people whom stops miss, where they are, and how many of them a stop at some place would reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach_api.outreach_map.rules.discs import PLACES, Reached, counted, reached

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach_api.outreach_map.rules.arrays import Codes, Days, Floats, Indexes, People, Spots
    from outreach_api.outreach_map.rules.covering import Standing
    from outreach_api.outreach_map.rules.grid import Grid


def gaps(people: Floats, share: Floats, days: Days, full_after: int) -> Floats:
    """People whom each cell still misses: people × (1 - covered share) × min(1, days since the last visit / full_after).

    A cell that was never reached counts in full, as one does after so many days (84 unless set otherwise).
    """
    return people * (1 - share) * _waited(days, full_after)


def worst(codes: Codes, missed: Floats, most: int) -> Indexes:
    """The cells that miss most, largest first, equal ones in the order of their codes; none that misses nobody."""
    import numpy as np

    found = np.flatnonzero(missed > 0)
    if len(found) > most:
        least = np.partition(missed[found], len(found) - most)[len(found) - most]
        found = found[missed[found] >= least]
    return found[np.lexsort((codes[found], -missed[found]))][:most]


@dataclass(frozen=True, slots=True, eq=False)
class Missed:
    """Where those are who are missed, place by place of the lattice, by the gap's own definition.

    A covered place misses nobody. Any other misses its part of the cell's people, who are taken as spread evenly over
    the cell, times min(1, days since the cell's last visit / full_after). So the places of a 250 m cell add up to its gap.
    """

    grid: Grid
    standing: Standing
    people_a_place: Floats
    """By cell: the missed people of each of its places that is not covered."""

    @classmethod
    def of(cls, grid: Grid, people: People, standing: Standing, full_after: int) -> Missed:
        return cls(grid, standing, people.counts * _waited(standing.days, full_after) / PLACES)

    def reached(self, spots: Spots, radius_m: float) -> Iterator[Reached]:
        """For each spot and cell the places not covered yet that a stop there would reach, in blocks of bounded size.

        `people` says what a line comes to. Spots side by side reach the same places: join their bits (discs.united)
        to count nobody twice.
        """
        for point, cell, places in reached(self.grid, spots, radius_m):
            yield Reached(point, cell, places & ~self.standing.places[cell])

    def people(self, lines: Reached) -> Floats:
        """Missed people by line."""
        return counted(lines.places) * self.people_a_place[lines.cell]


def _waited(days: Days, full_after: int) -> Floats:
    import numpy as np

    return np.minimum(1.0, days / full_after)
