"""Shifts that choose their places by label setting, with rounds of prices that guide the search and give a bound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np

from outreach_api.plans.solver.completion import Completion
from outreach_api.plans.solver.neighbourhoods import Neighbourhoods, Orders
from outreach_api.plans.solver.one_shift import clock_step
from outreach_api.plans.solver.pricing import Market, Pricing
from outreach_api.plans.solver.problem import Problem
from outreach_api.plans.solver.tables import ShiftTable, shift_tables

# Plans made from nothing before the search begins: how much of the prices each reckons with.
_FROM_NOTHING = (0.3, 0.6, 0.8, 0.4)
# Rounds of prices, the first ones and each time after.
_FIRST_ROUNDS, _GUIDE_ROUNDS = 8, 3
# Every so-manieth step is some rounds of prices to guide the search; every so-manieth is for the bound.
_GUIDE_EVERY, _BOUND_EVERY = 4, 12
# Minutes of the clock that guides the search.
_STEP = 5


class Choosing:
    """The search follows the prices with the least bound. `best` are orders that are there already, `fresh` that nobody
    has searched from there yet; `choosy` that only those places count that seem worth their time, and those of `best`.
    """

    def __init__(
        self,
        problem: Problem,
        seed: int,
        best: Orders,
        between: Callable[[], None],
        *,
        fresh: bool,
        choosy: bool,
    ) -> None:
        self._between = between
        self._tables = shift_tables(problem, range(len(problem.places)))
        between()
        market = Market(problem, self._tables)
        market.promising[[place for order in best for place in order]] = True
        chosen = [int(number) for number in np.flatnonzero(market.promising)]
        narrow = shift_tables(problem, chosen) if choosy else self._tables
        completions = self._completions(narrow, _STEP)
        self._guide = Pricing(completions, market.prices)
        self._rounds = _FIRST_ROUNDS
        self._search = Neighbourhoods(problem, completions, market.prices, seed, between)
        self._search.begin(best)
        self._from_nothing = _FROM_NOTHING if fresh else ()

    def step(self, number: int, best: Orders) -> Orders:
        """One of a search by these alone, the best orders after it."""
        if number < len(self._from_nothing):
            self._search.one_by_one(self._from_nothing[number])
            if not number:
                self.guide(self._search.best)
        elif number % _BOUND_EVERY == _BOUND_EVERY - 2:
            self.bounded(best)
        elif number % _GUIDE_EVERY == 0:
            self.guide(best)
        elif number % 2:
            self._search.recombine()
        else:
            self._search.retake()
        return self._search.best

    @property
    def bound(self) -> float:
        return self._bounding.bound if "_bounding" in self.__dict__ else float("inf")

    def recombined(self, best: Orders) -> Orders:
        """Some shifts of these orders choose anew together; the best orders after it."""
        self._search.begin(best)
        self._search.recombine()
        return self._search.best

    def guide(self, best: Orders) -> None:
        """Some rounds of prices, which the search then follows."""
        self._guide.rounds(self._rounds, self._search.worth(best), self._between)
        self._rounds, self._search.prices = _GUIDE_ROUNDS, self._guide.prices

    def bounded(self, best: Orders) -> None:
        """One round for the bound."""
        self._bounding.rounds(1, self._search.worth(best), self._between)

    @cached_property
    def _bounding(self) -> Pricing:
        """Over all places, from the prices that the guide came to."""
        step = clock_step(max((table.size for table in self._tables), default=0))
        return Pricing(self._completions(self._tables, step), self._guide.prices)

    def _completions(self, tables: Sequence[ShiftTable], step: int) -> list[Completion]:
        found = []
        for table in tables:
            self._between()
            found.append(Completion(table, step))
        return found
