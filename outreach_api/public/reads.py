"""Reads the published timetable, in an order that says nothing of vans and routes: by day, opening time, id."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.mesh import bounds_degrees
from outreach_api.public import rules
from outreach_api.storage.published import PublishedLink, TimetableEntry

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


def views(found: Sequence[TimetableEntry], now: dt.datetime, usual: dt.time | None) -> list[dict[str, Any]]:
    """What everybody sees of entries. Their times of change are those of their days.

    Equal ones within a day would show which stays were published together, as one route. `sequence` is for calendars.
    """
    says = [rules.said(_stored(entry), now, usual) for entry in found]
    updated: dict[dt.date, dt.datetime] = {}
    for entry, said in zip(found, says, strict=True):
        updated[entry.local_day] = max(updated.get(entry.local_day, said.updated_at), said.updated_at)
    return [
        _view(entry, said, updated[entry.local_day].replace(second=0, microsecond=0))
        for entry, said in zip(found, says, strict=True)
    ]


def links(session: Session) -> dict[str, str]:
    """Where families may turn to besides: addresses by kind of destination."""
    return {row.kind: row.url for row in session.scalars(sa.select(PublishedLink))}


def _stored(entry: TimetableEntry) -> rules.Stored:
    return rules.Stored(
        entry.local_day,
        entry.opens,
        entry.closes,
        entry.status,
        entry.decided_at,
        entry.changes,
        entry.updated_at,
    )


def _view(entry: TimetableEntry, said: rules.Said, updated_at: dt.datetime) -> dict[str, Any]:
    position = None
    if not entry.area_only and entry.lat is not None and entry.lon is not None:
        position = {"lat": entry.lat, "lon": entry.lon}
    return {
        "id": entry.id,
        "local_day": entry.local_day,
        "opens": entry.opens,
        "closes": entry.closes,
        "status": said.status,
        "cancel_reason": entry.cancel_reason,
        "decided_at": said.decided_at,
        "place": entry.place,
        "place_kana": entry.place_kana,
        "place_en": entry.place_en,
        "area_only": entry.area_only,
        "position": position,
        "mesh1000": entry.mesh_1km,
        "updated_at": updated_at,
        "sequence": said.sequence,
    }


def geometry(view: dict[str, Any]) -> dict[str, Any]:
    """A point for a public stop, the outline of its 1 km cell for one of which only the area is announced."""
    if view["position"] is not None:
        return {"type": "Point", "coordinates": [view["position"]["lon"], view["position"]["lat"]]}
    south, west, north, east = bounds_degrees(view["mesh1000"])
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}
