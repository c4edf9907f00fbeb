"""The times of a shift that visits given places in a given order: the authority that every engine answers to.

What the van carries is loads.py's: `schedule` and `fits` ask it, too.

A partial schedule is a *piece*: the van is free at `free`, having left at `left`, and may do all of it up to `slack`
minutes later without waiting anywhere (forward time slack: Savelsbergh, "The vehicle routing problem with time
windows: minimizing route duration", ORSA Journal on Computing 4 (1992)). With several windows a day there may be
several pieces worth keeping: an earlier end, or a later start. They are all kept, so that the longest duration is
judged by the best start (Tricoire et al. 2010 solve the same by a dynamic programme over window choices).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from outreach_api.plans.solver.answer import Route, Stay, drive_of
from outreach_api.plans.solver.loads import short_of
from outreach_api.plans.solver.problem import Problem, Shift, Window


class Piece(NamedTuple):
    """Free at `free` when left at `left`; each up to `slack` minutes later without waiting.

    `paused` are the minutes of the break that it had.
    """

    free: int
    left: int
    slack: int
    paused: int

    @property
    def duration(self) -> int:
        return self.free - self.left


Pieces = list[Piece]


def schedule(problem: Problem, shift: int, order: Sequence[int]) -> Route | None:
    """The times for an order: done as early as can be, then begun as late as that allows. None when impossible."""
    when = problem.shifts[shift]
    if not order:
        return Route(shift=shift, begins=when.earliest, ends=when.earliest)
    ends = [piece for piece in _pieces(problem, shift, order) if _allowed(piece, when)]
    if not ends or short_of(problem, shift, order):
        return None
    best = min(ends, key=lambda piece: (piece.free, -piece.left))
    return _with_times(problem, shift, order, best)


def fits(problem: Problem, shift: int, order: Sequence[int]) -> bool:
    """Whether `schedule` has an answer."""
    when = problem.shifts[shift]
    if not order:
        return True
    if short_of(problem, shift, order):
        return False
    return any(_allowed(piece, when) for piece in _pieces(problem, shift, order))


def shortest(problem: Problem, shift: int, order: Sequence[int]) -> dict[int, int]:
    """By the minutes of the break the least from leaving to being back, whatever `longest` says.

    Without those that windows and the shift's latest end allow no schedule for.
    """
    least: dict[int, int] = {}
    for piece in _pieces(problem, shift, order):
        least[piece.paused] = min(piece.duration, least.get(piece.paused, piece.duration))
    return least


def pause_window(problem: Problem, shift: Shift, before: int, after: int) -> tuple[int, Window]:
    """The break on a leg between two stays, as a stay: minutes to it, its window in terms of the drive being over.

    The van may stop anywhere on the way, so the drive counts as done before the break, and its end may come later by
    the drive.
    """
    if shift.pause is None:
        raise ValueError("a shift without a break")
    drive = shift.drives[before][after]
    return problem.places[before].teardown + drive, (shift.pause.earliest, shift.pause.latest + drive)


def onward(piece: Piece, minutes: int, windows: Iterable[Window], stay: int) -> Iterator[Piece]:
    """A piece after `minutes` on the way and a stay in each window that it can still reach."""
    ready = piece.free + minutes
    for opens, closes in windows:
        last = closes - stay
        if ready > last:
            continue
        begin = max(ready, opens)
        shifted = min(piece.slack, max(0, opens - ready))
        slack = max(0, min(ready + piece.slack, last) - begin)
        yield Piece(begin + stay, piece.left + shifted, slack, piece.paused)


def begun(problem: Problem, shift: int) -> Pieces:
    """The van in its yard."""
    when = problem.shifts[shift]
    return [Piece(when.earliest, when.earliest, when.latest - when.earliest, 0)]


def gone_on(problem: Problem, shift: int, pieces: Pieces, before: int, place: int) -> Pieces:
    """All ways worth keeping to have been at a place, the earliest first; none when it can't be reached in time."""
    windows, stay = problem.windows(place, shift), problem.places[place].stay
    return _undominated(
        reached
        for piece, minutes in _legs(problem, shift, pieces, before, place)
        for reached in onward(piece, minutes, windows, stay)
    )


def fits_home(problem: Problem, shift: int, pieces: Pieces, last: int) -> bool:
    """Whether the shift may end after its last place."""
    return any(_allowed(piece, problem.shifts[shift]) for piece in _home(problem, shift, pieces, last))


def _pieces(problem: Problem, shift: int, order: Sequence[int]) -> Pieces:
    """All ways worth keeping to be back at the end by the shift's latest end."""
    pieces, before = begun(problem, shift), problem.start
    for place in order:
        pieces = gone_on(problem, shift, pieces, before, place)
        if not pieces:
            return []
        before = place
    return _home(problem, shift, pieces, before)


def _home(problem: Problem, shift: int, pieces: Pieces, last: int) -> Pieces:
    when = problem.shifts[shift]
    return _undominated(
        reached
        for piece, minutes in _legs(problem, shift, pieces, last, problem.end)
        for reached in onward(piece, minutes, [(when.earliest, when.latest)], 0)
    )


def _legs(
    problem: Problem, shift: int, pieces: Iterable[Piece], before: int, after: int
) -> Iterator[tuple[Piece, int]]:
    """Each piece with the minutes to the next place: as it is, and between two stays with a break on this leg."""
    when = problem.shifts[shift]
    leg = problem.leg(shift, before, after)
    for piece in pieces:
        yield piece, leg
        if when.pause is None or piece.paused or problem.start in (before, after) or after == problem.end:
            continue
        away, window = pause_window(problem, when, before, after)
        for _, minutes in when.pause.steps:
            for rested in onward(piece, away, [window], minutes):
                yield rested._replace(paused=minutes), leg - away


def _allowed(piece: Piece, shift: Shift) -> bool:
    owed = math.inf if shift.pause is None else shift.pause.longest_with(piece.paused)
    return piece.duration <= min(shift.longest, owed)


def _undominated(pieces: Iterable[Piece]) -> Pieces:
    """Those that no other one beats at every time: as early, left as late, for as long, rested as long."""
    kept: Pieces = []
    for piece in sorted(pieces, key=lambda p: (p.free, -p.left, -p.slack, -p.paused)):
        if not any(_dominates(other, piece) for other in kept):
            kept.append(piece)
    return kept


def _dominates(other: Piece, piece: Piece) -> bool:
    """Left as late at `piece.free` and ever after; between them both grow minute by minute until their slack ends."""
    return (
        other.free <= piece.free
        and other.paused >= piece.paused
        and other.left + min(other.slack, piece.free - other.free) >= piece.left
        and other.left + other.slack >= piece.left + piece.slack
    )


def _with_times(problem: Problem, shift: int, order: Sequence[int], best: Piece) -> Route:
    """The earliest times from a known start, with the break as early as it still ends in time."""
    legs: Iterable[int | None] = range(1, len(order)) if best.paused else (None,)
    for leg in legs:
        route = _from(problem, shift, order, best, leg)
        if route is not None and route.ends == best.free:
            return route
    raise AssertionError("a piece without a schedule")


def _rest(
    problem: Problem, shift: Shift, before: int, after: int, now: int, minutes: int
) -> tuple[tuple[int, int], int] | None:
    """A break of `minutes` on a leg begun at `now`, and when it and the drive are over."""
    away, (earliest, latest) = pause_window(problem, shift, before, after)
    over = max(now + away, earliest) + minutes
    if over > latest:
        return None
    begin = max(now + away - shift.drives[before][after], earliest)
    return (begin, begin + minutes), over


def _from(
    problem: Problem, shift: int, order: Sequence[int], piece: Piece, pause_leg: int | None
) -> Route | None:
    """Drive as soon as can be from where a piece left. None when a window or the end is missed."""
    when = problem.shifts[shift]
    now, before, pause = piece.left, problem.start, None
    stays: list[Stay] = []
    for number, place in enumerate((*order, problem.end)):
        leg = problem.leg(shift, before, place)
        if number == pause_leg:
            rested = _rest(problem, when, before, place, now, piece.paused)
            if rested is None:
                return None
            pause, now = rested
            leg -= pause_window(problem, when, before, place)[0]
        now += leg
        if place == problem.end:
            break
        stay = problem.places[place].stay
        begins = [max(now, opens) for opens, closes in problem.windows(place, shift) if now <= closes - stay]
        if not begins:
            return None
        stays.append(Stay(place, min(begins), min(begins) + stay))
        now, before = min(begins) + stay, place
    if now > when.latest:
        return None
    drive = drive_of(problem, shift, order)
    return Route(shift=shift, stays=tuple(stays), begins=piece.left, ends=now, drive=drive, pause=pause)
