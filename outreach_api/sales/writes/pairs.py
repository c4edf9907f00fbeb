"""A visit told twice, on paper and by the phone that came back: one telling counts, the other is kept beside it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.ledger import paper
from outreach_api.ledger.kinds import Tally, Work
from outreach_api.ledger.visit_facts import VisitFrame
from outreach_api.sales.writes import tallies, tickets
from outreach_api.storage import bulk
from outreach_api.storage.sales import Sale, SaleLine, SaleVoid, TicketEntry
from schemas.vocabulary import Source, TicketEvent


class Standing:
    """Which source stands for each visit that was entered from paper; asks nothing for all others."""

    def __init__(self, session: Session, visits: Iterable[VisitFrame]) -> None:
        told_twice = {frame.id for frame in visits if frame.source == Source.PAPER}
        self._source: dict[uuid.UUID, str] = {}
        if told_twice:
            found = (
                sa.select(Sale.visit_id, Sale.source)
                .outerjoin(SaleVoid, SaleVoid.sale_id == Sale.id)
                .where(Sale.visit_id.in_(told_twice), Sale.counted, SaleVoid.id.is_(None))
                .distinct()
            )
            self._source = {row.visit_id: row.source for row in session.execute(found)}

    def take(self, frame: VisitFrame, source: str) -> bool:
        """Whether a receipt of this source counts; the first that does decides for those after it."""
        if not paper.counts(frame.source, source, self._source.get(frame.id)):
            return False
        self._source.setdefault(frame.id, source)
        return True


def let_held_back_count(work: Work, frame: VisitFrame) -> tuple[Tally, ...]:
    """Once the last receipt of the standing source was taken back, those held back take its place."""
    voided = sa.exists().where(SaleVoid.sale_id == Sale.id)
    kept = sa.select(Sale).where(Sale.visit_id == frame.id, ~voided)
    if work.session.scalar(kept.where(Sale.counted).limit(1)) is not None:
        return ()
    held = work.session.scalars(kept.where(~Sale.counted)).all()
    made: list[Tally] = []
    entries = []
    categories = by_category(work.session, [sale.id for sale in held])
    for sale in held:
        sale.counted = True
        made += tallies.of_sale(
            frame.id,
            payment=sale.payment,
            total_yen=sale.total_yen,
            taxes=sale.taxes,
            by_category=categories[sale.id],
        )
        if sale.ticket_count:
            fact = {name: getattr(sale, name) for name in _FACT}
            entries.append(tickets.entry_of(fact, sale.id, sale.ticket_count, sale.ticket_face_yen))
            made += tallies.of_tickets(
                frame.id, TicketEvent.REDEEMED, sale.ticket_count, sale.ticket_face_yen
            )
    work.session.flush()
    if entries:
        bulk.append(work.session, TicketEntry, entries)
    return tuple(made)


_FACT = ("id", "change_no", "received_at", "occurred_at", "visit_id", "local_day", "iso_week", "mesh")


def by_category(session: Session, sale_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, int]]:
    """The yen of the goods on receipts, by category."""
    sums = (
        sa.select(
            SaleLine.sale_id, SaleLine.category, sa.func.sum(SaleLine.quantity * SaleLine.unit_price_yen)
        )
        .where(SaleLine.sale_id.in_(sale_ids))
        .group_by(SaleLine.sale_id, SaleLine.category)
    )
    found: dict[uuid.UUID, dict[str, int]] = {sale_id: {} for sale_id in sale_ids}
    for sale_id, category, yen in session.execute(sums):
        found[sale_id][category] = int(yen)
    return found
