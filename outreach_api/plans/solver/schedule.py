"""The times of a shift that visits given places in a given order: the authority that every engine answers to.

A partial schedule is a *piece*: the van is free at `free`, having left at `left`, and may do all of it up to `slack`
minutes later without waiting anywhere (forward time slack: Savelsbergh, "The vehicle routing problem with time
windows: minimizing route duration", ORSA Journal on Computing 4 (1992)). With several windows a day there may be
several pieces worth keeping: an earlier end, or a later start. They are all kept, so that the longest duration is
judged by the best start (Tricoire et al. 2010 solve the same by a dynamic programme over window choices).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from outreach_api.plans.solver.answer import Route, Stay, drive_of
from outreach_api.plans.solver.problem import Problem, Shift, Window


class Piece(NamedTuple):
    """Free at `free` when left at `left`; each up to `slack` minutes later without waiting. `paused`: had the break."""

    free: int
    left: int
    slack: int
    paused: bool

    @property
    def duration(self) -> int:
        return self.free - self.left


def schedule(problem: Problem, shift: int, order: Sequence[int]) -> Route | None:
    """The times for an order: done as early as can be, then begun as late as that allows. None when impossible."""
    when = problem.shifts[shift]
    if not order:
        return Route(shift=shift, begins=when.earliest, ends=when.earliest)
    ends = [piece for piece in _pieces(problem, shift, order) if _allowed(piece, when)]
    if not ends:
        return None
    best = min(ends, key=lambda piece: (piece.free, -piece.left))
    return _with_times(problem, shift, order, best)


def fits(problem: Problem, shift: int, order: Sequence[int]) -> bool:
    """Whether `schedule` has an answer."""
    when = problem.shifts[shift]
    return not order or any(_allowed(piece, when) for piece in _pieces(problem, shift, order))


def shortest(problem: Problem, shift: int, order: Sequence[int]) -> tuple[int | None, int | None]:
    """Least minutes from leaving to being back, without and with the break, whatever `longest` says.

    None where windows and the shift's latest end allow no such schedule.
    """
    plain = paused = None
    for piece in _pieces(problem, shift, order):
        if piece.paused:
            paused = piece.duration if paused is None else min(paused, piece.duration)
        else:
            plain = piece.duration if plain is None else min(plain, piece.duration)
    return plain, paused


def pause_window(problem: Problem, shift: Shift, before: int, after: int) -> tuple[int, Window]:
    """The break on a leg as a stay: minutes to it, and its window in terms of the drive being over.

    The van may stop anywhere on the way, so the drive counts as done before the break, and its end may come later by
    the drive.
    """
    if shift.pause is None:
        raise ValueError("a shift without a break")
    drive = shift.drives[before][after]
    teardown = problem.places[before].teardown if before < len(problem.places) else 0
    return teardown + drive, (shift.pause.earliest, shift.pause.latest + drive)


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


def _pieces(problem: Problem, shift: int, order: Sequence[int]) -> list[Piece]:
    """All ways worth keeping to be back at the end by the shift's latest end."""
    when = problem.shifts[shift]
    pieces = [Piece(when.earliest, when.earliest, when.latest - when.earliest, False)]
    before = problem.start
    for place in order:
        windows = problem.windows(place, shift)
        stay = problem.places[place].stay
        pieces = _undominated(
            reached
            for piece, minutes in _legs(problem, shift, pieces, before, place)
            for reached in onward(piece, minutes, windows, stay)
        )
        if not pieces:
            return []
        before = place
    home = [(when.earliest, when.latest)]
    return _undominated(
        reached
        for piece, minutes in _legs(problem, shift, pieces, before, problem.end)
        for reached in onward(piece, minutes, home, 0)
    )


def _legs(
    problem: Problem, shift: int, pieces: Iterable[Piece], before: int, after: int
) -> Iterator[tuple[Piece, int]]:
    """Each piece with the minutes to the next place: as it is, and with the break on this leg."""
    when = problem.shifts[shift]
    leg = problem.leg(shift, before, after)
    for piece in pieces:
        yield piece, leg
        if when.pause is not None and not piece.paused:
            away, window = pause_window(problem, when, before, after)
            for rested in onward(piece, away, [window], when.pause.minutes):
                yield rested._replace(paused=True), leg - away


def _allowed(piece: Piece, shift: Shift) -> bool:
    longest = shift.longest
    if shift.pause is not None and not piece.paused:
        longest = min(longest, shift.pause.over)
    return piece.duration <= longest


def _undominated(pieces: Iterable[Piece]) -> list[Piece]:
    """Those that no other one beats at every time: as early, left as late, for as long, and rested."""
    kept: list[Piece] = []
    for piece in sorted(pieces, key=lambda p: (p.free, -p.left, -p.slack, not p.paused)):
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
    """The earliest times from a known start; with a break, between two stays if that still ends in time."""
    legs: Iterable[int | None] = (*range(1, len(order)), len(order), 0) if best.paused else (None,)
    for leg in legs:
        route = _from(problem, shift, order, best.left, leg)
        if route is not None and route.ends == best.free:
            return route
    raise AssertionError("a piece without a schedule")


def _rest(
    problem: Problem, shift: Shift, before: int, after: int, now: int
) -> tuple[tuple[int, int], int] | None:
    """The break on a leg begun at `now`, and when it and the drive are over."""
    if shift.pause is None:
        return None
    away, (earliest, latest) = pause_window(problem, shift, before, after)
    over = max(now + away, earliest) + shift.pause.minutes
    if over > latest:
        return None
    begin = max(now + away - shift.drives[before][after], earliest)
    return (begin, begin + shift.pause.minutes), over


def _from(
    problem: Problem, shift: int, order: Sequence[int], left: int, pause_leg: int | None
) -> Route | None:
    """Drive as soon as can be from `left` on. None when a window or the end is missed."""
    when = problem.shifts[shift]
    now, before, pause = left, problem.start, None
    stays: list[Stay] = []
    for number, place in enumerate((*order, problem.end)):
        leg = problem.leg(shift, before, place)
        if number == pause_leg:
            rested = _rest(problem, when, before, place, now)
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
    return Route(shift=shift, stays=tuple(stays), begins=left, ends=now, drive=drive, pause=pause)
