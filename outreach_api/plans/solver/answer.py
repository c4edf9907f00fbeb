"""What the solver answers: routes with their times, what they are worth, and how far that can be from the best."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from outreach_api.plans.solver.problem import Problem


@dataclass(frozen=True, slots=True)
class Stay:
    """Open to visitors at a place from `arrive` to `depart`, minutes since local midnight."""

    place: int
    arrive: int
    depart: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A shift with its times: the van leaves at `begins` and is back at `ends`; `pause` is the break, if one is owed."""

    shift: int
    stays: tuple[Stay, ...] = ()
    begins: int = 0
    ends: int = 0
    drive: int = 0
    pause: tuple[int, int] | None = None

    @property
    def order(self) -> tuple[int, ...]:
        return tuple(stay.place for stay in self.stays)

    @property
    def duration(self) -> int:
        return self.ends - self.begins


class Engine(StrEnum):
    """What found the answer: every label to its end, or a search."""

    EXACT = "exact"
    SEARCH = "search"


class Ended(StrEnum):
    """Why the search stopped: nothing left to prove, its iterations done, its time over, or somebody asked."""

    PROVEN = "proven"
    ITERATIONS = "iterations"
    TIME = "time"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One route a shift, in the shifts' order. With the same seed and `iterations` it can be had again.

    `value` is points minus driving; `bound` is what no answer can exceed, where known, and `proven` says that this
    one is best. `missed` are must places that found no room.
    """

    routes: tuple[Route, ...]
    value: float
    bound: float | None
    proven: bool
    missed: tuple[int, ...]
    seed: int
    iterations: int
    engine: Engine
    ended: Ended

    @property
    def visited(self) -> frozenset[int]:
        return frozenset(place for route in self.routes for place in route.order)

    @property
    def gap(self) -> float | None:
        """The share of the bound that is not reached yet, at most."""
        if self.bound is None:
            return None
        return 0.0 if self.bound <= self.value else (self.bound - self.value) / max(abs(self.bound), 1e-9)


def value_of(problem: Problem, orders: Iterable[tuple[int, Sequence[int]]]) -> float:
    """Points minus driving of orders by shift. Sums whole numbers first, so that it never depends on the order."""
    points = minutes = 0
    for shift, order in orders:
        points += sum(problem.points(place, shift) for place in order)
        minutes += drive_of(problem, shift, order)
    return points - problem.minute_price * minutes


def drive_of(problem: Problem, shift: int, order: Sequence[int]) -> int:
    """Minutes driven from the shift's start through the places to its end; none when there is no place."""
    if not order:
        return 0
    drives = problem.shifts[shift].drives
    rows = (problem.start, *order, problem.end)
    return sum(drives[a][b] for a, b in pairwise(rows))
