"""Counts facts again from scratch, to prove the totals that were kept along the way."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.ledger import measures
from outreach_api.storage.contacts import ContactNote, StampMark
from outreach_api.storage.ledger import VisitTotal
from outreach_api.storage.sales import Sale, SaleVoid
from outreach_api.storage.visits import HeadCount

RECOUNTED = (
    measures.ATTENDANCE,
    measures.SALES_COUNT,
    measures.SALES_BY_PAYMENT_YEN,
    measures.CONTACTS,
    measures.CONTACTS_BY_DEPTH,
    measures.STAMPS,
)

_Place = tuple[uuid.UUID, str, str]


class Difference(NamedTuple):
    """A total that does not follow from its facts."""

    visit_id: uuid.UUID
    measure: str
    key: str
    kept: int
    counted: int


def differences(session: Session) -> list[Difference]:
    """Where visit_totals and the facts disagree, for the measures in RECOUNTED; empty when all is well."""
    counted = _count(session)
    kept: dict[_Place, int] = {
        (total.visit_id, total.measure, total.key): total.value
        for total in session.scalars(sa.select(VisitTotal).where(VisitTotal.measure.in_(RECOUNTED)))
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
    stands = (
        sa.select(Sale.visit_id, Sale.payment)
        .outerjoin(SaleVoid, SaleVoid.sale_id == Sale.id)
        .where(Sale.counted, SaleVoid.id.is_(None))
        .group_by(Sale.visit_id, Sale.payment)
    )
    add(measures.SALES_COUNT, session.execute(stands.add_columns(sa.func.count())))
    add(
        measures.SALES_BY_PAYMENT_YEN,
        session.execute(stands.add_columns(sa.cast(sa.func.sum(Sale.total_yen), sa.BigInteger))),
    )
    for measure, column in (
        (measures.CONTACTS, ContactNote.familiarity),
        (measures.CONTACTS_BY_DEPTH, ContactNote.depth),
    ):
        notes = sa.select(ContactNote.visit_id, column, sa.func.count())
        add(measure, session.execute(notes.group_by(ContactNote.visit_id, column)))
    stamps = sa.select(StampMark.visit_id, sa.literal(""), sa.func.count()).group_by(StampMark.visit_id)
    add(measures.STAMPS, session.execute(stamps))
    return sums
