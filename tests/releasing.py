"""Holds visits and releases their weeks, for tests of what leaves the house."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa

from outreach_api.storage.releases import Release, ReleasedAtom
from outreach_api.storage.stops import Stop
from tests.api import Answer, Api
from tests.make import make_stop, make_visit

SATURDAY = dt.date(2026, 11, 21)
WEEK = "2026-W47"
PUBLIC = (
    "/v1/public/reach",
    "/v1/public/reach.csv",
    "/v1/public/reach.geojson",
    "/v1/public/reach?period=2026-W47",
    "/v1/public/reach?period=2026-11&until=2026-12",
    "/reach",
    "/reach?lang=en&period=2026-W47",
)
FAMILY = {
    "infant": 4,
    "preschool": 9,
    "elem_low": 12,
    "elem_high": 8,
    "junior_high": 3,
    "guardian": 17,
    "senior": 2,
}


def hold(
    api: Api,
    *,
    day: dt.date = SATURDAY,
    stop: Stop | None = None,
    taps: dict[str, int] | None = None,
    **said: Any,
) -> uuid.UUID:
    """A visit of some day at a stop of its own unless one is given, with people counted through the API."""
    with api.database.write() as session:
        visit = make_visit(session, van_id=api.van, stop=stop or make_stop(session, **said), day=day)
    count(api, visit.id, **(FAMILY if taps is None else taps))
    return visit.id


def count(api: Api, visit_id: uuid.UUID, **taps: int) -> None:
    if taps:
        done = api.post(f"/v1/visits/{visit_id}/head-counts", {"counts": taps})
        assert done.status == 201, done


def release(api: Api, week: str = WEEK, **kwargs: Any) -> Answer:
    return api.post("/v1/releases", {"week": week}, **kwargs)


def public(api: Api, asked: str = "") -> dict[str, Any]:
    answer = api.get(f"/v1/public/reach{asked}", role=None)
    assert answer.status == 200, answer
    found: dict[str, Any] = answer.json
    return found


def everything(api: Api) -> list[tuple[str, str | None]]:
    """The bytes and tags of all that the public side shows of releases."""
    answers = [api.get(path, role=None) for path in PUBLIC]
    assert {answer.status for answer in answers} == {200}, answers
    return [(answer.text, answer.headers.get("ETag")) for answer in answers]


def atoms(api: Api) -> list[tuple[int, uuid.UUID, dt.date, str, int, int]]:
    """What was told, by release: (number, stop, day, figure, cell, value)."""
    atom = ReleasedAtom
    select = (
        sa.select(Release.number, atom.stop_id, atom.local_day, atom.figure, atom.mesh_1km, atom.value)
        .join(Release, Release.id == atom.release_id)
        .order_by(Release.number, atom.local_day, atom.stop_id, atom.figure)
    )
    with api.database.read() as session:
        return [tuple(row) for row in session.execute(select)]
