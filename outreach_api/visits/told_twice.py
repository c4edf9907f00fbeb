"""A duplicate that was told on paper joins the phone's visit, or the other way round: one telling may count."""

from __future__ import annotations

import sqlalchemy as sa

from outreach_api.kernel.ids import new_id
from outreach_api.ledger import measures
from outreach_api.ledger.kinds import Accepted, Tally, Work
from outreach_api.storage.ledger import VisitTotal
from outreach_api.storage.sales import Sale, SaleVoid, TicketEntry
from outreach_api.storage.visits import HeadCount, Visit
from schemas.vocabulary import Source, TicketEvent

_OF_RECEIPTS = (
    measures.SALES_BY_CATEGORY_YEN,
    measures.SALES_BY_PAYMENT_YEN,
    measures.SALES_COUNT,
    measures.TAX_YEN,
)


def hold_back(work: Work, accepted: Accepted, joining: Visit, kept: Visit) -> tuple[Tally, ...]:
    """Keep the joining visit's heads and receipts beside those that the kept one has, not counted.

    What the kept visit was never told of still counts. Call before facts and totals move; answers what is taken
    back of the tickets that those receipts redeemed.
    """
    if joining.source == kept.source:
        return ()
    kept.source = Source.PAPER  # from now on it can be told twice
    session = work.session
    heads = sa.select(HeadCount.id).where(HeadCount.visit_id == kept.id, HeadCount.counted).limit(1)
    if session.scalar(heads) is not None:
        session.execute(sa.update(HeadCount).where(HeadCount.visit_id == joining.id).values(counted=False))
        _drop_totals(work, joining, (measures.ATTENDANCE,))
    standing = sa.select(Sale).where(Sale.counted, ~sa.exists().where(SaleVoid.sale_id == Sale.id))
    if session.scalar(standing.where(Sale.visit_id == kept.id).limit(1)) is None:
        return ()
    held_back = session.scalars(standing.where(Sale.visit_id == joining.id)).all()
    tallies = []
    for sale in held_back:
        sale.counted = False
        if sale.ticket_count:
            tallies += _give_back(work, accepted, sale, kept)
    session.flush()
    _drop_totals(work, joining, _OF_RECEIPTS)
    return tuple(tallies)


def _give_back(work: Work, accepted: Accepted, sale: Sale, kept: Visit) -> list[Tally]:
    work.session.add(
        TicketEntry(
            id=new_id(),
            change_no=accepted.change_no,
            received_at=work.now,
            occurred_at=accepted.occurred_at,
            visit_id=kept.id,
            local_day=kept.local_day,
            iso_week=kept.iso_week,
            mesh=kept.mesh,
            event=TicketEvent.REDEEMED,
            quantity=-sale.ticket_count,
            face_yen=sale.ticket_face_yen,
            sale_id=sale.id,
        )
    )
    yen = sale.ticket_count * sale.ticket_face_yen
    return [
        Tally(kept.id, measures.TICKETS, TicketEvent.REDEEMED, -sale.ticket_count),
        Tally(kept.id, measures.TICKETS_YEN, TicketEvent.REDEEMED, -yen),
    ]


def _drop_totals(work: Work, visit: Visit, dropped: tuple[str, ...]) -> None:
    work.session.execute(
        sa.delete(VisitTotal).where(VisitTotal.visit_id == visit.id, VisitTotal.measure.in_(dropped))
    )
