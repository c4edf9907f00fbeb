"""Shows countings of tills, with what arrived too late for them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger import cash as cash_now
from outreach_api.ledger.kinds import Actor
from outreach_api.sales.reads.cash import movement_views
from outreach_api.storage.sales import CashMovement, CashUp, Sale, SaleVoid
from schemas.vocabulary import Role


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
    sales, voids = _late_sales(session, ids), _late_voids(session, ids)
    moved = _late_movements(session, ids)
    cash = _late_cash(session, {row.visit_id for row in rows})
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
            "counted": row.counted,
            "late_cash_yen": cash.get(row.id, 0),
            "late_sales": sales[row.id],
            "late_voids": voids[row.id],
            "late_movements": moved[row.id],
        }
        for row in rows
    ]


Listed = dict[uuid.UUID, list[dict[str, Any]]]


def _late_cash(session: Session, visit_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Cash of a visit that counts now, less what its tills counted in: of the till that was counted last."""
    cash = dict(cash_now.stayed_yen(session, visit_ids))
    tills = sa.select(CashUp.id, CashUp.visit_id, CashUp.expected_yen - CashUp.opening_float_yen)
    last: dict[uuid.UUID, uuid.UUID] = {}
    for cash_up_id, visit_id, counted_in in session.execute(
        tills.where(CashUp.visit_id.in_(visit_ids), CashUp.counted).order_by(CashUp.change_no)
    ):
        cash[visit_id] = cash.get(visit_id, 0) - counted_in
        last[visit_id] = cash_up_id
    return {cash_up_id: cash[visit_id] for visit_id, cash_up_id in last.items()}


def _late_sales(session: Session, ids: Sequence[uuid.UUID]) -> Listed:
    """Receipts with a higher number than their till's."""
    listed: Listed = defaultdict(list)
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
    return listed


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


def _late_movements(session: Session, ids: Sequence[uuid.UUID]) -> Listed:
    """Cash that was told of after its till was counted, though it may have moved before."""
    listed: Listed = defaultdict(list)
    late = sa.and_(CashMovement.visit_id == CashUp.visit_id, CashMovement.change_no > CashUp.expected_through)
    found = sa.select(CashUp.id, CashMovement).join(CashMovement, late).where(CashUp.id.in_(ids))
    for cash_up_id, row in session.execute(found.order_by(CashMovement.change_no)):
        listed[cash_up_id] += movement_views(session, [row])
    return listed
