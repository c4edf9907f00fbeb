"""Records receipts, hundreds at a time: a handful of SELECTs and three bulk INSERTs whatever their number."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.money import Rounding
from outreach_api.ledger import takings
from outreach_api.ledger.kinds import Accepted, Applied, Warn, Work
from outreach_api.ledger.tellings import receipts as tellings
from outreach_api.ledger.tellings.sources import Told
from outreach_api.ledger.visit_facts import VISIT_UNKNOWN, VisitFrame, fact_columns, frames
from outreach_api.sales import rules
from outreach_api.sales.writes import tickets
from outreach_api.sales.writes.price_list import PriceList
from outreach_api.storage import bulk
from outreach_api.storage.sales import Sale, SaleLine, TicketEntry
from schemas.vocabulary import ItemCategory, Payment, ServiceMode, Source, TaxCategory, TicketEvent


@dataclass(frozen=True, slots=True)
class _Receipt:
    """A receipt that may be written: its rows, what it adds, what the sender should see."""

    sale: dict[str, Any]
    lines: list[rules.Line]
    ticket: dict[str, Any] | None
    applied: Applied


def record_sales(work: Work, batch: Sequence[Accepted]) -> list[Applied | Refusal]:
    """Write receipts in one go; each gets its own answer."""
    found = frames(work, (accepted.values["visit_id"] for accepted in batch))
    price_list = PriceList(
        work.session,
        (line["item_id"] for accepted in batch for line in accepted.values.get("lines", ())),
    )
    told = Told(work, found, batch)
    standing = tellings.Standing(work.session, told.in_sight)
    paid_with_tickets = any(accepted.values["payment"] is Payment.TICKET for accepted in batch)
    pool = tickets.Pool(work.session) if paid_with_tickets else None
    answers: list[Applied | Refusal] = []
    receipts: list[_Receipt] = []
    for accepted in batch:
        frame = found.get(accepted.values["visit_id"])
        if frame is None:
            answers.append(VISIT_UNKNOWN)
            continue
        mode = _service_mode(accepted.values, frame)
        rung_up = _lines(accepted.values, frame, mode, price_list)
        if isinstance(rung_up, Refusal):
            answers.append(rung_up)
            continue
        source = told.source(accepted.values["source"], frame)
        counted = standing.take(frame.id, source)
        receipt = _receipt(work, accepted, frame, mode, *rung_up, source, counted, pool)
        receipts.append(receipt)
        told.answered(frame, len(answers))
        answers.append(receipt.applied)
    _insert(work, receipts)
    told.add_to(answers, standing.settle())
    return answers


def _service_mode(given: Mapping[str, Any], frame: VisitFrame) -> ServiceMode:
    mode: ServiceMode | None = given.get("service_mode")
    return mode or (ServiceMode.EAT_IN if frame.seating_by_us else ServiceMode.TAKEOUT)


def _lines(
    given: Mapping[str, Any], frame: VisitFrame, mode: ServiceMode, price_list: PriceList
) -> tuple[list[rules.Line], list[Warn]] | Refusal:
    """The lines at the prices and rates of the visit's day, or what is wrong with which of them.

    A price that differs from the list stands, because that money was taken; the sender is told.
    """
    if "rush_yen" in given:
        rate = price_list.rate(TaxCategory.FOOD, mode, frame.local_day)
        if rate is None:
            return _faulty([Problem("/rush_yen", "tax_rate_missing", {"day": frame.local_day})])
        return [rules.Line(None, ItemCategory.SWEETS.value, 1, given["rush_yen"], rate)], []
    offers = price_list.offers(frame.local_day, mode)
    lines: list[rules.Line] = []
    warnings: list[Warn] = []
    faults: list[Problem] = []
    for number, line in enumerate(given["lines"]):
        item_id = line["item_id"]
        offer = offers.get(item_id.int)
        if offer is None:
            faults.append(Problem(f"/lines/{number}/item_id", "item_unknown"))
            continue
        category, listed_yen, rate = offer
        price_yen = line.get("unit_price_yen", listed_yen)
        if price_yen is None:
            faults.append(
                Problem(f"/lines/{number}/unit_price_yen", "price_missing", {"day": frame.local_day})
            )
        elif rate is None:
            faults.append(Problem(f"/lines/{number}", "tax_rate_missing", {"day": frame.local_day}))
        else:
            lines.append(rules.Line(item_id, category, line["quantity"], price_yen, rate))
            if listed_yen is not None and listed_yen != price_yen:
                differs = {"listed_yen": listed_yen, "given_yen": price_yen}
                warnings.append(Warn("price_differs", f"/lines/{number}/unit_price_yen", differs))
    return _faulty(faults) if faults else (lines, warnings)


def _faulty(faults: list[Problem]) -> Refusal:
    """A refusal by the first fault, with the place of every one. The office may still add an item or a price."""
    return Refusal(faults[0].code, 422, faults[0].params, tuple(faults), passing=True)


def _receipt(
    work: Work,
    accepted: Accepted,
    frame: VisitFrame,
    mode: ServiceMode,
    lines: list[rules.Line],
    warnings: list[Warn],
    source: Source,
    counted: bool,
    pool: tickets.Pool | None,
) -> _Receipt:
    given = accepted.values
    payment: Payment = given["payment"]
    fact = fact_columns(work, accepted, frame)
    total_yen = rules.total_yen(payment, lines)
    taxes = rules.taxes(payment, lines, Rounding(work.settings.tax_rounding))
    ticket_count = given.get("ticket_count", 0)
    face_yen = given["ticket_face_yen"]
    sale = {
        **fact,
        "van_id": frame.van_id,
        "payment": payment.value,
        "service_mode": mode.value,
        "total_yen": total_yen,
        "taxes": taxes,
        "ticket_count": ticket_count,
        "ticket_face_yen": face_yen if ticket_count else 0,
        "source": source.value,
        "counted": counted,
    }
    ticket = None
    if ticket_count:
        ticket = tickets.entry_of(
            fact,
            sale_id=accepted.entity_id,
            quantity=ticket_count,
            face_yen=face_yen,
            source=source.value,
            counted=counted,
        )
    added: tuple[Any, ...] = ()
    if not counted:
        warnings.append(Warn("receipt_held_back"))
    else:
        added = takings.of_sale(
            frame.id,
            payment=payment.value,
            total_yen=total_yen,
            taxes=taxes,
            by_category=_by_category(lines),
        )
        if pool is not None and ticket_count:
            added += takings.of_tickets(frame.id, TicketEvent.REDEEMED, ticket_count, face_yen)
            warnings += pool.redeem(ticket_count)
    return _Receipt(sale, lines, ticket, Applied(accepted.entity_id, tallies=added, warnings=tuple(warnings)))


def _by_category(lines: Sequence[rules.Line]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for line in lines:
        sums[line.category] = sums.get(line.category, 0) + line.amount_yen
    return sums


def _insert(work: Work, receipts: Sequence[_Receipt]) -> None:
    if not receipts:
        return
    bulk.append(work.session, Sale, [receipt.sale for receipt in receipts])
    bulk.append(
        work.session,
        SaleLine,
        [
            _line_row(receipt.sale["id"], number, line)
            for receipt in receipts
            for number, line in enumerate(receipt.lines)
        ],
    )
    redeemed = [receipt.ticket for receipt in receipts if receipt.ticket is not None]
    if redeemed:
        bulk.append(work.session, TicketEntry, redeemed)


def _line_row(sale_id: uuid.UUID, number: int, line: rules.Line) -> dict[str, Any]:
    return {
        "sale_id": sale_id,
        "line": number,
        "item_id": line.item_id,
        "category": line.category,
        "quantity": line.quantity,
        "unit_price_yen": line.unit_price_yen,
        "rate_percent": line.rate_percent,
    }
