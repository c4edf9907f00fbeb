"""The cheapest way to put a place into a route, and what is missing where there is none.

Whoever explains a left-out stop reads `Insertion.lacks`; `lacking.stretched` applies exactly those changes, so that a
reason can be tried before it is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from outreach_api.plans.solver.answer import drive_of
from outreach_api.plans.solver.lacking import Lack, Lacking, at_least, missing, owed, stretched, total
from outreach_api.plans.solver.problem import Problem
from outreach_api.plans.solver.schedule import fits


@dataclass(frozen=True, slots=True, kw_only=True)
class Insertion:
    """A place at a position of a route (0 is before the first): minutes that it adds, and what it lacks.

    `drive` are minutes driven more (driving less is negative), `longer` the minutes by which the shift would grow;
    0 for both where the place lacks a window at all.
    """

    shift: int
    place: int
    position: int
    drive: int = 0
    longer: int = 0
    lacks: tuple[Lack, ...] = ()

    @property
    def possible(self) -> bool:
        return not self.lacks

    @property
    def missing(self) -> int:
        """All that is missing: minutes, and units of load as if they were such."""
        return total(self.lacks)


def cheapest_insertion(problem: Problem, shift: int, order: Sequence[int], place: int) -> Insertion:
    """The possible insertion with the least drive; where none is, the one that lacks least.

    Knows one shift only: whether the place is visited elsewhere and the days between visits are the caller's
    (spacing.py).
    """
    barrier = _barrier(problem, shift, place)
    if barrier is not None and barrier.kind is Lacking.WINDOW_SHORT:
        then = cheapest_insertion(stretched(problem, shift, [barrier]), shift, order, place)
        return replace(then, lacks=(barrier, *then.lacks))
    if barrier is not None:
        return Insertion(shift=shift, place=place, position=0, lacks=(barrier,))
    drive = drive_of(problem, shift, order)
    ways = sorted(
        (drive_of(problem, shift, longer) - drive, position, at_least(problem, shift, longer))
        for position in range(len(order) + 1)
        for longer in [_with(order, position, place)]
    )
    for more, position, least in ways:
        if not least and fits(problem, shift, _with(order, position, place)):
            return _inserted(problem, shift, order, place, position, more, ())
    best: tuple[tuple[Lack, ...], int, int] | None = None
    for more, position, least in ways:
        below = None if best is None else total(best[0])
        if below is None or least < below:
            lacks = missing(problem, shift, _with(order, position, place), below)
            best = best if lacks is None else (lacks, more, position)
    if best is None:
        raise AssertionError("every order of open places lacks something that can be told")
    lacks, more, position = best
    return _inserted(problem, shift, order, place, position, more, lacks)


def has_room(problem: Problem, shift: int, order: Sequence[int], place: int) -> bool:
    """Whether a place can be put into a route anywhere."""
    longer = (_with(order, position, place) for position in range(len(order) + 1))
    return any(not at_least(problem, shift, one) and fits(problem, shift, one) for one in longer)


def least_missing(problem: Problem, shift: int, order: Sequence[int], place: int) -> int:
    """`cheapest_insertion` misses no less; found so quickly that many shifts can be compared by it."""
    barrier = _barrier(problem, shift, place)
    if barrier is not None and barrier.kind is Lacking.WINDOW_SHORT:
        longer = stretched(problem, shift, [barrier])
        return barrier.minutes + least_missing(longer, shift, order, place)
    if barrier is not None:
        return 0
    return min(at_least(problem, shift, _with(order, position, place)) for position in range(len(order) + 1))


def _inserted(
    problem: Problem,
    shift: int,
    order: Sequence[int],
    place: int,
    position: int,
    drive: int,
    lacks: tuple[Lack, ...],
) -> Insertion:
    longer = _with(order, position, place)
    after = owed(stretched(problem, shift, lacks), shift, longer)
    if after is None:
        raise ValueError("an order that the shift can't drive")
    # What is left of a route may owe a break that lay before its first stay: then all of it is new.
    before = owed(problem, shift, order) or 0 if order else 0
    return Insertion(
        shift=shift, place=place, position=position, drive=drive, longer=after - before, lacks=lacks
    )


def _barrier(problem: Problem, shift: int, place: int) -> Lack | None:
    """What no minutes in the route can mend: no window that takes the stay at all."""
    asked, when = problem.places[place], problem.shifts[shift]
    if asked.never:
        return Lack(Lacking.NEVER, place=place)
    if place in when.barred:
        return Lack(Lacking.BARRED, place=place)
    windows = asked.windows.get(when.day, ())
    if not windows:
        return Lack(Lacking.SHUT, place=place)
    widest = max(windows, key=lambda window: (window[1] - window[0], window[1]))
    short = asked.stay - (widest[1] - widest[0])
    return Lack(Lacking.WINDOW_SHORT, short, place, widest) if short > 0 else None


def _with(order: Sequence[int], position: int, place: int) -> tuple[int, ...]:
    return (*order[:position], place, *order[position:])
