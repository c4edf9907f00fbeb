"""Coverage and gaps of the whole area, quickly: where a stop reaches never changes, so it is asked once a process."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from outreach_api.kernel.geo import Point
from outreach_api.outreach_map import rules
from outreach_api.outreach_map.reads.gaps import LEVEL
from outreach_api.outreach_map.reads.need import DIVISOR, Need

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Shares = npt.NDArray[np.float64]

_MOST_DISCS = 5_000  # about 5 kB each


@dataclass(frozen=True, slots=True)
class Missed:
    """A cell of 500 m: its people, the share covered, days since a stop that reaches it was held, and its gap."""

    mesh: int
    people: float
    covered: float
    days: int | None
    gap: float


class Area:
    """The cells of one population, and what stops reach of them. The same figures as outreach_map.reads gives."""

    def __init__(self, known: Need, radius_m: float) -> None:
        import numpy as np

        self._codes = list(known.people)
        self._radius_m = radius_m
        self._people = np.fromiter(known.people.values(), np.float64, len(self._codes))
        joined = np.asarray(self._codes, dtype=np.int64) // DIVISOR[LEVEL]
        self._cells, self._cell_of = np.unique(joined, return_inverse=True)
        self._discs: dict[Point, tuple[Any, Any] | None] = {}

    def covered(self, stops: Iterable[Point]) -> Shares:
        """The share of each 250 m cell within reach of any of the stops, the area where discs overlap once."""
        import numpy as np

        inside = np.zeros((len(self._codes), rules.LATTICE**2), dtype=np.bool_)
        touched = np.zeros(len(self._codes), dtype=np.bool_)
        for disc in filter(None, map(self._disc, stops)):
            near, within = disc
            inside[near] |= within
            touched[near] = True
        share = np.zeros(len(self._codes))
        share[touched] = inside[touched].mean(axis=1)
        return share

    def people(self) -> float:
        return float(self._people.sum())

    def reached(self, covered: Shares) -> float:
        """People within reach."""
        return float((self._people * covered).sum())

    def closed(self, before: Shares, now: Shares) -> tuple[float, float]:
        """Of the people in cells that nothing covered before: how many are covered now, and how many they are."""
        open_cells = before == 0
        people = self._people[open_cells]
        return float((people * now[open_cells]).sum()), float(people.sum())

    def worst(
        self, covered: Shares, stops: Iterable[tuple[Point, int]], full_after_days: int, most: int
    ) -> list[Missed]:
        """The cells with the largest gaps, largest first; `stops` come with the days since they were held."""
        import numpy as np

        count = len(self._cells)
        people = np.bincount(self._cell_of, self._people, count)
        reached = np.bincount(self._cell_of, self._people * covered, count)
        area = np.bincount(self._cell_of, covered, count) / np.bincount(self._cell_of, minlength=count)
        share = np.divide(reached, people, out=area, where=people > 0)
        never = np.iinfo(np.int64).max
        days = np.full(count, never)
        for point, since in stops:
            disc = self._disc(point)
            if disc is not None:
                near, within = disc
                cells = self._cell_of[near[within.any(axis=1)]]
                days[cells] = np.minimum(days[cells], since)
        gaps = people * (1 - share) * np.minimum(1.0, days / full_after_days)
        order = np.lexsort((self._cells, -gaps))[:most]
        return [
            Missed(
                int(self._cells[n]),
                float(people[n]),
                float(share[n]),
                None if days[n] == never else int(days[n]),
                float(gaps[n]),
            )
            for n in order.tolist()
            if gaps[n] > 0
        ]

    def _disc(self, point: Point) -> tuple[Any, Any] | None:
        """The cells near a point and which of their places it reaches; None where it reaches no cell."""
        if point not in self._discs:
            if len(self._discs) >= _MOST_DISCS:
                self._discs.clear()
            found = next(iter(rules.discs(self._codes, [point], self._radius_m)), None)
            self._discs[point] = None if found is None else found[1:]
        return self._discs.get(point)


class _ByImport:
    """A Need that is told apart by its import, which never changes."""

    def __init__(self, known: Need) -> None:
        self.known = known

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByImport) and other.import_id == self.import_id

    def __hash__(self) -> int:
        return hash(self.import_id)

    @property
    def import_id(self) -> uuid.UUID:
        return self.known.import_id


@lru_cache(maxsize=4)
def _area(by_import: _ByImport, radius_m: float) -> Area:
    return Area(by_import.known, radius_m)


def area_of(known: Need, radius_m: float) -> Area:
    return _area(_ByImport(known), radius_m)
