"""The search for a suggestion: engines that add up stop by stop, asked again until the plan is good for all together.

First with full scores: no plan is worth more together than the best of those, so that bound holds. Then with the prices
that the best plan so far leaves (together.py), each round twice as long, from that plan on. The plan that is worth most
together is kept. Rounds are told by their number of units alone, so that the same wish has the same answer, and one that
was cut off by time can be had again by its `iterations`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from outreach_api.plans.solver.answer import Answer, Ended, Engine
from outreach_api.plans.solver.solve import Orders, Progress, route_of, solve
from outreach_api.plans.suggesting.polishing import polished
from outreach_api.plans.suggesting.posing import Posed
from outreach_api.plans.suggesting.together import Together

FIRST_UNITS = 12
"""Of the round with full scores, whose bound is told."""
ROUND_UNITS = 24
"""Of the first of the others."""
_EPSILON = 1e-6


def search(
    posed: Posed,
    *,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    clock: Callable[[], float] = time.monotonic,
) -> Answer:
    """The best answer within the wish's units and seconds, by what its stops are worth together."""
    wish, together = posed.case.wish, Together(posed)
    if not together.overlapping:
        return solve(
            posed.problem,
            seed=wish.seed,
            iterations=wish.iterations,
            seconds=wish.seconds,
            progress=progress,
            cancelled=cancelled,
            clock=clock,
        )
    rounds = _Rounds(together, progress, cancelled, clock)
    rounds.run()
    return rounds.answer()


class _Rounds:
    def __init__(
        self,
        together: Together,
        progress: Callable[[Progress], None] | None,
        cancelled: Callable[[], bool],
        clock: Callable[[], float],
    ) -> None:
        self._together, self._posed = together, together.posed
        self._tell, self._cancelled, self._clock = progress, cancelled, clock
        self._until = clock() + self._posed.case.wish.seconds
        self._best: Orders = tuple(() for _ in self._posed.shifts)
        self._done = 0
        self._bound = float("inf")
        """In the engines' worth, where a must place counts `Problem.must_bonus` more."""
        self._ended = Ended.ITERATIONS

    def run(self) -> None:
        """One round after the other until the plan is proven, the limits are reached, or nothing changes any more."""
        most = self._posed.case.wish.iterations
        problem, units, number = self._posed.problem, FIRST_UNITS, 0
        while self._done < most:
            if number and self._over():
                self._ended = self._cut_off()
                return
            known = self._best
            answer = solve(
                problem,
                seed=self._posed.case.wish.seed + number,
                iterations=min(units, most - self._done),
                seconds=self._until - self._clock(),
                start=known if number else (),
                progress=self._progress,
                cancelled=self._cancelled,
                clock=self._clock,
            )
            orders = tuple(route.order for route in answer.routes)
            if not number and answer.bound is not None:
                self._bound = answer.bound + self._lift(orders)
            self._take(orders)
            self._done += answer.iterations
            # However the round ended: so the answer depends on the units alone that were done.
            self._best = polished(self._together, self._best, self._cancelled, first=self._done)
            if answer.ended in (Ended.TIME, Ended.CANCELLED):
                self._ended = self._cut_off()
                return
            settled = answer.ended is Ended.PROVEN or answer.iterations < units
            if self._proven or (number and settled and self._best == known):
                return
            problem = self._together.repriced(self._best)
            units = 2 * units if number else ROUND_UNITS
            number += 1

    def _cut_off(self) -> Ended:
        return Ended.CANCELLED if self._cancelled() else Ended.TIME

    @property
    def _proven(self) -> bool:
        return self._worth(self._best) >= self._bound - _EPSILON

    def _worth(self, orders: Orders) -> float:
        return self._together.value(orders) + self._lift(orders)

    def _lift(self, orders: Orders) -> int:
        problem = self._posed.problem
        return problem.must_bonus * sum(problem.places[place].must for order in orders for place in order)

    def _take(self, orders: Orders) -> None:
        if self._worth(orders) > self._worth(self._best) + _EPSILON:
            self._best = orders

    def _over(self) -> bool:
        return self._cancelled() or self._clock() >= self._until

    def _progress(self, at: Progress) -> None:
        self._take(at.orders)
        if self._tell is not None:
            value = self._together.value(self._best)
            self._tell(replace(at, iterations=self._done + at.iterations, value=value, orders=self._best))

    def answer(self) -> Answer:
        problem, wish = self._posed.problem, self._posed.case.wish
        visited = {place for order in self._best for place in order}
        proven = self._proven
        return Answer(
            routes=tuple(route_of(problem, shift, order) for shift, order in enumerate(self._best)),
            value=self._together.value(self._best),
            bound=None if self._bound == float("inf") else self._bound - self._lift(self._best),
            proven=proven,
            missed=tuple(n for n, place in enumerate(problem.places) if place.must and n not in visited),
            seed=wish.seed,
            iterations=self._done,
            engine=Engine.EXACT if proven else Engine.SEARCH,
            ended=Ended.PROVEN if proven else self._ended,
        )
