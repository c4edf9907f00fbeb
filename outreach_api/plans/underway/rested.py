"""What the breaks of today were and are going to be, by the times at which visits really were. Pure.

A plan's times say when people wanted to rest; who closed late did not. So what was worked counts as it was recorded, visits
that nobody planned too.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from outreach_api.kernel.geo import Point
from outreach_api.plans.rules import PlanFacts, Stay, StopFacts, Violation
from outreach_api.plans.rules.breaks import longest_idle, of_break
from outreach_api.plans.rules.travel import day_span
from outreach_api.plans.rules.violations import MINUTES_OF_DAY, time_at, time_of


class Visited(Protocol):
    """A visit: where, and from when to when in minutes of the day; `closed` None is still open."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def stop_id(self) -> uuid.UUID: ...
    @property
    def point(self) -> Point: ...
    @property
    def opened(self) -> int: ...
    @property
    def closed(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class DayBreak:
    """`owed` minutes in one piece, 0 on a short day; the longest piece there is, and from when to when it is taken."""

    owed: int
    longest: int
    begins: int = 0
    ends: int = 0
    before: uuid.UUID | None = None
    """The stay that follows that piece; None where there is no piece."""

    @property
    def missing(self) -> bool:
        return self.longest < self.owed


def as_stays(held: Iterable[Visited], open_until: int) -> list[Stay]:
    """Visits as stays, for the rules of a day; cut to that day. Who is open now closes at `open_until`."""
    found = []
    for one in held:
        opens = min(max(one.opened, 0), MINUTES_OF_DAY - 2)
        closes = open_until if one.closed is None else one.closed
        closes = min(max(closes, opens + 1), MINUTES_OF_DAY - 1)
        stop = StopFacts(id=one.stop_id, point=one.point)
        found.append(Stay(plan_stop_id=one.id, stop=stop, arrive=time_at(opens), depart=time_at(closes)))
    return found


def break_of(stays: Iterable[Stay], plan: PlanFacts) -> DayBreak | None:
    """Of a whole day; None where no stay is."""
    order = _in_order(stays)
    if not order:
        return None
    owed = plan.limits.break_owed(day_span(order, plan).minutes)
    least = 0 if owed is None else owed[1]
    idle = longest_idle(order, plan)
    if idle is None or idle.minutes <= 0:
        return DayBreak(least, 0)
    taken = min(idle.minutes, least) if least else idle.minutes
    return DayBreak(least, idle.minutes, idle.begins, idle.begins + taken, idle.after.plan_stop_id)


def missing_break(stays: Iterable[Stay], plan: PlanFacts) -> list[Violation]:
    """What `check` says of the break of such a day, if anything."""
    order = _in_order(stays)
    return list(of_break(order, day_span(order, plan), plan)) if order else []


def rested(stays: Sequence[Stay], plan: PlanFacts) -> int:
    """The longest break between the visits that there were, in minutes."""
    idle = longest_idle(_in_order(stays), plan)
    return 0 if idle is None else max(0, idle.minutes)


def break_view(found: DayBreak | None, planned: Collection[uuid.UUID]) -> dict[str, Any] | None:
    """As it is told; nothing where a day owes none. `planned` are the stays of the plan."""
    if found is None or not found.owed:
        return None
    there = found.before is not None
    return {
        "owed_minutes": found.owed,
        "longest_minutes": found.longest,
        "kept": not found.missing,
        "begins": time_of(found.begins) if there else None,
        "ends": time_of(found.ends) if there else None,
        "before_plan_stop_id": found.before if found.before in planned else None,
    }


def _in_order(stays: Iterable[Stay]) -> list[Stay]:
    return sorted(stays, key=lambda stay: (stay.arrive, stay.depart))
