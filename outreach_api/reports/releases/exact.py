"""Counts exactly what is due to be told: heads by stop and day, rare figures by fiscal quarter. Nothing of it leaves."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.week import FiscalQuarter, IsoWeek
from outreach_api.ledger import measures
from outreach_api.ledger.held_days import held
from outreach_api.reports.reads import people
from outreach_api.reports.rules.outcomes import count_referrals
from outreach_api.storage.ledger import VisitTotal
from outreach_api.storage.releases import DueStay, ReleasedAtom
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit
from schemas.vocabulary import CONSULTATION_DEPTHS, RareFigure, ReferralDirection


class Stay(NamedTuple):
    """A stop on a local day, with all visits there: what atoms are made of."""

    stop_id: uuid.UUID
    local_day: dt.date


def heads(session: Session, last: dt.date) -> dict[Stay, dict[str, int]]:
    """Heads by band of every stay up to a day that is due; of one where nobody was counted, none."""
    of_visit = sa.and_(VisitTotal.visit_id == Visit.id, VisitTotal.measure == measures.ATTENDANCE)
    select = (
        sa.select(Visit.stop_id, Visit.local_day, VisitTotal.key, sa.func.sum(VisitTotal.value))
        .join(DueStay, due_at(Visit))
        .outerjoin(VisitTotal, of_visit)
        .where(held(), Visit.local_day <= last)
        .group_by(Visit.stop_id, Visit.local_day, VisitTotal.key)
    )
    counted: dict[Stay, dict[str, int]] = defaultdict(dict)
    for stop_id, day, band, count in session.execute(select):
        of_stay = counted[Stay(stop_id, day)]
        if band is not None:
            of_stay[band] = int(count)  # PostgreSQL sums bigint to numeric
    return dict(counted)


def due_at(told: type[Visit | ReleasedAtom]) -> sa.ColumnElement[bool]:
    """What of it changed since it was told: the rest was told as it stands, and is not looked at again."""
    return sa.and_(DueStay.stop_id == told.stop_id, DueStay.local_day == told.local_day)


def first_week(session: Session, last: dt.date, *at: sa.ColumnElement[bool]) -> IsoWeek | None:
    """The week of the first visit that was held, at stops of which some condition holds."""
    days = sa.select(sa.func.min(Visit.local_day)).join(Stop, Stop.id == Visit.stop_id)
    day = session.scalar(days.where(held(), Visit.local_day <= last, *at))
    return None if day is None else IsoWeek.of(day)


def rare(session: Session, first: dt.date, last: dt.date) -> dict[tuple[FiscalQuarter, RareFigure], int]:
    """Consultations and connections of the whole city by fiscal quarter: of those that ended by `last`."""
    counts: dict[tuple[FiscalQuarter, RareFigure], int] = {}
    quarter = FiscalQuarter.of(first)
    while quarter.last_day <= last:
        consultations = (
            sa.select(sa.func.sum(VisitTotal.value))
            .join(Visit, Visit.id == VisitTotal.visit_id)
            .where(
                VisitTotal.measure == measures.CONTACTS_BY_DEPTH,
                VisitTotal.key.in_(CONSULTATION_DEPTHS),
                held(),
                Visit.local_day.between(quarter.first_day, quarter.last_day),
            )
        )
        out = count_referrals(people.referrals(session, quarter), quarter)[ReferralDirection.OUT]
        counts[quarter, RareFigure.CONSULTATIONS] = int(session.scalar(consultations) or 0)
        counts[quarter, RareFigure.CONNECTIONS] = out.connected.total()
        quarter = quarter.next()
    return counts
