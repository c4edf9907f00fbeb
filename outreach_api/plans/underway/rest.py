"""What is left of a day, as plain values: where the van is, what is ahead, how long has been worked; when a place is free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from outreach_api.kernel.geo import Point
from outreach_api.plans.rules import PlanFacts, Stay, Violation, check, hard
from outreach_api.plans.rules.places import joined
from outreach_api.plans.rules.travel import minute_of
from outreach_api.plans.rules.violations import MINUTES_OF_DAY
from outreach_api.plans.solver.problem import Window
from outreach_api.stops.rules import windows_on
from schemas.vocabulary import Publicity

SHORTEST = 30
"""A stay is cut to half at most, and not below so many minutes."""
STEP = 5
LAST_MINUTE = MINUTES_OF_DAY - 1


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
        return min(self.minutes, max(SHORTEST, -(-self.minutes // (2 * STEP)) * STEP))


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
    began: int | None = None
    """When the first visit of the day shows that work began; None before one. It may have been earlier by the plan."""
    breaks: bool = True
    """Whether breaks are looked for; False where people take turns."""
    rested: int = 0
    """The longest break so far between two visits, in minutes."""
    idle: int = 0
    """Minutes just before `ready` in which nothing was done: a break that goes on begins with them."""


def forbidding(rest: Rest, ahead: Ahead) -> list[Violation]:
    """What keeps a stay from being held today whenever it is; other times are what is looked for."""
    alone = replace(rest.plan, stays=(ahead.stay,), others=(), vans_there=(), shifts=None)
    about_times = {"outside_window", "shift_too_long"}
    return [one for one in hard(check(alone)) if one.code not in about_times]


def free_times(rest: Rest, stay: Stay) -> list[Window]:
    """When the place is open today and has room beside other vans, and the van has no other plan."""
    stop, limits = stay.stop, rest.plan.limits
    known = windows_on(stop.openings, rest.plan.day, closed_on_holidays=stop.closed_on_holidays)
    free: list[Window] = [(0, LAST_MINUTE)]
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
    began = begun(rest)
    if began is not None:
        free = _without(free, began + limits.shift_minutes - limits.teardown_minutes, MINUTES_OF_DAY)
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


def begun(rest: Rest) -> int | None:
    """When the day began: leaving the base, or the first set-up, by the plan or before it; None when it has not."""
    found = [] if rest.began is None else [rest.began]
    if rest.done:
        first = min(rest.done, key=lambda stay: stay.arrive)
        found.append(leaves_for(rest.plan, first.stop.point, minute_of(first.arrive)))
    return min(found, default=None)


def leaves_for(plan: PlanFacts, first: Point, opens: int) -> int:
    """When the van must leave its base at the latest to open its first place at a minute; without one, the set-up."""
    begins = opens - plan.limits.setup_minutes
    return begins if plan.base is None else plan.drives.leave_by(plan.base, first, begins)


def following(rest: Rest) -> tuple[Point, int] | None:
    """Where the van's next plan of today begins, and when its set-up does."""
    coming = [other for other in rest.plan.others if minute_of(other.begins) >= rest.ready]
    if not coming:
        return None
    first = min(coming, key=lambda other: other.begins)
    return first.first, minute_of(first.begins) - rest.plan.limits.setup_minutes
