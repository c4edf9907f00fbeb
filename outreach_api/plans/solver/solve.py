"""The way in: picks the engine for a problem's size, keeps limits, answers with times from schedule.py.

One shift goes to label setting with ever wider beams until the answer is proven; several shifts go to large
neighbourhood search. Work is done in units; limits of time and cancelling only cut whole units off, so that the same
problem, seed and number of units give the same answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from outreach_api.plans.solver.answer import Answer, Ended, Engine, Route, value_of
from outreach_api.plans.solver.problem import Problem
from outreach_api.plans.solver.schedule import schedule

# Units that a search may take when nobody says how many.
ITERATIONS = 400

Orders = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """Units done, the value reached, the bound so far, and the orders of that value by shift."""

    iterations: int
    value: float
    bound: float | None
    orders: Orders = ()


class Search(Protocol):
    """An engine: `unit` does one unit of work, or raises what `between` raised and leaves all as it was.

    `bound` is in the engines' worth, where a must place counts `Problem.must_bonus` more.
    """

    @property
    def orders(self) -> Orders: ...

    @property
    def bound(self) -> float: ...

    def unit(self) -> bool:
        """False when there is nothing left to do."""
        ...


class _CutOff(Exception):
    def __init__(self, ended: Ended) -> None:
        self.ended = ended


def solve(
    problem: Problem,
    *,
    seed: int = 0,
    iterations: int = ITERATIONS,
    seconds: float | None = None,
    start: Orders = (),
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    clock: Callable[[], float] = time.monotonic,
) -> Answer:
    """The best answer within so many units and seconds of `clock`. The first unit is always done unless cancelled.

    `start` are orders by shift that are known already: a search over several shifts begins with them. `cancelled` is
    asked many times a second; `progress` is told after each unit.
    """
    until = None if seconds is None else clock() + seconds
    done = 0

    def between() -> None:
        if cancelled():
            raise _CutOff(Ended.CANCELLED)
        if (done or start) and until is not None and clock() >= until:
            raise _CutOff(Ended.TIME)

    search, ended = None, Ended.ITERATIONS
    try:
        search = _engine(problem, seed, start, between)
        while done < iterations:
            between()
            more = search.unit()
            done += 1
            if progress is not None:
                progress(Progress(done, _value(problem, search), _bound(problem, search), search.orders))
            if _proven(problem, search):
                ended = Ended.PROVEN
                break
            if not more:
                break
    except _CutOff as cut:
        ended = cut.ended
    return _answer(problem, search, seed, done, ended)


def _engine(problem: Problem, seed: int, start: Orders, between: Callable[[], None]) -> Search:
    if len(problem.shifts) == 1:
        from outreach_api.plans.solver.one_shift import OneShift

        return OneShift(problem, between)
    from outreach_api.plans.solver.many_shifts import ManyShifts

    return ManyShifts(problem, seed, start, between)


def _answer(problem: Problem, search: Search | None, seed: int, iterations: int, ended: Ended) -> Answer:
    orders = search.orders if search is not None else tuple(() for _ in problem.shifts)
    visited = {place for order in orders for place in order}
    proven = ended is Ended.PROVEN
    value = value_of(problem, enumerate(orders))
    return Answer(
        routes=tuple(route_of(problem, shift, order) for shift, order in enumerate(orders)),
        value=value,
        bound=value if proven else _bound(problem, search),
        proven=proven,
        missed=tuple(n for n, place in enumerate(problem.places) if place.must and n not in visited),
        seed=seed,
        iterations=iterations,
        engine=Engine.EXACT if proven else Engine.SEARCH,
        ended=ended,
    )


def route_of(problem: Problem, shift: int, order: tuple[int, ...]) -> Route:
    """The times of an engine's order."""
    route = schedule(problem, shift, order)
    if route is None:
        raise AssertionError(f"an engine's order breaks a hard rule in shift {shift}: {order}")
    return route


def _value(problem: Problem, search: Search) -> float:
    return value_of(problem, enumerate(search.orders))


def _lift(problem: Problem, orders: Orders) -> int:
    return problem.must_bonus * sum(problem.places[place].must for order in orders for place in order)


def _proven(problem: Problem, search: Search) -> bool:
    return search.bound <= _value(problem, search) + _lift(problem, search.orders) + 1e-6


def _bound(problem: Problem, search: Search | None) -> float | None:
    """A bound on the value of answers with as many must places; None where the engine has none yet.

    With m of the must places visited, worth is value + m lifts; the bound on worth minus those lifts bounds every
    answer with at least m of them.
    """
    if search is None or search.bound == float("inf"):
        return None
    return search.bound - _lift(problem, search.orders)
