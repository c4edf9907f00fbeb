"""Takes receipts back: each a new fact that subtracts; the receipt itself stays."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger import takings
from outreach_api.ledger.kinds import Accepted, Applied, Tally, Work
from outreach_api.ledger.tellings import receipts as tellings
from outreach_api.ledger.tellings.sources import Told, held_back
from outreach_api.ledger.visit_facts import VisitFrame, fact_columns, frames, of_own_van
from outreach_api.sales.writes import tickets
from outreach_api.storage import bulk
from outreach_api.storage.sales import Sale, SaleVoid, TicketEntry
from schemas.vocabulary import Role, TicketEvent

# Not receipted: the receipt may still be on its way, and then the void comes again.
SALE_UNKNOWN = Refusal("sale_unknown", 404, passing=True)
ALREADY_VOIDED = Refusal("already_voided", 409)
SALE_WAS_VOIDED = Refusal("sale_was_voided", 409)


def voided(work: Work, sale_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Refusal]:
    """Of these receipts, those that were taken back: sending them again brings nothing back."""
    found = sa.select(SaleVoid.sale_id).where(
        SaleVoid.sale_id.in_(sale_ids), of_own_van(work.actor, SaleVoid.visit_id)
    )
    return dict.fromkeys(work.session.scalars(found), SALE_WAS_VOIDED)


def void_sales(work: Work, batch: Sequence[Accepted]) -> list[Applied | Refusal]:
    """Take receipts back, each once only. Once a source's last is gone, what it held back takes its place."""
    sales = _sales(work, {accepted.values["sale_id"] for accepted in batch})
    visits = frames(work, {sale.visit_id for sale in sales.values()})
    gone = set(work.session.scalars(sa.select(SaleVoid.sale_id).where(SaleVoid.sale_id.in_(sales))))
    categories = takings.by_category(work.session, Sale.id.in_(sales))
    told = Told(work, visits)
    answers: list[Applied | Refusal] = []
    voids: list[dict[str, Any]] = []
    entries: list[dict[str, Any]] = []
    standing: dict[uuid.UUID, str] = {}
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
        if sale.ticket_count:
            entries.append(_entry(fact, sale))
        if sale.counted and frame.id in told.in_sight:
            standing[frame.id] = sale.source
        told.answered(frame, len(answers))
        taken = _taken_back(sale, frame, categories[sale.id])
        answers.append(Applied(accepted.entity_id, tallies=taken))
    bulk.append(work.session, SaleVoid, voids)
    bulk.append(work.session, TicketEntry, entries)
    told.add_to(
        answers,
        {visit_id: tellings.settle(work.session, visit_id, source) for visit_id, source in standing.items()},
    )
    return answers


def _sales(work: Work, sale_ids: set[uuid.UUID]) -> dict[uuid.UUID, Sale]:
    """The receipts in the actor's scope."""
    found = sa.select(Sale).where(Sale.id.in_(sale_ids))
    if work.actor.role is Role.CREW:
        found = found.where(Sale.van_id == work.actor.van_id)
    return {sale.id: sale for sale in work.session.scalars(found)}


def _entry(fact: Mapping[str, Any], sale: Sale) -> dict[str, Any]:
    return tickets.entry_of(
        fact,
        sale_id=sale.id,
        quantity=-sale.ticket_count,
        face_yen=sale.ticket_face_yen,
        source=sale.source,
        counted=sale.counted,
    )


def _taken_back(sale: Sale, frame: VisitFrame, categories: Mapping[str, int]) -> tuple[Tally, ...]:
    if not sale.counted:
        return (held_back(frame.id, tellings.RECEIPTS, -1),)
    taken = takings.of_sale(
        frame.id,
        payment=sale.payment,
        total_yen=sale.total_yen,
        taxes=sale.taxes,
        by_category=categories,
        sign=-1,
    )
    if sale.ticket_count:
        taken += takings.of_tickets(frame.id, TicketEvent.REDEEMED, -sale.ticket_count, sale.ticket_face_yen)
    return taken
