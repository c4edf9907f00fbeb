"""The visits of a period with what was counted at each: two queries, whatever the period."""

from __future__ import annotations

import uuid
from collections import defaultdict

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.week import Period
from outreach_api.ledger import measures
from outreach_api.ledger.held_days import held
from outreach_api.reports.rules.visit_rows import HeldVisit
from outreach_api.storage.ledger import VisitTotal
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit

_T, _V, _S = VisitTotal.__table__.c, Visit.__table__.c, Stop.__table__.c
_DAYS = _V.local_day.between(sa.bindparam("first", type_=sa.Date()), sa.bindparam("last", type_=sa.Date()))
_VISITS = (
    sa.select(
        _V.id,
        _V.local_day,
        _S.code,
        _S.name,
        _S.kind,
        _S.publicity,
        _V.opened_at,
        _V.closed_at,
    )
    .join_from(Visit.__table__, Stop.__table__, _S.id == _V.stop_id)
    .where(_DAYS, held())
    .order_by(_V.local_day, _V.opened_at, _S.code, _V.id)
)
_COUNTED = (
    sa.select(_T.visit_id, _T.measure, _T.key, _T.value)
    .join_from(Visit.__table__, VisitTotal.__table__, _T.visit_id == _V.id)
    .where(_DAYS, _T.measure.in_((measures.ATTENDANCE, measures.CONTACTS)))
)


def held_visits(session: Session, period: Period) -> list[HeldVisit]:
    """In the order of their days."""
    days = {"first": period.first_day, "last": period.last_day}
    bands: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    contacts: dict[uuid.UUID, int] = defaultdict(int)
    for visit_id, measure, key, value in session.execute(_COUNTED, days):
        if measure == measures.CONTACTS:
            contacts[visit_id] += value
        else:
            bands[visit_id][key] = value
    return [
        HeldVisit(
            local_day=row.local_day,
            stop_code=row.code,
            stop_name=row.name,
            stop_kind=row.kind,
            publicity=row.publicity,
            opened_at=row.opened_at,
            closed_at=row.closed_at,
            bands=bands.get(row.id, {}),
            contacts=contacts.get(row.id, 0),
        )
        for row in session.execute(_VISITS, days)
    ]
