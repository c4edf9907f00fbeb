"""One shift: places put in one by one, then label setting with ever wider beams, until the bound meets the best order."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from outreach_api.plans.solver.completion import Completion
from outreach_api.plans.solver.label_setting import LabelSetting
from outreach_api.plans.solver.pricing import Market, Pricing
from outreach_api.plans.solver.problem import Problem
from outreach_api.plans.solver.recreating import Recreating, by_worth
from outreach_api.plans.solver.spacing import days_too_far
from outreach_api.plans.solver.tables import ShiftTable

_FIRST_WIDTH = 100
_WIDER = 4
_ROUNDS = 8
# Labels times places that may be held at once: a byte each, and some copies.
_WIDEST = 40_000_000
# Up to so many places the bound's clock has this step, in minutes; beyond the last it has the coarsest.
_STEPS = ((50, 1), (120, 2), (200, 3))
_COARSEST = 5
# From these units on the clock is half as coarse, and exact.
_HALVED_FROM, _EXACT_FROM = 3, 5


class OneShift:
    """The first unit puts places in where they cost least, so that there is an answer at once.

    Each further one is a few rounds of prices and one label setting; the next one's beam is four times as wide.
    """

    def __init__(self, problem: Problem, between: Callable[[], None]) -> None:
        self._problem, self._between = problem, between
        self._order: tuple[int, ...] | None = None
        self._units = 0
        self.bound = float("inf")

    @property
    def orders(self) -> tuple[tuple[int, ...], ...]:
        return (self._order or (),)

    def unit(self) -> bool:
        if self._order is None:
            first = Recreating(self._problem, 0, self._between)
            first.insert(by_worth(self._problem))
            (self._order,) = first.orders
            return True
        table, units = self._table, self._units
        known = table.worth(self._order)
        self._pricing.rounds(_ROUNDS if units else 1, known, self._between)
        prices = self._pricing.prices[table.numbers]
        setting = LabelSetting(self._of_unit(), self._between)
        root = setting.aim(prices, np.zeros(table.size, dtype=np.bool_))
        most = max(_FIRST_WIDTH, _WIDEST // max(1, table.size))
        width = min(most, _FIRST_WIDTH * _WIDER**units)
        found = setting.best(known, width)
        if found.rows:
            self._order = table.places(found.rows)
        self.bound = max(found.worth, min(self.bound, found.bound, root))
        self._units += 1
        return bool(width < most)

    @cached_property
    def _table(self) -> ShiftTable:
        problem, day = self._problem, self._problem.shifts[0].day
        numbers = [
            number
            for number, place in enumerate(problem.places)
            if place.site is None or not days_too_far(problem.sites[place.site], [day])
        ]
        return ShiftTable(problem, 0, numbers)

    @cached_property
    def _completion(self) -> Completion:
        return Completion(self._table, clock_step(self._table.size))

    @cached_property
    def _pricing(self) -> Pricing:
        return Pricing([self._completion], Market(self._problem, [self._table]).prices)

    def _of_unit(self) -> Completion:
        coarse = self._completion.step
        step = 1 if self._units >= _EXACT_FROM else -(-coarse // 2) if self._units >= _HALVED_FROM else coarse
        return self._completion if step == coarse else Completion(self._table, step)


def clock_step(size: int) -> int:
    """Minutes of the bound's clock for so many places."""
    return next((step for most, step in _STEPS if size <= most), _COARSEST)
