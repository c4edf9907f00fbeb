"""Sums of what visits counted: of weeks as they are kept, of other periods from their visits' totals."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.week import IsoWeek, Period
from outreach_api.ledger import measures
from outreach_api.reports.rules.periods import Span
from outreach_api.storage.ledger import TICKET_TOTALS, VisitTotal, WeekTotal
from outreach_api.storage.visits import Visit
from schemas.vocabulary import TicketEvent

_TOTALS, _VISITS, _WEEKS = VisitTotal.__table__.c, Visit.__table__.c, WeekTotal.__table__.c
_SUM = sa.func.sum(_TOTALS.value)
_BY_WEEK = sa.select(_WEEKS.iso_week, _WEEKS.measure, _WEEKS.key, _WEEKS.value).where(
    _WEEKS.iso_week.between(sa.bindparam("first"), sa.bindparam("last")), _WEEKS.value != 0
)
_OF_TICKETS = (measures.TICKETS, measures.TICKETS_YEN)
_TICKETS = sa.union_all(
    sa.select(_WEEKS.measure, _WEEKS.key, sa.func.sum(_WEEKS.value))
    .where(TICKET_TOTALS, _WEEKS.iso_week < sa.bindparam("week"))
    .group_by(_WEEKS.measure, _WEEKS.key),
    # The week in which a month ends, by its days.
    sa.select(_TOTALS.measure, _TOTALS.key, _SUM)
    .join_from(Visit.__table__, VisitTotal.__table__, _VISITS.id == _TOTALS.visit_id)
    .where(
        _TOTALS.measure.in_(_OF_TICKETS),
        _VISITS.iso_week == sa.bindparam("week"),
        _VISITS.local_day <= sa.bindparam("last", type_=sa.Date()),
    )
    .group_by(_TOTALS.measure, _TOTALS.key),
)


class Sums(dict[str, dict[str, int]]):
    """By measure and key; what nobody counted is 0."""

    def __missing__(self, measure: str) -> dict[str, int]:
        return {}

    def of(self, measure: str) -> int:
        """Over all keys of a measure."""
        return sum(self[measure].values())

    def at(self, measure: str, key: str) -> int:
        return self[measure].get(key, 0)


def sums(session: Session, span: Span) -> dict[Period, Sums]:
    """The sums of every period of the trend, in one query."""
    found: dict[Period, Sums] = {period: Sums() for period in span.trend}
    if isinstance(span.period, IsoWeek):
        weeks = {period.as_int: period for period in span.trend if isinstance(period, IsoWeek)}
        rows = session.execute(_BY_WEEK, {"first": min(weeks), "last": max(weeks)})
        entries = ((weeks[week], measure, key, value) for week, measure, key, value in rows)
    else:
        rows = session.execute(_by_day(span))
        entries = ((span.trend[number], measure, key, value) for number, measure, key, value in rows)
    for period, measure, key, value in entries:
        found[period].setdefault(measure, {})[key] = int(value)  # PostgreSQL sums bigint to numeric
    return found


def _by_day(span: Span) -> sa.Select[Any]:
    """Months and fiscal periods begin in the middle of weeks: their days are those of the visits."""
    later = [(_VISITS.local_day >= p.first_day, n) for n, p in reversed(list(enumerate(span.trend)))]
    number = sa.case(*later).label("number")
    return (
        sa.select(number, _TOTALS.measure, _TOTALS.key, _SUM)
        .select_from(Visit.__table__)
        .join(VisitTotal.__table__, _TOTALS.visit_id == _VISITS.id)
        .where(_VISITS.local_day.between(span.first_day, span.last_day))
        .group_by(number, _TOTALS.measure, _TOTALS.key)
    )


def tickets_until(session: Session, period: Period) -> Mapping[str, Mapping[str, int]]:
    """All tickets, and their yen, by event up to the end of a period: {measure: {event: sum}}."""
    week = IsoWeek.of(period.last_day + dt.timedelta(days=1))  # the first that is not whole in it
    rows = session.execute(_TICKETS, {"week": week.as_int, "last": period.last_day})
    found: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(TicketEvent, 0))
    for measure, event, value in rows:
        found[measure][event] += int(value)
    return {measure: found[measure] for measure in _OF_TICKETS}
