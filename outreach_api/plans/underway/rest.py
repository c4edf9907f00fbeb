"""The rest of a day as the solver's problem: every stay that may still be held, in the ways in which it may. Pure.

What outranks what is said by worth: promises due there today above all, then stays that were announced, then the others;
within that, minutes open. A stay may be held as announced, cut short to half, or run over; what was told to nobody may
also be held at another time. Two ways of one stay never stand together, as they are one site.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from outreach_api.kernel.geo import Point
from outreach_api.plans.rules import PlanFacts, Stay, Violation, check, hard
from outreach_api.plans.rules.places import joined
from outreach_api.plans.rules.travel import minute_of
from outreach_api.plans.rules.violations import MINUTES_OF_DAY
from outreach_api.plans.solver.problem import Place, Problem, Shift, Site, Window
from outreach_api.stops.rules import windows_on
from schemas.vocabulary import Publicity

SHORTEST = 30
"""A stay is cut to half at most, and not below so many minutes."""
_FEWEST_ANNOUNCED = 15
"""So many minutes before its announced end a stay must be open, or families would have come for nothing."""
_MOST_PROMISES = 20
_STEP = 5
_LAST_MINUTE = MINUTES_OF_DAY - 1


class Way(Enum):
    """How a stay may still be held, and what a minute of it is worth beside a minute of driving."""

    IN_TIME = 10
    RUNS_OVER = 7
    MOVED = 5


@dataclass(frozen=True, slots=True)
class Ahead:
    """A stay that is still to come, at its planned times, and how many promises are due there."""

    stay: Stay
    promises: int = 0

    @property
    def announced(self) -> bool:
        return self.stay.announce and self.stay.stop.publicity is not Publicity.MEMBERS

    @property
    def minutes(self) -> int:
        return minute_of(self.stay.depart) - minute_of(self.stay.arrive)

    @property
    def shortest(self) -> int:
        return min(self.minutes, max(SHORTEST, -(-self.minutes // (2 * _STEP)) * _STEP))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What is left of a day. `ready`: when the van may leave from `origin`. `until`: when it must be back, or packed."""

    plan: PlanFacts
    """With drives from the origin too; its own stays are not looked at."""
    done: tuple[Stay, ...]
    """Stays that were opened, at the times at which they stand in the plan."""
    done_early: tuple[Stay, ...] = ()
    """The same, ending when they did: for when their planned times are in the way of what is kept."""
    ahead: tuple[Ahead, ...]
    origin: Point | None
    ready: int
    until: int | None = None


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


def forbidding(rest: Rest, ahead: Ahead) -> list[Violation]:
    """What keeps a stay from being held today whenever it is; other times are what is looked for."""
    alone = replace(rest.plan, stays=(ahead.stay,), others=(), vans_there=(), shifts=None)
    about_times = {"outside_window", "shift_too_long"}
    return [one for one in hard(check(alone)) if one.code not in about_times]


def pose(rest: Rest, barred: Collection[uuid.UUID] = (), shorter_by: int = 0) -> Posed:
    """`barred` plan stops are left out; the day's longest duration is cut by `shorter_by` minutes."""
    choices = [
        choice
        for number, ahead in enumerate(rest.ahead)
        if ahead.stay.plan_stop_id not in barred
        for choice in _choices(rest, number, ahead)
    ]
    following = _following(rest)
    worths = _worths(rest)
    setup, teardown = rest.plan.limits.setup_minutes, rest.plan.limits.teardown_minutes
    places = tuple(
        Place(
            key=f"{rest.ahead[choice.number].stay.plan_stop_id}/{choice.way.name}/{choice.minutes}",
            stay=choice.minutes,
            value=worths[choice.number] + choice.way.value * choice.minutes,
            windows={0: choice.windows},
            setup=setup,
            teardown=teardown,
            site=choice.number,
        )
        for choice in choices
    )
    begun, end = _begun(rest), following[0] if following else rest.plan.base
    drives = _drives(rest, choices, end)
    most = rest.plan.limits.shift_minutes - shorter_by
    latest = MINUTES_OF_DAY + teardown + max((row[-1] for row in drives), default=0)
    if following:
        latest = min(latest, following[1])
    if rest.until is not None:
        latest = min(latest, rest.until)
    if begun is not None and not following:
        latest = min(latest, begun + most)
    longest = most if begun is None else MINUTES_OF_DAY * 2
    shift = Shift(
        key="rest",
        day=0,
        earliest=rest.ready,
        latest=max(rest.ready, latest),
        longest=longest,
        drives=drives,
    )
    sites = tuple(Site() for _ in rest.ahead)
    return Posed(rest, Problem(places=places, shifts=(shift,), sites=sites, minute_price=1.0), tuple(choices))


def _choices(rest: Rest, number: int, ahead: Ahead) -> list[Choice]:
    arrive, depart = minute_of(ahead.stay.arrive), minute_of(ahead.stay.depart)
    free = tuple(_free(rest, ahead.stay))
    told = ahead.announced or ahead.promises > 0
    lengths = sorted({ahead.minutes, ahead.minutes * 3 // (4 * _STEP) * _STEP, ahead.shortest})
    found = []
    for minutes in lengths:
        if minutes < ahead.shortest:
            continue
        latest_open = depart - min(_FEWEST_ANNOUNCED, minutes)
        found.append(Choice(number, Way.IN_TIME, minutes, _within(free, arrive, depart, minutes), free))
        over = latest_open + minutes if told else _LAST_MINUTE
        found.append(Choice(number, Way.RUNS_OVER, minutes, _within(free, arrive, over, minutes), free))
        if not told:
            found.append(Choice(number, Way.MOVED, minutes, _within(free, 0, _LAST_MINUTE, minutes), free))
    return found


def _within(free: Sequence[Window], opens: int, closes: int, minutes: int) -> tuple[Window, ...]:
    cut = ((max(a, opens), min(b, closes)) for a, b in free)
    return tuple((a, b) for a, b in cut if b - a >= minutes)


def _free(rest: Rest, stay: Stay) -> list[Window]:
    """When the place is open today and has room beside other vans, and the van has no other plan."""
    stop, limits = stay.stop, rest.plan.limits
    known = windows_on(stop.openings, rest.plan.day, closed_on_holidays=stop.closed_on_holidays)
    free: list[Window] = [(0, _LAST_MINUTE)]
    if known is not None:
        free = joined([(minute_of(opens), minute_of(closes)) for opens, closes in known])
    around = limits.setup_minutes + limits.teardown_minutes
    there = [
        (minute_of(one.arrive) - around, minute_of(one.depart) + around)
        for one in rest.plan.vans_there
        if one.stop_id == stop.id
    ]
    for begins, ends in there:
        if sum(a < ends and b > begins for a, b in there) >= stop.van_count:
            free = _without(free, begins, ends)
    begun = _begun(rest)
    if begun is not None:
        free = _without(free, begun + limits.shift_minutes - limits.teardown_minutes, MINUTES_OF_DAY)
    for other in rest.plan.others:
        if minute_of(other.begins) < rest.ready:
            over = minute_of(other.ends) + limits.teardown_minutes
            there_by = over + rest.plan.drives.minutes(other.last, stop.point, over) + limits.setup_minutes
            free = _without(free, 0, there_by)
    return free


def _without(free: Sequence[Window], begins: int, ends: int) -> list[Window]:
    """Of some times, what lies not between two others."""
    parts = [part for a, b in free for part in ((a, min(b, begins)), (max(a, ends), b))]
    return [(a, b) for a, b in parts if a < b]


def _begun(rest: Rest) -> int | None:
    """When the day began by the plan: leaving the base, or the first set-up; None when it has not."""
    if not rest.done:
        return None
    first = min(rest.done, key=lambda stay: stay.arrive)
    begins = minute_of(first.arrive) - rest.plan.limits.setup_minutes
    if rest.plan.base is None:
        return begins
    return rest.plan.drives.leave_by(rest.plan.base, first.stop.point, begins)


def _following(rest: Rest) -> tuple[Point, int] | None:
    """Where the van's next plan of today begins, and when its set-up does."""
    coming = [other for other in rest.plan.others if minute_of(other.begins) >= rest.ready]
    if not coming:
        return None
    first = min(coming, key=lambda other: other.begins)
    return first.first, minute_of(first.begins) - rest.plan.limits.setup_minutes


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
