"""Prices of places that make the shifts' separate bounds agree: Lagrangian relaxation of "each place once".

Every visit pays its place's price; the sum of all prices is given back. For any prices ≥ 0 the sum of the shifts'
relaxed bests plus all prices is an upper bound (Fisher, "The Lagrangian relaxation method for solving integer
programming problems", Management Science 27 (1981)); subgradient steps of Polyak's length lower it. The prices then
also tell each shift what a place is worth to the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from outreach_api.plans.solver.completion import Completion
from outreach_api.plans.solver.problem import Problem
from outreach_api.plans.solver.tables import Floats, ShiftTable

_PACE_AFTER_FAILURE = 0.8
_EPSILON = 1e-9
# Which of the nearest neighbours a place is thought to be reached from.
_NEAR = 2
_FAR = 1e6


class Pricing:
    """Best prices and bound so far, for weights (must places lifted). `place` prices, by the problem's numbers."""

    def __init__(self, problem: Problem, tables: Sequence[ShiftTable], step: int) -> None:
        self._tables = tables
        self._completions = [Completion(table, step) for table in tables]
        self._trial: Floats = _first_prices(problem, tables)
        self.prices = self._trial
        self.bound = np.inf
        self._pace = 1.0
        self._last = np.inf
        self._slope: Floats = np.zeros(len(problem.places))

    def rounds(self, number: int, known: float, between: Callable[[], None]) -> None:
        """Some subgradient steps; `known` is a worth that was reached, `between` is called after each shift."""
        for _ in range(number):
            if self.bound <= known + _EPSILON:
                return
            length = float((self._slope * self._slope).sum())
            if length:
                stride = self._pace * max(self._last - known, 1.0) / length
                self._trial = np.maximum(0.0, self._trial + stride * self._slope)
            elif np.isfinite(self.bound):
                return
            self._weigh(between)

    def _weigh(self, between: Callable[[], None]) -> None:
        """The bound of the trial prices, and which way they should go."""
        self._last, visits = float(self._trial.sum()), np.zeros(len(self._trial))
        for table, completion in zip(self._tables, self._completions, strict=True):
            self._last += completion.run(table.weights - self._trial[table.numbers])
            visits[table.numbers] += completion.visits()
            between()
        if self._last < self.bound - _EPSILON:
            self.bound, self.prices = self._last, self._trial
        else:
            self._pace *= _PACE_AFTER_FAILURE
        self._slope = visits - 1.0
        self._slope[(self._slope < 0) & (self._trial <= 0)] = 0.0


def _first_prices(problem: Problem, tables: Sequence[ShiftTable]) -> Floats:
    """What places are worth beyond the minutes that they take, were minutes sold at the price that fills the shifts.

    The dual of the knapsack that forgets where places lie: each takes its stay, set-up, teardown and the drive to a
    near neighbour. A must starts with its lift on top, which leaves its plain value.
    """
    minutes = np.full(len(problem.places), np.inf)
    for table in tables:
        size = table.size
        if size:
            near = np.partition(table.legs[:size, :size] + np.eye(size) * _FAR, min(_NEAR, size - 1), axis=0)
            taken = table.stays + near[min(_NEAR, size - 1)]
            minutes[table.numbers] = np.minimum(minutes[table.numbers], taken)
    value = np.array([float(place.value) for place in problem.places])
    value[~np.isfinite(minutes)] = minutes[~np.isfinite(minutes)] = 0.0
    rate = value / np.maximum(1.0, minutes)
    order = np.argsort(-rate, kind="stable")
    room = sum(min(table.span, table.longest) for table in tables)
    full = int(np.searchsorted(np.cumsum(minutes[order]), room))
    minute_price = float(rate[order[full]]) if full < len(order) else 0.0
    first: Floats = np.maximum(0.0, value - minute_price * minutes)
    first += np.array([float(problem.must_bonus if place.must else 0) for place in problem.places])
    return first
