"""Reads who is told of reports, how that goes, and the log of attempts."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.week import IsoWeek
from outreach_api.ledger.kinds import Actor
from outreach_api.storage.report_deliveries import (
    ReportDelivery,
    ReportDeliveryAttempt,
    ReportSubscription,
)
from schemas.vocabulary import DeliveryEvent, DeliveryStatus

_D, _A = ReportDelivery, ReportDeliveryAttempt
_OPEN = (DeliveryStatus.WAITING, DeliveryStatus.FAILED)
_COLUMNS = (
    *(
        "id",
        "version",
        "created_at",
        "label",
        "channel",
        "url",
        "emails",
        "events",
        "language",
        "active",
        "ended_at",
    ),
    "failing_since",
)


def subscription(session: Session, _actor: Actor, subscription_id: uuid.UUID) -> dict[str, Any] | Refusal:
    row = session.get(ReportSubscription, subscription_id)
    return Refusal("not_found", 404) if row is None else views(session, [row])[0]


def views(session: Session, rows: Sequence[ReportSubscription]) -> list[dict[str, Any]]:
    """Without secrets: those are shown when they are made."""
    ids = [row.id for row in rows]
    counts = sa.select(_D.subscription_id, _D.status, sa.func.count()).where(
        _D.subscription_id.in_(ids), _D.status.in_(_OPEN), _D.event != DeliveryEvent.PING
    )
    open_ = {
        (one, status): n for one, status, n in session.execute(counts.group_by(_D.subscription_id, _D.status))
    }
    last = sa.select(_D.subscription_id, sa.func.max(_A.at)).join_from(_A, _D, _A.delivery_id == _D.id)
    last = last.where(_D.subscription_id.in_(ids), _A.code.is_(None)).group_by(_D.subscription_id)
    arrived = {row[0]: row[1] for row in session.execute(last)}
    return [
        {
            **{name: getattr(row, name) for name in _COLUMNS},
            "waiting": open_.get((row.id, DeliveryStatus.WAITING), 0),
            "failed": open_.get((row.id, DeliveryStatus.FAILED), 0),
            "last_delivered_at": arrived.get(row.id),
            "old_secret_until": row.previous_until,
            "secret": None,
            "warnings": [],
        }
        for row in rows
    ]


def attempts_of(subscription_id: uuid.UUID) -> Any:
    """Select of all attempts, to be paged."""
    mine = sa.select(_D.id).where(_D.subscription_id == subscription_id)
    return sa.select(_A).where(_A.delivery_id.in_(mine))


def attempt_views(session: Session, rows: Sequence[ReportDeliveryAttempt]) -> list[dict[str, Any]]:
    ids = {row.delivery_id for row in rows}
    about = {one.id: one for one in session.scalars(sa.select(_D).where(_D.id.in_(ids)))}
    return [_attempt(row, about) for row in rows]


def _attempt(row: ReportDeliveryAttempt, about: Mapping[uuid.UUID, ReportDelivery]) -> dict[str, Any]:
    delivery = about[row.delivery_id]
    return {
        "delivery_id": row.delivery_id,
        "event": delivery.event,
        "week": None if delivery.week is None else str(IsoWeek.from_int(delivery.week)),
        "version": delivery.version,
        "address": delivery.address,
        "number": row.number,
        "at": row.at,
        "delivered": row.code is None,
        "code": row.code,
        "http_status": row.http_status,
        "milliseconds": row.milliseconds,
        "again_at": row.again_at,
    }
