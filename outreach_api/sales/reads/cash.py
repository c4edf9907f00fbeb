"""Shows cash that was put into tills and taken out of them. Never by person."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger.kinds import Actor
from outreach_api.ledger.visit_facts import of_own_van
from outreach_api.storage.sales import CashMovement


def movement(session: Session, actor: Actor, movement_id: uuid.UUID) -> dict[str, Any] | Refusal:
    found = session.scalar(matching(actor).where(CashMovement.id == movement_id))
    return Refusal("not_found", 404) if found is None else movement_views(session, [found])[0]


def matching(
    actor: Actor,
    *,
    visit_id: uuid.UUID | None = None,
    from_day: dt.date | None = None,
    to_day: dt.date | None = None,
) -> sa.Select[Any]:
    select = sa.select(CashMovement).where(of_own_van(actor, CashMovement.visit_id))
    if visit_id is not None:
        select = select.where(CashMovement.visit_id == visit_id)
    if from_day is not None:
        select = select.where(CashMovement.local_day >= from_day)
    if to_day is not None:
        select = select.where(CashMovement.local_day <= to_day)
    return select


def movement_views(_session: Session, rows: Sequence[CashMovement]) -> list[dict[str, Any]]:
    return [
        {
            "id": row.id,
            "visit_id": row.visit_id,
            "local_day": row.local_day,
            "occurred_at": row.occurred_at,
            "received_at": row.received_at,
            "direction": row.direction,
            "reason": row.reason,
            "amount_yen": row.amount_yen,
            "note": row.note,
            "source": row.source,
            "counted": row.counted,
        }
        for row in rows
    ]
