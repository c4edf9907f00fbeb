"""Where places go in: each into the shift in which it gains most, as cheaply as can be."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from outreach_api.plans.solver.problem import Problem, Shift
from outreach_api.plans.solver.tours import Tour, Tours

# How often a shift is overlooked.
_BLINK = 0.01
# Sets of vans in the yard whose consequences are remembered.
_REMEMBERED = 50
_NEIGHBOURS, _NEAR, _SAMPLE = 100, 10, 50


@dataclass(slots=True)
class Plan:
    """Tours by shift, and in which shift each visited place is."""

    tours: list[Tour]
    where: dict[int, int]

    @property
    def worth(self) -> float:
        return sum([tour.worth for tour in self.tours])

    def copy(self) -> Plan:
        return Plan(list(self.tours), dict(self.where))


class _OpenTo(dict[int, list[tuple[int, int]]]):
    """By place its shifts without some; made when first asked for."""

    def __init__(self, shifts: Callable[[int], list[tuple[int, int]]], without: frozenset[int]) -> None:
        super().__init__()
        self._shifts, self._without = shifts, without

    def __missing__(self, place: int) -> list[tuple[int, int]]:
        self[place] = [one for one in self._shifts(place) if one[0] not in self._without]
        return self[place]


class Placing:
    """Knows what may go where. `chance` says which shifts are overlooked."""

    def __init__(self, problem: Problem, chance: random.Random) -> None:
        self.problem, self.tours = problem, Tours(problem)
        self._chance = chance
        self._next_blink = 0
        self._weights: dict[int, list[tuple[int, int]]] = {}
        self._open: dict[frozenset[int], _OpenTo] = {}
        self._near: dict[int, list[int]] = {}
        self.kinds = _kinds(problem.shifts)

    def empty(self) -> Plan:
        return Plan([self.tours.empty(shift) for shift in range(len(self.problem.shifts))], {})

    def plan(self, orders: Sequence[tuple[int, ...]]) -> Plan:
        """Of orders that keep the rules."""
        tours = []
        for shift, order in enumerate(orders):
            tour = self.tours.tour(shift, order)
            if tour is None:
                raise AssertionError(f"an order breaks a hard rule in shift {shift}: {order}")
            tours.append(tour)
        return Plan(tours, {place: shift for shift, order in enumerate(orders) for place in order})

    @cached_property
    def able(self) -> list[int]:
        """Places that can be visited at all."""
        return [place for place in range(len(self.problem.places)) if self.shifts(place)]

    def shifts(self, place: int) -> list[tuple[int, int]]:
        """Those that a place may be visited in, with what a visit is worth there."""
        known = self._weights.get(place)
        if known is None:
            known = self._weights[place] = [
                (shift, self.problem.weight(place, shift))
                for shift in range(len(self.problem.shifts))
                if self.tours.begins(shift, place)
            ]
        return known

    def drives(self, place: int) -> Sequence[int]:
        return self.problem.shifts[self.shifts(place)[0][0]].drives[place]

    def neighbours(self, place: int) -> list[int]:
        """The nearest places, itself among them."""
        if place not in self._near:
            drives = self.drives(place)
            self._near[place] = sorted(self.able, key=lambda other: (drives[other], other))[:_NEIGHBOURS]
        return self._near[place]

    @cached_property
    def drive(self) -> float:
        """What a drive to a near neighbour costs, by some places from all over the list."""
        some = self.able[:: max(1, len(self.able) // _SAMPLE)]
        minutes = [self.drives(place)[other] for place in some for other in self.neighbours(place)[:_NEAR]]
        return self.problem.minute_price * sum(minutes) / max(1, len(minutes))

    def insert(self, plan: Plan, places: Sequence[int], *, blinking: bool) -> None:
        """Each in turn where it gains most, if it gains anything anywhere."""
        open_to = self._open_to(plan)
        for place in places:
            used = self._insert(plan, place, open_to[place], blinking)
            if used >= 0 and len(plan.tours[used].order) == 1:
                open_to = self._open_to(plan)

    def _insert(self, plan: Plan, place: int, weights: Sequence[tuple[int, int]], blinking: bool) -> int:
        """The shift that it went into; -1 for none."""
        price, tours, where, looked = self.problem.minute_price, plan.tours, plan.where, self.tours.ways
        apart = self.problem.places[place].site is None
        while True:
            most, best = 0.0, -1
            for shift, weight in weights:
                if blinking:
                    if not self._next_blink:
                        self._next_blink = self._until_blink()
                        continue
                    self._next_blink -= 1
                ways = tours[shift].ways.get(place)
                if ways is None:
                    ways = looked(shift, tours[shift], place)
                if ways:
                    gain = weight - price * ways[0][0]
                    if gain > most and (apart or self._apart(where, place, shift)):
                        most, best = gain, shift
            if best < 0:
                return -1
            cheapest = tours[best].ways[place][0]
            longer = self.tours.grown(best, tours[best], place)
            # Where the cheapest way was none after all, another shift may be better than this one's next.
            if longer is not None and tours[best].ways[place][0] == cheapest:
                tours[best], where[place] = longer, best
                return best

    def _until_blink(self) -> int:
        """Shifts that are looked at before the next one is overlooked."""
        return int(math.log(1.0 - self._chance.random()) / math.log(1.0 - _BLINK))

    def _open_to(self, plan: Plan) -> _OpenTo:
        """By place its shifts without those vans in the yard that are like one that stands there already."""
        asleep, seen = [], set()
        for shift, kind in enumerate(self.kinds):
            if not plan.tours[shift].order:
                if kind in seen:
                    asleep.append(shift)
                seen.add(kind)
        key = frozenset(asleep)
        if key not in self._open:
            if len(self._open) >= _REMEMBERED:
                self._open.clear()
            self._open[key] = _OpenTo(self.shifts, key)
        return self._open[key]

    def _apart(self, where: dict[int, int], place: int, shift: int) -> bool:
        """Whether visits to the same stop on other days are far enough."""
        problem = self.problem
        site = problem.places[place].site
        if site is None:
            return True
        day, least = problem.shifts[shift].day, max(1, problem.sites[site].min_days)
        return all(
            abs(problem.shifts[where[other]].day - day) >= least
            for other in problem.members[site]
            if other != place and other in where
        )


def _kinds(shifts: Sequence[Shift]) -> list[int]:
    """By shift the number of the first one that is like it in everything but its key."""
    first: dict[tuple[object, ...], int] = {}
    return [
        first.setdefault(
            (one.day, one.earliest, one.latest, one.longest, id(one.drives), one.pause, one.room, one.barred),
            number,
        )
        for number, one in enumerate(shifts)
    ]
