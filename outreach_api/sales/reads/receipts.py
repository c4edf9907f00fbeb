"""Shows single receipts: to coordinators, and to a crew those of its own van."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger.kinds import Actor
from outreach_api.storage.sales import Item, Sale, SaleLine, SaleRefund, SaleRefundLine, SaleVoid
from outreach_api.storage.visits import Visit
from schemas.vocabulary import Role


def sale(session: Session, actor: Actor, sale_id: uuid.UUID) -> dict[str, Any] | Refusal:
    found = session.scalar(matching(actor).where(Sale.id == sale_id))
    return Refusal("not_found", 404) if found is None else sale_views(session, [found])[0]


def sale_of_void(session: Session, actor: Actor, void_id: uuid.UUID) -> dict[str, Any] | Refusal:
    """The receipt that a void took back."""
    void = session.get(SaleVoid, void_id)
    return Refusal("not_found", 404) if void is None else sale(session, actor, void.sale_id)


def sale_of_refund(session: Session, actor: Actor, refund_id: uuid.UUID) -> dict[str, Any] | Refusal:
    """The receipt of which a refund gave some back."""
    refund = session.get(SaleRefund, refund_id)
    return Refusal("not_found", 404) if refund is None else sale(session, actor, refund.sale_id)


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
    refunds = refunds_of(session, ids)
    back: Counter[tuple[uuid.UUID, int]] = Counter()
    for sale_id, given_back in refunds.items():
        for refund in given_back:
            for line in refund["lines"]:
                back[sale_id, line["line"]] += line["quantity"]
    lines = _lines(session, {row.id: row for row in rows}, back)
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
            "discount_yen": sum(line["discount_yen"] for line in lines[row.id]) + (row.discount_yen or 0),
            "total_yen": row.total_yen,
            "payments": row.payments or _one_way(row),
            "taxes": row.taxes,
            "ticket_count": row.ticket_count,
            "ticket_face_yen": row.ticket_face_yen,
            "free_reason": row.free_reason,
            "free_rule": row.free_rule,
            "counted": row.counted,
            "refunds": refunds[row.id],
            "voided": voids.get(row.id),
        }
        for row in rows
    ]


def _one_way(row: Sale) -> list[dict[str, Any]]:
    return [{"payment": row.payment, "yen": row.total_yen}] if row.total_yen else []


def _lines(
    session: Session, sales: Mapping[uuid.UUID, Sale], back: Mapping[tuple[uuid.UUID, int], int]
) -> Mapping[uuid.UUID, list[dict[str, Any]]]:
    lines: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    for line in session.scalars(
        sa.select(SaleLine).where(SaleLine.sale_id.in_(sales)).order_by(SaleLine.sale_id, SaleLine.line)
    ):
        amount_yen = line.quantity * line.unit_price_yen
        lines[line.sale_id].append(
            {
                "line": line.line,
                "item_id": line.item_id,
                "category": line.category,
                "quantity": line.quantity,
                "unit_price_yen": line.unit_price_yen,
                "amount_yen": amount_yen,
                "set_id": line.set_id,
                "discount_yen": line.discount_yen or 0,
                "taken_yen": amount_yen - (line.off_yen or 0) if sales[line.sale_id].total_yen else 0,
                "refunded_quantity": back.get((line.sale_id, line.line), 0),
                "rate_percent": line.rate_percent,
            }
        )
    return lines


def refunds_of(session: Session, sale_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, list[dict[str, Any]]]:
    """What was given back of receipts, in the order in which it came."""
    lines: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    found = sa.select(SaleRefund).where(SaleRefund.sale_id.in_(sale_ids)).order_by(SaleRefund.change_no)
    refunds = session.scalars(found).all()
    if not refunds:
        return defaultdict(list)
    for line in session.scalars(
        sa.select(SaleRefundLine)
        .where(SaleRefundLine.refund_id.in_([refund.id for refund in refunds]))
        .order_by(SaleRefundLine.refund_id, SaleRefundLine.line)
    ):
        lines[line.refund_id].append({"line": line.line, "quantity": line.quantity, "yen": line.yen})
    of_sale: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    for refund in refunds:
        of_sale[refund.sale_id].append(
            {
                "id": refund.id,
                "reason": refund.reason,
                "occurred_at": refund.occurred_at,
                "received_at": refund.received_at,
                "lines": lines[refund.id],
                "total_yen": refund.total_yen,
                "payments": refund.payments,
                "taxes": refund.taxes,
                "ticket_count": refund.ticket_count,
            }
        )
    return of_sale


def item_names(session: Session, sale: Mapping[str, Any], *, english: bool) -> dict[uuid.UUID, str]:
    """How the items of a shown receipt are called."""
    ids = {line[name] for line in sale["lines"] for name in ("item_id", "set_id")} - {None}
    found = session.execute(sa.select(Item.id, Item.name, Item.name_en).where(Item.id.in_(ids)))
    return {item_id: (english and name_en) or name for item_id, name, name_en in found}
