"""Takes receipts back: each a new fact that subtracts; the receipt itself stays."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger import takings
from outreach_api.ledger.kinds import Accepted, Applied, Tally, Work
from outreach_api.ledger.tellings import receipts as tellings
from outreach_api.ledger.tellings.sources import Told, held_back
from outreach_api.ledger.visit_facts import fact_columns, frames, of_own_van
from outreach_api.sales.writes import tickets
from outreach_api.storage import bulk
from outreach_api.storage.sales import Sale, SaleRefund, SaleVoid, TicketEntry
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
    sales = sales_of(work, {accepted.values["sale_id"] for accepted in batch})
    visits = frames(work, {sale.visit_id for sale in sales.values()})
    gone = set(work.session.scalars(sa.select(SaleVoid.sale_id).where(SaleVoid.sale_id.in_(sales))))
    added = takings.by_now(work.session, Sale.id.in_(sales))
    returned = _tickets_returned(work.session, sales)
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
        left = sale.ticket_count - returned.get(sale.id, 0)
        if left:
            entries.append(tickets.entry_back(fact, sale, left))
        if sale.counted and frame.id in told.in_sight:
            standing[frame.id] = sale.source
        told.answered(frame, len(answers))
        answers.append(Applied(accepted.entity_id, tallies=_taken_back(sale, frame.id, added[sale.id], left)))
    bulk.append(work.session, SaleVoid, voids)
    bulk.append(work.session, TicketEntry, entries)
    told.add_to(
        answers,
        {visit_id: tellings.settle(work.session, visit_id, source) for visit_id, source in standing.items()},
    )
    return answers


def sales_of(work: Work, sale_ids: set[uuid.UUID]) -> dict[uuid.UUID, Sale]:
    """The receipts in the actor's scope."""
    found = sa.select(Sale).where(Sale.id.in_(sale_ids))
    if work.actor.role is Role.CREW:
        found = found.where(Sale.van_id == work.actor.van_id)
    return {sale.id: sale for sale in work.session.scalars(found)}


def _tickets_returned(session: Session, sale_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Tickets that went back with refunds already."""
    sums = sa.select(SaleRefund.sale_id, sa.func.sum(SaleRefund.ticket_count))
    sums = sums.where(SaleRefund.sale_id.in_(sale_ids)).group_by(SaleRefund.sale_id)
    return {sale_id: int(count) for sale_id, count in session.execute(sums)}


def _taken_back(
    sale: Sale, visit_id: uuid.UUID, added: Sequence[takings.Addend], tickets_left: int
) -> tuple[Tally, ...]:
    """All that is left of a receipt: what was given back of it before is not taken back once more."""
    if not sale.counted:
        return (held_back(visit_id, tellings.RECEIPTS, -1),)
    taken = takings.tallies(visit_id, added, -1)
    if tickets_left:
        taken += takings.of_tickets(visit_id, TicketEvent.REDEEMED, -tickets_left, sale.ticket_face_yen)
    return taken
