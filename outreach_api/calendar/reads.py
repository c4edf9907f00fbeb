"""Reads school holidays, and each day of a period with what it is."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.calendar.rules import kind_of, school_holidays_on
from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.holidays import public_holiday
from outreach_api.ledger.kinds import Actor
from outreach_api.storage.calendar import SchoolHoliday


def school_holiday(session: Session, actor: Actor, holiday_id: uuid.UUID) -> dict[str, Any] | Refusal:
    found = session.get(SchoolHoliday, holiday_id)
    return Refusal("not_found", 404) if found is None else school_holiday_view(found)


def school_holiday_view(row: SchoolHoliday) -> dict[str, Any]:
    return {
        "id": row.id,
        "version": row.version,
        "name": row.name,
        "name_en": row.name_en,
        "from_day": row.from_day,
        "to_day": row.to_day,
        "area": row.area,
        "active": row.active,
        "created_at": row.created_at,
    }


def school_holidays(
    *, from_day: dt.date | None = None, to_day: dt.date | None = None, area: str | None = None
) -> sa.Select[SchoolHoliday]:
    """Those that touch a period; with an area, those that hold for its schools."""
    select = sa.select(SchoolHoliday)
    if from_day is not None:
        select = select.where(SchoolHoliday.to_day >= from_day)
    if to_day is not None:
        select = select.where(SchoolHoliday.from_day <= to_day)
    if area is not None:
        select = select.where(sa.or_(SchoolHoliday.area.is_(None), SchoolHoliday.area == area))
    return select


def school_holidays_between(
    session: Session, from_day: dt.date, to_day: dt.date, area: str | None = None
) -> Sequence[SchoolHoliday]:
    """The standing ones that touch a period, in the order in which they begin."""
    select = school_holidays(from_day=from_day, to_day=to_day, area=area)
    standing = select.where(SchoolHoliday.active.is_(True))
    return session.scalars(standing.order_by(SchoolHoliday.from_day, SchoolHoliday.id)).all()


def calendar(
    session: Session, from_day: dt.date, to_day: dt.date, area: str | None = None
) -> list[dict[str, Any]]:
    """Each day of a period, with its kind and the holidays that it lies in."""
    school = school_holidays_between(session, from_day, to_day, area)
    return [_day(from_day + dt.timedelta(days=n), school) for n in range((to_day - from_day).days + 1)]


def _day(day: dt.date, school: Sequence[SchoolHoliday]) -> dict[str, Any]:
    public, closed = public_holiday(day), school_holidays_on(school, day)
    return {
        "day": day,
        "weekday": day.weekday(),
        "kind": kind_of(day, school_holiday=bool(closed)),
        "public_holiday": None if public is None else {"name": public.name, "name_en": public.name_en},
        "school_holidays": [
            {"id": row.id, "name": row.name, "name_en": row.name_en, "area": row.area} for row in closed
        ],
    }
