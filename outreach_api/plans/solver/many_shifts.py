"""Several shifts: large neighbourhood search at once, with rounds of prices in between that guide it and give a bound."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from outreach_api.plans.solver.completion import Completion
from outreach_api.plans.solver.neighbourhoods import Neighbourhoods, Orders
from outreach_api.plans.solver.one_shift import clock_step
from outreach_api.plans.solver.pricing import Market, Pricing
from outreach_api.plans.solver.problem import Problem
from outreach_api.plans.solver.tables import shift_tables

# Plans made from nothing before the search begins: how much of the prices each reckons with.
_FROM_NOTHING = (0.3, 0.6, 0.8, 0.4)
# Rounds of prices after the first of them.
_FIRST_ROUNDS = 8
# Every so-manieth unit is some rounds of prices to guide the search; every so-manieth is for the bound.
_GUIDE_EVERY, _GUIDE_ROUNDS = 4, 3
_BOUND_EVERY = 12
# Minutes of the clock that guides the search.
_STEP = 5


class ManyShifts:
    """The first unit makes a plan from nothing; each further one is a step of the search, or a round of prices.

    The search follows the prices with the least bound.
    """

    def __init__(self, problem: Problem, seed: int, start: Orders, between: Callable[[], None]) -> None:
        self._between = between
        self._tables = shift_tables(problem, range(len(problem.places)))
        market = Market(problem, self._tables)
        market.promising[[place for order in start for place in order]] = True
        narrow = shift_tables(problem, [int(number) for number in np.flatnonzero(market.promising)])
        completions = [Completion(table, _STEP) for table in narrow]
        self._guide = Pricing(completions, market.prices)
        self._search = Neighbourhoods(problem, completions, market.prices, seed, between)
        self._units = 0
        self.bound = float("inf")
        self._from_nothing = () if start else _FROM_NOTHING
        if start:
            self._search.begin(start)

    @property
    def orders(self) -> Orders:
        return self._search.best

    def unit(self) -> bool:
        unit = self._units
        if unit < len(self._from_nothing):
            self._search.one_by_one(self._from_nothing[unit])
            if not unit:
                self._guided(_FIRST_ROUNDS)
        elif unit % _BOUND_EVERY == _BOUND_EVERY - 2:
            self._bounding.rounds(1, self._search.worth(self.orders), self._between)
            self.bound = min(self.bound, self._bounding.bound)
        elif unit % _GUIDE_EVERY == 0:
            self._guided(_GUIDE_ROUNDS)
        elif unit % 2:
            self._search.recombine()
        else:
            self._search.retake()
        self._units += 1
        return True

    @cached_property
    def _bounding(self) -> Pricing:
        """Over all places, from the prices that the guide came to."""
        size = max((table.size for table in self._tables), default=0)
        step = clock_step(size)
        return Pricing([Completion(table, step) for table in self._tables], self._guide.prices)

    def _guided(self, rounds: int) -> None:
        self._guide.rounds(rounds, self._search.worth(self.orders), self._between)
        self._search.prices = self._guide.prices
