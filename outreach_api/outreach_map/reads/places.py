"""Stops and visits as points, and outlines. No note, topic or person is ever on a map."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.geo import BBox, Point
from outreach_api.kernel.mesh import MICRO, micro
from outreach_api.ledger.kinds import Actor
from outreach_api.outreach_map.geojson import MOST_FEATURES, Features, collection, point_feature, too_large
from outreach_api.outreach_map.reads.held import (
    attendance,
    attendance_view,
    between,
    held,
    hours,
    in_scope,
    last_held,
    summed,
)
from outreach_api.storage.area import Boundary
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit


def stops_map(
    session: Session,
    actor: Actor,
    *,
    first: dt.date,
    last: dt.date,
    status: str | None,
    kind: str | None,
    box: BBox | None,
) -> dict[str, Any] | Refusal:
    """Stops with what was held at them in a period, and when last before its end. Hosts are not on a map."""
    select = sa.select(Stop).where(*_in_box(box)).order_by(Stop.code, Stop.id)
    if status is not None:
        select = select.where(Stop.status == status)
    if kind is not None:
        select = select.where(Stop.kind == kind)
    rows = session.scalars(select.limit(MOST_FEATURES + 1)).all()
    if refusal := too_large(len(rows)):
        return refusal
    wanted = (between(first, last), in_scope(actor))
    counts = (
        sa.select(Visit.stop_id, sa.func.count().label("visits"))
        .where(held(), *wanted)
        .group_by(Visit.stop_id)
    )
    visits = {row.stop_id: row.visits for row in session.execute(counts)}
    came = attendance(session, Visit.stop_id, *wanted)
    latest = {stop.stop_id: stop.last_day for stop in last_held(session, last, in_scope(actor))}
    features: Features = []
    for row in rows:
        day = latest.get(row.id)
        features.append(
            point_feature(
                row.id,
                Point(row.lat_micro / MICRO, row.lon_micro / MICRO),
                {
                    "code": row.code,
                    "name": row.name,
                    "kana": row.kana,
                    "name_en": row.name_en,
                    "kind": row.kind,
                    "status": row.status,
                    "publicity": row.publicity,
                    "visits": visits.get(row.id, 0),
                    "last_visit_day": day,
                    "days_since_last_visit": None if day is None else (last - day).days,
                    "attendance": attendance_view(came.get(row.id, {})),
                },
            )
        )
    return collection(
        features,
        {
            "from_day": first,
            "to_day": last,
            "visits": sum(visits.get(row.id, 0) for row in rows),
            "attendance": attendance_view(summed([came.get(row.id, {}) for row in rows])),
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
) -> dict[str, Any] | Refusal:
    """Held visits of a period at their stops' positions. What was noted about a visit stays there."""
    wanted = [between(first, last), in_scope(actor)]
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
    if refusal := too_large(len(rows)):
        return refusal
    came = attendance(session, Visit.id, *wanted)
    features = [
        point_feature(
            row.id,
            Point(row.lat_micro / MICRO, row.lon_micro / MICRO),
            {
                "stop_id": row.stop_id,
                "stop_name": row.name,
                "van_id": row.van_id,
                "local_day": row.local_day,
                "status": row.status,
                "hours_open": _hours_between(row.opened_at, row.closed_at),
                "attendance": attendance_view(came.get(row.id, {})),
            },
        )
        for row in rows
    ]
    return collection(
        features,
        {
            "from_day": first,
            "to_day": last,
            "visits": len(rows),
            "attendance": attendance_view(summed([came.get(row.id, {}) for row in rows])),
        },
    )


def outlines_map(session: Session) -> dict[str, Any]:
    """The outlines in force: of each code the newest that was not undone."""
    newest = sa.select(Boundary).where(Boundary.undone_at.is_(None)).order_by(Boundary.change_no)
    by_code = {row.code: row for row in session.scalars(newest)}
    features: Features = [
        {
            "type": "Feature",
            "id": row.code,
            "geometry": row.geometry,
            "properties": {"code": row.code, "name": row.name},
        }
        for _, row in sorted(by_code.items())
    ]
    return collection(features, {"outlines": len(features)})


def _in_box(box: BBox | None) -> list[sa.ColumnElement[bool]]:
    if box is None:
        return []
    south, west, north, east = (micro(edge) for edge in (box.south, box.west, box.north, box.east))
    return [Stop.lat_micro.between(south, north), Stop.lon_micro.between(west, east)]


def _hours_between(opened: dt.datetime | None, closed: dt.datetime | None) -> float | None:
    if opened is None or closed is None:
        return None
    return hours(max(0.0, (closed - opened).total_seconds()))
