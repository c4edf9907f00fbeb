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

from outreach_api.plans.solver.placing import Placing, Plan
from outreach_api.plans.solver.problem import Problem
from outreach_api.plans.solver.ruining import ruin
from outreach_api.plans.solver.spacing import without_wide_gaps

Orders = tuple[tuple[int, ...], ...]

# Places without a visit that try their luck in one step.
_OUTSIDERS = 12
# Temperatures in drives to a near neighbour, first and last, and steps a place from one to the other.
_WARM, _COLD, _COOLING = 4.6, 0.05, 40
_EPSILON = 1e-9


class _Order(Enum):
    CHANCE, WORTH, FAR, SELDOM, OUTSIDE = range(5)


# How places go in again, and how often so, of ten.
_ORDERS, _SHARES = tuple(_Order), (3, 2, 1, 2, 2)


class Recreating:
    """Keeps the best orders that it met. `between` is called before each step and may raise: then the step is undone."""

    def __init__(self, problem: Problem, seed: int, between: Callable[[], None]) -> None:
        self._problem, self._between = problem, between
        self._chance = random.Random(seed)  # noqa: S311
        self.placing = Placing(problem, self._chance)
        self._current = self.placing.empty()
        self._steps = 0
        self._gaps = any(site.max_days is not None for site in problem.sites)

    @property
    def orders(self) -> Orders:
        return tuple(tour.order for tour in self._current.tours)

    @property
    def outsiders(self) -> int:
        """Places that could be visited and are not."""
        return len(self.placing.able) - len(self._current.where)

    def begin(self, orders: Sequence[tuple[int, ...]]) -> None:
        """From a plan that is there."""
        self._current = self.placing.plan(orders)

    def insert(self, places: Iterable[int]) -> None:
        """Each in turn where it costs least, if it is worth that anywhere."""
        plan = self._current.copy()
        for place in places:
            self._between()
            if place not in plan.where:
                self.placing.insert(plan, [place], blinking=False)
        self._current = self._spaced(plan)

    def steps(self, number: int, best: Orders) -> Orders:
        """Some steps from where the last ones ended, or from `best` when it is warmed; the best plan met, or `best`."""
        before = self._current, self._steps, self._chance.getstate()
        found, most = best, self.placing.plan(best).worth
        try:
            for _ in range(number if self.placing.able else 0):
                self._between()
                if not self._steps % self._cooling:
                    self._warm_up(best)
                worth = self._step()
                if worth > most + _EPSILON:
                    found, most = self.orders, worth
        except BaseException:
            self._current, self._steps = before[:2]
            self._chance.setstate(before[2])
            raise
        return found

    def _step(self) -> float:
        """One ruin and one recreation, which may stand if it is not too bad; what is worth the plan that stands then."""
        known, plan, placing = self._current.worth, self._current.copy(), self.placing
        seed = self._chance.choice(placing.able)
        near = [place for place in placing.neighbours(seed) if place not in plan.where][:_OUTSIDERS]
        gone = ruin(placing, plan, seed, self._chance)
        placing.insert(plan, self._in_some_order(gone, near), blinking=True)
        plan = self._spaced(plan)
        worth = plan.worth
        heat = placing.drive * _WARM * (_COLD / _WARM) ** (self._steps % self._cooling / self._cooling)
        self._steps += 1
        if worth > known + heat * math.log(1.0 - self._chance.random()):
            self._current = plan
            return worth
        return known

    def _warm_up(self, best: Orders) -> None:
        """From the best plan on; every second time from a new one, as what is far from the best may be better."""
        self.begin(best)
        if self._steps // self._cooling % 2:
            self._current = self.placing.empty()
            self.insert(self._chance.sample(self.placing.able, len(self.placing.able)))

    @cached_property
    def _cooling(self) -> int:
        return _COOLING * len(self.placing.able)

    def _spaced(self, plan: Plan) -> Plan:
        if not self._gaps:
            return plan
        return self.placing.plan(without_wide_gaps(self._problem, [tour.order for tour in plan.tours]))

    def _in_some_order(self, gone: list[int], outside: list[int]) -> list[int]:
        """As it comes, by what a minute brings, from far or near, who is seldom open, who was out; musts go first."""
        problem, placing = self._problem, self.placing
        places = [*gone, *outside]
        self._chance.shuffle(places)
        (how,) = self._chance.choices(_ORDERS, _SHARES)
        if how is _Order.WORTH:
            places.sort(key=lambda place: -problem.places[place].most / problem.busy(place))
        elif how is _Order.FAR:
            places.sort(key=lambda place: -placing.drives(place)[problem.start])
        elif how is _Order.SELDOM:
            places.sort(key=lambda place: len(placing.shifts(place)))
        elif how is _Order.OUTSIDE:
            places.sort(key=outside.count, reverse=True)
        places.sort(key=lambda place: not problem.places[place].must)
        return places


def by_worth(problem: Problem) -> tuple[int, ...]:
    """Musts first, then those that bring most a minute."""

    def rank(place: int) -> tuple[bool, float, int]:
        return not problem.places[place].must, -problem.places[place].most / problem.busy(place), place

    return tuple(sorted(range(len(problem.places)), key=rank))
