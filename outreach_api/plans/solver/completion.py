"""The most that the rest of a shift can still bring: a bound by relaxing "each place once".

State-space relaxation (Christofides, Mingozzi and Toth, "State-space relaxation procedures for the computation of
bounds to routing problems", Networks 11 (1981)): a place may be visited again and again, at a price for each visit
(pricing.py). Breaks and longest durations are left out, which only raises the bound.
"""

from __future__ import annotations

import numpy as np

from outreach_api.plans.solver.tables import Floats, Ints, ShiftTable

# Columns after the end of the shift: looked up for arrivals that are too late, never filled.
_TOO_LATE = 4096
# Look-ups in one call.
_GATHERED = 50_000


class Completion:
    """`free[row, time // step]`: most from a place that is done at a time on. `arrive[row, time]`: from an arrival on.

    Both are for the rewards of the last `run`. A coarser step rounds the clock in the bound's favour; it may not be
    longer than the shortest stay.
    """

    def __init__(self, table: ShiftTable, step: int = 1) -> None:
        self._table = table
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
        self._width = table.span + _TOO_LATE
        legs = np.minimum(table.legs[: size + 1, :size], _TOO_LATE - 1)
        self._base = self._rows[None, :] * self._width + legs
        self._nearest = int(legs.min(initial=_TOO_LATE))
        # So many slots at once: none of them depends on another, as a stay lies between.
        apart = (self._nearest + int(table.stays.min(initial=_TOO_LATE))) // self.step
        self._together = max(1, min(apart, _GATHERED // max(1, size * size)))
        self._steps = self._base[None, :size] + np.arange(self._together)[:, None, None] * self.step
        self._onward: Floats = np.empty(self._steps.shape)
        self.free: Floats = np.full((size + 1, self._slots + 1), -np.inf)
        self.arrive: Floats = np.full((size, self._width), -np.inf)

    def run(self, rewards: Floats) -> float:
        """Fill both tables for these rewards; the most of a whole shift (at least 0: the van may stay)."""
        table, step, size = self._table, self.step, self._table.size
        if not size:
            return 0.0
        self.free.fill(-np.inf)
        flat = self.arrive.reshape(-1)
        costs = self._costs[:size]
        home_legs, home_costs = table.legs[:size, table.end], table.costs[:size, table.end]
        home = np.where(
            np.arange(self._slots)[None, :] * step + home_legs[:, None] <= table.span,
            -home_costs[:, None],
            -np.inf,
        )
        filled = table.span + 1
        for top in range(self._slots, 0, -self._together):
            low = max(0, top - self._together)
            lowest = min(filled, low * step + self._nearest)
            self._fill(rewards, lowest, filled)
            filled = lowest
            onward = self._onward[: top - low]
            np.take(flat[low * step :], self._steps[: top - low], out=onward, mode="clip")
            onward -= costs
            best = onward.max(axis=2)
            np.maximum(best.T, home[:, low:top], out=self.free[:size, low:top])
        self._fill(rewards, 0, filled)
        first = flat.take(self._base[size]) - self._costs[size]
        return max(0.0, float(first.max()))

    def _fill(self, rewards: Floats, lowest: int, highest: int) -> None:
        if lowest < highest:
            best = self.free.reshape(-1).take(self._done_at[:, lowest:highest])
            self.arrive[:, lowest:highest] = best + rewards[:, None]

    def visits(self) -> Ints:
        """How often the best relaxed route of the last `run` visits each row."""
        table, size = self._table, self._table.size
        counts = np.zeros(size, dtype=np.int32)
        row, now = size, 0
        while size:
            arrivals = now + np.minimum(table.legs[row, :size], _TOO_LATE - 1)
            onward = self.arrive[self._rows, arrivals] - self._costs[row]
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
            row, now = best, int(self._done[best, arrivals[best]]) * self.step
        return counts
