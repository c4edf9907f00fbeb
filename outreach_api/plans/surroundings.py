"""What stands around a plan: the van's other plans of that day, other vans, other days, people, and the heat."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.geo import Point
from outreach_api.plans.rules import (
    OnShift,
    OtherPlan,
    VanThere,
)
from outreach_api.storage.access import Shift, ShiftMember
from outreach_api.storage.heat import HeatExpected
from outreach_api.storage.plans import Plan, PlanStop
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit
from schemas.vocabulary import PlanStatus, VisitStatus


def point_of(row: Stop) -> Point:
    return Point(row.lat_micro / 1_000_000, row.lon_micro / 1_000_000)


def days_around(
    session: Session, stop_ids: Iterable[uuid.UUID], day: dt.date, *, without: uuid.UUID | None = None
) -> tuple[dict[uuid.UUID, dt.date], dict[uuid.UUID, dt.date]]:
    """The nearest days before and after a day on which a van was at each stop, or will be by another plan."""
    ids = list(stop_ids)
    planned = (
        sa.select(PlanStop.stop_id, Plan.local_day)
        .join(Plan, Plan.id == PlanStop.plan_id)
        .where(
            PlanStop.stop_id.in_(ids),
            PlanStop.removed.is_(False),
            PlanStop.cancel_reason.is_(None),
            Plan.status != PlanStatus.CANCELLED,
            Plan.local_day != day,
        )
    )
    if without is not None:
        planned = planned.where(Plan.id != without)
    held = sa.select(Visit.stop_id, Visit.local_day).where(
        Visit.stop_id.in_(ids),
        Visit.status.in_((VisitStatus.OPEN, VisitStatus.CLOSED)),
        Visit.merged_into.is_(None),
        Visit.local_day != day,
    )
    days = planned.union_all(held).subquery()
    before = sa.func.max(sa.case((days.c.local_day < day, days.c.local_day)))
    after = sa.func.min(sa.case((days.c.local_day > day, days.c.local_day)))
    rows = session.execute(sa.select(days.c.stop_id, before, after).group_by(days.c.stop_id)).all()
    return (
        {stop_id: last for stop_id, last, _ in rows if last is not None},
        {stop_id: following for stop_id, _, following in rows if following is not None},
    )


def expected_wbgt(session: Session, day: dt.date) -> float | None:
    """Degrees WBGT that were last said for a day, or for its month; None where nobody said."""
    newest = sa.select(HeatExpected.wbgt_tenths).order_by(HeatExpected.change_no.desc()).limit(1)
    for said in (HeatExpected.on_day == day, HeatExpected.month == day.month):
        tenths = session.execute(newest.where(said)).one_or_none()
        if tenths is not None and tenths[0] is not None:
            return tenths[0] / 10
    return None


def vans_there(session: Session, plan: Plan, stop_ids: Iterable[uuid.UUID]) -> tuple[VanThere, ...]:
    """Where other vans stand on that day at the same stops."""
    found = session.execute(
        sa.select(PlanStop.stop_id, Plan.van_id, Plan.id, PlanStop.arrive, PlanStop.depart)
        .join(Plan, Plan.id == PlanStop.plan_id)
        .where(
            PlanStop.stop_id.in_(list(stop_ids)),
            PlanStop.removed.is_(False),
            PlanStop.cancel_reason.is_(None),
            Plan.local_day == plan.local_day,
            Plan.van_id != plan.van_id,
            Plan.status != PlanStatus.CANCELLED,
        )
        .order_by(PlanStop.arrive, PlanStop.id)
    )
    return tuple(VanThere(*row) for row in found)


def shifts_of(session: Session, plan: Plan) -> tuple[OnShift, ...] | None:
    """When people are on the van that day; None where nobody plans shifts at all."""
    if session.scalar(sa.select(Shift.id).limit(1)) is None:
        return None
    found = session.execute(
        sa.select(Shift.starts_at, Shift.ends_at)
        .where(
            Shift.van_id == plan.van_id,
            Shift.local_day == plan.local_day,
            sa.select(ShiftMember.person_id).where(ShiftMember.shift_id == Shift.id).exists(),
        )
        .order_by(Shift.starts_at, Shift.id)
    )
    return tuple(OnShift(*row) for row in found)


def other_plans(session: Session, plan: Plan) -> tuple[OtherPlan, ...]:
    found = session.execute(
        sa.select(PlanStop, Stop)
        .join(Plan, Plan.id == PlanStop.plan_id)
        .join(Stop, Stop.id == PlanStop.stop_id)
        .where(
            Plan.van_id == plan.van_id,
            Plan.local_day == plan.local_day,
            Plan.id != plan.id,
            Plan.status != PlanStatus.CANCELLED,
            PlanStop.removed.is_(False),
            PlanStop.cancel_reason.is_(None),
        )
        .order_by(PlanStop.arrive, PlanStop.id)
    )
    stays: dict[uuid.UUID, list[tuple[PlanStop, Stop]]] = defaultdict(list)
    for plan_stop, stop in found:
        stays[plan_stop.plan_id].append((plan_stop, stop))
    others = []
    for plan_id, pairs in stays.items():
        first_stop = pairs[0][1]
        last, last_stop = max(pairs, key=lambda pair: pair[0].depart)
        others.append(
            OtherPlan(
                plan_id=plan_id,
                begins=pairs[0][0].arrive,
                ends=last.depart,
                first=point_of(first_stop),
                last=point_of(last_stop),
            )
        )
    return tuple(sorted(others, key=lambda other: (other.begins, str(other.plan_id))))
