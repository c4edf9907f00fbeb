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
from outreach_api.plans.solver.tables import Flags, Floats, ShiftTable

_PACE_AFTER_FAILURE = 0.8
_EPSILON = 1e-9
# Which of the nearest neighbours a place is thought to be reached from.
_NEAR = 2
_FAR = 1e6
# Of what a minute costs, so much a place must bring to be worth a search's while.
_PROMISING = 0.6


class Pricing:
    """Best prices and bound so far, for weights (must places lifted). `place` prices, by the problem's numbers."""

    def __init__(self, completions: Sequence[Completion], first: Floats) -> None:
        self._completions = completions
        self._trial = first
        self.prices = self._trial
        self.bound = np.inf
        self._pace = 1.0
        self._last = np.inf
        self._slope: Floats = np.zeros(len(first))

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
        for completion in self._completions:
            table = completion.table
            self._last += completion.run(table.weights - self._trial[table.numbers])
            visits[table.numbers] += completion.visits()
            between()
        if self._last < self.bound - _EPSILON:
            self.bound, self.prices = self._last, self._trial
        else:
            self._pace *= _PACE_AFTER_FAILURE
        self._slope = visits - 1.0
        self._slope[(self._slope < 0) & (self._trial <= 0)] = 0.0


class Market:
    """Places by what they bring a minute, and the price of a minute that just fills the shifts.

    The knapsack that forgets where places lie: each takes its stay, set-up, teardown and the drive to a near neighbour.
    """

    def __init__(self, problem: Problem, tables: Sequence[ShiftTable]) -> None:
        minutes = np.full(len(problem.places), np.inf)
        for table in tables:
            size = table.size
            if size:
                # From the start too, so that a lone place has a neighbour; the way from itself to itself is none.
                legs = table.legs[: size + 1, :size] + np.eye(size + 1, size) * _FAR
                nth = min(_NEAR, size - 1)
                taken = table.stays + np.partition(legs, nth, axis=0)[nth]
                minutes[table.numbers] = np.minimum(minutes[table.numbers], taken)
        value = np.array([float(place.most) for place in problem.places])
        value[~np.isfinite(minutes)] = minutes[~np.isfinite(minutes)] = 0.0
        rate = value / np.maximum(1.0, minutes)
        order = np.argsort(-rate, kind="stable")
        room = sum(min(table.span, table.longest) for table in tables)
        full = int(np.searchsorted(np.cumsum(minutes[order]), room))
        minute_price = float(rate[order[full]]) if full < len(order) else 0.0
        must = np.array([place.must for place in problem.places], dtype=np.bool_)
        # The dual of that knapsack. A must starts with its lift on top, which leaves its plain value.
        self.prices: Floats = np.maximum(0.0, value - minute_price * minutes) + must * float(
            problem.must_bonus
        )
        self.promising: Flags = must | (rate >= _PROMISING * minute_price)
