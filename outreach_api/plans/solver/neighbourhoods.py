"""Large neighbourhood search over the shifts of a week or a month.

A step frees two or three shifts. Either they choose anew one after the other, under shaken prices; or good routes are
drawn for each by a narrow label setting and the best set of them that fits together is taken (combining.py). Then each
takes up what is still left out. A plan that is a little worse may stand, within a margin that shrinks (record-to-record
travel: Dueck, "New optimization heuristics", Journal of Computational Physics 104 (1993); large neighbourhoods: Shaw
1998, Pisinger and Ropke 2010).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from outreach_api.plans.solver.combining import Conflicts, combine, taken_rows
from outreach_api.plans.solver.completion import Completion
from outreach_api.plans.solver.label_setting import LabelSetting, Way
from outreach_api.plans.solver.problem import Problem
from outreach_api.plans.solver.spacing import without_wide_gaps
from outreach_api.plans.solver.tables import Flags, Floats, ShiftTable

Orders = tuple[tuple[int, ...], ...]

# Labels that live on, times places: few places can afford a wider beam.
_WIDTH_TIMES_PLACES = 13_000
_LEAST_WIDTH = 60
_POOL_KEPT = 60
_COMBINED = 200
_SHAKEN = (0.85, 1.15)
_MARGIN = 0.004
_MARGIN_AFTER_STEP = 0.985


class Neighbourhoods:
    """Orders by shift, improved step by step. `between` is called often and may raise to give a step up."""

    def __init__(
        self,
        problem: Problem,
        completions: Sequence[Completion],
        prices: Floats,
        seed: int,
        between: Callable[[], None],
    ) -> None:
        self._problem = problem
        self._tables = [completion.table for completion in completions]
        self.prices = prices
        self._conflicts = Conflicts(problem)
        self._chance = np.random.default_rng(seed)
        self._settings = [LabelSetting(completion, between) for completion in completions]
        self._margin = _MARGIN
        self._start = -np.inf
        must = np.array([place.must for place in problem.places], dtype=np.bool_)
        self._lifts: Floats = must.astype(np.float64) * problem.must_bonus
        self._current: Orders = tuple(() for _ in completions)
        self.best: Orders = self._current

    def begin(self, orders: Orders) -> None:
        """With a plan that is there already."""
        self._accept(orders)

    def one_by_one(self, share: float) -> None:
        """From nothing: each shift in turn chooses as if places cost this share of their prices.

        Where that is the best start so far, each then takes what is worth it of what is left.
        """
        orders: list[tuple[int, ...]] = [() for _ in self._tables]
        for shift in range(len(orders)):
            orders[shift] = self._choice(shift, share * self.prices, self._taken(shift, orders))
        worth = self.worth(orders)
        if worth > self._start or not any(self.best):
            self._start = worth
            self._accept(self._filled(orders, range(len(orders))))

    def retake(self) -> None:
        """Free two or three shifts and let them choose in turn, guided by shaken prices, then by the true ones."""
        freed = self._some_shifts()
        orders = [() if shift in freed else order for shift, order in enumerate(self._current)]
        prices = self._shaken()
        for shift in freed:
            self._fill(orders, shift, prices)
        self._accept(self._filled(orders, freed))

    def _choice(self, shift: int, prices: Floats, taken: Flags) -> tuple[int, ...]:
        """What a shift likes best at these prices."""
        table, setting = self._tables[shift], self._settings[shift]
        setting.aim(prices[table.numbers], taken)
        return table.places(setting.pool(_LEAST_WIDTH, 1)[0].rows)

    def _filled(self, orders: list[tuple[int, ...]], shifts: Iterable[int]) -> Orders:
        for shift in shifts:
            self._fill(orders, shift, self.prices)
        return without_wide_gaps(self._problem, orders)

    def _some_shifts(self) -> list[int]:
        most = len(self._tables)
        size = min(most, int(self._chance.integers(2, 4)))
        return [int(shift) for shift in self._chance.choice(most, size, replace=False)]

    def _shaken(self) -> Floats:
        """A must's lift stays as it is: shaken, it would drown what the places are worth."""
        plain = self.prices - self._lifts
        return np.maximum(0.0, self._lifts + plain * self._chance.uniform(*_SHAKEN, len(plain)))

    def recombine(self) -> None:
        """Free two or three shifts and take the best set of routes that fits together, out of many for each."""
        self._accept(self._rebuilt(self._current, self._some_shifts(), self._shaken()))

    def worth(self, orders: Iterable[Sequence[int]]) -> float:
        return sum(self._tables[shift].worth(order) for shift, order in enumerate(orders))

    def _accept(self, orders: Orders) -> None:
        worth, best = self.worth(orders), self.worth(self.best)
        self._margin *= _MARGIN_AFTER_STEP
        if worth > best:
            self.best = orders
        if worth > best - self._margin * abs(best):
            self._current = orders
        else:
            self._current = self.best

    def _rebuilt(self, orders: Orders, freed: list[int], prices: Floats) -> Orders:
        rest = [() if shift in freed else order for shift, order in enumerate(orders)]
        pools = []
        for shift in freed:
            table = self._tables[shift]
            taken = self._taken(shift, rest)
            self._settings[shift].aim(prices[table.numbers], taken)
            pool = self._settings[shift].pool(_width(table), _POOL_KEPT)
            pools.append([*pool, self._way(shift, orders[shift], prices)])
        tables = [self._tables[shift] for shift in freed]
        ways = combine(self._conflicts, tables, pools, _COMBINED)
        for shift, way in zip(freed, ways, strict=True):
            rest[shift] = self._tables[shift].places(way.rows)
        if all(set(rest[shift]) == set(orders[shift]) for shift in freed):
            return orders
        return self._filled(rest, freed)

    def _fill(self, orders: list[tuple[int, ...]], shift: int, prices: Floats) -> None:
        """The best that one shift can make of its own places and those that nobody visits."""
        known = self._tables[shift].worth(orders[shift])
        setting, numbers = self._settings[shift], self._tables[shift].numbers
        setting.aim(prices[numbers], self._taken(shift, orders))
        found = setting.best(known, _width(self._tables[shift]))
        if found.rows:
            orders[shift] = self._tables[shift].places(found.rows)

    def _taken(self, shift: int, orders: Sequence[tuple[int, ...]]) -> Flags:
        return taken_rows(self._conflicts, self._tables[shift], orders)

    def _way(self, shift: int, order: Sequence[int], prices: Floats) -> Way:
        worth = self._tables[shift].worth(order)
        rows = tuple(self._tables[shift].row_of[place] for place in order)
        return Way(rows, worth, worth - float(prices[list(order)].sum()))


def _width(table: ShiftTable) -> int:
    return max(_LEAST_WIDTH, _WIDTH_TIMES_PLACES // max(1, table.size))
