"""What a receipt or a ticket adds to the totals of its visit; a void is the same with the sign turned."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from outreach_api.ledger import measures
from outreach_api.ledger.kinds import Tally
from schemas.vocabulary import TicketEvent


def of_sale(
    visit_id: uuid.UUID,
    *,
    payment: str,
    total_yen: int,
    taxes: Sequence[Mapping[str, int]],
    by_category: Mapping[str, int],
    sign: int = 1,
) -> tuple[Tally, ...]:
    """`by_category` is the yen of the goods; it counts only as far as money was taken for them."""
    made = [Tally(visit_id, measures.SALES_COUNT, payment, sign)]
    if total_yen:
        made.append(Tally(visit_id, measures.SALES_BY_PAYMENT_YEN, payment, sign * total_yen))
        made += [
            Tally(visit_id, measures.SALES_BY_CATEGORY_YEN, category, sign * yen)
            for category, yen in by_category.items()
        ]
        made += [
            Tally(visit_id, measures.TAX_YEN, str(tax["rate_percent"]), sign * tax["tax_yen"])
            for tax in taxes
        ]
    return tuple(made)


def of_tickets(visit_id: uuid.UUID, event: TicketEvent, quantity: int, face_yen: int) -> tuple[Tally, ...]:
    return (
        Tally(visit_id, measures.TICKETS, event.value, quantity),
        Tally(visit_id, measures.TICKETS_YEN, event.value, quantity * face_yen),
    )
