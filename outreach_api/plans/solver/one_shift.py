"""One shift: prices, then label setting with ever wider beams, until the bound meets the best order."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from outreach_api.plans.solver.completion import Completion
from outreach_api.plans.solver.label_setting import LabelSetting
from outreach_api.plans.solver.pricing import Market, Pricing
from outreach_api.plans.solver.problem import Problem
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
    """A unit is a few rounds of prices and one label setting; the next one's beam is four times as wide."""

    def __init__(self, problem: Problem, between: Callable[[], None]) -> None:
        self._between = between
        day = problem.shifts[0].day
        numbers = [
            number
            for number, place in enumerate(problem.places)
            if place.site is None or not days_too_far(problem.sites[place.site], [day])
        ]
        self._table = ShiftTable(problem, 0, numbers)
        self._completion = Completion(self._table, clock_step(self._table.size))
        self._pricing = Pricing([self._completion], Market(problem, [self._table]).prices)
        self._rows: tuple[int, ...] = ()
        self._worth = 0.0
        self._units = 0
        self.bound = float("inf")

    @property
    def orders(self) -> tuple[tuple[int, ...], ...]:
        return (self._table.places(self._rows),)

    def unit(self) -> bool:
        table, units = self._table, self._units
        self._pricing.rounds(_ROUNDS if units else 1, self._worth, self._between)
        prices = self._pricing.prices[table.numbers]
        setting = LabelSetting(self._of_unit(), self._between)
        root = setting.aim(prices, np.zeros(table.size, dtype=np.bool_))
        most = max(_FIRST_WIDTH, _WIDEST // max(1, table.size))
        width = min(most, _FIRST_WIDTH * _WIDER**units)
        found = setting.best(self._worth, width)
        if found.rows:
            self._rows, self._worth = found.rows, found.worth
        self.bound = max(self._worth, min(self.bound, found.bound, root))
        self._units += 1
        return bool(width < most)

    def _of_unit(self) -> Completion:
        coarse = self._completion.step
        step = 1 if self._units >= _EXACT_FROM else -(-coarse // 2) if self._units >= _HALVED_FROM else coarse
        return self._completion if step == coarse else Completion(self._table, step)


def clock_step(size: int) -> int:
    """Minutes of the bound's clock for so many places."""
    return next((step for most, step in _STEPS if size <= most), _COARSEST)
