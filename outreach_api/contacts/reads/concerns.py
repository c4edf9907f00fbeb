"""Safety concerns, for safeguarding, and the safety card, for everybody."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.contacts.reads.alarms import alert_views
from outreach_api.contacts.rules import (
    DEFAULT_STEPS,
    DEFAULT_STEPS_EN,
    EMERGENCY_NUMBERS,
    SAFETY_CARD_ID,
)
from outreach_api.kernel.errors import Refusal
from outreach_api.ledger.kinds import Actor
from outreach_api.storage.contacts import ConcernNotification, SafetyCard, SafetyConcern
from outreach_api.storage.visits import Visit
from schemas.vocabulary import ConcernState

_STATES = {
    ConcernState.OPEN: (SafetyConcern.acknowledged_at.is_(None), SafetyConcern.closed_at.is_(None)),
    ConcernState.ACKNOWLEDGED: (
        SafetyConcern.acknowledged_at.is_not(None),
        SafetyConcern.closed_at.is_(None),
    ),
    ConcernState.CLOSED: (SafetyConcern.closed_at.is_not(None),),
}
_CARD_FIELDS = ("lead_name", "lead_phone", "deputy_name", "deputy_phone", "outside_name", "outside_phone")


def in_state(state: ConcernState | None) -> sa.Select[Any]:
    select = sa.select(SafetyConcern)
    return select if state is None else select.where(*_STATES[state])


def concern(
    session: Session, concern_id: uuid.UUID, now: dt.datetime, alert_minutes: int
) -> dict[str, Any] | Refusal:
    found = session.scalar(sa.select(SafetyConcern).where(SafetyConcern.id == concern_id))
    if found is None:
        return Refusal("not_found", 404)
    return concern_views(session, [found], now, alert_minutes)[0]


def notified_concern(
    session: Session, notification_id: uuid.UUID, now: dt.datetime, alert_minutes: int
) -> dict[str, Any] | Refusal:
    """The concern that a notification belongs to."""
    concern_id = session.scalar(
        sa.select(ConcernNotification.concern_id).where(ConcernNotification.id == notification_id)
    )
    if concern_id is None:
        return Refusal("not_found", 404)
    return concern(session, concern_id, now, alert_minutes)


def concern_views(
    session: Session, rows: Sequence[SafetyConcern], now: dt.datetime, alert_minutes: int
) -> list[dict[str, Any]]:
    alerts = alert_views(session, rows, now, alert_minutes)
    visit_ids = {row.visit_id for row in rows}
    found = session.execute(sa.select(Visit.id, Visit.local_day).where(Visit.id.in_(visit_ids)))
    days = dict(found.all())
    told: dict[uuid.UUID, list[dict[str, Any]]] = {row.id: [] for row in rows}
    for n in session.scalars(
        sa.select(ConcernNotification)
        .where(ConcernNotification.concern_id.in_(told))
        .order_by(ConcernNotification.change_no, ConcernNotification.id)
    ):
        told[n.concern_id].append(
            {
                "id": n.id,
                "notified_to": n.notified_to,
                "notified_at": n.notified_at,
                "notified_by": n.notified_by,
                "receipt_no": n.receipt_no,
            }
        )
    return [
        {
            "id": row.id,
            "version": row.version,
            "state": _state(row),
            "visit_id": row.visit_id,
            "note_id": row.note_id,
            "local_day": days[row.visit_id],
            "flagged": row.flagged,
            "about_staff": row.about_staff,
            "opened_at": row.created_at,
            "acknowledged_at": row.acknowledged_at,
            "acknowledged_by": row.acknowledged_by,
            "notifications": told[row.id],
            **alerts[row.id],
            "closed_at": row.closed_at,
            "closed_by": row.closed_by,
        }
        for row in rows
    ]


def _state(row: SafetyConcern) -> ConcernState:
    if row.closed_at is not None:
        return ConcernState.CLOSED
    return ConcernState.OPEN if row.acknowledged_at is None else ConcernState.ACKNOWLEDGED


def safety_card(session: Session, actor: Actor, card_id: uuid.UUID = SAFETY_CARD_ID) -> dict[str, Any]:
    """What to do now and whom to call; the national numbers are there before anybody fills it in."""
    row = session.get(SafetyCard, card_id)
    return {
        "id": card_id,
        "version": row.version if row else 0,
        "emergency": [
            {"phone": phone, "name": name, "name_en": name_en} for phone, name, name_en in EMERGENCY_NUMBERS
        ],
        "steps": row.steps if row else DEFAULT_STEPS,
        "steps_en": row.steps_en if row else DEFAULT_STEPS_EN,
        "city_desks": row.city_desks if row else [],
        **{name: getattr(row, name) if row else None for name in _CARD_FIELDS},
    }
