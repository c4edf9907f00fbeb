"""Reads the published timetable, in an order that says nothing of vans and routes: by day, opening time, id."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.mesh import bounds_degrees
from outreach_api.storage.published import TimetableEntry

DAYS_AHEAD = 63
LAST_DAY = dt.date(2199, 12, 31)  # of the days that travel on the wire


def span(from_day: dt.date | None, to_day: dt.date | None, today: dt.date) -> tuple[dt.date, dt.date]:
    """The days that are shown when one or both are not said: from today, or up to the last one said."""
    ahead = dt.timedelta(days=DAYS_AHEAD)
    if from_day is None:
        near = to_day is None or today <= to_day <= today + ahead
        from_day = today if near or to_day is None else to_day - ahead
    return from_day, to_day if to_day is not None else min(from_day + ahead, LAST_DAY)


def entries(session: Session, from_day: dt.date, to_day: dt.date, most: int) -> list[TimetableEntry]:
    found = session.scalars(
        sa.select(TimetableEntry)
        .where(TimetableEntry.local_day.between(from_day, to_day))
        .order_by(TimetableEntry.local_day, TimetableEntry.id)
        .limit(most)
    )
    return sorted(found, key=lambda entry: (entry.local_day, entry.opens or dt.time.max, entry.id))


def entry_view(entry: TimetableEntry) -> dict[str, Any]:
    """`updated_at` stays inside: equal ones would show which stays were published together, as one route."""
    position = None
    if not entry.area_only and entry.lat is not None and entry.lon is not None:
        position = {"lat": entry.lat, "lon": entry.lon}
    return {
        "id": entry.id,
        "local_day": entry.local_day,
        "opens": entry.opens,
        "closes": entry.closes,
        "status": entry.status,
        "cancel_reason": entry.cancel_reason,
        "place": entry.place,
        "place_en": entry.place_en,
        "area_only": entry.area_only,
        "position": position,
        "mesh1000": entry.mesh_1km,
    }


def geometry(view: dict[str, Any]) -> dict[str, Any]:
    """A point for a public stop, the outline of its 1 km cell for one of which only the area is announced."""
    if view["position"] is not None:
        return {"type": "Point", "coordinates": [view["position"]["lon"], view["position"]["lat"]]}
    south, west, north, east = bounds_degrees(view["mesh1000"])
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}
