"""Stops for the worlds that maps are asked of."""

from __future__ import annotations

from sqlalchemy.orm import Session

from outreach_api.kernel.clock import utc_now
from outreach_api.kernel.ids import new_id
from outreach_api.kernel.mesh import mesh_code, micro
from outreach_api.stops.writes import UNSAID
from outreach_api.storage.stops import Stop


def add_stop(session: Session, number: int, lat: float, lon: float) -> Stop:
    place = {"lat_micro": micro(lat), "lon_micro": micro(lon), "mesh": mesh_code(micro(lat), micro(lon))}
    named = {"code": f"M{number}", "name": f"場所{number}", "kind": "temple", "publicity": "public"}
    stop = Stop(**{**UNSAID, **place, **named, "id": new_id(), "created_at": utc_now()})
    session.add(stop)
    return stop
