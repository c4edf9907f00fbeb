"""Shows countings of tills, with what arrived too late for them."""

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
from outreach_api.storage.sales import CashUp, Sale, SaleVoid, TicketEntry
from schemas.vocabulary import Payment, Role, TicketEvent


def cash_up(session: Session, actor: Actor, cash_up_id: uuid.UUID) -> dict[str, Any] | Refusal:
    found = session.scalar(matching(actor).where(CashUp.id == cash_up_id))
    return Refusal("not_found", 404) if found is None else cash_up_views(session, [found])[0]


def matching(
    actor: Actor,
    *,
    visit_id: uuid.UUID | None = None,
    from_day: dt.date | None = None,
    to_day: dt.date | None = None,
) -> sa.Select[Any]:
    select = sa.select(CashUp)
    if actor.role is Role.CREW:
        select = select.where(CashUp.van_id == actor.van_id)
    if visit_id is not None:
        select = select.where(CashUp.visit_id == visit_id)
    if from_day is not None:
        select = select.where(CashUp.local_day >= from_day)
    if to_day is not None:
        select = select.where(CashUp.local_day <= to_day)
    return select


def cash_up_views(session: Session, rows: Sequence[CashUp]) -> list[dict[str, Any]]:
    ids = [row.id for row in rows]
    sales, cash = _late_sales(session, ids)
    voids = _late_voids(session, ids)
    for cash_up_id, yen in _late_tickets(session, ids):
        cash[cash_up_id] += yen
    for cash_up_id, taken in voids.items():
        cash[cash_up_id] -= sum(void["total_yen"] for void in taken if void["payment"] == Payment.CASH)
    return [
        {
            "id": row.id,
            "visit_id": row.visit_id,
            "van_id": row.van_id,
            "local_day": row.local_day,
            "occurred_at": row.occurred_at,
            "received_at": row.received_at,
            "opening_float_yen": row.opening_float_yen,
            "counts": row.counts,
            "counted_yen": row.counted_yen,
            "expected_yen": row.expected_yen,
            "difference_yen": row.counted_yen - row.expected_yen,
            "difference_reason": row.difference_reason,
            "counted_by": row.counted_by,
            "approved_by": row.approved_by,
            "approved_at": row.approved_at,
            "source": row.source,
            "late_cash_yen": cash[row.id],
            "late_sales": sales[row.id],
            "late_voids": voids[row.id],
        }
        for row in rows
    ]


Listed = dict[uuid.UUID, list[dict[str, Any]]]


def _late_sales(session: Session, ids: Sequence[uuid.UUID]) -> tuple[Listed, dict[uuid.UUID, int]]:
    """Receipts with a higher number than their till's, and the cash of those that stand."""
    listed: Listed = defaultdict(list)
    cash: dict[uuid.UUID, int] = defaultdict(int)
    found = (
        sa.select(CashUp.id, Sale, SaleVoid.id.is_not(None))
        .join(Sale, sa.and_(Sale.visit_id == CashUp.visit_id, Sale.change_no > CashUp.expected_through))
        .outerjoin(SaleVoid, SaleVoid.sale_id == Sale.id)
        .where(CashUp.id.in_(ids))
        .order_by(Sale.change_no)
    )
    for cash_up_id, sale, voided in session.execute(found):
        listed[cash_up_id].append(
            {
                "id": sale.id,
                "occurred_at": sale.occurred_at,
                "payment": sale.payment,
                "total_yen": sale.total_yen,
                "counted": sale.counted,
                "voided": voided,
            }
        )
        if sale.payment == Payment.CASH and sale.counted and not voided:
            cash[cash_up_id] += sale.total_yen
    return listed, cash


def _late_voids(session: Session, ids: Sequence[uuid.UUID]) -> Listed:
    """Receipts that were counted in and taken back afterwards."""
    listed: Listed = defaultdict(list)
    found = (
        sa.select(CashUp.id, SaleVoid.id, SaleVoid.occurred_at, Sale)
        .join(
            SaleVoid,
            sa.and_(SaleVoid.visit_id == CashUp.visit_id, SaleVoid.change_no > CashUp.expected_through),
        )
        .join(Sale, sa.and_(Sale.id == SaleVoid.sale_id, Sale.change_no <= CashUp.expected_through))
        .where(CashUp.id.in_(ids), Sale.counted)
        .order_by(SaleVoid.change_no)
    )
    for cash_up_id, void_id, occurred_at, sale in session.execute(found):
        listed[cash_up_id].append(
            {
                "id": void_id,
                "sale_id": sale.id,
                "occurred_at": occurred_at,
                "payment": sale.payment,
                "total_yen": sale.total_yen,
            }
        )
    return listed


def _late_tickets(session: Session, ids: Sequence[uuid.UUID]) -> list[tuple[uuid.UUID, int]]:
    """Cash of tickets that were bought at a visit and arrived after its till was counted."""
    found = (
        sa.select(CashUp.id, sa.func.sum(TicketEntry.quantity * TicketEntry.face_yen))
        .join(
            TicketEntry,
            sa.and_(
                TicketEntry.visit_id == CashUp.visit_id,
                TicketEntry.change_no > CashUp.expected_through,
                TicketEntry.event == TicketEvent.ISSUED,
                TicketEntry.payment == Payment.CASH,
            ),
        )
        .where(CashUp.id.in_(ids))
        .group_by(CashUp.id)
    )
    return [(cash_up_id, int(yen)) for cash_up_id, yen in session.execute(found)]
