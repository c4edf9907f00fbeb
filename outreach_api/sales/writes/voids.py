"""Takes receipts back: each a new fact that subtracts; the receipt itself stays."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger.kinds import Accepted, Applied, Tally, Work
from outreach_api.ledger.visit_facts import VisitFrame, fact_columns, frames
from outreach_api.sales.writes import pairs, tallies, tickets
from outreach_api.storage import bulk
from outreach_api.storage.sales import Sale, SaleVoid, TicketEntry
from schemas.vocabulary import Role, Source, TicketEvent

# Not receipted: the receipt may still be on its way, and then the void comes again.
SALE_UNKNOWN = Refusal("sale_unknown", 404, passing=True)
ALREADY_VOIDED = Refusal("already_voided", 409)
SALE_WAS_VOIDED = Refusal("sale_was_voided", 409)


def voided(session: Session, sale_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Refusal]:
    """Of these receipts, those that were taken back: sending them again brings nothing back."""
    found = sa.select(SaleVoid.sale_id).where(SaleVoid.sale_id.in_(sale_ids))
    return dict.fromkeys(session.scalars(found), SALE_WAS_VOIDED)


def void_sales(work: Work, batch: Sequence[Accepted]) -> list[Applied | Refusal]:
    """Take receipts back, each once only."""
    sales = _sales(work, {accepted.values["sale_id"] for accepted in batch})
    visits = frames(work, {sale.visit_id for sale in sales.values()})
    gone = set(work.session.scalars(sa.select(SaleVoid.sale_id).where(SaleVoid.sale_id.in_(sales))))
    categories = pairs.by_category(work.session, list(sales))
    answers: list[Applied | Refusal] = []
    voids: list[dict[str, Any]] = []
    entries: list[dict[str, Any]] = []
    told_twice: dict[int, VisitFrame] = {}
    for accepted in batch:
        sale = sales.get(accepted.values["sale_id"])
        if sale is None:
            answers.append(SALE_UNKNOWN)
            continue
        if sale.id in gone:
            answers.append(ALREADY_VOIDED)
            continue
        gone.add(sale.id)
        frame = visits[sale.visit_id]
        fact = fact_columns(work, accepted, frame)
        voids.append({**fact, "sale_id": sale.id, "reason": accepted.values["reason"]})
        taken: tuple[Tally, ...] = ()
        if sale.counted:
            if sale.ticket_count:
                entries.append(tickets.entry_of(fact, sale.id, -sale.ticket_count, sale.ticket_face_yen))
            taken = _taken_back(sale, frame, categories[sale.id])
            if frame.source == Source.PAPER:
                told_twice[len(answers)] = frame
        answers.append(Applied(accepted.entity_id, tallies=taken))
    if voids:
        bulk.append(work.session, SaleVoid, voids)
    if entries:
        bulk.append(work.session, TicketEntry, entries)
    for index, frame in told_twice.items():
        _add(answers, index, pairs.let_held_back_count(work, frame))
    return answers


def _sales(work: Work, sale_ids: set[uuid.UUID]) -> dict[uuid.UUID, Sale]:
    """The receipts in the actor's scope."""
    found = sa.select(Sale).where(Sale.id.in_(sale_ids))
    if work.actor.role is Role.CREW:
        found = found.where(Sale.van_id == work.actor.van_id)
    return {sale.id: sale for sale in work.session.scalars(found)}


def _taken_back(sale: Sale, frame: VisitFrame, categories: dict[str, int]) -> tuple[Tally, ...]:
    taken = tallies.of_sale(
        frame.id,
        payment=sale.payment,
        total_yen=sale.total_yen,
        taxes=sale.taxes,
        by_category=categories,
        sign=-1,
    )
    if sale.ticket_count:
        taken += tallies.of_tickets(frame.id, TicketEvent.REDEEMED, -sale.ticket_count, sale.ticket_face_yen)
    return taken


def _add(answers: list[Applied | Refusal], index: int, more: tuple[Tally, ...]) -> None:
    answer = answers[index]
    if more and isinstance(answer, Applied):
        answers[index] = Applied(answer.entity_id, tallies=answer.tallies + more)
