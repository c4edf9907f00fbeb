"""The most that the rest of a shift can still bring: a bound by relaxing "each place once".

State-space relaxation (Christofides, Mingozzi and Toth, "State-space relaxation procedures for the computation of
bounds to routing problems", Networks 11 (1981)): a place may be visited again and again, at a price for each visit
(pricing.py). Breaks and longest durations are left out, which only raises the bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from outreach_api.plans.solver.tables import Floats, Ints, ShiftTable

Rows = npt.NDArray[np.intp]

# Look-ups in one call.
_GATHERED = 50_000
# Minutes that share one list of the rows that matter then.
_ABREAST = 40


@dataclass(frozen=True, slots=True)
class Stretch:
    """Slots from `low` to below `high`: the rows that a stay there can end in then, and those that it can go on to.

    `steps` are places in the flat `arrive`, by slot from `low` on (a few at once), row that is left, row that is next.
    """

    low: int
    high: int
    rows: Rows
    steps: Rows
    costs: Floats
    home: Floats


class Completion:
    """`free[row, time // step]`: most from a place that is done at a time on. `arrive[row, time]`: from an arrival on.

    Both are for the rewards of the last `run`. A coarser step rounds the clock in the bound's favour; it may not be
    longer than the shortest stay. Where no stay can end, `free` says nothing.
    """

    def __init__(self, table: ShiftTable, step: int = 1) -> None:
        self.table = table
        size = table.size
        self.step = max(1, min(step, int(table.stays.min()) if size else 1))
        self._slots = table.span // self.step + 1
        self._rows = np.arange(size)
        # The slot in which a stay is done, by arrival; one slot past the last means too late.
        done = table.departures
        self._done: Ints = np.where(done > table.span, self._slots, done // self.step).astype(np.int32)
        self._done_at = self._done + self._rows[:, None] * (self._slots + 1)
        # From a place to itself is no way.
        self._costs = table.costs[: size + 1, :size].copy()
        self._costs[self._rows, self._rows] = np.inf
        # Arrivals beyond the shift's end are looked up and never filled.
        self._width = 2 * table.span + 2
        legs = np.minimum(table.legs[: size + 1, :size], table.span + 1)
        self._nearest = int(legs.min(initial=table.span + 1))
        # Where in the flat `arrive` a stay is looked up that is reached from a row at minute 0.
        self._reached = self._rows * self._width + legs
        self.free: Floats = np.full((size + 1, self._slots + 1), -np.inf)
        self.arrive: Floats = np.full((size, self._width), -np.inf)
        self._stretches = list(self._stretched(done)) if size else []

    def _stretched(self, done: Ints) -> Iterator[Stretch]:
        """The last slots first."""
        table, step = self.table, self.step
        within = np.where(done > table.span, -1, done)
        soonest, latest = done.min(axis=1) // step, within.max(axis=1) // step
        last = np.where(done > table.span, -1, np.arange(table.span + 1)).max(axis=1)
        # So many slots at once: none of them depends on another, as a stay lies between.
        apart = (self._nearest + int(table.stays.min())) // step
        abreast = -(-_ABREAST // step)
        for high in range(self._slots, 0, -abreast):
            low = max(0, high - abreast)
            rows = np.flatnonzero((soonest < high) & (latest >= low))
            onward = np.flatnonzero(last >= low * step + self._nearest)
            together = max(1, min(apart, high - low, _GATHERED // max(1, len(rows) * len(onward))))
            way_home = table.legs[rows, table.end]
            yield Stretch(
                low=low,
                high=high,
                rows=rows,
                steps=self._reached[np.ix_(rows, onward)] + np.arange(together)[:, None, None] * step,
                costs=self._costs[np.ix_(rows, onward)],
                home=np.where(
                    np.arange(low, high)[:, None] * step + way_home <= table.span,
                    -table.costs[rows, table.end],
                    -np.inf,
                ),
            )

    def run(self, rewards: Floats) -> float:
        """Fill both tables for these rewards; the most of a whole shift (at least 0: the van may stay)."""
        table, step, size = self.table, self.step, self.table.size
        if not size:
            return 0.0
        flat = self.arrive.reshape(-1)
        filled = table.span + 1
        for stretch in self._stretches:
            together = len(stretch.steps)
            for top in range(stretch.high, stretch.low, -together):
                low = max(stretch.low, top - together)
                lowest = min(filled, low * step + self._nearest)
                self._fill(rewards, lowest, filled)
                filled = lowest
                best = stretch.home[low - stretch.low : top - stretch.low]
                if stretch.steps.size:
                    onward = flat[low * step :].take(stretch.steps[: top - low], mode="clip")
                    onward -= stretch.costs
                    best = np.maximum(best, onward.max(axis=2))
                self.free[stretch.rows, low:top] = best.T
        self._fill(rewards, 0, filled)
        start, now = np.array([size]), np.zeros(1, np.int32)
        return max(0.0, float(self.onward(start, now).max()))

    def onward(self, rows: Rows, free: Ints) -> Floats:
        """For each of these rows, done at a minute: the most when each other row is next."""
        reached = self._reached.take(rows, axis=0)
        reached += free[:, None]
        most: Floats = self.arrive.reshape(-1).take(reached)
        most -= self._costs.take(rows, axis=0)
        return most

    def _fill(self, rewards: Floats, lowest: int, highest: int) -> None:
        if lowest < highest:
            best = self.free.reshape(-1).take(self._done_at[:, lowest:highest])
            self.arrive[:, lowest:highest] = best + rewards[:, None]

    def visits(self) -> Ints:
        """How often the best relaxed route of the last `run` visits each row."""
        table, size = self.table, self.table.size
        counts = np.zeros(size, dtype=np.int32)
        row, now = size, 0
        while size:
            onward = self.onward(np.array([row]), np.array([now], np.int32))[0]
            best = int(onward.argmax())
            home = 0.0
            if row != size:
                home = (
                    -table.costs[row, table.end]
                    if now + table.legs[row, table.end] <= table.span
                    else -np.inf
                )
            if onward[best] <= home:
                break
            counts[best] += 1
            row, now = best, int(self._done[best, now + table.legs[row, best]]) * self.step
        return counts
