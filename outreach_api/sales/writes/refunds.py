"""Gives some of a receipt back: a new fact that subtracts; the receipt itself stays."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.money import Rounding
from outreach_api.ledger import takings
from outreach_api.ledger.kinds import Accepted, Applied, Warn, Work
from outreach_api.ledger.visit_facts import fact_columns, frames
from outreach_api.sales import rules
from outreach_api.sales.rules.refunds import Sold, SoldLine, give_back
from outreach_api.sales.writes import tickets
from outreach_api.sales.writes.voids import SALE_UNKNOWN, SALE_WAS_VOIDED, sales_of
from outreach_api.storage import bulk
from outreach_api.storage.sales import (
    Sale,
    SaleLine,
    SaleRefund,
    SaleRefundLine,
    SaleVoid,
    TicketEntry,
)
from schemas.vocabulary import Payment, TicketEvent


def refund_sales(work: Work, batch: Sequence[Accepted]) -> list[Applied | Refusal]:
    """Give pieces back, never more than were sold, whoever else gave some back before."""
    sales = sales_of(work, {accepted.values["sale_id"] for accepted in batch})
    visits = frames(work, {sale.visit_id for sale in sales.values()})
    gone = set(work.session.scalars(sa.select(SaleVoid.sale_id).where(SaleVoid.sale_id.in_(sales))))
    sold = _sold(work.session, sales.values())
    rounding = Rounding(work.settings.tax_rounding)
    answers: list[Applied | Refusal] = []
    rows: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    entries: list[dict[str, Any]] = []
    for accepted in batch:
        given = accepted.values
        sale = sales.get(given["sale_id"])
        if sale is None or sale.id in gone:
            answers.append(SALE_UNKNOWN if sale is None else SALE_WAS_VOIDED)
            continue
        payments = given.get("paid_back")
        back = give_back(
            sold[sale.id],
            [(line["line"], line["quantity"]) for line in given["lines"]],
            None if payments is None else {part["payment"].value: part["yen"] for part in payments},
            given.get("ticket_count"),
            rounding,
        )
        if isinstance(back, Refusal):
            answers.append(back)
            continue
        frame = visits[sale.visit_id]
        fact = fact_columns(work, accepted, frame)
        went = [{"payment": way, "yen": yen} for way, yen in back.payments.items()]
        rows.append(
            {
                **fact,
                "sale_id": sale.id,
                "reason": given["reason"],
                "total_yen": sum(back.payments.values()),
                "cash_yen": back.payments.get(Payment.CASH.value, 0),
                "payments": went,
                "taxes": back.taxes,
                "ticket_count": back.tickets,
            }
        )
        lines += (
            {
                "refund_id": accepted.entity_id,
                "line": line["line"],
                "quantity": line["quantity"],
                "yen": back.yen[line["line"]],
            }
            for line in given["lines"]
        )
        tallies = takings.tallies(frame.id, takings.addends_of_refund(went, back.taxes, back.by_category))
        if back.tickets:
            entries.append(tickets.entry_back(fact, sale, back.tickets))
            face_yen = sale.ticket_face_yen
            tallies += takings.of_tickets(frame.id, TicketEvent.REDEEMED, -back.tickets, face_yen)
        answers.append(
            Applied(
                accepted.entity_id,
                tallies=tallies if sale.counted else (),
                warnings=(Warn("refund_other_way", "/paid_back"),) if back.beyond else (),
            )
        )
    bulk.append(work.session, SaleRefund, rows)
    bulk.append(work.session, SaleRefundLine, lines)
    bulk.append(work.session, TicketEntry, entries)
    return answers


def _sold(session: Session, sales: Collection[Sale]) -> dict[uuid.UUID, Sold]:
    """Receipts as they stand, after all that was given back of them."""
    sold: dict[uuid.UUID, Sold] = {}
    for sale in sales:
        ways = sale.payments or [{"payment": sale.payment, "yen": sale.total_yen}]
        money = {part["payment"]: part["yen"] for part in ways if part["yen"]}
        tax = {tax["rate_percent"]: tax["tax_yen"] for tax in sale.taxes}
        sold[sale.id] = Sold({}, money, sale.ticket_count, tax)
    brought = {sale.id for sale in sales if sale.total_yen}
    for line in session.scalars(sa.select(SaleLine).where(SaleLine.sale_id.in_(sold))):
        pieces = rules.pieces_of(line.item_id, line.quantity, line.unit_price_yen)
        taken = line.quantity * line.unit_price_yen - (line.off_yen or 0) if line.sale_id in brought else 0
        sold[line.sale_id].lines[line.line] = SoldLine(pieces, taken, line.rate_percent, line.category)
    for refund in session.scalars(sa.select(SaleRefund).where(SaleRefund.sale_id.in_(sold))):
        one = sold[refund.sale_id]
        one.tickets -= refund.ticket_count
        for part in refund.payments:
            one.money[part["payment"]] = one.money.get(part["payment"], 0) - part["yen"]
        for tax in refund.taxes:
            one.tax[tax["rate_percent"]] -= tax["tax_yen"]
    back = sa.select(SaleRefund.sale_id, SaleRefundLine.line, SaleRefundLine.quantity)
    back = back.join(SaleRefundLine, SaleRefundLine.refund_id == SaleRefund.id)
    for sale_id, number, quantity in session.execute(back.where(SaleRefund.sale_id.in_(sold))):
        sold[sale_id].lines[number].back += quantity
    return sold
