"""Stays that were planned against visits that took place, and what is missing in their records."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.week import Period
from outreach_api.ledger import measures
from outreach_api.plans.actuals import PlannedStay, planned_stays
from outreach_api.reports.rules.periods import Span
from outreach_api.storage.ledger import VisitTotal
from outreach_api.storage.plans import Plan
from outreach_api.storage.sales import CashUp
from outreach_api.storage.visits import Visit
from schemas.vocabulary import CancelReason, PlanStatus, StayState, VisitStatus

HELD = (VisitStatus.OPEN, VisitStatus.CLOSED)


class VisitLine(NamedTuple):
    local_day: dt.date
    status: str
    cancel_reason: str | None
    clock_suspect: bool
    stop_id: uuid.UUID
    promised: bool
    """It was in a plan that was published."""
    counted: bool
    sold: bool
    cashed_up: bool
    has_facts: bool

    @property
    def held(self) -> bool:
        return self.status in HELD


class Doings(NamedTuple):
    """Everything planned and held in the periods of a span."""

    visits: list[VisitLine]
    stays: list[PlannedStay]
    plans: dict[uuid.UUID, str]
    """Status by plan."""

    def held(self, period: Period) -> list[VisitLine]:
        return [visit for visit in self.visits if visit.held and visit.local_day in period]

    def cancelled(self, period: Period) -> list[str]:
        """The reasons of stays and visits that did not take place."""
        off = [s.cancel_reason for s in self._stays(period) if s.state is StayState.CANCELLED]
        off += [
            visit.cancel_reason
            for visit in self.visits
            if visit.status == VisitStatus.CANCELLED and not visit.promised and visit.local_day in period
        ]
        return [reason or CancelReason.OTHER for reason in off]

    def tills_counted(self, period: Period) -> int:
        return sum(visit.cashed_up for visit in self.visits if visit.local_day in period)

    def _stays(self, period: Period) -> Iterable[PlannedStay]:
        return (stay for stay in self.stays if stay.local_day in period)

    def figures(self, period: Period) -> dict[str, Any]:
        stays, held, cancelled = list(self._stays(period)), self.held(period), self.cancelled(period)
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

    def completeness(self, period: Period, today: dt.date) -> dict[str, int]:
        """What a coordinator should ask after. A visit that goes on today lacks nothing yet."""
        held = self.held(period)
        over = [visit for visit in held if visit.local_day < today]
        return {
            "held_without_head_count": sum(not visit.counted for visit in over),
            "held_without_close": sum(visit.status == VisitStatus.OPEN for visit in over),
            "clock_suspect": sum(visit.clock_suspect for visit in held),
            "sold_without_cash_up": sum(visit.sold and not visit.cashed_up for visit in over),
            "cancelled_with_facts": sum(
                visit.status == VisitStatus.CANCELLED and visit.has_facts
                for visit in self.visits
                if visit.local_day in period
            ),
            "plans_without_visits": self._plans_without_visits(period),
        }

    def _plans_without_visits(self, period: Period) -> int:
        states: dict[uuid.UUID, set[StayState]] = {}
        for stay in self._stays(period):
            states.setdefault(stay.plan_id, set()).add(stay.state)
        return sum(
            self.plans[plan_id] == PlanStatus.PUBLISHED and seen == {StayState.UNRECORDED}
            for plan_id, seen in states.items()
        )


def _by_reason(reasons: Iterable[str]) -> dict[str, int]:
    counted = Counter(reasons)
    return {reason.value: counted[reason] for reason in CancelReason}


def _has_total(*measure: str) -> sa.ColumnElement[bool]:
    some = sa.select(sa.literal(1)).where(VisitTotal.visit_id == Visit.id, VisitTotal.value != 0)
    return sa.exists(some.where(VisitTotal.measure.in_(measure)) if measure else some)


_VISITS = (
    sa.select(
        Visit.local_day,
        Visit.status,
        Visit.cancel_reason,
        Visit.clock_suspect,
        Visit.stop_id,
        sa.func.coalesce(Plan.revision, 0) > 0,
        _has_total(measures.ATTENDANCE),
        _has_total(measures.SALES_COUNT),
        sa.exists(sa.select(CashUp.id).where(CashUp.visit_id == Visit.id)),
        _has_total(),
    )
    .outerjoin(Plan, Plan.id == Visit.plan_id)
    .where(Visit.local_day.between(sa.bindparam("first"), sa.bindparam("last")), Visit.merged_into.is_(None))
)


def doings(session: Session, span: Span) -> Doings:
    days = {"first": span.first_day, "last": span.last_day}
    visits = [VisitLine._make(row) for row in session.execute(_VISITS, days)]
    stays = planned_stays(session, today=span.today, first_day=days["first"], last_day=days["last"])
    plans = sa.select(Plan.id, Plan.status).where(Plan.local_day.between(days["first"], days["last"]))
    return Doings(visits, stays, dict(session.execute(plans).all()))
