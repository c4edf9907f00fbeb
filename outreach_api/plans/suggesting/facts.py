"""What a suggestion rests on: candidates with their scores, vans, what stands in other plans, how long stays take."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.ledger.held_days import held
from outreach_api.outreach_map.reads import missed_around
from outreach_api.outreach_map.reads.held import last_held
from outreach_api.outreach_map.rules.sharing import Catchments
from outreach_api.plans.facts import stop_facts, van_facts
from outreach_api.plans.learned import stay_minutes
from outreach_api.plans.rules import StopFacts, VanFacts
from outreach_api.plans.suggesting.scores import Rates, StopRecord
from outreach_api.settings import Settings
from outreach_api.storage.contacts import FollowUp, FollowUpEvent
from outreach_api.storage.plans import Plan, PlanStop, Van
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit
from schemas.vocabulary import FollowUpResult, PlanStatus, Promise, StopStatus


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stop that may be visited."""

    stop: StopFacts
    code: str
    record: StopRecord
    stay_minutes: int
    stay_learned: bool
    """Whether past visits told how long a stay takes."""
    days_taken: tuple[dt.date, ...]
    """The last visit before the period, and days around it on which it is visited or stands in another plan."""


@dataclass(frozen=True, slots=True)
class VanInTown:
    van_id: uuid.UUID
    van: VanFacts
    days_taken: frozenset[dt.date]
    """Days on which it has a plan already."""


def rates(settings: Settings) -> Rates:
    return Rates(
        per_person=settings.points_person,
        per_day=settings.points_day,
        per_due=settings.points_due,
        per_return=settings.points_return,
        per_follow_up=settings.points_follow_up,
        per_weight=settings.points_weight,
        per_drive_minute=settings.points_drive_minute,
        full_after_days=settings.gap_full_days,
    )


def candidates(
    session: Session,
    settings: Settings,
    *,
    first: dt.date,
    last: dt.date,
    stop_ids: Collection[uuid.UUID] | None,
    must: Collection[uuid.UUID],
    apart_days: int,
) -> tuple[list[Candidate], Catchments | None]:
    """The stops asked for, or all that their hosts agreed to and those that must be, in the order of their codes.

    And whom they reach, by their numbers in this order.
    """
    select = sa.select(Stop.id, Stop.code, Stop.weight, Stop.status).order_by(Stop.code, Stop.id)
    rows = [
        row
        for row in session.execute(select)
        if row.id in must or (row.status == StopStatus.AGREED if stop_ids is None else row.id in stop_ids)
    ]
    ids = [row.id for row in rows]
    facts = stop_facts(session, ids)
    before = first - dt.timedelta(days=1)
    missed = missed_around(session, settings, [facts[stop_id].point for stop_id in ids], before)
    latest = {stop.stop_id: stop.last_day for stop in last_held(session, before)}
    promised = _promises(session, last)
    stays = stay_minutes(session, before)
    wanted = [days or 0 for one in facts.values() for days in (one.min_days_between, one.max_days_between)]
    taken = _days_taken(session, first, last, max(apart_days, settings.revisit_days, *wanted, 0))
    for stop_id, day in latest.items():
        taken[stop_id].add(day)
    found = [
        Candidate(
            stop=facts[row.id],
            code=row.code,
            record=StopRecord(
                missed_people=None if missed is None else missed.alone(number),
                days_since=(first - latest[row.id]).days if row.id in latest else None,
                returns=promised[row.id][0],
                follow_ups=promised[row.id][1],
                weight=row.weight,
            ),
            stay_minutes=stays.get(row.id, settings.stay_minutes),
            stay_learned=row.id in stays,
            days_taken=tuple(sorted(taken[row.id])),
        )
        for number, row in enumerate(rows)
    ]
    return found, missed


def vans(
    session: Session, first: dt.date, last: dt.date, van_ids: Collection[uuid.UUID] | None
) -> list[VanInTown]:
    """The vans asked for, or all that are in use, in the order of their codes."""
    rows = session.scalars(sa.select(Van).order_by(Van.code, Van.id)).all()
    chosen = [row for row in rows if (row.active if van_ids is None else row.id in van_ids)]
    planned: dict[uuid.UUID, set[dt.date]] = defaultdict(set)
    for van_id, day in session.execute(
        sa.select(Plan.van_id, Plan.local_day).where(
            Plan.status != PlanStatus.CANCELLED, Plan.local_day.between(first, last)
        )
    ):
        planned[van_id].add(day)
    return [VanInTown(row.id, van_facts(row), frozenset(planned[row.id])) for row in chosen]


def _promises(session: Session, until: dt.date) -> dict[uuid.UUID, tuple[int, int]]:
    """By stop: open promises to meet again, and other open ones, due by a day."""
    last = (
        sa.select(FollowUpEvent.result)
        .where(FollowUpEvent.follow_up_id == FollowUp.id)
        .order_by(FollowUpEvent.change_no.desc())
        .limit(1)
        .scalar_subquery()
    )
    counts: dict[uuid.UUID, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for stop_id, promise, count in session.execute(
        sa.select(FollowUp.due_stop_id, FollowUp.promise, sa.func.count())
        .where(FollowUp.due_day <= until, sa.func.coalesce(last, "") != FollowUpResult.MET)
        .group_by(FollowUp.due_stop_id, FollowUp.promise)
    ):
        returns, others = counts[stop_id]
        if promise == Promise.MEET_AGAIN:
            counts[stop_id] = returns + count, others
        else:
            counts[stop_id] = returns, others + count
    return counts


def _days_taken(
    session: Session, first: dt.date, last: dt.date, apart_days: int
) -> dict[uuid.UUID, set[dt.date]]:
    """By stop the days, near enough to the period to matter, on which it was held or stands in a plan."""
    apart = dt.timedelta(days=apart_days)
    near = (first - apart, last + apart)
    taken: dict[uuid.UUID, set[dt.date]] = defaultdict(set)
    planned = (
        sa.select(PlanStop.stop_id, Plan.local_day)
        .join(Plan, Plan.id == PlanStop.plan_id)
        .where(
            Plan.status != PlanStatus.CANCELLED,
            Plan.local_day.between(*near),
            PlanStop.removed.is_(False),
            PlanStop.cancel_reason.is_(None),
        )
    )
    visited = sa.select(Visit.stop_id, Visit.local_day).where(held(), Visit.local_day.between(*near))
    for select in (planned, visited):
        for stop_id, day in session.execute(select):
            taken[stop_id].add(day)
    return taken
