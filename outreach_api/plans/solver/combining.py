"""One route for each of several shifts out of pools of routes, so that none stands in another's way.

Set packing by a beam over the shifts: partial choices are kept by what they are worth after the places' prices, which
stand for what the later shifts could have made of those places.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from outreach_api.plans.solver.label_setting import Way
from outreach_api.plans.solver.problem import Problem
from outreach_api.plans.solver.tables import Flags, Floats, ShiftTable

# A set of places as bits, 64 a word.
Words = npt.NDArray[np.uint64]


class Conflicts:
    """Which places may not be visited in one shift because of visits in another: the same place, or days too near."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        # Whole words, so that a row of flags can be packed.
        self._size = -(-len(problem.places) // 64) * 64
        self._apart: dict[int, Flags] = {}

    def blocked(self, places: Sequence[int], shift: int, other: int) -> Flags:
        """By place: whether a route through `places` in `shift` keeps it out of `other`."""
        if self._problem.sites:
            distance = abs(self._problem.shifts[shift].day - self._problem.shifts[other].day)
            if distance not in self._apart:
                self._apart[distance] = self._at(distance)
            return np.asarray(self._apart[distance][list(places)].any(axis=0))
        return self.visited(places)

    def visited(self, places: Sequence[int]) -> Flags:
        visited = np.zeros(self._size, dtype=np.bool_)
        visited[list(places)] = True
        return visited

    def _at(self, distance: int) -> Flags:
        matrix = np.eye(self._size, dtype=np.bool_)
        for site, members in zip(self._problem.sites, self._problem.members, strict=True):
            if distance < max(1, site.min_days):
                matrix[np.ix_(members, members)] = True
        return matrix


def combine(
    conflicts: Conflicts,
    tables: Sequence[ShiftTable],
    pools: Sequence[Sequence[Way]],
    width: int,
) -> list[Way]:
    """A way for each table, of the highest worth that the beam meets; every pool must hold the empty route."""
    chosen = np.zeros((1, 0), dtype=np.intp)
    reduced, worth = np.zeros(1), np.zeros(1)
    routes = [[table.places(way.rows) for way in pool] for table, pool in zip(tables, pools, strict=True)]
    for number, (table, pool) in enumerate(zip(tables, pools, strict=True)):
        offered = _packed([conflicts.visited(route) for route in routes[number]])
        clash = np.zeros((len(chosen), len(pool)), dtype=np.bool_)
        for earlier in range(number):
            shift = tables[earlier].shift
            blocked = [conflicts.blocked(route, shift, table.shift) for route in routes[earlier]]
            taken = _packed(blocked)[chosen[:, earlier]]
            clash |= (taken[:, None, :] & offered[None, :, :]).any(axis=2)
        last = number == len(tables) - 1
        here: Floats = np.array([way.worth if last else way.reduced for way in pool])
        score = (worth if last else reduced)[:, None] + here[None, :]
        score[clash] = -np.inf
        flat = np.argsort(-score, axis=None, kind="stable")[:width]
        flat = flat[np.isfinite(score.reshape(-1)[flat])]
        before, now = np.divmod(flat, len(pool))
        reduced = reduced[before] + np.array([way.reduced for way in pool])[now]
        worth = worth[before] + np.array([way.worth for way in pool])[now]
        chosen = np.column_stack([chosen[before], now])
    best = int(np.argmax(worth))
    return [pool[which] for pool, which in zip(pools, chosen[best], strict=True)]


def _packed(rows: Sequence[Flags]) -> Words:
    return np.packbits(np.array(rows), axis=1).view(np.uint64)


def taken_rows(conflicts: Conflicts, table: ShiftTable, orders: Sequence[Sequence[int]]) -> Flags:
    """The rows of a shift that the visits of all other shifts' orders keep it from."""
    out = conflicts.visited(())
    for shift, order in enumerate(orders):
        if shift != table.shift and order:
            out |= conflicts.blocked(order, shift, table.shift)
    return out[table.numbers]
