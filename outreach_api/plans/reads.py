"""Reads vans and plans. Crew see their own van and its published plans only."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.ids import visit_id_of
from outreach_api.kernel.week import IsoWeek
from outreach_api.ledger.kinds import Actor
from outreach_api.plans.facts import plan_facts
from outreach_api.plans.rules import Leg, PlanFacts, Violation, legs
from outreach_api.plans.rules.mending import with_ways_out
from outreach_api.settings import Settings
from outreach_api.storage.plans import Plan, PlanProblem, PlanStop, Van
from outreach_api.storage.stops import Stop
from schemas.vocabulary import Role

NOT_FOUND = Refusal("not_found", 404)
MINUTES_OF_DAY = 24 * 60
PLANNERS = frozenset({Role.COORDINATOR, Role.ADMIN})


def vans_in_scope(actor: Actor) -> sa.Select[Any]:
    select = sa.select(Van)
    return select.where(Van.id == actor.van_id) if actor.role is Role.CREW else select


def plans_in_scope(actor: Actor) -> sa.Select[Any]:
    """Crew see what was published of their own van; a draft is still the coordinator's."""
    select = sa.select(Plan)
    if actor.role is Role.CREW:
        select = select.where(Plan.van_id == actor.van_id, Plan.revision > 0)
    return select


def knows_stay(session: Session, actor: Actor, plan_stop_id: uuid.UUID) -> bool:
    """Whether a plan stop is there for this one."""
    found = plans_in_scope(actor).join(PlanStop, PlanStop.plan_id == Plan.id)
    return session.scalar(found.where(PlanStop.id == plan_stop_id).with_only_columns(PlanStop.id)) is not None


def matching(actor: Actor, query: dict[str, Any]) -> sa.Select[Any]:
    """Plans of a week, of days, of a van, of a status."""
    select = plans_in_scope(actor)
    if query["week"] is not None:
        select = select.where(Plan.iso_week == IsoWeek(*query["week"]).as_int)
    if query["from_day"] is not None:
        select = select.where(Plan.local_day >= query["from_day"])
    if query["to_day"] is not None:
        select = select.where(Plan.local_day <= query["to_day"])
    if query["broken"] is not None and actor.role in PLANNERS:
        select = select.where(Plan.broken_since.is_not(None) == query["broken"])
    for name in ("van_id", "status"):
        if query[name] is not None:
            select = select.where(getattr(Plan, name) == query[name])
    return select


def van(session: Session, actor: Actor, van_id: uuid.UUID) -> dict[str, Any] | Refusal:
    found = session.scalar(vans_in_scope(actor).where(Van.id == van_id))
    return NOT_FOUND if found is None else van_view(found)


def van_view(row: Van) -> dict[str, Any]:
    base = None
    if row.base_lat_micro is not None and row.base_lon_micro is not None:
        base = {"lat": row.base_lat_micro / 1_000_000, "lon": row.base_lon_micro / 1_000_000}
    return {
        "id": row.id,
        "version": row.version,
        "code": row.code,
        "name": row.name,
        "width_cm": row.width_cm,
        "height_cm": row.height_cm,
        "needs_power": row.needs_power,
        "water_litres": row.water_litres,
        "base": base,
        "inspection_until": row.inspection_until,
        "insurance_until": row.insurance_until,
        "food_permit_until": row.food_permit_until,
        "outages": [
            {
                **outage,
                "from_day": dt.date.fromisoformat(outage["from_day"]),
                "to_day": dt.date.fromisoformat(outage["to_day"]),
            }
            for outage in row.outages
        ],
        "active": row.active,
        "created_at": row.created_at,
    }


def plan(session: Session, actor: Actor, plan_id: uuid.UUID, settings: Settings) -> dict[str, Any] | Refusal:
    """One plan, with its drives."""
    found = session.scalar(plans_in_scope(actor).where(Plan.id == plan_id))
    if found is None:
        return NOT_FOUND
    view = listed_views(session, actor, [found])[0]
    return {**view, "legs": leg_views(legs(plan_facts(session, found, settings)))}


def leg_views(found: Iterable[Leg]) -> list[dict[str, Any]]:
    return [
        {
            "from_plan_stop_id": leg.origin,
            "to_plan_stop_id": leg.destination,
            "leave": dt.time(*divmod(leg.leave, 60)) if 0 <= leg.leave < MINUTES_OF_DAY else None,
            "minutes": leg.minutes,
            "basis": leg.basis,
        }
        for leg in found
    ]


def plan_views(session: Session, rows: Sequence[Plan]) -> list[dict[str, Any]]:
    stops: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    kept = (
        sa.select(PlanStop, Stop.code, Stop.name)
        .join(Stop, Stop.id == PlanStop.stop_id)
        .where(PlanStop.plan_id.in_([row.id for row in rows]), PlanStop.removed.is_(False))
        .order_by(PlanStop.position, PlanStop.id)
    )
    for plan_stop, code, name in session.execute(kept):
        stops[plan_stop.plan_id].append(_plan_stop_view(plan_stop, code, name))
    return [
        {
            "id": row.id,
            "version": row.version,
            "van_id": row.van_id,
            "local_day": row.local_day,
            "iso_week": str(IsoWeek.from_int(row.iso_week)),
            "title": row.title,
            "status": row.status,
            "revision": row.revision,
            "changed_since_published": row.changed_since_published,
            "cancel_reason": row.cancel_reason,
            "cancel_note": row.cancel_note,
            "stops": stops[row.id],
            "created_at": row.created_at,
        }
        for row in rows
    ]


def listed_views(session: Session, actor: Actor, rows: Sequence[Plan]) -> list[dict[str, Any]]:
    """Plans with what broke; their problems as rows, because texts are the web's."""
    views = plan_views(session, rows)
    if actor.role not in PLANNERS:
        return [{**view, "checked_at": None, "broken_since": None, "problems": None} for view in views]
    problems: dict[uuid.UUID, list[PlanProblem]] = defaultdict(list)
    found = sa.select(PlanProblem).where(PlanProblem.plan_id.in_([row.id for row in rows]))
    for problem in session.scalars(found.order_by(PlanProblem.plan_id, PlanProblem.place)):
        problems[problem.plan_id].append(problem)
    return [
        {
            **view,
            "checked_at": row.checked_at,
            "broken_since": row.broken_since,
            "problems": problems[row.id],
        }
        for row, view in zip(rows, views, strict=True)
    ]


def _plan_stop_view(row: PlanStop, stop_code: str, stop_name: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "visit_id": visit_id_of(row.id),
        "stop_id": row.stop_id,
        "stop_code": stop_code,
        "stop_name": stop_name,
        "arrive": row.arrive,
        "depart": row.depart,
        "announce": row.announce,
        "undecided": row.undecided,
        "decide_by": row.decide_by,
        "decide_days_before": row.decide_days_before,
        "host_asked": row.host_asked,
        "host_channel": row.host_channel,
        "host_answer": row.host_answer,
        "cancel_reason": row.cancel_reason,
        "cancel_note": row.cancel_note,
    }


def stay_names(session: Session, *plan_ids: uuid.UUID) -> dict[uuid.UUID, str]:
    """What each stay's place is called, removed ones too."""
    found = sa.select(PlanStop.id, Stop.name).join(Stop, Stop.id == PlanStop.stop_id)
    return {row.id: row.name for row in session.execute(found.where(PlanStop.plan_id.in_(plan_ids)))}


def checked(
    session: Session, actor: Actor, plan_id: uuid.UUID, settings: Settings
) -> tuple[Plan, PlanFacts, list[Violation]] | Refusal:
    """A plan, what it was judged by, and its violations."""
    found = session.scalar(plans_in_scope(actor).where(Plan.id == plan_id))
    if found is None:
        return NOT_FOUND
    facts = plan_facts(session, found, settings)
    return found, facts, with_ways_out(facts)
