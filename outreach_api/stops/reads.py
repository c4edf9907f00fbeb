"""Finds stops: by id, by box, near a point, by words. Hosts are shown to those who need them only."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel import mesh
from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.geo import BBox, Point, box_around, distance_m
from outreach_api.ledger.kinds import Actor
from outreach_api.stops.rules import NEXT_STEPS, SEES_HOST
from outreach_api.storage.stops import OpeningWindow, Permission, Stop, StopStep
from schemas.vocabulary import StopStatus

SITE_FIELDS = (
    "seating_by_us",
    "power",
    "water",
    "drain",
    "toilet",
    "shelter",
    "idling_allowed",
    "closed_on_holidays",
    "van_count",
    "max_width_cm",
    "max_height_cm",
    "surface",
    "noise_limit",
    "rubbish_rule",
    "neighbour_notes",
    "nearest_aed",
    "emergency_contact",
    "indoor_alternative",
    "weight",
    "min_days_between",
    "max_days_between",
)


STEPS_MOST = 500


def stop(session: Session, actor: Actor, stop_id: uuid.UUID) -> dict[str, Any] | Refusal:
    found = session.get(Stop, stop_id)
    if found is None:
        return Refusal("not_found", 404)
    return stop_views(session, actor, [found])[0]


def permission(session: Session, actor: Actor, permission_id: uuid.UUID) -> dict[str, Any] | Refusal:
    found = session.get(Permission, permission_id)
    return Refusal("not_found", 404) if found is None else permission_view(found)


def matching(
    *, status: str | None = None, kind: str | None = None, q: str | None = None, box: BBox | None = None
) -> sa.Select[Any]:
    """A select of stops by status, kind, words and box."""
    select = sa.select(Stop)
    if status is not None:
        select = select.where(Stop.status == status)
    if kind is not None:
        select = select.where(Stop.kind == kind)
    if q is not None:
        columns = (Stop.name, Stop.kana, Stop.name_en, Stop.code, Stop.address)
        select = select.where(sa.or_(*(column.icontains(q, autoescape=True) for column in columns)))
    if box is not None:
        south, west, north, east = (mesh.micro(edge) for edge in (box.south, box.west, box.north, box.east))
        select = select.where(Stop.lat_micro.between(south, north), Stop.lon_micro.between(west, east))
    return select


def near(session: Session, select: sa.Select[Any], point: Point, radius_m: float) -> list[tuple[float, Stop]]:
    """Stops of a select within a radius, nearest first, with their distances in metres."""
    box = box_around(point, radius_m)
    inside = select.where(
        Stop.lat_micro.between(mesh.micro(box.south), mesh.micro(box.north)),
        Stop.lon_micro.between(mesh.micro(box.west), mesh.micro(box.east)),
    )
    found = [(distance_m(point, position(row)), row) for row in session.scalars(inside)]
    return sorted(
        ((metres, row) for metres, row in found if metres <= radius_m), key=lambda pair: (pair[0], pair[1].id)
    )


def position(row: Stop) -> Point:
    return Point(row.lat_micro / 1_000_000, row.lon_micro / 1_000_000)


def stop_views(
    session: Session, actor: Actor, rows: Sequence[Stop], distances: dict[uuid.UUID, float] | None = None
) -> list[dict[str, Any]]:
    ids = [row.id for row in rows]
    windows: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    for w in session.scalars(
        sa.select(OpeningWindow).where(OpeningWindow.stop_id.in_(ids)).order_by(OpeningWindow.line)
    ):
        windows[w.stop_id].append(
            {
                "weekday": w.weekday,
                "nth": w.nth,
                "on_day": w.on_day,
                "opens": w.opens,
                "closes": w.closes,
            }
        )
    permissions: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    for p in session.scalars(
        sa.select(Permission)
        .where(Permission.stop_id.in_(ids))
        .order_by(Permission.valid_from, Permission.id)
    ):
        permissions[p.stop_id].append(permission_view(p))
    return [
        {
            "id": row.id,
            "version": row.version,
            "code": row.code,
            "name": row.name,
            "kana": row.kana,
            "name_en": row.name_en,
            "kind": row.kind,
            "status": row.status,
            "publicity": row.publicity,
            "announced_area": row.announced_area,
            "announced_area_kana": row.announced_area_kana,
            "address": row.address,
            "position": {"lat": row.lat_micro / 1_000_000, "lon": row.lon_micro / 1_000_000},
            "position_precision": row.position_precision,
            "position_source": row.position_source,
            "mesh250": row.mesh,
            "mesh500": mesh.parent(row.mesh, 500),
            "mesh1000": mesh.parent(row.mesh, 1000),
            **{name: getattr(row, name) for name in SITE_FIELDS},
            "host": {"name": row.host_name, "contact": row.host_contact} if actor.role in SEES_HOST else None,
            "windows": windows[row.id],
            "permissions": permissions[row.id],
            "distance_m": None if distances is None else round(distances[row.id], 1),
            "created_at": row.created_at,
        }
        for row in rows
    ]


def history(session: Session, stop_id: uuid.UUID) -> dict[str, Any] | Refusal:
    """The steps of a stop's life, the latest first."""
    found = session.get(Stop, stop_id)
    if found is None:
        return Refusal("not_found", 404)
    steps = session.scalars(
        sa.select(StopStep)
        .where(StopStep.stop_id == stop_id)
        .order_by(StopStep.change_no.desc(), StopStep.at.desc(), StopStep.id)
        .limit(STEPS_MOST)
    )
    return {
        "stop_id": stop_id,
        "status": found.status,
        "possible": sorted(NEXT_STEPS[StopStatus(found.status)]),
        "items": [
            {"at": step.at, "status": step.status, "note": step.note, "holder_id": step.holder_id}
            for step in steps
        ],
    }


def permission_view(row: Permission) -> dict[str, Any]:
    return {
        "id": row.id,
        "version": row.version,
        "stop_id": row.stop_id,
        "type": row.type,
        "number": row.number,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "conditions": row.conditions,
        "fee_yen": row.fee_yen,
        "withdrawn_on": row.withdrawn_on,
    }
