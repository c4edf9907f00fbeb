"""The end of a round: a stop that is not in goes in, or takes another's place, wherever the plan is worth more by it.

So what is told of those who stay out holds: none of them makes the plan worth more, put in or in exchange for one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from outreach_api.plans.solver.answer import drive_of
from outreach_api.plans.solver.schedule import fits
from outreach_api.plans.solver.solve import Orders
from outreach_api.plans.solver.spacing import spaced
from outreach_api.plans.suggesting.together import Together

_EPSILON = 1e-6
_ROUNDING = 1.0
"""Points by which the quick reckoning may be off, as it rounds nothing."""

Order = tuple[int, ...]


_WORK = 25_000
"""Places that are looked at in one polishing, those valued with a plan among them: some tenths of a second."""


def polished(
    together: Together,
    orders: Orders,
    cancelled: Callable[[], bool],
    *,
    first: int = 0,
    work: int = _WORK,
) -> Orders:
    """Orders that no such step makes worth more; or those that were reached when the work was done or somebody asked.

    The work is counted and not timed, so that the same orders always end as the same. It begins at a shift: what one
    polishing of a large month does not come to, another one can.
    """
    found, unchanged, shift = list(orders), 0, first % max(1, len(orders))
    left = _Work(work)
    while unchanged < len(found) and left:
        better = _better(together, found, shift, cancelled, left)
        if better is None:
            shift, unchanged = (shift + 1) % len(found), unchanged + 1
        else:
            found[shift], unchanged = better, 0
    return tuple(found)


class _Work:
    """How much may still be done."""

    def __init__(self, left: int) -> None:
        self._left = left

    def __bool__(self) -> bool:
        return self._left > 0

    def done(self, number: int) -> None:
        self._left -= number


def _better(
    together: Together, orders: Sequence[Order], shift: int, cancelled: Callable[[], bool], left: _Work
) -> Order | None:
    """What one step makes of a shift, if the plan is worth more by it: of all steps, the one that gains most.

    Of those only that the work was enough for.
    """
    posed, problem = together.posed, together.posed.problem
    visited = {posed.visits[place].candidate for order in orders for place in order}
    out = [
        place
        for place, visit in enumerate(posed.visits)
        if visit.number == 1 and visit.candidate not in visited and problem.windows(place, shift)
    ]
    known, best, most = together.value(orders), None, _EPSILON
    for rest in _rests(together, orders[shift]):
        if cancelled() or not left:
            break
        left.done(len(visited) + len(out))
        plan = [*orders[:shift], rest, *orders[shift + 1 :]]
        base, lost = together.value(plan) - known, together.lost_beside(plan)
        busy = drive_of(problem, shift, rest) + sum(map(problem.busy, rest))
        for place in out:
            bonus = problem.must_bonus if problem.places[place].must else 0
            full = base + bonus + problem.points(place, shift) + _ROUNDING
            ways = _ways(together, shift, rest, place)
            if full - problem.minute_price * ways[0][0] <= most:
                continue
            full -= lost(place)
            for more, at in ways:
                minutes = busy + more + problem.busy(place)
                if full - problem.minute_price * more <= most or problem.shifts[shift].overfilled(minutes):
                    break
                way = (*rest[:at], place, *rest[at:])
                if fits(problem, shift, way):
                    plan[shift] = way
                    left.done(len(visited))
                    gain = together.value(plan) + bonus - known
                    if gain > most and _keeps_days(together, plan):
                        best, most = way, gain
                    break
    return best


def _rests(together: Together, order: Order) -> Iterator[Order]:
    """A shift as it is, and without one of those that need not be in it."""
    yield order
    for gone in order:
        if not together.posed.problem.places[gone].must:
            yield tuple(other for other in order if other != gone)


def _ways(together: Together, shift: int, rest: Order, place: int) -> list[tuple[int, int]]:
    """The minutes that a place adds to the drive at each position of an order, the fewest first."""
    problem = together.posed.problem
    if not rest:
        return [(drive_of(problem, shift, [place]), 0)]
    drives = problem.shifts[shift].drives
    legs = pairwise((problem.start, *rest, problem.end))
    return sorted((drives[a][place] + drives[place][b] - drives[a][b], at) for at, (a, b) in enumerate(legs))


def _keeps_days(together: Together, plan: Sequence[Order]) -> bool:
    problem = together.posed.problem
    return spaced(
        problem, {place: problem.shifts[shift].day for shift, order in enumerate(plan) for place in order}
    )
