"""Visits that were held: the only ones that count. Sums are made in SQL, from visits and their totals."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.geo import Point
from outreach_api.kernel.mesh import MICRO
from outreach_api.ledger import measures
from outreach_api.storage.ledger import VisitTotal
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit
from schemas.vocabulary import VisitStatus

HELD = (VisitStatus.OPEN, VisitStatus.CLOSED)


@dataclass(frozen=True, slots=True)
class HeldAt:
    """A stop at which visits were held, the last local day of them, and where it is."""

    stop_id: uuid.UUID
    point: Point
    last_day: dt.date


def held() -> sa.ColumnElement[bool]:
    """Took place: not only planned, not cancelled, and not the duplicate of another visit."""
    return sa.and_(Visit.status.in_(HELD), Visit.merged_into.is_(None))


def between(first: dt.date | None, last: dt.date) -> sa.ColumnElement[bool]:
    """Within local days, both included."""
    return Visit.local_day <= last if first is None else Visit.local_day.between(first, last)


def last_held(session: Session, on: dt.date) -> list[HeldAt]:
    """Every stop that was held up to a day, with the last time."""
    latest = (
        sa.select(Visit.stop_id, sa.func.max(Visit.local_day).label("day"))
        .where(held(), between(None, on))
        .group_by(Visit.stop_id)
        .subquery()
    )
    found = sa.select(Stop.id, Stop.lat_micro, Stop.lon_micro, latest.c.day).join(
        latest, latest.c.stop_id == Stop.id
    )
    return [
        HeldAt(stop_id, Point(lat / MICRO, lon / MICRO), day)
        for stop_id, lat, lon, day in session.execute(found.order_by(Stop.id))
    ]


def attendance(*conditions: sa.ColumnElement[bool], by: Any) -> sa.Select[Any]:
    """People counted (延べ) in held visits as rows (by, band, people), summed in SQL."""
    return (
        sa.select(by.label("place"), VisitTotal.key, sa.func.sum(VisitTotal.value))
        .join(VisitTotal, VisitTotal.visit_id == Visit.id)
        .where(held(), VisitTotal.measure == measures.ATTENDANCE, *conditions)
        .group_by(by, VisitTotal.key)
        .order_by(VisitTotal.key)
    )


def attendance_by_stop(session: Session, first: dt.date, last: dt.date) -> dict[uuid.UUID, int]:
    """All people counted at each stop within local days, both included."""
    people: dict[uuid.UUID, int] = {}
    for stop_id, _, count in session.execute(attendance(between(first, last), by=Visit.stop_id)):
        people[stop_id] = people.get(stop_id, 0) + int(count)
    return people


def children_of(bands: dict[str, int], counted: Collection[str]) -> int:
    return sum(count for band, count in bands.items() if band in counted)
