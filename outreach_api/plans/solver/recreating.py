"""Ruin and recreate: strings of neighbouring places leave their shifts, then each goes where it costs least.

Slack induction by string removals (Christiaens and Vanden Berghe, "Slack induction by string removals for vehicle routing
problems", Transportation Science 54 (2020)), for places that may be left out: strong where nearly everything fits, so that
the drives decide. A worse plan may stand while the search is warm; it cools with its steps and is warmed again.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from functools import cached_property

from outreach_api.plans.solver.problem import Problem
from outreach_api.plans.solver.spacing import without_wide_gaps
from outreach_api.plans.solver.tours import Tour, Tours

Orders = tuple[tuple[int, ...], ...]

# As the paper has them: places that leave in a step on average, and of one shift at most.
_LEAVING, _LONGEST_STRING = 10, 10
# How often a string keeps some places in its middle, and how often it keeps one more.
_SPLIT, _KEEP_MORE = 0.5, 0.99
# How often a shift is overlooked.
_BLINK = 0.01
# Places without a visit that try their luck in one step.
_OUTSIDERS = 12
# Temperatures in drives to a near neighbour, first and last, and steps a place from one to the other.
_WARM, _COLD, _COOLING = 4.6, 0.05, 40
_NEAR, _NEIGHBOURS, _SAMPLE = 10, 100, 50
_EPSILON = 1e-9


class _Order(Enum):
    CHANCE, WORTH, FAR, SELDOM, OUTSIDE = range(5)


# How places go in again, and how often so, of ten.
_ORDERS, _SHARES = tuple(_Order), (3, 2, 1, 2, 2)


class Recreating:
    """Keeps the best orders that it met. `between` is called before each step and may raise: then the step is undone."""

    def __init__(self, problem: Problem, seed: int, between: Callable[[], None]) -> None:
        self._problem, self._between = problem, between
        self._tours = Tours(problem)
        self._chance = random.Random(seed)  # noqa: S311
        self._weights: dict[int, list[tuple[int, int]]] = {}
        self._near: dict[int, list[int]] = {}
        self._current: list[Tour] = [self._tours.empty(shift) for shift in range(len(problem.shifts))]
        self._where: dict[int, int] = {}
        self._steps = 0
        self._gaps = any(site.max_days is not None for site in problem.sites)

    @property
    def orders(self) -> Orders:
        return tuple(tour.order for tour in self._current)

    @property
    def outsiders(self) -> int:
        """Places that could be visited and are not."""
        return len(self._able) - len(self._where)

    def begin(self, orders: Sequence[tuple[int, ...]]) -> None:
        """From a plan that is there."""
        self._take([self._tour(shift, order) for shift, order in enumerate(orders)])

    def insert(self, places: Iterable[int]) -> None:
        """Each in turn where it costs least, if it is worth that anywhere."""
        tours, where = list(self._current), dict(self._where)
        for place in places:
            self._between()
            if place not in where:
                self._insert(tours, where, place, 0.0)
        self._take(self._spaced(tours))

    def steps(self, number: int, best: Orders) -> Orders:
        """Some steps from where the last ones ended, or from `best` when it is warmed; the best plan met, or `best`."""
        before = self._current, self._where, self._steps, self._chance.getstate()
        found, most = best, self._worth([self._tour(shift, order) for shift, order in enumerate(best)])
        try:
            for _ in range(number if self._able else 0):
                self._between()
                if not self._steps % self._cooling:
                    self._warm_up(best)
                worth = self._step()
                if worth > most + _EPSILON:
                    found, most = self.orders, worth
        except BaseException:
            self._current, self._where, self._steps = before[:3]
            self._chance.setstate(before[3])
            raise
        return found

    def _tour(self, shift: int, order: tuple[int, ...]) -> Tour:
        tour = self._tours.tour(shift, order)
        if tour is None:
            raise AssertionError(f"an order breaks a hard rule in shift {shift}: {order}")
        return tour

    def _take(self, tours: list[Tour]) -> None:
        self._current = tours
        self._where = {place: shift for shift, tour in enumerate(tours) for place in tour.order}

    def _step(self) -> float:
        """One ruin and one recreation, which may stand if it is not too bad; what is worth the plan that stands then."""
        known = self._current, self._where, self._worth(self._current)
        tours, where = list(self._current), dict(self._where)
        seed = self._chance.choice(self._able)
        near = [place for place in self._neighbours(seed) if place not in where][:_OUTSIDERS]
        self._recreate(tours, where, self._ruin(tours, where, seed), near)
        self._take(self._spaced(tours))
        worth = self._worth(self._current)
        heat = self._drive * _WARM * (_COLD / _WARM) ** (self._steps % self._cooling / self._cooling)
        self._steps += 1
        if worth > known[2] + heat * math.log(1.0 - self._chance.random()):
            return worth
        self._current, self._where, worth = known
        return worth

    def _warm_up(self, best: Orders) -> None:
        """From the best plan on; every second time from a new one, as what is far from the best may be better."""
        self.begin(best)
        if self._steps // self._cooling % 2:
            self._take([self._tours.empty(shift) for shift in range(len(best))])
            self.insert(self._chance.sample(self._able, len(self._able)))

    @cached_property
    def _cooling(self) -> int:
        return _COOLING * len(self._able)

    def _worth(self, tours: Sequence[Tour]) -> float:
        return sum(tour.worth for tour in tours)

    def _spaced(self, tours: list[Tour]) -> list[Tour]:
        if not self._gaps:
            return tours
        orders = without_wide_gaps(self._problem, [tour.order for tour in tours])
        return [self._tour(shift, order) for shift, order in enumerate(orders)]

    @cached_property
    def _able(self) -> list[int]:
        return [place for place in range(len(self._problem.places)) if self._shifts(place)]

    @cached_property
    def _drive(self) -> float:
        """What a drive to a near neighbour costs, by some places from all over the list."""
        some = self._able[:: max(1, len(self._able) // _SAMPLE)]
        minutes = [self._drives(place)[other] for place in some for other in self._neighbours(place)[:_NEAR]]
        return self._problem.minute_price * sum(minutes) / max(1, len(minutes))

    def _drives(self, place: int) -> Sequence[int]:
        return self._problem.shifts[self._shifts(place)[0][0]].drives[place]

    def _shifts(self, place: int) -> list[tuple[int, int]]:
        """Those that a place may be visited in, with what a visit is worth there."""
        known = self._weights.get(place)
        if known is None:
            known = self._weights[place] = [
                (shift, self._problem.weight(place, shift))
                for shift in range(len(self._problem.shifts))
                if self._tours.begins(shift, place)
            ]
        return known

    def _neighbours(self, place: int) -> list[int]:
        if place not in self._near:
            drives = self._drives(place)
            self._near[place] = sorted(self._able, key=lambda other: (drives[other], other))[:_NEIGHBOURS]
        return self._near[place]

    def _ruin(self, tours: list[Tour], where: dict[int, int], seed: int) -> list[int]:
        chance = self._chance
        used = sum(1 for tour in tours if tour.order)
        if not used:
            return []
        longest = min(_LONGEST_STRING, max(1.0, len(where) / used))
        strings = int(chance.uniform(1.0, 4.0 * _LEAVING / (1.0 + longest)))
        ruined: set[int] = set()
        gone: list[int] = []
        for place in self._neighbours(seed):
            if len(ruined) >= strings:
                break
            shift = where.get(place)
            if shift is None or shift in ruined:
                continue
            order = tours[shift].order
            length = int(chance.uniform(1.0, min(longest, len(order)) + 1.0))
            string = self._string(order, order.index(place), min(length, len(order)))
            ruined.add(shift)
            tours[shift] = self._tours.without(shift, tours[shift], string)
            left = set(tours[shift].order)
            for other in order:
                if other not in left:
                    del where[other]
                    gone.append(other)
        return gone

    def _string(self, order: tuple[int, ...], at: int, length: int) -> set[int]:
        chance, kept = self._chance, 0
        if 1 < length < len(order) and chance.random() < _SPLIT:
            kept = 1
            while length + kept < len(order) and chance.random() > _KEEP_MORE:
                kept += 1
        whole = length + kept
        first = chance.randint(max(0, at - whole + 1), min(at, len(order) - whole))
        string = list(order[first : first + whole])
        if kept:
            hole = chance.randint(1, whole - kept)
            del string[hole : hole + kept]
        return set(string)

    def _recreate(
        self, tours: list[Tour], where: dict[int, int], gone: list[int], outside: list[int]
    ) -> None:
        """In one of several orders: as it comes, by what a minute brings, from far or near, who is seldom open, who was out."""
        problem, chance = self._problem, self._chance
        places = [*gone, *outside]
        chance.shuffle(places)
        (how,) = chance.choices(_ORDERS, _SHARES)
        if how is _Order.WORTH:
            places.sort(key=lambda place: -problem.places[place].most / problem.busy(place))
        elif how is _Order.FAR:
            places.sort(key=lambda place: -self._drives(place)[problem.start])
        elif how is _Order.SELDOM:
            places.sort(key=lambda place: len(self._shifts(place)))
        elif how is _Order.OUTSIDE:
            places.sort(key=outside.count, reverse=True)
        places.sort(key=lambda place: not problem.places[place].must)
        for place in places:
            self._insert(tours, where, place, _BLINK)

    def _insert(self, tours: list[Tour], where: dict[int, int], place: int, blink: float) -> None:
        """Where it gains most, if it gains anything anywhere."""
        price, chance, looked = self._problem.minute_price, self._chance.random, self._tours.ways
        weights = self._shifts(place)
        while True:
            most, best = 0.0, -1
            for shift, weight in weights:
                if blink and chance() < blink:
                    continue
                ways = tours[shift].ways.get(place)
                if ways is None:
                    ways = looked(shift, tours[shift], place)
                if ways:
                    gain = weight - price * ways[0][0]
                    if gain > most and self._apart(where, place, shift):
                        most, best = gain, shift
            if best < 0:
                return
            cheapest = tours[best].ways[place][0]
            longer = self._tours.grown(best, tours[best], place)
            # Where the cheapest way was none after all, another shift may be better than this one's next.
            if longer is not None and tours[best].ways[place][0] == cheapest:
                tours[best], where[place] = longer, best
                return

    def _apart(self, where: dict[int, int], place: int, shift: int) -> bool:
        """Whether visits to the same stop on other days are far enough."""
        problem = self._problem
        site = problem.places[place].site
        if site is None:
            return True
        day, least = problem.shifts[shift].day, max(1, problem.sites[site].min_days)
        return all(
            abs(problem.shifts[where[other]].day - day) >= least
            for other in problem.members[site]
            if other != place and other in where
        )


def by_worth(problem: Problem) -> tuple[int, ...]:
    """Musts first, then those that bring most a minute."""

    def rank(place: int) -> tuple[bool, float, int]:
        return not problem.places[place].must, -problem.places[place].most / problem.busy(place), place

    return tuple(sorted(range(len(problem.places)), key=rank))
