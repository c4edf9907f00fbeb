"""What an order of places lacks to be possible, in minutes and in what the van carries, and the problem with that mended.

Where ways are compared, a unit of load counts like a minute.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from outreach_api.plans.solver.loads import short_of
from outreach_api.plans.solver.problem import Break, Place, Problem, Window
from outreach_api.plans.solver.schedule import pause_window, shortest


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
    EMPTY = "empty"  # the van carries too little for its visits (`load` more is wanted)


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that would have to change. `place` is the place whose window it is, which may be a neighbour's."""

    kind: Lacking
    minutes: int = 0
    place: int | None = None
    window: Window | None = None
    load: int = 0


def total(lacks: Iterable[Lack]) -> int:
    """All that is missing."""
    return sum(lack.minutes + lack.load for lack in lacks)


def at_least(problem: Problem, shift: int, order: Sequence[int]) -> int:
    """No fewer minutes are missing: a break makes nobody earlier, and waiting makes no day shorter."""
    late = total(_late(problem, shift, order, None))
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
    load = short_of(problem, shift, order)
    empty = (Lack(Lacking.EMPTY, load=load),) if load else ()
    for lacks in sorted(_ways_to_be_late(problem, shift, order), key=total):
        if below is not None and total(lacks) >= below:
            break
        too_long = _too_long(stretched(problem, shift, lacks), shift, order)
        if too_long is None:
            continue
        whole = (*lacks, *too_long, *empty)
        if below is None or total(whole) < below:
            best, below = whole, total(whole)
    return best


def stretched(problem: Problem, shift: int, lacks: Iterable[Lack]) -> Problem:
    """The problem with each lack mended: windows that close later, a longer or later shift, a break later or owed later, more
    room for loads.

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
        elif lack.kind is Lacking.EMPTY and when.room is not None:
            when = replace(when, room=when.room + lack.load)
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
    least, lacks, when = owed(problem, shift, order), [], problem.shifts[shift]
    if least is None:
        least = shortest(problem, shift, order).get(0)
        if least is None or when.pause is None or len(order) > 1:
            return None
        lacks.append(Lack(Lacking.NO_BREAK, least - when.pause.steps[0][0]))
    if least > when.longest:
        lacks.append(Lack(Lacking.TOO_LONG, least - when.longest))
    return tuple(lacks)


def owed(problem: Problem, shift: int, order: Sequence[int]) -> int | None:
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
