"""The cash that came in and went out at a visit, as the sum of its typed events. What a till expects is this and its float."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.ledger import takings
from outreach_api.storage.sales import CashMovement, Sale, SaleRefund, SaleVoid, TicketEntry
from schemas.vocabulary import CashDirection, Payment, TicketEvent

SIGNED_YEN = sa.case(
    (CashMovement.direction == CashDirection.IN, CashMovement.amount_yen), else_=-CashMovement.amount_yen
)


def counts(fact: Any) -> sa.ColumnElement[bool]:
    """What counts, whoever told it."""
    which: sa.ColumnElement[bool] = fact.counted
    return which


def told_by(source: str) -> Callable[[Any], sa.ColumnElement[bool]]:
    """What one source told, whether it counts or not."""

    def told(fact: Any) -> sa.ColumnElement[bool]:
        which: sa.ColumnElement[bool] = fact.source == source
        return which

    return told


def stayed_yen(
    session: Session, visit_ids: Collection[uuid.UUID], told: Callable[[Any], sa.ColumnElement[bool]] = counts
) -> Mapping[uuid.UUID, int]:
    """Cash of receipts that were not taken back, less what went back of them, with tickets bought and cash put in, less
    cash taken out; by visit, in yen. `told` says which facts of a table are looked at."""
    receipts = (
        sa.select(Sale.visit_id, sa.func.sum(takings.CASH_YEN))
        .outerjoin(SaleVoid, SaleVoid.sale_id == Sale.id)
        .where(Sale.visit_id.in_(visit_ids), told(Sale), SaleVoid.id.is_(None))
        .group_by(Sale.visit_id)
    )
    back = takings.cash_given_back(sa.and_(SaleRefund.visit_id.in_(visit_ids), told(Sale)))
    bought = (
        sa.select(TicketEntry.visit_id, sa.func.sum(TicketEntry.quantity * TicketEntry.face_yen))
        .where(
            TicketEntry.visit_id.in_(visit_ids),
            TicketEntry.event == TicketEvent.ISSUED,
            TicketEntry.payment == Payment.CASH,
            told(TicketEntry),
        )
        .group_by(TicketEntry.visit_id)
    )
    moved = (
        sa.select(CashMovement.visit_id, sa.func.sum(SIGNED_YEN))
        .where(CashMovement.visit_id.in_(visit_ids), told(CashMovement))
        .group_by(CashMovement.visit_id)
    )
    stayed: dict[uuid.UUID, int] = defaultdict(int)
    for select, sign in ((receipts, 1), (back, -1), (bought, 1), (moved, 1)):
        for visit_id, yen in session.execute(select):
            stayed[visit_id] += sign * int(yen)
    return stayed
