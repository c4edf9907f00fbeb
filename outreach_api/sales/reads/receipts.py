"""Shows single receipts: to coordinators, and to a crew those of its own van."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger.kinds import Actor
from outreach_api.storage.sales import Sale, SaleLine, SaleVoid
from outreach_api.storage.visits import Visit
from schemas.vocabulary import Role


def sale(session: Session, actor: Actor, sale_id: uuid.UUID) -> dict[str, Any] | Refusal:
    found = session.scalar(matching(actor).where(Sale.id == sale_id))
    return Refusal("not_found", 404) if found is None else sale_views(session, [found])[0]


def sale_of_void(session: Session, actor: Actor, void_id: uuid.UUID) -> dict[str, Any] | Refusal:
    """The receipt that a void took back."""
    void = session.get(SaleVoid, void_id)
    return Refusal("not_found", 404) if void is None else sale(session, actor, void.sale_id)


def matching(
    actor: Actor,
    *,
    visit_id: uuid.UUID | None = None,
    from_day: dt.date | None = None,
    to_day: dt.date | None = None,
) -> sa.Select[Any]:
    """A select of the receipts that the actor may see, by visit and by days (both included)."""
    select = sa.select(Sale)
    if actor.role is Role.CREW:
        select = select.where(Sale.van_id == actor.van_id)
    if visit_id is not None:
        select = select.where(Sale.visit_id == visit_id)
    if from_day is not None or to_day is not None:
        # By way of the visits, which have an index by day: receipts are too many for one more.
        visits = sa.select(Visit.id)
        if from_day is not None:
            visits = visits.where(Visit.local_day >= from_day)
        if to_day is not None:
            visits = visits.where(Visit.local_day <= to_day)
        select = select.where(Sale.visit_id.in_(visits))
    return select


def sale_views(session: Session, rows: Sequence[Sale]) -> list[dict[str, Any]]:
    ids = [row.id for row in rows]
    lines: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    for line in session.scalars(
        sa.select(SaleLine).where(SaleLine.sale_id.in_(ids)).order_by(SaleLine.sale_id, SaleLine.line)
    ):
        lines[line.sale_id].append(
            {
                "item_id": line.item_id,
                "category": line.category,
                "quantity": line.quantity,
                "unit_price_yen": line.unit_price_yen,
                "amount_yen": line.quantity * line.unit_price_yen,
                "rate_percent": line.rate_percent,
            }
        )
    voids = {
        void.sale_id: {
            "id": void.id,
            "reason": void.reason,
            "occurred_at": void.occurred_at,
            "received_at": void.received_at,
        }
        for void in session.scalars(sa.select(SaleVoid).where(SaleVoid.sale_id.in_(ids)))
    }
    return [
        {
            "id": row.id,
            "visit_id": row.visit_id,
            "van_id": row.van_id,
            "local_day": row.local_day,
            "occurred_at": row.occurred_at,
            "received_at": row.received_at,
            "payment": row.payment,
            "service_mode": row.service_mode,
            "source": row.source,
            "lines": lines[row.id],
            "goods_yen": sum(line["amount_yen"] for line in lines[row.id]),
            "total_yen": row.total_yen,
            "taxes": row.taxes,
            "ticket_count": row.ticket_count,
            "ticket_face_yen": row.ticket_face_yen,
            "counted": row.counted,
            "voided": voids.get(row.id),
        }
        for row in rows
    ]
