"""Whom stops would reach together: who is near several of them counts once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach_api.outreach_map.rules.discs import PLACES, Reached

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from outreach_api.outreach_map.rules.arrays import Floats, Indexes, Ints, Spots
    from outreach_api.outreach_map.rules.missing import Missed


class Catchments:
    """The missed people around some spots, at the places of the lattice; spots by their numbers.

    Sums run over the places in one order, so the same spots share the same people in whatever order they are named.
    """

    def __init__(self, people: Floats, reached: list[Indexes]) -> None:
        """People by place, and the places of each spot; only those that any spot reaches need be held."""
        self._people, self._reached = people, reached

    @classmethod
    def of(cls, missed: Missed, spots: Spots, radius_m: float) -> Catchments:
        import numpy as np

        lines = list(missed.reached(spots, radius_m))
        if not lines:
            return cls(np.zeros(0), [np.zeros(0, np.intp)] * len(spots))
        point, cell, bits = (np.concatenate(column) for column in zip(*lines, strict=True))
        cells, row = np.unique(cell, return_inverse=True)
        line, place = np.nonzero(_flags(Reached(point, cell, bits)))
        order = np.argsort(point[line], kind="stable")
        places = (row[line] * PLACES + place)[order]
        ends = np.cumsum(np.bincount(point[line], minlength=len(spots)))
        return cls(np.repeat(missed.people_a_place[cells], PLACES), np.split(places, ends[:-1]))

    def alone(self, spot: int) -> float:
        """The people around one spot."""
        return float(self._people[self._reached[spot]].sum())

    def counts(self, spots: Iterable[int]) -> Ints:
        """How many of some spots reach each place."""
        import numpy as np

        counts = np.zeros(len(self._people), np.int32)
        for spot in spots:
            counts[self._reached[spot]] += 1
        return counts

    def shared(self, spots: Iterable[int]) -> float:
        """The people who would be counted too often if each spot counted its own: the sum of all minus the union."""
        import numpy as np

        return float((self._people * np.maximum(0, self.counts(spots) - 1)).sum())

    def shared_with(self, spot: int, counts: Ints) -> float:
        """The people around a spot whom one of the counted spots reaches too."""
        near = self._reached[spot]
        return float(self._people[near[counts[near] > 0]].sum())

    def reached_by_many(self, spots: Iterable[int]) -> Iterator[tuple[float, dict[int, float]]]:
        """The people whom all of some spots reach, and those of them around each: whom any two do, any three, and so on.

        So many times are told as there are different numbers of spots that reach the same place.
        """
        import numpy as np

        every = list(spots)
        counts = self.counts(every)
        for least in np.unique(counts[counts > 1]).tolist():
            people = np.where(counts >= least, self._people, 0.0)
            yield float(people.sum()), {spot: float(people[self._reached[spot]].sum()) for spot in every}


def _flags(lines: Reached) -> Ints:
    """By line and place 1 where it is reached; in which order a cell's places stand does not matter, as it is always the same."""
    import numpy as np

    return np.unpackbits(np.ascontiguousarray(lines.places).view(np.uint8), axis=1)
