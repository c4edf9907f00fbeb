"""The stop brief: what the crew must know before they stand there, and whom they promised something."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.contacts.operations import WRITERS
from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.ids import visit_id_of
from outreach_api.ledger.kinds import Actor
from outreach_api.ledger.visit_facts import of_own_van
from outreach_api.plans.reads import NOT_FOUND
from outreach_api.stops.reads import stop_views
from outreach_api.stops.rules import last_valid_day
from outreach_api.storage.contacts import Destination, FollowUp, FollowUpEvent
from outreach_api.storage.plans import Plan, PlanStop
from outreach_api.storage.stops import Permission, Stop
from outreach_api.storage.visits import Visit
from schemas.vocabulary import PROGRAMMES, FollowUpResult, PlanStatus, Role

_PROMISES_MOST = 200
_COPIED = (
    "code",
    "name",
    "kana",
    "name_en",
    "kind",
    "status",
    "publicity",
    "address",
    "position",
    "van_count",
    "max_width_cm",
    "max_height_cm",
    "surface",
    "power",
    "water",
    "drain",
    "toilet",
    "shelter",
    "idling_allowed",
    "seating_by_us",
    "noise_limit",
    "rubbish_rule",
    "neighbour_notes",
    "nearest_aed",
    "emergency_contact",
    "indoor_alternative",
    "windows",
)


def stop_brief(
    session: Session, actor: Actor, stop_id: uuid.UUID, *, today: dt.date
) -> dict[str, Any] | Refusal:
    """A stop for those who go there. Crew get it for places where their van goes or went."""
    stop = session.scalar(sa.select(Stop).where(Stop.id == stop_id, _goes_there(actor)))
    if stop is None:
        return NOT_FOUND
    view = stop_views(session, actor, [stop])[0]
    return {
        "stop_id": stop.id,
        **{name: view[name] for name in _COPIED},
        "permissions": _permissions(session, stop_id, today),
        "next_stay": _next_stay(session, actor, stop_id, today),
        "follow_ups": open_promises(session, actor, stop_id, today),
        "programmes": _programmes(session),
    }


def _goes_there(actor: Actor) -> sa.ColumnElement[bool]:
    """Of a stop, that the actor's van goes or went there; an office's people go anywhere."""
    if actor.role is not Role.CREW:
        return sa.true()
    planned = (
        sa.select(PlanStop.id)
        .join(Plan, Plan.id == PlanStop.plan_id)
        .where(
            Plan.van_id == actor.van_id,
            Plan.revision > 0,
            PlanStop.stop_id == Stop.id,
            PlanStop.removed.is_(False),
        )
    )
    visited = sa.select(Visit.id).where(Visit.van_id == actor.van_id, Visit.stop_id == Stop.id)
    return sa.or_(planned.exists(), visited.exists())


def _permissions(session: Session, stop_id: uuid.UUID, today: dt.date) -> list[dict[str, Any]]:
    """What holds today or will; the crew show it when somebody asks."""
    rows = session.scalars(
        sa.select(Permission)
        .where(Permission.stop_id == stop_id)
        .order_by(Permission.valid_from, Permission.id)
    )
    return [
        {
            "type": row.type,
            "number": row.number,
            "valid_from": row.valid_from,
            "last_day": None if last_valid_day(row) == dt.date.max else last_valid_day(row),
            "conditions": row.conditions,
        }
        for row in rows
        if row.valid_from <= last_valid_day(row) >= today
    ]


def _next_stay(session: Session, actor: Actor, stop_id: uuid.UUID, today: dt.date) -> dict[str, Any] | None:
    """The next published stay there, of the crew's own van."""
    found = (
        sa.select(PlanStop, Plan.local_day, Plan.van_id)
        .join(Plan, Plan.id == PlanStop.plan_id)
        .where(
            PlanStop.stop_id == stop_id,
            PlanStop.removed.is_(False),
            PlanStop.cancel_reason.is_(None),
            Plan.status == PlanStatus.PUBLISHED,
            Plan.local_day >= today,
        )
        .order_by(Plan.local_day, PlanStop.arrive, PlanStop.id)
        .limit(1)
    )
    if actor.role is Role.CREW:
        found = found.where(Plan.van_id == actor.van_id)
    first = session.execute(found).one_or_none()
    if first is None:
        return None
    row, day, van_id = first
    return {
        "plan_stop_id": row.id,
        "visit_id": visit_id_of(row.id),
        "van_id": van_id,
        "local_day": day,
        "arrive": row.arrive,
        "depart": row.depart,
    }


def open_promises(session: Session, actor: Actor, stop_id: uuid.UUID, today: dt.date) -> list[dict[str, Any]]:
    """Coded promises due at a stop whose last event is not `met`; oldest first. No text, no person.

    Whoever could report on them sees them: crew what their own van promised, an admin none.
    """
    if actor.role not in WRITERS:
        return []
    last = (
        sa.select(FollowUpEvent.result)
        .where(FollowUpEvent.follow_up_id == FollowUp.id)
        .order_by(FollowUpEvent.change_no.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.scalars(
        sa.select(FollowUp)
        .where(
            FollowUp.due_stop_id == stop_id,
            sa.func.coalesce(last, "") != FollowUpResult.MET,
            of_own_van(actor, FollowUp.visit_id),
        )
        .order_by(FollowUp.due_day, FollowUp.id)
        .limit(_PROMISES_MOST)
    )
    return [
        {
            "id": row.id,
            "promise": row.promise,
            "due_day": row.due_day,
            "card_word": row.card_word,
            "overdue": row.due_day < today,
        }
        for row in rows
    ]


def _programmes(session: Session) -> list[dict[str, Any]]:
    """The project's own programmes that are active: what can be told and handed out there."""
    order = {kind.value: i for i, kind in enumerate(PROGRAMMES)}
    rows = session.scalars(
        sa.select(Destination).where(Destination.active.is_(True), Destination.kind.in_(PROGRAMMES))
    )
    return [
        {"destination_id": row.id, "kind": row.kind, "name": row.name, "leaflet_stock": row.leaflet_stock}
        for row in sorted(rows, key=lambda row: (order.get(row.kind, 99), row.name, str(row.id)))
    ]
