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

Visits = npt.NDArray[np.float32]


class Conflicts:
    """Which places may not be visited in one shift because of visits in another: the same place, or days too near."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._same = np.eye(len(problem.places), dtype=np.float32)
        self._apart: dict[int, Visits] = {}

    def blocked(self, visits: Visits, shift: int, other: int) -> Visits:
        """For rows of visits (by place) in `shift`: how many of them keep each place out of `other`."""
        if not self._problem.sites:
            return visits
        distance = abs(self._problem.shifts[shift].day - self._problem.shifts[other].day)
        if distance not in self._apart:
            self._apart[distance] = self._at(distance)
        return visits @ self._apart[distance]

    def _at(self, distance: int) -> Visits:
        matrix = self._same.copy()
        for site, members in zip(self._problem.sites, self._problem.members, strict=True):
            if distance < max(1, site.min_days):
                matrix[np.ix_(members, members)] = 1.0
        return matrix


def combine(
    conflicts: Conflicts,
    tables: Sequence[ShiftTable],
    pools: Sequence[Sequence[Way]],
    places: int,
    width: int,
) -> list[Way]:
    """A way for each table, of the highest worth that the beam meets; every pool must hold the empty route."""
    chosen = np.zeros((1, 0), dtype=np.intp)
    reduced, worth = np.zeros(1), np.zeros(1)
    visits: list[Visits] = []
    for number, (table, pool) in enumerate(zip(tables, pools, strict=True)):
        offered = _visits(table, pool, places)
        clash = np.zeros((len(chosen), len(pool)), dtype=np.float32)
        for earlier, done in enumerate(visits):
            taken = conflicts.blocked(done, tables[earlier].shift, table.shift)
            clash += taken[chosen[:, earlier]] @ offered.T
        last = number == len(tables) - 1
        here: Floats = np.array([way.worth if last else way.reduced for way in pool])
        score = (worth if last else reduced)[:, None] + here[None, :]
        score[clash > 0] = -np.inf
        flat = np.argsort(-score, axis=None, kind="stable")[:width]
        flat = flat[np.isfinite(score.reshape(-1)[flat])]
        before, now = np.divmod(flat, len(pool))
        reduced = reduced[before] + np.array([way.reduced for way in pool])[now]
        worth = worth[before] + np.array([way.worth for way in pool])[now]
        chosen = np.column_stack([chosen[before], now])
        visits.append(offered)
    best = int(np.argmax(worth))
    return [pool[which] for pool, which in zip(pools, chosen[best], strict=True)]


def _visits(table: ShiftTable, pool: Sequence[Way], places: int) -> Visits:
    visits = np.zeros((len(pool), places), dtype=np.float32)
    for number, way in enumerate(pool):
        visits[number, table.numbers[list(way.rows)]] = 1.0
    return visits


def taken_rows(
    conflicts: Conflicts, table: ShiftTable, orders: Sequence[Sequence[int]], places: int
) -> Flags:
    """The rows of a shift that the visits of all other shifts' orders keep it from."""
    out = np.zeros(places, dtype=np.float32)
    for shift, order in enumerate(orders):
        if shift != table.shift and order:
            visits = np.zeros((1, places), dtype=np.float32)
            visits[0, list(order)] = 1.0
            out += conflicts.blocked(visits, shift, table.shift)[0]
    return out[table.numbers] > 0
