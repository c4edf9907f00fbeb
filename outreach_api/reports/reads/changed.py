"""What else is known of a period and the one before it, from which rules.changes tells what changed and why."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.week import Period
from outreach_api.ledger import measures
from outreach_api.ledger.held_days import held
from outreach_api.reports.reads import stays
from outreach_api.reports.reads.places import KnownStop
from outreach_api.reports.reads.stays import Doings
from outreach_api.reports.rules.changes import Happened, changes
from outreach_api.reports.rules.periods import Span
from outreach_api.reports.rules.places import Place
from outreach_api.storage.calendar import SchoolHoliday
from outreach_api.storage.ledger import VisitTotal
from outreach_api.storage.visits import Visit
from schemas.vocabulary import Against

_T, _V, _H = VisitTotal.__table__.c, Visit.__table__.c, SchoolHoliday.__table__.c
_FIRST, _LAST = sa.bindparam("first", type_=sa.Date()), sa.bindparam("last", type_=sa.Date())
_ATTENDANCE = (
    sa.select(
        _V.local_day >= sa.bindparam("split", type_=sa.Date()),
        _V.stop_id,
        sa.func.coalesce(sa.func.sum(_T.value), 0),
    )
    .select_from(Visit.__table__)
    .outerjoin(VisitTotal.__table__, sa.and_(_T.visit_id == _V.id, _T.measure == measures.ATTENDANCE))
    .where(_V.local_day.between(_FIRST, _LAST), held())
    .group_by(sa.literal_column("1"), _V.stop_id)
)
_HOLIDAYS = sa.select(_H.from_day, _H.to_day).where(_H.active, _H.from_day <= _LAST, _H.to_day >= _FIRST)


def what_changed(
    session: Session,
    span: Span,
    doings: Doings,
    compared: Sequence[Mapping[str, Any]],
    point: Mapping[str, Any],
    stops: Sequence[KnownStop],
) -> list[dict[str, Any]]:
    """Nothing while the period goes on: it would be held against whole ones."""
    period, before = span.period, span.period.previous()
    if span.reference_day < period.last_day:
        return []
    places = {stop.id: Place(stop.id, stop.code, stop.name) for stop in stops}
    first_time = frozenset(places[stop.id] for stop in stops if stop.last_day and not stop.last_day_before)
    days = {"first": before.first_day, "split": period.first_day, "last": period.last_day}
    attendance: dict[bool, dict[Place, int]] = {True: {}, False: {}}
    for mine, stop_id, people in session.execute(_ATTENDANCE, days):
        attendance[bool(mine)][places[stop_id]] = int(people)
    holidays = list(session.execute(_HOLIDAYS, {"first": before.first_day, "last": period.last_day}))
    earlier_doings = stays.doings(session, before, span.today)
    happened, earlier = (
        _happened(one, span.today, done, attendance[one is period], first_time, holidays)
        for one, done in ((period, doings), (before, earlier_doings))
    )
    others = {Against(one["against"]): one for one in compared}
    return [
        {
            **asdict(change),
            "causes": [
                {**asdict(cause), "stops": [_told(stop) for stop in cause.stops]} for cause in change.causes
            ],
        }
        for change in changes(point, others, happened, earlier)
    ]


def _happened(
    period: Period,
    today: dt.date,
    doings: Doings,
    attendance: Mapping[Place, int],
    first_time: frozenset[Place],
    holidays: Sequence[Any],
) -> Happened:
    ended = (visit.cancel_reason for visit in doings.held)
    return Happened(
        attendance=attendance,
        cancelled=Counter(doings.cancelled),
        ended_early=Counter(reason for reason in ended if reason is not None),
        first_time=first_time,
        school_holidays=sum(any(first <= day <= last for first, last in holidays) for day in period.days),
        without_head_count=doings.completeness(today)["held_without_head_count"],
    )


def _told(stop: Place) -> dict[str, uuid.UUID | str]:
    return {"stop_id": stop.stop_id, "code": stop.code, "name": stop.name}
