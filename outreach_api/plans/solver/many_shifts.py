"""Several shifts: large neighbourhood search at once, with rounds of prices in between that guide it and give a bound."""

from __future__ import annotations

from collections.abc import Callable

from outreach_api.plans.solver.neighbourhoods import Neighbourhoods, Orders
from outreach_api.plans.solver.one_shift import clock_step
from outreach_api.plans.solver.pricing import Pricing
from outreach_api.plans.solver.problem import Problem
from outreach_api.plans.solver.tables import ShiftTable

# After so many units, each so-manieth one is for the bound, so many times.
_SEARCH_FIRST = 8
_BOUND_EVERY = 3
_BOUND_UNITS = 60
# In this unit a plan made day by day is tried, which is best where the first prices are far off.
_ONE_BY_ONE = 5


class ManyShifts:
    """The first unit makes a plan from nothing; each further one is a step of the search, or a round of prices.

    The search follows the prices with the least bound.
    """

    def __init__(self, problem: Problem, seed: int, between: Callable[[], None]) -> None:
        self._between = between
        everyone = range(len(problem.places))
        tables = [ShiftTable(problem, shift, everyone) for shift in range(len(problem.shifts))]
        step = clock_step(max((table.size for table in tables), default=0))
        self._pricing = Pricing(problem, tables, step)
        self._search = Neighbourhoods(problem, tables, self._pricing.prices, step, seed, between)
        self._units = 0
        self.bound = float("inf")

    @property
    def orders(self) -> Orders:
        return self._search.best

    def unit(self) -> bool:
        late = self._units - _SEARCH_FIRST
        if not self._units:
            self._search.first()
        elif late >= 0 and late % _BOUND_EVERY == 0 and late < _BOUND_EVERY * _BOUND_UNITS:
            self._pricing.rounds(1, self._search.worth(self.orders), self._between)
            self.bound = min(self.bound, self._pricing.bound)
            self._search.prices = self._pricing.prices
        elif self._units == _ONE_BY_ONE:
            self._search.one_by_one()
        else:
            self._search.step()
        self._units += 1
        return True
