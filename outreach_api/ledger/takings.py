"""What a receipt or a ticket adds to the totals of its visit; a void is the same with the sign turned."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.ledger import measures
from outreach_api.ledger.kinds import Tally
from outreach_api.storage.sales import Sale, SaleLine, SaleRefund, SaleRefundLine, SaleVoid
from schemas.vocabulary import Payment

Addend = tuple[str, str, int]
"""A measure, its key, and how much it grows: a tally that has not been given its visit."""


TAKEN_YEN = SaleLine.quantity * SaleLine.unit_price_yen - sa.func.coalesce(SaleLine.off_yen, 0)
"""Money that came in for a line, on a receipt that brought any."""
CASH_YEN = sa.case((Sale.payment == Payment.CASH, Sale.total_yen), else_=sa.func.coalesce(Sale.cash_yen, 0))
"""The cash that a receipt brought."""


def addends_of_sale(
    payment: str,
    total_yen: int,
    taxes: Sequence[Mapping[str, int]],
    by_category: Mapping[str, int],
    payments: Sequence[Mapping[str, Any]] | None = None,
) -> list[Addend]:
    """`by_category` is the yen of the goods; it counts only as far as money was taken for them. `payments` of a mixed
    receipt are its money by way of paying."""
    made: list[Addend] = [(measures.SALES_COUNT, payment, 1)]
    if total_yen:
        if payments is None:
            made.append((measures.SALES_BY_PAYMENT_YEN, payment, total_yen))
        else:
            made += ((measures.SALES_BY_PAYMENT_YEN, part["payment"], part["yen"]) for part in payments)
        for category, yen in by_category.items():
            made.append((measures.SALES_BY_CATEGORY_YEN, category, yen))
        for tax in taxes:
            made.append((measures.TAX_YEN, str(tax["rate_percent"]), tax["tax_yen"]))
    return made


def of_sale(
    visit_id: uuid.UUID,
    *,
    payment: str,
    total_yen: int,
    taxes: Sequence[Mapping[str, int]],
    by_category: Mapping[str, int],
    sign: int = 1,
) -> tuple[Tally, ...]:
    """The same as tallies of a visit; `sign` -1 takes them back."""
    return tallies(visit_id, addends_of_sale(payment, total_yen, taxes, by_category), sign)


def addends_of_refund(
    payments: Sequence[Mapping[str, Any]], taxes: Sequence[Mapping[str, int]], by_category: Mapping[str, int]
) -> list[Addend]:
    """What went back is no receipt less, but less of everything else."""
    return [
        *((measures.SALES_BY_PAYMENT_YEN, part["payment"], -part["yen"]) for part in payments),
        *((measures.SALES_BY_CATEGORY_YEN, category, -yen) for category, yen in by_category.items()),
        *((measures.TAX_YEN, str(tax["rate_percent"]), -tax["tax_yen"]) for tax in taxes),
    ]


def by_now(session: Session, which: sa.ColumnElement[bool]) -> dict[uuid.UUID, list[Addend]]:
    """What receipts add to the totals by now: each what it added, less what was given back of it."""
    found: dict[uuid.UUID, list[Addend]] = {}
    categories = by_category(session, which)
    for sale in session.execute(
        sa.select(Sale.id, Sale.payment, Sale.payments, Sale.total_yen, Sale.taxes).where(which)
    ):
        found[sale.id] = addends_of_sale(
            sale.payment, sale.total_yen, sale.taxes, categories[sale.id], sale.payments
        )
    back = _refunded_by_category(session, which)
    refunds = sa.select(SaleRefund.id, SaleRefund.sale_id, SaleRefund.payments, SaleRefund.taxes)
    for refund in session.execute(refunds.join(Sale, Sale.id == SaleRefund.sale_id).where(which)):
        found[refund.sale_id] += addends_of_refund(refund.payments, refund.taxes, back[refund.id])
    return found


def tallies(visit_id: uuid.UUID, addends: Iterable[Addend], sign: int = 1) -> tuple[Tally, ...]:
    """The same as tallies of a visit; `sign` -1 takes them back."""
    return tuple(Tally(visit_id, measure, key, sign * value) for measure, key, value in addends)


def of_tickets(
    visit_id: uuid.UUID, event: str, quantity: int, face_yen: int, payment: str | None = None
) -> tuple[Tally, ...]:
    """`payment` is how a donor paid for them: money that is no revenue."""
    made = (
        Tally(visit_id, measures.TICKETS, event, quantity),
        Tally(visit_id, measures.TICKETS_YEN, event, quantity * face_yen),
    )
    if payment is None:
        return made
    return (*made, Tally(visit_id, measures.DONATIONS_YEN, payment, quantity * face_yen))


def by_category(session: Session, which: sa.ColumnElement[bool]) -> Mapping[uuid.UUID, Mapping[str, int]]:
    """The yen of the goods on receipts after what was taken off, by category."""
    sums = (
        sa.select(SaleLine.sale_id, SaleLine.category, sa.func.sum(TAKEN_YEN))
        .join(Sale, Sale.id == SaleLine.sale_id)
        .where(which)
        .group_by(SaleLine.sale_id, SaleLine.category)
    )
    found: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    for sale_id, category, yen in session.execute(sums):
        found[sale_id][category] = int(yen)
    return found


def _refunded_by_category(
    session: Session, which: sa.ColumnElement[bool]
) -> Mapping[uuid.UUID, Mapping[str, int]]:
    sums = (
        sa.select(SaleRefund.id, SaleLine.category, sa.func.sum(SaleRefundLine.yen))
        .join(SaleRefundLine, SaleRefundLine.refund_id == SaleRefund.id)
        .join(Sale, Sale.id == SaleRefund.sale_id)
        .join(SaleLine, sa.and_(SaleLine.sale_id == Sale.id, SaleLine.line == SaleRefundLine.line))
        .where(which)
        .group_by(SaleRefund.id, SaleLine.category)
    )
    found: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    for refund_id, category, yen in session.execute(sums):
        found[refund_id][category] = int(yen)
    return found


def cash_given_back(which: sa.ColumnElement[bool]) -> sa.Select[uuid.UUID, int]:
    """Cash that went back of receipts that stand, by visit: a SELECT of (visit_id, yen)."""
    return (
        sa.select(SaleRefund.visit_id, sa.func.sum(SaleRefund.cash_yen))
        .join(Sale, Sale.id == SaleRefund.sale_id)
        .outerjoin(SaleVoid, SaleVoid.sale_id == Sale.id)
        .where(which, SaleVoid.id.is_(None))
        .group_by(SaleRefund.visit_id)
    )
