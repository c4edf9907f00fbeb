"""What a delay means for the stays that are still ahead: when each can open at the earliest, and what `check` says. Pure.

A stay closes when it was announced to, however late it opens: families were told, and the next ones wait. One that
could not open before it closes is missed, and the van goes on without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from outreach_api.kernel.geo import Point
from outreach_api.plans.rules import PlanFacts, Stay, Violation, check
from outreach_api.plans.rules.travel import minute_of
from outreach_api.plans.rules.violations import MINUTES_OF_DAY, time_at


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the van is free to pack up at `closes`; `stop` is the stay's or visit's place, None the base or nowhere known."""

    point: Point | None
    stop: object | None
    closes: int
    packed: int


@dataclass(frozen=True, slots=True)
class Expected:
    """A stay ahead with the earliest minute at which it can open; None: not before it closes."""

    stay: Stay
    opens: int | None

    @property
    def late_minutes(self) -> int | None:
        return None if self.opens is None else self.opens - minute_of(self.stay.arrive)


def expected(plan: PlanFacts, ahead: Iterable[Stay], since: Standing, now: int) -> list[Expected]:
    """The stays in the order of their times. What was not opened by `now` opens now at the earliest."""
    found, here = [], since
    for stay in sorted(ahead, key=lambda one: (one.arrive, one.depart)):
        opens = max(minute_of(stay.arrive), now, reached(plan, here, stay))
        closes = minute_of(stay.depart)
        if opens >= closes:
            found.append(Expected(stay, None))
            continue
        found.append(Expected(stay, opens))
        here = Standing(stay.stop.point, stay.stop.id, closes, closes + plan.limits.teardown_minutes)
    return found


def reached(plan: PlanFacts, here: Standing, stay: Stay) -> int:
    """The minute at which everything is set up at the next place."""
    if here.stop == stay.stop.id:  # the van stays where it is
        return here.closes
    if here.point is None:
        return here.packed
    drive = plan.drives.minutes(here.point, stay.stop.point, here.packed)
    return here.packed + drive + plan.limits.setup_minutes


def judged(plan: PlanFacts, done: Sequence[Stay], ahead: Sequence[Expected]) -> list[Violation]:
    """What `check` says of the day as it is going to be; nothing about stays that are over."""
    ids = {one.stay.plan_stop_id for one in ahead}
    found = check(replace(plan, stays=(*done, *coming(ahead))))
    return [one for one in found if not one.plan_stop_ids or ids & set(one.plan_stop_ids)]


def coming(ahead: Sequence[Expected]) -> list[Stay]:
    """What can still be opened today, at the earliest times."""
    return [
        replace(one.stay, arrive=time_at(one.opens))
        for one in ahead
        if one.opens is not None and one.opens < MINUTES_OF_DAY
    ]
