"""Loads a plan with what became of it until now: which stays were opened, closed, called off, and where the van is."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.geo import Point
from outreach_api.kernel.week import TOKYO, local_day
from outreach_api.plans import travel
from outreach_api.plans.facts import kept_stops, plan_facts
from outreach_api.plans.rules import PlanFacts, Stay, stay_state
from outreach_api.plans.surroundings import point_of
from outreach_api.settings import Settings
from outreach_api.storage.plans import Plan, PlanStop
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit
from schemas.vocabulary import PlanStatus, StayState, VisitStatus


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of one stay; times in minutes since midnight of the plan's day."""

    row: PlanStop
    state: StayState
    opened: int | None = None
    closed: int | None = None
    cancel_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where the van was: `closed` is None as long as it stands open there."""

    id: uuid.UUID
    """The plan stop's, or the visit's where nobody planned it."""
    stop_id: uuid.UUID
    point: Point
    opened: int
    closed: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SoFar:
    plan: Plan
    facts: PlanFacts
    """Of the stays that were not called off, whether from the office or from the van."""
    seen: Sequence[Seen]
    """Every kept stay, by its planned time."""
    now: int | None
    """Minutes since midnight of the plan's day; None on another day."""
    held: Sequence[Whereabouts]
    """The van's visits of this plan and of none that day, in the order in which they were opened."""
    last: Whereabouts | None
    """Where it stands open; else where it was opened last, for whichever plan."""

    @property
    def stays(self) -> Mapping[uuid.UUID, Stay]:
        return {stay.plan_stop_id: stay for stay in self.facts.stays}

    @property
    def ahead(self) -> list[Seen]:
        """Stays that nobody opened yet, nor called off."""
        return [one for one in self.seen if one.state is StayState.PLANNED]

    def skipped(self, one: Seen) -> bool:
        """Whether the van opened at a later stay already, or at its close had gone on."""
        return one.state is StayState.PLANNED and any(
            other.opened is not None and other.row.arrive > one.row.arrive for other in self.seen
        )


def so_far(session: Session, plan: Plan, settings: Settings, now: dt.datetime) -> SoFar:
    visits = _visits(session, plan)
    by_stay = {visit.plan_stop_id: visit for visit, _ in visits if visit.plan_stop_id is not None}
    today = local_day(now)
    seen = [_seen(plan, row, by_stay.get(row.id), today) for row in kept_stops(session, plan.id)]
    off = {one.row.id for one in seen if one.state is StayState.CANCELLED}
    facts = plan_facts(session, plan, settings)
    facts = replace(facts, stays=tuple(stay for stay in facts.stays if stay.plan_stop_id not in off))
    every = _held(plan, visits)
    held = _held(plan, [(visit, stop) for visit, stop in visits if visit.plan_id in (None, plan.id)])
    last = max(every, key=lambda one: (one.closed is None, one.opened), default=None)
    if last is not None:
        facts = with_places(session, settings, facts, [one.point for one in every])
    return SoFar(
        plan=plan,
        facts=facts,
        seen=sorted(seen, key=lambda one: (one.row.arrive, one.row.depart, one.row.position)),
        now=minute_on(plan.local_day, now) if plan.local_day == today else None,
        held=held,
        last=last,
    )


def with_places(session: Session, settings: Settings, facts: PlanFacts, points: Sequence[Point]) -> PlanFacts:
    """The same with drives from and to more places."""
    if all(point in facts.drives.places for point in points):
        return facts
    return replace(facts, drives=travel.drives(session, settings, [*facts.drives.places, *points]))


def minute_on(day: dt.date, at: dt.datetime) -> int:
    """Whole minutes from a day's local midnight to a moment, rounded down."""
    return (at - dt.datetime.combine(day, dt.time(), TOKYO)) // dt.timedelta(minutes=1)


def _visits(session: Session, plan: Plan) -> list[tuple[Visit, Stop]]:
    """The van's visits of that day, those in no plan too, in the order in which they were opened."""
    found = session.execute(
        sa.select(Visit, Stop)
        .join(Stop, Stop.id == Visit.stop_id)
        .where(
            sa.or_(
                sa.and_(Visit.van_id == plan.van_id, Visit.local_day == plan.local_day),
                Visit.plan_id == plan.id,
            ),
            Visit.merged_into.is_(None),
        )
        .order_by(Visit.opened_at, Visit.id)
    )
    return [(visit, stop) for visit, stop in found]


def _seen(plan: Plan, row: PlanStop, visit: Visit | None, today: dt.date) -> Seen:
    called_off = row.cancel_reason is not None or plan.status == PlanStatus.CANCELLED
    state = stay_state(
        visit.status if visit else None, called_off=called_off, day=plan.local_day, today=today
    )
    if visit is None:
        return Seen(row, state, cancel_reason=row.cancel_reason or plan.cancel_reason)
    day = plan.local_day
    return Seen(
        row,
        state,
        None if visit.opened_at is None else minute_on(day, visit.opened_at),
        None if visit.closed_at is None else minute_on(day, visit.closed_at),
        visit.cancel_reason or row.cancel_reason or plan.cancel_reason,
    )


def _held(plan: Plan, visits: Sequence[tuple[Visit, Stop]]) -> list[Whereabouts]:
    day = plan.local_day
    return [
        Whereabouts(
            visit.plan_stop_id or visit.id,
            stop.id,
            point_of(stop),
            minute_on(day, visit.opened_at),
            None
            if visit.closed_at is None or visit.status == VisitStatus.OPEN
            else minute_on(day, visit.closed_at),
        )
        for visit, stop in visits
        if visit.opened_at is not None and visit.status in (VisitStatus.OPEN, VisitStatus.CLOSED)
    ]
