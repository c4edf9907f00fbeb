"""Stops and visits as points, and outlines. No note, topic or person is ever on a map."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.geo import BBox
from outreach_api.kernel.mesh import micro
from outreach_api.ledger.held_days import held
from outreach_api.ledger.kinds import Actor
from outreach_api.outreach_map.geojson import MOST_FEATURES
from outreach_api.outreach_map.reads.held import (
    attendance_columns,
    attendance_view,
    hours,
    last_held,
    summed,
    sums_of,
    vans_seen_by,
)
from outreach_api.outreach_map.shown import Areas, Columns, Points, too_large
from outreach_api.storage.area import Boundary
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit
from outreach_api.visits.reads import attendance
from schemas.vocabulary import Role


def stops_map(
    session: Session,
    actor: Actor,
    *,
    first: dt.date,
    last: dt.date,
    status: str | None,
    kind: str | None,
    box: BBox | None,
) -> Points | Refusal:
    """Stops with what was held at them in a period, and when last before its end. Hosts are not on a map."""
    select = sa.select(Stop).where(*_in_box(box)).order_by(Stop.code, Stop.id)
    if status is not None:
        select = select.where(Stop.status == status)
    if kind is not None:
        select = select.where(Stop.kind == kind)
    rows = session.scalars(select.limit(MOST_FEATURES + 1)).all()
    if refusal := too_large(len(rows), MOST_FEATURES):
        return refusal
    vans = vans_seen_by(actor)
    there = sums_of(session, Stop.id, first=first, last=last, van_id=vans, where=_in_box(box))
    visits = [there[row.id].visits if row.id in there else 0 for row in rows]
    came = [there[row.id].bands if row.id in there else {} for row in rows]
    latest = {stop.stop_id: stop.last_day for stop in last_held(session, last, vans)}
    days = [latest.get(row.id) for row in rows]
    return _points(
        rows,
        {
            "code": [row.code for row in rows],
            "name": [row.name for row in rows],
            "kana": [row.kana for row in rows],
            "name_en": [row.name_en for row in rows],
            "kind": [row.kind for row in rows],
            "status": [row.status for row in rows],
            "publicity": [row.publicity for row in rows],
            "visits": visits,
            "last_visit_day": days,
            "days_since_last_visit": [None if day is None else (last - day).days for day in days],
            "attendance": attendance_columns(came),
        },
        {
            "from_day": first,
            "to_day": last,
            "visits": sum(visits),
            "attendance": attendance_view(summed(came)),
        },
    )


def visits_map(
    session: Session,
    actor: Actor,
    *,
    first: dt.date,
    last: dt.date,
    stop_id: uuid.UUID | None,
    box: BBox | None,
) -> Points | Refusal:
    """Held visits of a period at their stops' positions. What was noted about a visit stays there."""
    wanted: list[sa.ColumnElement[bool]] = [Visit.local_day.between(first, last)]
    if actor.role is Role.CREW:
        wanted.append(Visit.van_id == actor.van_id)
    if stop_id is not None:
        wanted.append(Visit.stop_id == stop_id)
    if box is not None:
        wanted.append(Visit.stop_id.in_(sa.select(Stop.id).where(*_in_box(box))))
    columns = (
        Visit.id,
        Visit.stop_id,
        Visit.van_id,
        Visit.local_day,
        Visit.status,
        Visit.opened_at,
        Visit.closed_at,
        Stop.name,
        Stop.lat_micro,
        Stop.lon_micro,
    )
    found = sa.select(*columns).join(Stop, Stop.id == Visit.stop_id).where(held(), *wanted)
    rows = session.execute(found.order_by(Visit.local_day, Visit.id).limit(MOST_FEATURES + 1)).all()
    if refusal := too_large(len(rows), MOST_FEATURES):
        return refusal
    by_visit = attendance(session, [row.id for row in rows])
    came = [by_visit.get(row.id, {}) for row in rows]
    return _points(
        rows,
        {
            "stop_id": [row.stop_id for row in rows],
            "stop_name": [row.name for row in rows],
            "van_id": [row.van_id for row in rows],
            "local_day": [row.local_day for row in rows],
            "status": [row.status for row in rows],
            "hours_open": [_hours_between(row.opened_at, row.closed_at) for row in rows],
            "attendance": attendance_columns(came),
        },
        {
            "from_day": first,
            "to_day": last,
            "visits": len(rows),
            "attendance": attendance_view(summed(came)),
        },
    )


def outlines_map(session: Session) -> Areas:
    """The outlines in force: of each code the newest that was not undone."""
    newest = sa.select(Boundary).where(Boundary.undone_at.is_(None)).order_by(Boundary.change_no)
    by_code = dict(sorted({row.code: row for row in session.scalars(newest)}.items()))
    return Areas(
        list(by_code),
        [row.geometry for row in by_code.values()],
        {"code": list(by_code), "name": [row.name for row in by_code.values()]},
        {"outlines": len(by_code)},
    )


def _points(rows: Sequence[Any], columns: Columns, summary: Mapping[str, object]) -> Points:
    lats, lons = [row.lat_micro for row in rows], [row.lon_micro for row in rows]
    return Points([row.id for row in rows], lats, lons, columns, summary)


def _in_box(box: BBox | None) -> list[sa.ColumnElement[bool]]:
    if box is None:
        return []
    south, west, north, east = (micro(edge) for edge in (box.south, box.west, box.north, box.east))
    return [Stop.lat_micro.between(south, north), Stop.lon_micro.between(west, east)]


def _hours_between(opened: dt.datetime | None, closed: dt.datetime | None) -> float | None:
    if opened is None or closed is None:
        return None
    return hours(max(0.0, (closed - opened).total_seconds()))
