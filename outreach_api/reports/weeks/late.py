"""What each visit of a week adds to its figures; and of a closed week, which visits add something else by now."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.week import IsoWeek
from outreach_api.ledger import measures
from outreach_api.ledger.held_days import held
from outreach_api.storage import bulk
from outreach_api.storage.contacts import ContactNote
from outreach_api.storage.ledger import VisitTotal
from outreach_api.storage.sales import CashUp, Sale, TicketEntry
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import HeadCount, Visit
from schemas.vocabulary import LateMeasure, TicketEvent

# Sums that are of nobody: depths and topics of one visit would say what somebody came with.
_SUMS = {
    measures.ATTENDANCE: LateMeasure.ATTENDANCE,
    measures.CONTACTS: LateMeasure.CONTACTS,
    measures.SALES_BY_PAYMENT_YEN: LateMeasure.SALES_YEN,
    measures.SALES_COUNT: LateMeasure.RECEIPTS,
    measures.TILL_DIFFERENCE_YEN: LateMeasure.TILL_DIFFERENCE_YEN,
}
_TICKETS = {
    TicketEvent.ISSUED: LateMeasure.TICKETS_ISSUED,
    TicketEvent.REDEEMED: LateMeasure.TICKETS_REDEEMED,
}
_FACTS: Mapping[LateMeasure, tuple[Any, ...]] = {
    LateMeasure.ATTENDANCE: (HeadCount,),
    LateMeasure.CONTACTS: (ContactNote,),
    LateMeasure.SALES_YEN: (Sale,),
    LateMeasure.RECEIPTS: (Sale,),
    LateMeasure.TICKETS_ISSUED: (TicketEntry,),
    LateMeasure.TICKETS_REDEEMED: (TicketEntry,),
    LateMeasure.TILL_DIFFERENCE_YEN: (CashUp,),
}

_T, _V, _S = VisitTotal.__table__.c, Visit.__table__.c, Stop.__table__.c
_BY_VISIT = sa.select(_T.visit_id, _T.measure, _T.key, _T.value).where(
    _T.iso_week == sa.bindparam("week"), _T.measure.in_([*_SUMS, measures.TICKETS])
)
_HELD = sa.select(Visit.id).where(Visit.iso_week == sa.bindparam("week"), held())
_PLACES = (
    sa.select(_V.id, _V.local_day, _S.code)
    .join_from(Visit.__table__, Stop.__table__, _S.id == _V.stop_id)
    .where(bulk.among(_V.id))
)

ByVisit = dict[str, dict[str, int]]
"""{visit's id: {measure: amount}}, without zeros."""


def by_visit(session: Session, week: IsoWeek) -> ByVisit:
    """What the visits of a week add to it now."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for visit_id in session.scalars(_HELD, {"week": week.as_int}):
        found[str(visit_id)][LateMeasure.VISITS] = 1
    for visit_id, measure, key, value in session.execute(_BY_VISIT, {"week": week.as_int}):
        told = _TICKETS.get(key) if measure == measures.TICKETS else _SUMS[measure]
        if told is not None and value:
            found[str(visit_id)][told] += int(value)
    return {  # in one order, whatever the database's
        visit: {str(measure): value for measure in LateMeasure if (value := amounts.get(measure, 0))}
        for visit, amounts in sorted(found.items())
    }


def late(session: Session, week: IsoWeek, kept: ByVisit, *, since: dt.datetime) -> list[dict[str, Any]]:
    """Visits that add something else than at `since`, by day and stop, with what came of them after that.

    A line whose `received_at` is null came of no new record, but of one that was taken back, joined or put right.
    """
    now = by_visit(session, week)
    changes = [
        (uuid.UUID(visit), measure, change)
        for visit in kept.keys() | now.keys()
        for measure in LateMeasure
        if (change := now.get(visit, {}).get(measure, 0) - kept.get(visit, {}).get(measure, 0))
    ]
    visits = {visit for visit, _, _ in changes}
    places = {row.id: row for row in bulk.find(session, _PLACES, visits)}
    came = {table: _received(session, table, visits, since) for tables in _FACTS.values() for table in tables}
    lines = [
        {
            "stop_code": places[visit].code,
            "local_day": places[visit].local_day,
            "measure": measure,
            "change": change,
            "received_at": max(
                (came[table][visit] for table in _FACTS.get(measure, ()) if visit in came[table]),
                default=None,
            ),
        }
        for visit, measure, change in changes
    ]
    order = list(LateMeasure)
    return sorted(
        lines, key=lambda line: (line["local_day"], line["stop_code"], order.index(line["measure"]))
    )


def _received(
    session: Session, table: Any, visits: Collection[uuid.UUID], since: dt.datetime
) -> dict[uuid.UUID, dt.datetime]:
    """When the last record of each visit came, of those that came after a moment."""
    select = (
        sa.select(table.visit_id, sa.func.max(table.received_at))
        .where(bulk.among(table.visit_id), table.received_at > since)
        .group_by(table.visit_id)
    )
    if table is ContactNote:
        select = select.where(~ContactNote.about_staff)  # counted nowhere, and nobody's business
    return dict(bulk.find(session, select, visits))
