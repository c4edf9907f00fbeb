"""Several shifts: a plan by insertion at once, then searches that suit how full it is, and a bound.

Where many more places want a visit than find room, shifts choose among them by label setting (choosing.py). Where nearly
all find room, it matters which shift each goes to: places leave and go in again by the thousand (recreating.py), in turn
with PyVRP's local search where it is installed and can say the problem (pyvrp_search.py). A month of many vans, or one
by the second, is too large for the tables of label setting: there these two work alone, and there is no bound.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from outreach_api.plans.solver.choosing import Choosing
from outreach_api.plans.solver.neighbourhoods import Orders
from outreach_api.plans.solver.problem import Problem
from outreach_api.plans.solver.pyvrp_model import sayable
from outreach_api.plans.solver.recreating import Recreating, by_worth

if TYPE_CHECKING:
    from outreach_api.plans.solver.pyvrp_search import PyvrpSearch

# Places times shifts that one unit looks at when it makes the first plan: some tenths of a second.
_PAIRS = 20_000
# Places times minutes of all shifts from which on label setting takes too long and too much memory: 90 bytes each.
_MOST_MINUTES = 3_240_000
# Up to this share of the visited places, those without a visit leave a plan loose.
_LOOSE = 0.35
# Steps of ruin and recreation in a unit, and iterations of PyVRP.
_STEPS, _ITERATIONS = 200, 100
# Of so many units in a loose plan these are no such steps: prices, two choices anew of some shifts, the bound.
_TURNS, _PRICES, _CHOICES, _BOUND = 12, 8, (9, 11), 10


class ManyShifts:
    """The first units make a plan by insertion, if none is there; each further one is some search, or the bound."""

    def __init__(self, problem: Problem, seed: int, start: Orders, between: Callable[[], None]) -> None:
        self._problem, self._seed, self._between = problem, seed, between
        self._recreating = Recreating(problem, seed, between)
        self._left = () if start else by_worth(problem)
        minutes = sum(when.latest - when.earliest for when in problem.shifts)
        self._large = len(problem.places) * minutes > _MOST_MINUTES
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
            self.orders = self._improved(turn)
        elif turn == _PRICES:
            self._choosing.guide(self.orders)
        elif turn == _BOUND:
            self._choosing.bounded(self.orders)
        else:
            self.orders = self._choosing.recombined(self.orders)
        self._units += 1
        return True

    def _improved(self, turn: int) -> Orders:
        """The orders after some steps of those who move places between shifts."""
        if self._pyvrp is not None and not turn % 2:
            return self._pyvrp.steps(_ITERATIONS, self.orders)
        return self._recreating.steps(_STEPS, self.orders)

    @cached_property
    def _pyvrp(self) -> PyvrpSearch | None:
        if not self._recreating.placing.able or not sayable(self._problem):
            return None
        from outreach_api.plans.solver.pyvrp_search import PyvrpSearch

        return PyvrpSearch(self._recreating.placing, self._seed, self._between)

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
