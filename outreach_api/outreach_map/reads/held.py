"""Visits that were held: the only ones that count. Sums are made in SQL, from visits and their totals."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.geo import Point
from outreach_api.kernel.mesh import MICRO
from outreach_api.ledger import measures
from outreach_api.ledger.kinds import Actor
from outreach_api.outreach_map.shown import Counts
from outreach_api.storage.ledger import VisitTotal
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit
from schemas.vocabulary import CHILD_BANDS, Role, VisitStatus

HELD = (VisitStatus.OPEN, VisitStatus.CLOSED)

Bands = dict[str, int]


@dataclass(frozen=True, slots=True)
class HeldAt:
    """A stop at which visits were held, the last local day of them, and where it is."""

    stop_id: uuid.UUID
    point: Point
    mesh: int
    last_day: dt.date


def held() -> sa.ColumnElement[bool]:
    """Took place: not only planned, not cancelled, and not the duplicate of another visit."""
    return sa.and_(Visit.status.in_(HELD), Visit.merged_into.is_(None))


def between(first: dt.date | None, last: dt.date) -> sa.ColumnElement[bool]:
    """Within local days, both included."""
    return Visit.local_day <= last if first is None else Visit.local_day.between(first, last)


def in_scope(actor: Actor) -> sa.ColumnElement[bool]:
    """Crew see what their own van did."""
    return Visit.van_id == actor.van_id if actor.role is Role.CREW else sa.true()


def last_held(session: Session, on: dt.date, *conditions: sa.ColumnElement[bool]) -> list[HeldAt]:
    """Every stop that was held up to a day, with the last time."""
    latest = (
        sa.select(Visit.stop_id, sa.func.max(Visit.local_day).label("day"))
        .where(held(), between(None, on), *conditions)
        .group_by(Visit.stop_id)
        .subquery()
    )
    found = sa.select(Stop.id, Stop.lat_micro, Stop.lon_micro, Stop.mesh, latest.c.day).join(
        latest, latest.c.stop_id == Stop.id
    )
    return [
        HeldAt(stop_id, Point(lat / MICRO, lon / MICRO), mesh, day)
        for stop_id, lat, lon, mesh, day in session.execute(found.order_by(Stop.id))
    ]


def attendance(session: Session, by: Any, *conditions: sa.ColumnElement[bool]) -> dict[Any, Bands]:
    """People counted (延べ) in held visits by place and band, summed in SQL; bands without anybody are absent."""
    found = (
        sa.select(by.label("place"), VisitTotal.key, sa.func.sum(VisitTotal.value))
        .join(VisitTotal, VisitTotal.visit_id == Visit.id)
        .where(held(), VisitTotal.measure == measures.ATTENDANCE, *conditions)
        .group_by(by, VisitTotal.key)
        .order_by(VisitTotal.key)
    )
    people: dict[Any, Bands] = defaultdict(dict)
    for place, band, count in session.execute(found):
        if count:
            people[place][band] = int(count)
    return people


def attendance_view(bands: Bands) -> dict[str, Any]:
    return {"total": sum(bands.values()), "children": children(bands), "by_band": bands}


def attendance_columns(places: Sequence[Bands]) -> dict[str, Any]:
    """The same of many places, by column."""
    seen = sorted({band for bands in places for band in bands})
    return {
        "total": [sum(bands.values()) for bands in places],
        "children": [children(bands) for bands in places],
        "by_band": Counts({band: [bands.get(band, 0) for bands in places] for band in seen}),
    }


def children(bands: Bands) -> int:
    return sum(bands.get(band, 0) for band in CHILD_BANDS)


def summed(parts: Sequence[Bands]) -> Bands:
    whole: Bands = {}
    for bands in parts:
        for band, count in bands.items():
            whole[band] = whole.get(band, 0) + count
    return dict(sorted(whole.items()))


def seconds_open() -> sa.ColumnElement[Any]:
    """From opening to closing, where both are known; the sum over visits on both databases."""
    known = sa.and_(Visit.opened_at.is_not(None), Visit.closed_at > Visit.opened_at)
    length = sa.extract("epoch", Visit.closed_at) - sa.extract("epoch", Visit.opened_at)
    return sa.func.sum(sa.case((known, length), else_=0))


def hours(seconds: Any) -> float:
    """Hours to a hundredth, of what a database says (PostgreSQL: Decimal)."""
    return round(float(seconds or 0) / 3_600, 2)
