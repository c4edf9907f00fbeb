"""Several shifts: a plan by insertion at once, then searches that suit how full it is, and a bound.

Where many more places want a visit than find room, shifts choose among them by label setting (choosing.py). Where nearly
all find room, it matters which shift each goes to: places leave and go in again by the thousand (recreating.py). A month
of many vans is too large for the tables of label setting: there the latter works alone, and there is no bound.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from outreach_api.plans.solver.choosing import Choosing
from outreach_api.plans.solver.neighbourhoods import Orders
from outreach_api.plans.solver.problem import Problem
from outreach_api.plans.solver.recreating import Recreating, by_worth

# Places times shifts that one unit looks at when it makes the first plan: some tenths of a second.
_PAIRS = 20_000
# Places times shifts from which on label setting takes too long and too much memory: some 50 kB each.
_MOST_PAIRS = 6_000
# Up to this share of the visited places, those without a visit leave a plan loose.
_LOOSE = 0.35
# Steps of ruin and recreation in a unit.
_STEPS = 200
# Of so many units in a loose plan these are no such steps: prices, two choices anew of some shifts, the bound.
_TURNS, _PRICES, _CHOICES, _BOUND = 12, 8, (9, 11), 10


class ManyShifts:
    """The first units make a plan by insertion, if none is there; each further one is some search, or the bound."""

    def __init__(self, problem: Problem, seed: int, start: Orders, between: Callable[[], None]) -> None:
        self._problem, self._seed, self._between = problem, seed, between
        self._recreating = Recreating(problem, seed, between)
        self._left = () if start else by_worth(problem)
        self._large = len(problem.places) * len(problem.shifts) > _MOST_PAIRS
        self._units, self._fresh = 0, not start
        if start:
            self._recreating.begin(start)
        self.orders: Orders = self._recreating.orders

    def unit(self) -> bool:
        if self._left:
            many = max(1, _PAIRS // max(1, len(self._problem.shifts)))
            self._recreating.insert(self._left[:many])
            self._left, self.orders = self._left[many:], self._recreating.orders
            return True
        turn = self._units % _TURNS
        if not self._large and not self._loose:
            self.orders = self._choosing.step(self._units, self.orders)
        elif self._large or turn not in (_PRICES, _BOUND, *_CHOICES):
            self.orders = self._recreating.steps(_STEPS, self.orders)
        elif turn == _PRICES:
            self._choosing.guide(self.orders)
        elif turn == _BOUND:
            self._choosing.bounded(self.orders)
        else:
            self.orders = self._choosing.recombined(self.orders)
        self._units += 1
        return True

    @property
    def bound(self) -> float:
        return self._choosing.bound if "_choosing" in self.__dict__ else float("inf")

    @cached_property
    def _loose(self) -> bool:
        return self._recreating.outsiders <= _LOOSE * sum(map(len, self.orders))

    @cached_property
    def _choosing(self) -> Choosing:
        return Choosing(
            self._problem, self._seed, self.orders, self._between, fresh=self._fresh, choosy=not self._loose
        )
