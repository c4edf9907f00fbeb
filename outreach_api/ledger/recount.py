"""Counts facts again from scratch, to prove the totals that were kept along the way."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.ledger import measures, takings
from outreach_api.ledger.tellings import heads, receipts, tills
from outreach_api.storage.contacts import ContactNote, StampMark
from outreach_api.storage.ledger import VisitTotal, WeekTotal
from outreach_api.storage.sales import (
    CashMovement,
    CashUp,
    Sale,
    SaleLine,
    SaleRefund,
    SaleRefundLine,
    SaleVoid,
    TicketEntry,
)
from outreach_api.storage.visits import HeadCount, Visit
from schemas.vocabulary import Payment

# What may be told twice: facts that stand by themselves. A receipt that was taken back tells nothing, and tickets on
# a receipt go with it.
TOLD: dict[str, tuple[Any, sa.ColumnElement[bool]]] = {
    heads.HEADS: (HeadCount, sa.true()),
    receipts.RECEIPTS: (Sale, ~sa.exists().where(SaleVoid.sale_id == Sale.id)),
    receipts.TICKETS: (TicketEntry, TicketEntry.sale_id.is_(None)),
    receipts.CASH: (CashMovement, sa.true()),
    tills.TILL: (CashUp, sa.true()),
}

_Place = tuple[uuid.UUID, str, str]
Add = Callable[[str, Iterable[tuple[Any, ...]]], None]


class Difference(NamedTuple):
    """A total that does not follow from its facts."""

    visit_id: uuid.UUID
    measure: str
    key: str
    kept: int
    counted: int


def differences(session: Session) -> list[Difference]:
    """Where visit_totals and the facts disagree; empty when all is well."""
    counted = _count(session)
    kept: dict[_Place, int] = {
        (total.visit_id, total.measure, total.key): total.value
        for total in session.scalars(sa.select(VisitTotal))
    }
    places = sorted(kept.keys() | counted.keys(), key=lambda place: (place[0].bytes, place[1], place[2]))
    return [
        Difference(*place, kept.get(place, 0), counted.get(place, 0))
        for place in places
        if kept.get(place, 0) != counted.get(place, 0)
    ]


def _count(session: Session) -> dict[_Place, int]:
    sums: dict[_Place, int] = defaultdict(int)

    def add(measure: str, found: Iterable[tuple[Any, ...]]) -> None:
        for visit_id, key, value in found:
            sums[visit_id, measure, key] += value

    taps = sa.select(HeadCount.visit_id, HeadCount.counts).where(HeadCount.counted)
    for visit_id, counts in session.execute(taps):
        add(measures.ATTENDANCE, ((visit_id, band, n) for band, n in counts.items()))
    _count_receipts(session, add)
    entries = sa.select(TicketEntry.visit_id, TicketEntry.event).where(TicketEntry.counted)
    entries = entries.group_by(TicketEntry.visit_id, TicketEntry.event)
    add(measures.TICKETS, session.execute(entries.add_columns(_sum(TicketEntry.quantity))))
    worth = TicketEntry.quantity * TicketEntry.face_yen
    add(measures.TICKETS_YEN, session.execute(entries.add_columns(_sum(worth))))
    bought = sa.select(TicketEntry.visit_id, TicketEntry.payment, _sum(worth))
    bought = bought.where(TicketEntry.counted, TicketEntry.payment.is_not(None))
    add(
        measures.DONATIONS_YEN,
        session.execute(bought.group_by(TicketEntry.visit_id, TicketEntry.payment)),
    )
    tills = sa.select(CashUp.visit_id, sa.literal(""), _sum(CashUp.counted_yen - CashUp.expected_yen))
    tills = tills.where(CashUp.counted).group_by(CashUp.visit_id)
    add(measures.TILL_DIFFERENCE_YEN, session.execute(tills))
    _count_notes(session, add)
    for subject, (fact, which) in TOLD.items():
        held = sa.select(fact.visit_id, sa.literal(subject), sa.func.count()).where(~fact.counted, which)
        add(measures.HELD_BACK, session.execute(held.group_by(fact.visit_id)))
    stamps = sa.select(StampMark.visit_id, sa.literal(""), sa.func.count()).group_by(StampMark.visit_id)
    add(measures.STAMPS, session.execute(stamps))
    return sums


def _count_notes(session: Session, add: Add) -> None:
    columns = (ContactNote.stages, ContactNote.topics, ContactNote.info_given, ContactNote.first_connection)
    notes = sa.select(ContactNote.visit_id, ContactNote.familiarity, ContactNote.depth, *columns)
    notes = notes.where(~ContactNote.about_staff).execution_options(yield_per=1_000)
    for visit_id, familiarity, depth, stages, topics, given, first in session.execute(notes):
        add(measures.CONTACTS, [(visit_id, familiarity, 1)])
        add(measures.CONTACTS_BY_DEPTH, [(visit_id, depth, 1)])
        add(measures.CONTACTS_BY_STAGE, ((visit_id, stage, 1) for stage in stages))
        add(measures.CONTACTS_BY_TOPIC, ((visit_id, topic, 1) for topic in topics))
        add(measures.CONTACTS_INFORMED, [(visit_id, "", 1)] if given else [])
        add(measures.FIRST_CONNECTIONS, [] if first is None else [(visit_id, "yes" if first else "no", 1)])


def _count_receipts(session: Session, add: Add) -> None:
    stands = (
        sa.select(Sale.visit_id, Sale.payment)
        .outerjoin(SaleVoid, SaleVoid.sale_id == Sale.id)
        .where(Sale.counted, SaleVoid.id.is_(None))
        .group_by(Sale.visit_id, Sale.payment)
    )
    add(measures.SALES_COUNT, session.execute(stands.add_columns(sa.func.count())))
    one_way = stands.where(Sale.payment != Payment.MIXED)
    add(measures.SALES_BY_PAYMENT_YEN, session.execute(one_way.add_columns(_sum(Sale.total_yen))))
    goods = (
        sa.select(Sale.visit_id, SaleLine.category, _sum(takings.TAKEN_YEN))
        .join(Sale, Sale.id == SaleLine.sale_id)
        .outerjoin(SaleVoid, SaleVoid.sale_id == Sale.id)
        .where(Sale.counted, Sale.total_yen != 0, SaleVoid.id.is_(None))
        .group_by(Sale.visit_id, SaleLine.category)
    )
    add(measures.SALES_BY_CATEGORY_YEN, session.execute(goods))
    taxed = (
        sa.select(Sale.visit_id, Sale.taxes)
        .outerjoin(SaleVoid, SaleVoid.sale_id == Sale.id)
        .where(Sale.counted, Sale.total_yen != 0, SaleVoid.id.is_(None))
    )
    for visit_id, taxes in session.execute(taxed.execution_options(yield_per=1_000)):
        add(measures.TAX_YEN, ((visit_id, str(tax["rate_percent"]), tax["tax_yen"]) for tax in taxes))
    mixed = taxed.with_only_columns(Sale.visit_id, Sale.payments).where(Sale.payment == Payment.MIXED)
    for visit_id, payments in session.execute(mixed):
        add(measures.SALES_BY_PAYMENT_YEN, ((visit_id, part["payment"], part["yen"]) for part in payments))
    _count_refunds(session, add)


def _count_refunds(session: Session, add: Add) -> None:
    refunds = (
        sa.select(SaleRefund.visit_id, SaleRefund.payments, SaleRefund.taxes)
        .join(Sale, Sale.id == SaleRefund.sale_id)
        .outerjoin(SaleVoid, SaleVoid.sale_id == Sale.id)
        .where(Sale.counted, SaleVoid.id.is_(None))
    )
    for visit_id, payments, taxes in session.execute(refunds):
        add(measures.SALES_BY_PAYMENT_YEN, ((visit_id, part["payment"], -part["yen"]) for part in payments))
        add(measures.TAX_YEN, ((visit_id, str(tax["rate_percent"]), -tax["tax_yen"]) for tax in taxes))
    goods = (
        refunds.with_only_columns(SaleRefund.visit_id, SaleLine.category, _sum(-SaleRefundLine.yen))
        .join(SaleRefundLine, SaleRefundLine.refund_id == SaleRefund.id)
        .join(SaleLine, sa.and_(SaleLine.sale_id == Sale.id, SaleLine.line == SaleRefundLine.line))
        .group_by(SaleRefund.visit_id, SaleLine.category)
    )
    add(measures.SALES_BY_CATEGORY_YEN, session.execute(goods))


def _sum(of: Any) -> sa.ColumnElement[int]:
    """PostgreSQL sums bigint to numeric."""
    return sa.cast(sa.func.sum(of), sa.BigInteger)


class WeekDifference(NamedTuple):
    """A sum of a week that does not follow from the totals of its visits."""

    iso_week: int
    measure: str
    key: str
    kept: int
    counted: int


def week_differences(session: Session) -> list[WeekDifference]:
    """Where week_totals and the totals of each week's visits disagree, or a total lies in another week than its visit."""
    measured = (VisitTotal.measure, VisitTotal.key)
    of_visits = sa.select(Visit.iso_week, *measured, _sum(VisitTotal.value))
    of_visits = of_visits.join(VisitTotal, VisitTotal.visit_id == Visit.id).group_by(
        Visit.iso_week, *measured
    )
    by_themselves = sa.select(VisitTotal.iso_week, *measured, _sum(VisitTotal.value))
    by_themselves = by_themselves.group_by(VisitTotal.iso_week, *measured)
    kept = sa.select(WeekTotal.iso_week, WeekTotal.measure, WeekTotal.key, WeekTotal.value)
    counted, lying, told = (
        {(week, measure, key): int(value) for week, measure, key, value in session.execute(select)}
        for select in (of_visits, by_themselves, kept)
    )
    return [
        WeekDifference(*place, is_kept.get(place, 0), counted.get(place, 0))
        for is_kept in (told, lying)
        for place in sorted(is_kept.keys() | counted.keys())
        if is_kept.get(place, 0) != counted.get(place, 0)
    ]


class CountedTwice(NamedTuple):
    """A visit at which both tellings of a subject count."""

    visit_id: uuid.UUID
    subject: str


def counted_twice(session: Session) -> list[CountedTwice]:
    """Visits where both the phones' and the paper's telling of heads, receipts, tickets or a till count."""
    found = []
    for subject, (fact, which) in TOLD.items():
        both = sa.select(fact.visit_id).where(fact.counted, which).group_by(fact.visit_id)
        both = both.having(sa.func.count(fact.source.distinct()) > 1).order_by(fact.visit_id)
        found += [CountedTwice(visit_id, subject) for visit_id in session.scalars(both)]
    return found
