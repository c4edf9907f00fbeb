"""Stays that were planned against visits that took place, and what is missing in their records."""

from __future__ import annotations

import datetime as dt
import uuid
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.week import Period
from outreach_api.ledger import measures
from outreach_api.ledger.held_days import HELD, held
from outreach_api.plans.rules import stay_state
from outreach_api.reports.rules.periods import Span
from outreach_api.storage.ledger import VisitTotal
from outreach_api.storage.plans import Plan, PlanStop
from outreach_api.storage.sales import CashUp
from outreach_api.storage.visits import Visit
from outreach_api.visits.reads import told_twice
from schemas.vocabulary import CancelReason, PlanStatus, StayState, VisitStatus


class VisitLine(NamedTuple):
    local_day: dt.date
    status: str
    cancel_reason: str | None
    clock_suspect: bool
    stop_id: uuid.UUID
    promised: bool
    """It was in a plan that was published."""
    counted: bool
    below_zero: bool
    sold: bool
    cashed_up: bool
    undecided: bool
    """It was told on paper and by phone, and no coordinator chose yet."""

    @property
    def held(self) -> bool:
        return self.status in HELD


class StayLine(NamedTuple):
    """A stay of a plan that was published at some time."""

    plan_id: uuid.UUID
    plan_status: str
    local_day: dt.date
    state: StayState
    cancel_reason: str | None


class Doings(NamedTuple):
    """Everything planned and held in a period."""

    visits: list[VisitLine]
    stays: list[StayLine]

    @property
    def held(self) -> list[VisitLine]:
        return [visit for visit in self.visits if visit.held]

    @property
    def tills_counted(self) -> int:
        return sum(visit.cashed_up for visit in self.visits)

    @property
    def cancelled(self) -> list[str]:
        """The reasons of stays and visits that did not take place."""
        off = [stay.cancel_reason for stay in self.stays if stay.state is StayState.CANCELLED]
        off += [
            visit.cancel_reason
            for visit in self.visits
            if visit.status == VisitStatus.CANCELLED and not visit.promised
        ]
        return [reason or CancelReason.OTHER for reason in off]

    def figures(self) -> dict[str, Any]:
        stays, held, cancelled = self.stays, self.held, self.cancelled
        early = [visit.cancel_reason for visit in held if visit.cancel_reason is not None]
        return {
            "planned": len(stays),
            "held": len(held),
            "ad_hoc": sum(not visit.promised for visit in held),
            "cancelled": len(cancelled),
            "cancelled_by_reason": _by_reason(cancelled),
            "ended_early_by_reason": _by_reason(early),
            "unrecorded": sum(stay.state is StayState.UNRECORDED for stay in stays),
        }

    def completeness(self, today: dt.date) -> dict[str, int]:
        """What a coordinator should ask after. A visit that goes on today lacks nothing yet."""
        held = self.held
        over = [visit for visit in held if visit.local_day < today]
        return {
            "held_without_head_count": sum(not visit.counted for visit in over),
            "heads_below_zero": sum(visit.below_zero for visit in held),
            "held_without_close": sum(visit.status == VisitStatus.OPEN for visit in over),
            "clock_suspect": sum(visit.clock_suspect for visit in held),
            "sold_without_cash_up": sum(visit.sold and not visit.cashed_up for visit in over),
            "told_twice": sum(visit.undecided for visit in self.visits),
            "plans_without_visits": self._plans_without_visits(),
        }

    def _plans_without_visits(self) -> int:
        states: dict[uuid.UUID, set[StayState]] = {}
        for stay in self.stays:
            if stay.plan_status == PlanStatus.PUBLISHED:
                states.setdefault(stay.plan_id, set()).add(stay.state)
        return sum(seen == {StayState.UNRECORDED} for seen in states.values())


def _by_reason(reasons: Iterable[str]) -> dict[str, int]:
    counted = Counter(reasons)
    return {reason.value: counted[reason] for reason in CancelReason}


_V, _P, _S = Visit.__table__.c, Plan.__table__.c, PlanStop.__table__.c
_T, _C = VisitTotal.__table__.c, CashUp.__table__.c
_FIRST, _LAST = sa.bindparam("first", type_=sa.Date()), sa.bindparam("last", type_=sa.Date())


def _has_total(measure: str) -> sa.ColumnElement[bool]:
    some = sa.select(sa.literal(1)).where(_T.visit_id == _V.id, _T.value != 0)
    return sa.exists(some.where(_T.measure == measure))


_VISITS = (
    sa.select(
        _V.local_day,
        _V.status,
        _V.cancel_reason,
        _V.clock_suspect,
        _V.stop_id,
        sa.func.coalesce(_P.revision, 0) > 0,
        _has_total(measures.ATTENDANCE),
        sa.exists(
            sa.select(sa.literal(1)).where(
                _T.visit_id == _V.id, _T.measure == measures.ATTENDANCE, _T.value < 0
            )
        ),
        _has_total(measures.SALES_COUNT),
        sa.exists(sa.select(_C.id).where(_C.visit_id == _V.id)),
        sa.and_(_V.telling_chosen_at.is_(None), told_twice()),
    )
    .select_from(Visit.__table__)
    .outerjoin(Plan.__table__, _P.id == _V.plan_id)
    .where(_V.local_day.between(_FIRST, _LAST), _V.merged_into.is_(None))
)
_IN_DAYS = _P.local_day.between(_FIRST, _LAST)
# As plans.actuals has them: kept stays, and removed ones of which a visit was made all the same.
_TOLD = sa.and_(_P.revision > 0, sa.or_(_S.removed.is_(False), _V.id.is_not(None)))
_STAYS = (
    sa.select(
        _P.id,
        _P.status,
        _P.local_day,
        _P.cancel_reason,
        _S.cancel_reason.label("stay_reason"),
        _V.status.label("visit_status"),
        _V.cancel_reason.label("visit_reason"),
    )
    .select_from(Plan.__table__)
    .join(PlanStop.__table__, _S.plan_id == _P.id)
    .outerjoin(Visit.__table__, _V.plan_stop_id == _S.id)
    .where(_IN_DAYS, _TOLD)
)
# The same counted by the database, for periods of which nothing else is asked: what plans.rules.stay_state calls so.
_CALLED_OFF = sa.or_(
    _V.status == VisitStatus.CANCELLED,
    sa.and_(
        sa.func.coalesce(_V.status, "").not_in(HELD),
        sa.or_(_S.cancel_reason.is_not(None), _P.status == PlanStatus.CANCELLED),
    ),
)
_HELD: sa.ColumnElement[int] = sa.literal_column("1", sa.Integer())
_OFF: sa.ColumnElement[int] = sa.literal_column("0", sa.Integer())
_OUTINGS = sa.union_all(
    sa.select(_V.local_day, _HELD, sa.func.count())
    .where(_V.local_day.between(_FIRST, _LAST), held())
    .group_by(_V.local_day),
    sa.select(_P.local_day, _OFF, sa.func.count())
    .select_from(Plan.__table__)
    .join(PlanStop.__table__, _S.plan_id == _P.id)
    .outerjoin(Visit.__table__, _V.plan_stop_id == _S.id)
    .where(_IN_DAYS, _TOLD, _CALLED_OFF)
    .group_by(_P.local_day),
    sa.select(_V.local_day, _OFF, sa.func.count())
    .select_from(Visit.__table__)
    .outerjoin(Plan.__table__, _P.id == _V.plan_id)
    .where(
        _V.local_day.between(_FIRST, _LAST),
        _V.status == VisitStatus.CANCELLED,
        _V.merged_into.is_(None),
        sa.func.coalesce(_P.revision, 0) == 0,
    )
    .group_by(_V.local_day),
)


def began(session: Session, today: dt.date) -> dt.date | None:
    """The day of the first visit that was held. In the order of its index: of many years only the first is looked at."""
    held_on = sa.select(Visit.local_day).where(held(), Visit.local_day <= today)
    return session.scalar(held_on.order_by(Visit.local_day).limit(1))


def doings(session: Session, period: Period, today: dt.date) -> Doings:
    days = {"first": period.first_day, "last": period.last_day}
    visits = [VisitLine._make(row) for row in session.execute(_VISITS, days)]
    return Doings(visits, [_stay(row, today) for row in session.execute(_STAYS, days)])


class Outings(NamedTuple):
    """How many visits of a period took place, and how many stays and visits did not."""

    held: int
    cancelled: int


def outings(session: Session, span: Span) -> dict[Period, Outings]:
    """Of every period of the trend."""
    first_days = [period.first_day for period in span.trend]
    counts = [[0, 0] for _ in first_days]
    days = {"first": span.first_day, "last": span.last_day}
    for day, took_place, count in session.execute(_OUTINGS, days):
        counts[bisect_right(first_days, day) - 1][not took_place] += count
    return {period: Outings(*both) for period, both in zip(span.trend, counts, strict=True)}


def _stay(row: Any, today: dt.date) -> StayLine:
    called_off = row.stay_reason is not None or row.status == PlanStatus.CANCELLED
    state = stay_state(row.visit_status, called_off=called_off, day=row.local_day, today=today)
    reason = row.visit_reason or row.stay_reason or row.cancel_reason
    return StayLine(row.id, row.status, row.local_day, state, reason)
