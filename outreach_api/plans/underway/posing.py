"""The rest of a day as the solver's problem: every stay that may still be held, in the ways in which it may. Pure.

What outranks what is said by worth: promises due there today above all, then stays that were announced, then the others;
within that, minutes open. A stay may be held as announced, cut short to half, or run over; what was told to nobody may
also be held at another time. Two ways of one stay never stand together, as they are one site.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from outreach_api.kernel.geo import Point
from outreach_api.plans.rules.travel import minute_of
from outreach_api.plans.rules.violations import MINUTES_OF_DAY
from outreach_api.plans.solver.answer import Route
from outreach_api.plans.solver.problem import Break, Place, Problem, Shift, Site, Window
from outreach_api.plans.underway.rest import LAST_MINUTE, STEP, Ahead, Rest, begun, following, free_times

_FEWEST_ANNOUNCED = 15
"""So many minutes before its announced end a stay must be open, or families would have come for nothing."""
_MOST_PROMISES = 20


class Way(Enum):
    """How a stay may still be held, and what a minute of it is worth beside a minute of driving."""

    IN_TIME = 10
    RUNS_OVER = 7
    MOVED = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """A place of the problem: one way of one stay."""

    number: int
    way: Way
    minutes: int
    windows: tuple[Window, ...]
    """Where it may lie this way."""
    free: tuple[Window, ...]
    """When the place can be used at all."""


@dataclass(frozen=True, slots=True)
class Posed:
    rest: Rest
    problem: Problem
    choices: tuple[Choice, ...]
    worked: int | None = None
    """The place that stands for the day so far, from when it began: a must, before all others. None before it began."""

    def order_of(self, route: Route) -> tuple[int, ...]:
        """What is ahead in a route; nothing in one that forgets how long has been worked."""
        order = route.order
        if self.worked is None:
            return order
        return order[1:] if order[:1] == (self.worked,) else ()

    def with_worked(self, order: Sequence[int]) -> tuple[int, ...]:
        return tuple(order) if self.worked is None else (self.worked, *order)


def pose(rest: Rest, barred: Collection[uuid.UUID] = (), shorter_by: int = 0) -> Posed:
    """`barred` plan stops are left out; the day's longest duration is cut by `shorter_by` minutes."""
    choices = [
        choice
        for number, ahead in enumerate(rest.ahead)
        if ahead.stay.plan_stop_id not in barred
        for choice in _choices(rest, number, ahead)
    ]
    coming, began = following(rest), begun(rest)
    drives = _drives(rest, choices, coming[0] if coming else rest.plan.base)
    most = rest.plan.limits.shift_minutes - shorter_by
    latest = MINUTES_OF_DAY + rest.plan.limits.teardown_minutes + max((row[-1] for row in drives), default=0)
    if coming:
        latest = min(latest, coming[1])
    if rest.until is not None:
        latest = min(latest, rest.until)
    if began is not None and not coming:
        latest = min(latest, began + most)
    latest = max(rest.ready, latest)
    places, earliest = list(_places(rest, choices, drives[len(choices)])), rest.ready
    if began is not None:
        free = rest.ready - rest.idle
        earliest = min(began, free - 1)
        places.append(
            Place(key="worked", stay=free - earliest, value=0, windows={0: ((earliest, free),)}, must=True)
        )
        drives = _after_what_was_worked(drives, free - earliest)
    shift = Shift(
        key="rest",
        day=0,
        earliest=earliest,
        latest=latest,
        longest=most if began is None else MINUTES_OF_DAY * 2,
        drives=drives,
        pause=_pause(rest, earliest, latest),
    )
    sites = tuple(Site() for _ in rest.ahead)
    problem = Problem(places=tuple(places), shifts=(shift,), sites=sites, minute_price=1.0)
    return Posed(rest, problem, tuple(choices), None if began is None else len(choices))


def _places(rest: Rest, choices: Sequence[Choice], from_here: Sequence[int]) -> Iterator[Place]:
    worths, limits = _worths(rest), rest.plan.limits
    for number, choice in enumerate(choices):
        # Minutes that were idle don't come again: no place is reached before now, however early the break began.
        reached = rest.ready + from_here[number] + limits.setup_minutes if rest.idle else 0
        yield Place(
            key=f"{rest.ahead[choice.number].stay.plan_stop_id}/{choice.way.name}/{choice.minutes}",
            stay=choice.minutes,
            value=worths[choice.number] + choice.way.value * choice.minutes,
            windows={0: [(max(opens, reached), closes) for opens, closes in choice.windows]},
            setup=limits.setup_minutes,
            teardown=limits.teardown_minutes,
            site=choice.number,
        )


def _pause(rest: Rest, earliest: int, latest: int) -> Break | None:
    """What the day still owes after the breaks that there were; `check` counts as this does."""
    steps = tuple(step for step in rest.plan.limits.breaks if rest.breaks and step[1] > rest.rested)
    if not steps:
        return None
    return Break(steps=steps, earliest=earliest, latest=max(latest, earliest + steps[-1][1]))


def _after_what_was_worked(drives: Sequence[Sequence[int]], worked: int) -> list[list[int]]:
    """The same with a place for the day so far between start and all others, to which nobody comes back."""
    here, never = drives[-2], 4 * MINUTES_OF_DAY
    rows = [[*row[:-2], never, *row[-2:]] for row in drives[:-2]]
    start = [minutes + worked for minutes in here[:-2]]
    return [*rows, [*here[:-2], never, *here[-2:]], [*start, 0, 0, here[-1] + worked], [0] * (len(here) + 1)]


def _choices(rest: Rest, number: int, ahead: Ahead) -> list[Choice]:
    arrive, depart = minute_of(ahead.stay.arrive), minute_of(ahead.stay.depart)
    free = tuple(free_times(rest, ahead.stay))
    told = ahead.announced or ahead.promises > 0
    lengths = sorted({ahead.minutes, ahead.minutes * 3 // (4 * STEP) * STEP, ahead.shortest})
    found = []
    for minutes in lengths:
        if minutes < ahead.shortest:
            continue
        latest_open = depart - min(_FEWEST_ANNOUNCED, minutes)
        found.append(Choice(number, Way.IN_TIME, minutes, _within(free, arrive, depart, minutes), free))
        over = latest_open + minutes if told else LAST_MINUTE
        found.append(Choice(number, Way.RUNS_OVER, minutes, _within(free, arrive, over, minutes), free))
        if not told:
            found.append(Choice(number, Way.MOVED, minutes, _within(free, 0, LAST_MINUTE, minutes), free))
    return found


def _within(free: Sequence[Window], opens: int, closes: int, minutes: int) -> tuple[Window, ...]:
    cut = ((max(a, opens), min(b, closes)) for a, b in free)
    return tuple((a, b) for a, b in cut if b - a >= minutes)


def _worths(rest: Rest) -> list[int]:
    """What holding each stay at all is worth: a promise more than all else, an announcement more than minutes."""
    minutes = sum(Way.IN_TIME.value * ahead.minutes for ahead in rest.ahead)
    announced = 1 + minutes + 4 * MINUTES_OF_DAY
    promise = announced * (len(rest.ahead) + 1)
    return [
        promise * min(ahead.promises, _MOST_PROMISES) + announced * ahead.announced for ahead in rest.ahead
    ]


def _drives(rest: Rest, choices: Sequence[Choice], end: Point | None) -> list[list[int]]:
    """Whole minutes at the slowest hour that is still to come: no drive takes longer, whenever it begins."""
    drives, limits = rest.plan.drives, rest.plan.limits
    hours = range(min(rest.ready // 60, 23), 24)
    slowest = min(drives.speeds[hour] for hour in hours)
    stops = [rest.ahead[choice.number].stay.stop for choice in choices]

    def minutes(a: Point | None, b: Point | None) -> int:
        if a is None or b is None:
            return 0
        return -(drives.seconds[drives.places[a]][drives.places[b]] * 100 // -(60 * slowest))

    stays_there = -(limits.setup_minutes + limits.teardown_minutes)
    rows = [
        [
            stays_there if a.id == b.id and choice.number != other.number else minutes(a.point, b.point)
            for other, b in zip(choices, stops, strict=True)
        ]
        + [0, minutes(a.point, end)]
        for choice, a in zip(choices, stops, strict=True)
    ]
    begin = [minutes(rest.origin, stop.point) for stop in stops] + [0, minutes(rest.origin, end)]
    return [*rows, begin, [0] * (len(stops) + 2)]
