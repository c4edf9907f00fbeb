"""A town to report of: stops all over it, permissions year by year, destinations, and who lives there."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from outreach_api.kernel.mesh import mesh_code, micro, parent
from outreach_api.outreach_map.imports import Source, keep_population
from outreach_api.outreach_map.population import PopulationTable, Unit
from outreach_api.stops.writes import UNSAID
from outreach_api.storage.contacts import Destination
from outreach_api.storage.plans import Van
from outreach_api.storage.stops import Permission, Stop

STOPS = 20
SOUTH, WEST = 35.77, 139.88
HIGH, WIDE = 0.07, 0.1
"""Degrees that the stops of a town lie within."""
TOWNS_A_ROW, NORTH_STEP, EAST_STEP = 10, 0.08, 0.12
KEPT = {"version": 1, "change_no": 0, "created_at": dt.datetime(2016, 4, 1, tzinfo=dt.UTC)}
_DESTINATIONS = ("link", "line", "college", "baby", "school", "medical", "police", "link")

MakeId = Callable[[], uuid.UUID]


def corner(town: int) -> tuple[float, float]:
    """Latitude and longitude of a town's south-west; towns lie in rows, side by side."""
    row, column = divmod(town, TOWNS_A_ROW)
    return SOUTH - NORTH_STEP * row, WEST - EAST_STEP * column


def place(dice: random.Random, town: int) -> tuple[int, int, int]:
    """Some place in a town: micro-degrees north and east, and its cell."""
    south, west = corner(town)
    lat, lon = micro(south + HIGH * dice.random()), micro(west + WIDE * dice.random())
    return lat, lon, mesh_code(lat, lon)


def add_van(session: Session, van_id: uuid.UUID) -> None:
    session.add(Van(id=van_id, code="A", name="A", needs_power=False, active=True, **KEPT))


def add_stops(session: Session, dice: random.Random, make_id: MakeId) -> list[tuple[uuid.UUID, int]]:
    """The stops of one van, with their cells."""
    stops = []
    for number in range(STOPS):
        stop_id, (lat, lon, mesh) = make_id(), place(dice, 0)
        stops.append((stop_id, mesh))
        named = {"id": stop_id, "code": f"S{number:02}", "name": f"場所{number}", "kind": "temple"}
        at: dict[str, Any] = {"lat_micro": lat, "lon_micro": lon, "mesh": mesh, "publicity": "public"}
        session.add(Stop(**{**UNSAID, **KEPT, **named, **at}))
    session.flush()
    return stops


def add_permissions(
    session: Session, make_id: MakeId, stops: list[tuple[uuid.UUID, int]], years: range
) -> None:
    """A permission of each stop for each of these fiscal years."""
    for stop_id, _ in stops:
        for year in years:
            dates = {"valid_from": dt.date(year, 4, 1), "valid_to": dt.date(year + 1, 3, 31)}
            session.add(Permission(id=make_id(), stop_id=stop_id, type="consent", fee_yen=0, **dates, **KEPT))


def add_destinations(session: Session, make_id: MakeId) -> list[uuid.UUID]:
    made = [make_id() for _ in _DESTINATIONS]
    for number, (destination_id, kind) in enumerate(zip(made, _DESTINATIONS, strict=True)):
        named = {"kind": kind, "name": f"先{number}", "how_to_join": "窓口へ", "leaflet_stock": 0}
        session.add(Destination(id=destination_id, active=True, **named, **KEPT))
    session.flush()
    return made


def add_people(session: Session, dice: random.Random, towns: int, now: dt.datetime) -> None:
    """Children in 18 × 16 cells of 500 m in each town."""
    cells = {
        parent(mesh_code(micro(south + 240 / 57_600 * row), micro(west + 0.00625 * column)), 500)
        for south, west in map(corner, range(towns))
        for row in range(18)
        for column in range(16)
    }
    units = tuple(Unit((cell,), (1_700.0,), {"target": dice.randint(50, 400)}) for cell in sorted(cells))
    keep_population(
        session,
        PopulationTable(500, units, {"target": "0–14"}),
        label="2020",
        source=Source.of([("people.csv", b"")]),
        boundary_code=None,
        now=now,
    )
