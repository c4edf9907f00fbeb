"""What the map's tests stand on: stops in the middle of cells, held visits, imported people."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from outreach_api.kernel.clock import utc_now
from outreach_api.kernel.mesh import bounds_degrees
from outreach_api.outreach_map import imports
from outreach_api.outreach_map.population_file import read_population
from outreach_api.settings import Settings
from outreach_api.storage.stops import Stop
from tests.api import Answer, Api
from tests.make import make_stop, make_visit

TODAY = dt.date(2026, 11, 28)
CELL = 533957423  # 500 m
NEXT = 533957424


def middle(cell: int) -> dict[str, float]:
    south, west, north, east = bounds_degrees(cell)
    return {"lat": round((south + north) / 2, 6), "lon": round((west + east) / 2, 6)}


def stop_at(api: Api, cell: int = CELL, **columns: Any) -> Stop:
    with api.database.write() as session:
        return make_stop(session, **{**middle(cell), **columns})


def hold(
    api: Api, stop: Stop, *, day: dt.date = TODAY, van: uuid.UUID | None = None, **taps: int
) -> uuid.UUID:
    """A visit of some day, with people counted through the API."""
    with api.database.write() as session:
        visit = make_visit(session, van_id=van or api.van, stop=stop, day=day)
    if taps:
        done = api.post(f"/v1/visits/{visit.id}/head-counts", {"counts": taps})
        assert done.status == 201, done
    return visit.id


def populate(api: Api, *lines: str, header: str = "mesh,population,target", label: str = "試し") -> None:
    data = "\n".join([header, *lines]).encode()
    table = read_population([("people.csv", data)], Settings().max_import_bytes)
    assert table.errors == ()
    with api.database.write() as session:
        imports.keep_population(
            session,
            table,
            label=label,
            source=imports.Source.of([("people.csv", data)]),
            boundary_code=None,
            now=utc_now(),
        )


def cells(answer: Answer) -> dict[int, dict[str, Any]]:
    assert answer.status == 200, answer
    return {int(feature["id"]): feature["properties"] for feature in answer.json["features"]}
