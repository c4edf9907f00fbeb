"""One shift by label setting: all partial routes that could still beat the best known, one place longer each round.

Labels and their dominance as Feillet, Dejax, Gendreau and Gueguen, "An exact algorithm for the elementary shortest
path problem with resource constraints", Networks 44 (2004), bounded by completion.py. With a `width` only the most
hopeful labels of each length live on (beam search: Ow and Morton, "Filtered beam search in scheduling", 1988), and
the bound says what the others could have come to: with enough width the answer is proven.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from outreach_api.plans.solver.completion import Completion
from outreach_api.plans.solver.labels import Labels, Names, Rows, grown, root, undominated
from outreach_api.plans.solver.schedule import fits
from outreach_api.plans.solver.tables import Flags, Floats, ShiftTable

_EPSILON = 1e-9
# Children that one label of the width may put forward, before dominance.
_FORWARD = 4
# Pairs of label and place that are looked at together.
_TOGETHER = 4_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """The best order (rows of the table; none when nothing beats what was known), its worth, and a bound on it."""

    rows: tuple[int, ...]
    worth: float
    bound: float


@dataclass(frozen=True, slots=True)
class Way:
    """One whole route of a shift: its rows, what it is worth, and that minus the prices of its places."""

    rows: tuple[int, ...]
    worth: float
    reduced: float


class LabelSetting:
    """Searches one shift, over what it was aimed at first; nobody else may fill `completion` before it is done.

    `between` is called after each round and may raise.
    """

    def __init__(self, completion: Completion, between: Callable[[], None]) -> None:
        self._table: ShiftTable = completion.table
        self._completion, self._between = completion, between
        self._names = _names(self._table.size)
        self._prices: Floats = np.zeros(self._table.size)
        self._taken: Flags = np.zeros(self._table.size, dtype=np.bool_)

    def aim(self, prices: Floats, taken: Flags) -> float:
        """Search without the rows that are `taken`, guided by these prices; a first bound on the worth."""
        self._prices, self._taken = prices, taken
        bound = self._completion.run(np.where(taken, -np.inf, self._table.weights - prices))
        self._between()
        return bound + float(prices[~taken].sum())

    def best(self, known: float, width: int) -> Found:
        """The best order worth more than `known`."""
        # Prices of rows that are out can't be got back.
        given_back = float(self._prices[~self._taken].sum())
        rows: tuple[int, ...] = ()
        best, dropped = known, -np.inf
        history: list[tuple[Rows, Rows]] = []
        labels = root(self._table, self._taken)
        while len(labels):
            labels, hope, lost = self._next(labels, best - given_back, width)
            dropped = max(dropped, lost + given_back)
            history.append((labels.row, labels.parent))
            better = self._best_home(labels, best, history)
            if better is not None:
                rows, best = better
            labels.parent = np.arange(len(labels))
            labels = labels.only(hope > best - given_back + _EPSILON)
            self._between()
        return Found(rows, best, max(best, dropped))

    def pool(self, width: int, keep: int) -> list[Way]:
        """Many good routes by reduced worth, each surely possible; the last is to stay in the yard."""
        table = self._table
        history: list[tuple[Rows, Rows]] = []
        ends: list[tuple[float, float, int, int]] = []
        labels, least = root(table, self._taken), -np.inf
        while len(labels):
            labels, hope, _ = self._next(labels, least, width)
            history.append((labels.row, labels.parent))
            reduced = labels.reduced - table.costs[labels.row, table.end]
            reduced[~self._surely_home(labels)] = -np.inf
            for which in np.argsort(-reduced, kind="stable")[:keep]:
                if reduced[which] <= least:
                    break
                worth = float(labels.worth[which] - table.costs[labels.row[which], table.end])
                ends.append((float(reduced[which]), worth, len(history), int(which)))
            ends = sorted(ends, key=lambda end: -end[0])[:keep]
            least = ends[-1][0] if len(ends) == keep else -np.inf
            labels.parent = np.arange(len(labels))
            labels = labels.only(hope > least + _EPSILON)
            self._between()
        ways = [
            Way(_traced(history[:length], which), worth, reduced) for reduced, worth, length, which in ends
        ]
        return [*ways, Way((), 0.0, 0.0)]

    def _next(self, labels: Labels, least: float, width: int) -> tuple[Labels, Floats, float]:
        """One place more, at most `width` labels, with their hopes in reduced worth, and the best hope given up."""
        which, rows, lost = self._hopeful(labels, least, width * _FORWARD)
        longer = grown(self._table, self._prices, self._names, labels, which, rows)
        longer = longer.only(undominated(self._table, longer))
        hope = longer.reduced + self._completion.free[longer.row, longer.free // self._completion.step]
        if len(longer) > width:
            order = np.argpartition(-hope, width)
            lost = max(lost, float(hope[order[width:]].max()))
            kept = np.sort(order[:width])
            longer, hope = longer.only(kept), hope[kept]
        return longer, hope, lost

    def _hopeful(self, labels: Labels, least: float, most: int) -> tuple[Rows, Rows, float]:
        """The pairs of label and row, at most so many, whose hope exceeds `least`; and the best hope left behind."""
        size, lost = self._table.size, -np.inf
        chunk = max(1, _TOGETHER // max(1, size))
        found: list[tuple[Rows, Floats]] = []
        for begin in range(0, len(labels), chunk):
            part = slice(begin, begin + chunk)
            hope = self._completion.onward(labels.row[part], labels.free[part])
            hope += labels.reduced[part, None]
            np.putmask(hope, labels.taken[part], -np.inf)
            flat = hope.reshape(-1)
            pairs = np.flatnonzero(flat > least + _EPSILON)
            found.append((pairs + begin * size, flat[pairs]))
        pairs, hope = (np.concatenate(column) for column in zip(*found, strict=True))
        if len(pairs) > most:
            order = np.argpartition(-hope, most)
            lost = float(hope[order[most:]].max())
            pairs = pairs[np.sort(order[:most])]
        which, rows = np.divmod(pairs, max(1, size))
        return which, rows, lost

    def _surely_home(self, labels: Labels) -> Flags:
        """Labels that may end their shift here."""
        table = self._table
        home = labels.free + table.legs[labels.row, table.end]
        may: Flags = home <= table.span
        if table.timed_only:
            return may
        duration = home - labels.left
        may &= duration <= table.longest
        for over, minutes in () if table.pause is None else table.pause.steps:
            may &= (labels.paused >= minutes) | (duration <= over)
        return may

    def _best_home(
        self, labels: Labels, best: float, history: list[tuple[Rows, Rows]]
    ) -> tuple[tuple[int, ...], float] | None:
        """The most valuable label that can end its shift here, if it beats the best."""
        table = self._table
        worth = labels.worth - table.costs[labels.row, table.end]
        for which in np.argsort(-worth, kind="stable"):
            if worth[which] <= best + _EPSILON:
                return None
            if labels.free[which] + table.legs[labels.row[which], table.end] > table.span:
                continue
            rows = _traced(history, int(which))
            if table.timed_only or fits(table.problem, table.shift, table.places(rows)):
                return rows, float(worth[which])
        return None


def _names(size: int) -> Names:
    """A set's name is the sum of its rows' names: exact below 64 rows, beyond that a hash of 64 bits."""
    if size < 64:
        return np.left_shift(np.uint64(1), np.arange(size, dtype=np.uint64))
    return np.random.default_rng(size).integers(0, 2**64, size, dtype=np.uint64)


def _traced(history: list[tuple[Rows, Rows]], which: int) -> tuple[int, ...]:
    rows = []
    for row, parent in reversed(history):
        rows.append(int(row[which]))
        which = int(parent[which])
    return tuple(reversed(rows))
