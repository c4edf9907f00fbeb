"""What a receipt or a ticket adds to the totals of its visit; a void is the same with the sign turned."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.ledger import measures
from outreach_api.ledger.kinds import Tally
from outreach_api.storage.sales import Sale, SaleLine

Addend = tuple[str, str, int]
"""A measure, its key, and how much it grows: a tally that has not been given its visit."""


def addends_of_sale(
    payment: str, total_yen: int, taxes: Sequence[Mapping[str, int]], by_category: Mapping[str, int]
) -> list[Addend]:
    """`by_category` is the yen of the goods; it counts only as far as money was taken for them."""
    made: list[Addend] = [(measures.SALES_COUNT, payment, 1)]
    if total_yen:
        made.append((measures.SALES_BY_PAYMENT_YEN, payment, total_yen))
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
    addends = addends_of_sale(payment, total_yen, taxes, by_category)
    return tuple(Tally(visit_id, measure, key, sign * value) for measure, key, value in addends)


def of_tickets(visit_id: uuid.UUID, event: str, quantity: int, face_yen: int) -> tuple[Tally, ...]:
    return (
        Tally(visit_id, measures.TICKETS, event, quantity),
        Tally(visit_id, measures.TICKETS_YEN, event, quantity * face_yen),
    )


def by_category(session: Session, which: sa.ColumnElement[bool]) -> Mapping[uuid.UUID, Mapping[str, int]]:
    """The yen of the goods on receipts, by category."""
    sums = (
        sa.select(
            SaleLine.sale_id, SaleLine.category, sa.func.sum(SaleLine.quantity * SaleLine.unit_price_yen)
        )
        .join(Sale, Sale.id == SaleLine.sale_id)
        .where(which)
        .group_by(SaleLine.sale_id, SaleLine.category)
    )
    found: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    for sale_id, category, yen in session.execute(sums):
        found[sale_id][category] = int(yen)
    return found
