"""What was planned against what happened, for one plan and for any run of days (the weekly report's question)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.ids import visit_id_of
from outreach_api.kernel.week import TOKYO
from outreach_api.ledger.kinds import Actor
from outreach_api.plans.reads import NOT_FOUND, plans_in_scope
from outreach_api.plans.rules import minutes_after, stay_state
from outreach_api.storage.plans import Plan, PlanStop
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit
from outreach_api.visits.reads import attendance
from schemas.vocabulary import PlanStatus, StayState


@dataclass(frozen=True, slots=True)
class PlannedStay:
    """A stay that was published (or that a visit was made of), and what became of it."""

    plan_id: uuid.UUID
    van_id: uuid.UUID
    local_day: dt.date
    plan_stop_id: uuid.UUID
    stop_id: uuid.UUID
    stop_name: str
    arrive: dt.time
    depart: dt.time
    state: StayState
    cancel_reason: str | None
    opened_at: dt.datetime | None
    closed_at: dt.datetime | None


def planned_stays(
    session: Session,
    *,
    today: dt.date,
    first_day: dt.date,
    last_day: dt.date,
    van_id: uuid.UUID | None = None,
) -> list[PlannedStay]:
    """Stays of every plan that was ever published, by their planned days; drafts promise nobody anything."""
    stays = _stays().where(Plan.local_day.between(first_day, last_day), Plan.revision > 0)
    if van_id is not None:
        stays = stays.where(Plan.van_id == van_id)
    return _read(session, stays, today)


def actual(session: Session, actor: Actor, plan_id: uuid.UUID, *, today: dt.date) -> dict[str, Any] | Refusal:
    """A plan's stays and the van's visits of that day that were in no plan."""
    plan = session.scalar(plans_in_scope(actor).where(Plan.id == plan_id))
    if plan is None:
        return NOT_FOUND
    stays = _read(session, _stays().where(Plan.id == plan.id), today)
    others = _ad_hoc(session, plan)
    visit_ids = [visit_id_of(stay.plan_stop_id) for stay in stays] + [visit.id for visit, _ in others]
    people = {visit_id: sum(bands.values()) for visit_id, bands in attendance(session, visit_ids).items()}
    return {
        "plan_id": plan.id,
        "van_id": plan.van_id,
        "local_day": plan.local_day,
        "status": plan.status,
        "revision": plan.revision,
        "stays": [_stay_view(stay, people) for stay in stays],
        "ad_hoc": [_ad_hoc_view(visit, name, people, today) for visit, name in others],
    }


def _stays() -> sa.Select[Any, Any, Any, Any]:
    """Kept stays, and removed ones of which a visit was made all the same."""
    return (
        sa.select(PlanStop, Plan, Stop.name, Visit)
        .join(Plan, Plan.id == PlanStop.plan_id)
        .join(Stop, Stop.id == PlanStop.stop_id)
        .outerjoin(Visit, Visit.plan_stop_id == PlanStop.id)
        .where(sa.or_(PlanStop.removed.is_(False), Visit.id.is_not(None)))
        .order_by(Plan.local_day, Plan.id, PlanStop.arrive, PlanStop.id)
    )


def _read(session: Session, stays: sa.Select[Any, Any, Any, Any], today: dt.date) -> list[PlannedStay]:
    read = []
    for row, plan, stop_name, visit in session.execute(stays):
        called_off = row.cancel_reason is not None or plan.status == PlanStatus.CANCELLED
        state = stay_state(
            visit.status if visit else None, called_off=called_off, day=plan.local_day, today=today
        )
        reason = (visit.cancel_reason if visit else None) or row.cancel_reason or plan.cancel_reason
        read.append(
            PlannedStay(
                plan_id=plan.id,
                van_id=plan.van_id,
                local_day=plan.local_day,
                plan_stop_id=row.id,
                stop_id=row.stop_id,
                stop_name=stop_name,
                arrive=row.arrive,
                depart=row.depart,
                state=state,
                cancel_reason=reason,
                opened_at=visit.opened_at if visit else None,
                closed_at=visit.closed_at if visit else None,
            )
        )
    return read


def _ad_hoc(session: Session, plan: Plan) -> Sequence[tuple[Visit, str]]:
    found = (
        sa.select(Visit, Stop.name)
        .join(Stop, Stop.id == Visit.stop_id)
        .where(
            Visit.van_id == plan.van_id,
            Visit.local_day == plan.local_day,
            Visit.plan_stop_id.is_(None),
            Visit.merged_into.is_(None),
        )
        .order_by(Visit.opened_at, Visit.id)
    )
    return session.execute(found).all()


def _stay_view(stay: PlannedStay, people: dict[uuid.UUID, int]) -> dict[str, Any]:
    visit_id = visit_id_of(stay.plan_stop_id)
    return {
        "plan_stop_id": stay.plan_stop_id,
        "visit_id": visit_id,
        "stop_id": stay.stop_id,
        "stop_name": stay.stop_name,
        "state": stay.state,
        "cancel_reason": stay.cancel_reason,
        "planned_arrive": stay.arrive,
        "planned_depart": stay.depart,
        "opened": _local(stay.opened_at),
        "closed": _local(stay.closed_at),
        "late_minutes": minutes_after(stay.opened_at, stay.local_day, stay.arrive),
        "overrun_minutes": minutes_after(stay.closed_at, stay.local_day, stay.depart),
        "attendance": people.get(visit_id, 0),
    }


def _ad_hoc_view(
    visit: Visit, stop_name: str, people: dict[uuid.UUID, int], today: dt.date
) -> dict[str, Any]:
    return {
        "visit_id": visit.id,
        "stop_id": visit.stop_id,
        "stop_name": stop_name,
        "state": stay_state(visit.status, called_off=False, day=visit.local_day, today=today),
        "cancel_reason": visit.cancel_reason,
        "opened": _local(visit.opened_at),
        "closed": _local(visit.closed_at),
        "attendance": people.get(visit.id, 0),
    }


def _local(at: dt.datetime | None) -> dt.time | None:
    return None if at is None else at.astimezone(TOKYO).time()
