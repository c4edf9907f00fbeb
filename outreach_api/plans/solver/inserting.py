"""The cheapest way to put a place into a route, and what is missing, in minutes, where there is none.

Whoever explains a left-out stop reads `Insertion.lacks`; `stretched` applies exactly those changes, so that a reason
can be tried before it is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from outreach_api.plans.solver.answer import drive_of
from outreach_api.plans.solver.problem import Break, Place, Problem, Window
from outreach_api.plans.solver.schedule import fits, pause_window, shortest


class Lacking(StrEnum):
    """What stands in the way, and in brackets what `minutes` are."""

    NEVER = "never"  # nobody wants it visited
    BARRED = "barred"  # not with this van
    SHUT = "shut"  # no window that day
    WINDOW_SHORT = "window_short"  # the widest window is shorter than the stay (by)
    LATE = "late"  # a stay ends after its window closes (by)
    BACK_LATE = "back_late"  # the van is back after the shift's latest end (by)
    TOO_LONG = "too_long"  # the shift exceeds its longest duration (by)
    BREAK_LATE = "break_late"  # the break ends after its latest minute (by)
    NO_BREAK = "no_break"  # a single stay leaves none, and the shift is too long without one (by)


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that would have to change. `place` is the place whose window it is, which may be a neighbour's."""

    kind: Lacking
    minutes: int = 0
    place: int | None = None
    window: Window | None = None


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
        """All minutes missing."""
        return _minutes(self.lacks)


def cheapest_insertion(problem: Problem, shift: int, order: Sequence[int], place: int) -> Insertion:
    """The possible insertion with the least drive; where none is, the one that lacks the fewest minutes.

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
        below = None if best is None else _minutes(best[0])
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
    """`cheapest_insertion` misses no fewer minutes; found so quickly that many shifts can be compared by it."""
    barrier = _barrier(problem, shift, place)
    if barrier is not None and barrier.kind is Lacking.WINDOW_SHORT:
        longer = stretched(problem, shift, [barrier])
        return barrier.minutes + least_missing(longer, shift, order, place)
    if barrier is not None:
        return 0
    return min(at_least(problem, shift, _with(order, position, place)) for position in range(len(order) + 1))


def at_least(problem: Problem, shift: int, order: Sequence[int]) -> int:
    """No fewer minutes are missing: a break makes nobody earlier, and waiting makes no day shorter."""
    late = _minutes(_late(problem, shift, order, None))
    legs = sum(problem.leg(shift, a, b) for a, b in pairwise((problem.start, *order, problem.end)))
    work = legs + sum(problem.places[place].stay for place in order)
    return max(late, work - problem.shifts[shift].longest)


def missing(
    problem: Problem, shift: int, order: Sequence[int], below: int | None = None
) -> tuple[Lack, ...] | None:
    """What an order lacks to be possible, in as few minutes as a schedule without waiting for mercy shows.

    None where that is not below so many minutes, or where a place has no window that day.
    """
    best: tuple[Lack, ...] | None = None
    for lacks in sorted(_ways_to_be_late(problem, shift, order), key=_minutes):
        if below is not None and _minutes(lacks) >= below:
            break
        too_long = _too_long(stretched(problem, shift, lacks), shift, order)
        if too_long is None:
            continue
        whole = (*lacks, *too_long)
        if below is None or _minutes(whole) < below:
            best, below = whole, _minutes(whole)
    return best


def stretched(problem: Problem, shift: int, lacks: Iterable[Lack]) -> Problem:
    """The problem with each lack mended: windows that close later, a longer or later shift, a break later or owed later.

    ValueError for lacks that minutes can't mend (NEVER, BARRED, SHUT).
    """
    places = list(problem.places)
    when = problem.shifts[shift]
    for lack in lacks:
        if (
            lack.kind in (Lacking.LATE, Lacking.WINDOW_SHORT)
            and lack.place is not None
            and lack.window is not None
        ):
            places[lack.place] = _open_longer(places[lack.place], when.day, lack.window, lack.minutes)
        elif lack.kind is Lacking.BACK_LATE:
            when = replace(when, latest=when.latest + lack.minutes)
        elif lack.kind is Lacking.TOO_LONG:
            when = replace(when, longest=when.longest + lack.minutes)
        elif lack.kind is Lacking.BREAK_LATE and when.pause is not None:
            when = replace(when, pause=replace(when.pause, latest=when.pause.latest + lack.minutes))
        elif lack.kind is Lacking.NO_BREAK and when.pause is not None:
            when = replace(when, pause=_owed_later(when.pause, lack.minutes))
        else:
            raise ValueError(f"minutes don't mend {lack.kind}")
    shifts = (*problem.shifts[:shift], when, *problem.shifts[shift + 1 :])
    return Problem(
        places=tuple(places), shifts=shifts, sites=problem.sites, minute_price=problem.minute_price
    )


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
    after = _owed(stretched(problem, shift, lacks), shift, longer)
    if after is None:
        raise ValueError("an order that the shift can't drive")
    # What is left of a route may owe a break that lay before its first stay: then all of it is new.
    before = _owed(problem, shift, order) or 0 if order else 0
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


def _ways_to_be_late(problem: Problem, shift: int, order: Sequence[int]) -> Iterator[tuple[Lack, ...]]:
    """Drive through the order as soon as can be, without the break and with it on each leg, late where it must be."""
    yield tuple(_late(problem, shift, order, None))
    pause = problem.shifts[shift].pause
    for _, minutes in () if pause is None else pause.steps:
        for leg in range(1, len(order)):
            yield tuple(_late(problem, shift, order, leg, minutes))


def _late(
    problem: Problem, shift: int, order: Sequence[int], pause_leg: int | None, minutes: int = 0
) -> Iterator[Lack]:
    when = problem.shifts[shift]
    now, before = when.earliest, problem.start
    for number, place in enumerate((*order, problem.end)):
        leg = problem.leg(shift, before, place)
        if number == pause_leg and when.pause is not None:
            away, (earliest, latest) = pause_window(problem, when, before, place)
            now = max(now + away, earliest) + minutes
            leg -= away
            if now > latest:
                yield Lack(Lacking.BREAK_LATE, now - latest)
        now += leg
        if place == problem.end:
            break
        stay = problem.places[place].stay
        windows = problem.windows(place, shift)
        begins = [max(now, opens) for opens, closes in windows if now <= closes - stay]
        if begins:
            now = min(begins)
        elif windows:
            last = max(windows, key=lambda window: window[1])
            yield Lack(Lacking.LATE, now + stay - last[1], place, last)
        now, before = now + stay, place
    if now > when.latest:
        yield Lack(Lacking.BACK_LATE, now - when.latest)


def _too_long(problem: Problem, shift: int, order: Sequence[int]) -> tuple[Lack, ...] | None:
    """What an order for which nobody is late still lacks. None when it owes a break that it had on another way."""
    least, lacks, when = _owed(problem, shift, order), [], problem.shifts[shift]
    if least is None:
        least = shortest(problem, shift, order).get(0)
        if least is None or when.pause is None or len(order) > 1:
            return None
        lacks.append(Lack(Lacking.NO_BREAK, least - when.pause.steps[0][0]))
    if least > when.longest:
        lacks.append(Lack(Lacking.TOO_LONG, least - when.longest))
    return tuple(lacks)


def _owed(problem: Problem, shift: int, order: Sequence[int]) -> int | None:
    """Least minutes of the shift, with the break that it then owes; None when it can't have that."""
    pause = problem.shifts[shift].pause
    least = shortest(problem, shift, order).items()
    return min((n for had, n in least if pause is None or n <= pause.longest_with(had)), default=None)


def _owed_later(pause: Break, minutes: int) -> Break:
    """The break of a team that may work so many minutes longer without any."""
    first = pause.steps[0][0] + minutes
    steps = {max(over, first): owed for over, owed in pause.steps}
    return replace(pause, steps=tuple(steps.items()))


def _open_longer(place: Place, day: int, window: Window, minutes: int) -> Place:
    """The place with one window that closes later, joined with those that it then meets."""
    opens, closes = window[0], window[1] + minutes
    kept: list[Window] = []
    for other in sorted(place.windows.get(day, ())):
        if other[1] < opens or other[0] > closes:
            kept.append(other)
        else:
            opens, closes = min(opens, other[0]), max(closes, other[1])
    return replace(place, windows={**place.windows, day: tuple(sorted([*kept, (opens, closes)]))})


def _with(order: Sequence[int], position: int, place: int) -> tuple[int, ...]:
    return (*order[:position], place, *order[position:])


def _minutes(lacks: Iterable[Lack]) -> int:
    return sum(lack.minutes for lack in lacks)
