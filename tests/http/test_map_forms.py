"""One map in two forms: the compact one says what the GeoJSON says, to the last digit, in a fraction of the bytes."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from itertools import accumulate
from typing import Any

import numpy as np
import pytest

from outreach_api.kernel.mesh import children
from outreach_api.outreach_map import columnar, geojson
from outreach_api.outreach_map.imports import Source, keep_boundary
from outreach_api.outreach_map.outlines import NamedOutline
from schemas.columns import COLUMNS, MOST_CELLS
from schemas.geojson import MEDIA_TYPE
from schemas.vocabulary import StopStatus
from tests.api import Answer, Api
from tests.mapped import CELL, NEXT, TODAY, hold, middle, populate, stop_at

VIEWS = ("stops", "visits", "reach", "coverage", "gaps", "outlines")


def compact(api: Api, view: str, **more: Any) -> Answer:
    return api.get(f"/v1/map/{view}", headers={"Accept": COLUMNS}, **more)


def season(api: Api) -> None:
    """Some visits, people, a stop that nobody was at, and an outline."""
    populate(
        api,
        f"{CELL},400,50.5",
        f"{NEXT},600,150",
        "533957521,1000,300",
        "533957531,7,",
        "533957021,90,60",
        "533956021,100,20",
    )
    here, there = stop_at(api, code="A-1"), stop_at(api, children(NEXT, 250)[2], code="A-2", kana=None)
    stop_at(api, 533957521, code="A-3")
    stop_at(api, 533957021, code="A-4", status=StopStatus.TALKING)
    hold(api, here, day=TODAY - dt.timedelta(days=7), elem_low=10, guardian=4)
    hold(api, here, infant=3)
    hold(api, there, day=TODAY - dt.timedelta(days=60), adult=1, van=api.other_van)
    hold(api, there, day=TODAY - dt.timedelta(days=59))
    ring = ((139.9, 35.8), (139.91, 35.8), (139.91, 35.81), (139.9, 35.81), (139.9, 35.8))
    named = NamedOutline("12207", "松戸市", [[np.array(ring)]])
    with api.database.write() as session:
        keep_boundary(session, named, source=Source("m.geojson", "0"), now=api.clock())


def rows(columns: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """The objects that columns were made of, as the description says."""
    found: list[dict[str, Any]] = [{} for _ in range(count)]
    for name, column in columns.items():
        inner = column if isinstance(column, list) else rows(column, count)
        assert len(inner) == count, name
        for row, value in zip(found, inner, strict=True):
            if name == "by_band":
                value = {band: people for band, people in value.items() if people}
            if isinstance(value, dict) and value and all(one in (None, {}) for one in value.values()):
                value = None
            row[name] = value
    return found


@pytest.mark.parametrize(
    "view",
    [
        *VIEWS,
        "reach?level=250",
        "reach?against_from=2026-09-01&against_to=2026-11-20",
        "coverage?level=1000",
        "coverage?against_on=2026-10-01",
        "gaps?radius_m=300",
    ],
)
def test_both_forms_say_the_same(api: Api, view: str) -> None:
    season(api)
    full, short = api.get(f"/v1/map/{view}"), compact(api, view)
    assert (full.headers["Content-Type"], short.headers["Content-Type"]) == (MEDIA_TYPE, COLUMNS)
    features = full.json["features"]
    assert features
    assert short.json["form"] == 1
    assert short.json["summary"] == full.json["summary"]
    if "cells" in short.json:
        assert short.json["level"] == full.json["summary"]["level"]
        features = sorted(features, key=lambda feature: int(feature["id"]))
        ids = [str(code) for code in accumulate(short.json["cells"])]
    else:
        ids = short.json["ids"]
    assert ids == [feature["id"] for feature in features]
    assert rows(short.json["columns"], len(ids)) == [feature["properties"] for feature in features]
    if "lat" in short.json:
        places = zip(accumulate(short.json["lon"]), accumulate(short.json["lat"]), strict=True)
        points = [[round(degrees * 1_000_000) for degrees in f["geometry"]["coordinates"]] for f in features]
        assert [list(place) for place in places] == points


@pytest.mark.parametrize("view", VIEWS)
def test_a_map_without_anything_is_empty_columns(api: Api, view: str) -> None:
    if view in ("coverage", "gaps"):
        populate(api, f"{CELL},0,0")
    found = compact(api, view).json
    if view == "coverage":
        assert rows(found["columns"], 1)[0]["population"] == 0
    else:
        assert rows(found["columns"], 0) == found.get("cells", found.get("ids")) == []


def test_whoever_does_not_ask_for_the_compact_form_gets_geojson(api: Api) -> None:
    season(api)
    for wanted in (None, "*/*", "application/json", f"{COLUMNS};q=0.5, {MEDIA_TYPE}", "text/html,*/*;q=0.8"):
        found = api.get("/v1/map/reach", headers={} if wanted is None else {"Accept": wanted})
        assert found.headers["Content-Type"] == MEDIA_TYPE, wanted
        assert "Accept" in found.headers["Vary"]
    for wanted in (f"{COLUMNS}, */*;q=0.1", f"{MEDIA_TYPE};q=0.5, {COLUMNS}"):
        assert api.get("/v1/map/reach", headers={"Accept": wanted}).headers["Content-Type"] == COLUMNS


def test_each_form_has_a_tag_of_its_own(api: Api) -> None:
    season(api)
    full, short = api.get("/v1/map/reach"), compact(api, "reach")
    assert full.headers["ETag"] != short.headers["ETag"]
    again = api.get("/v1/map/reach", headers={"Accept": COLUMNS, "If-None-Match": short.headers["ETag"]})
    assert (again.status, again.text) == (304, "")
    other = api.get("/v1/map/reach", headers={"Accept": COLUMNS, "If-None-Match": full.headers["ETag"]})
    assert other.status == 200


def test_answers_are_packed_for_whoever_can_unpack(api: Api) -> None:
    for number, cell in enumerate(children(53395742, 250)):
        hold(api, stop_at(api, cell, code=f"C-{number}"), elem_low=1)
    plain = api.get("/v1/map/reach?level=250")
    client = api.app.test_client()
    sent = {"Authorization": f"Bearer {api.token('coordinator')}", "Accept-Encoding": "gzip"}
    packed = client.get("/v1/map/reach?level=250", headers=sent)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.data)) == plain.json
    assert packed.headers["ETag"] != plain.headers["ETag"], "other bytes, another tag"
    assert len(packed.data) < len(plain.text) / 4


def test_only_the_columns_that_somebody_draws_can_be_asked_for(api: Api) -> None:
    season(api)
    some = compact(api, "reach?columns=visits,attendance.children,attendance.by_band").json
    whole = compact(api, "reach").json
    assert some["columns"] == {
        "visits": whole["columns"]["visits"],
        "attendance": {name: whole["columns"]["attendance"][name] for name in ("children", "by_band")},
    }
    assert {**some, "columns": None} == {**whole, "columns": None}
    assert compact(api, "reach?columns=attendance").json["columns"] == {
        "attendance": whole["columns"]["attendance"]
    }


@pytest.mark.parametrize(
    ("view", "fault"),
    [
        ("reach?columns=visits,topics", "not_in_list"),
        ("reach?columns=attendance.by_band.infant", "not_in_list"),
        ("reach?columns=Visits", "wrong_form"),
        ("reach?columns=visits,", "wrong_form"),
    ],
)
def test_a_column_that_there_is_not_is_refused(api: Api, view: str, fault: str) -> None:
    refused = compact(api, view)
    assert (refused.status, refused.faults) == (422, {"?columns": fault})


def test_columns_of_geojson_can_not_be_chosen(api: Api) -> None:
    refused = api.get("/v1/map/reach?columns=visits")
    assert (refused.status, refused.faults) == (422, {"?columns": "only_compact"})


def test_the_compact_form_holds_more_cells(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    season(api)
    monkeypatch.setattr(geojson, "MOST_FEATURES", 1)
    monkeypatch.setattr("outreach_api.outreach_map.routes.MOST_CELLS", 2)
    assert api.get("/v1/map/reach").code == "map_too_large"
    assert compact(api, "reach").status == 200
    assert compact(api, "coverage").code == "map_too_large"


def test_the_description_tells_the_same_limit() -> None:
    assert columnar.MOST_CELLS == MOST_CELLS


def test_reporters_get_no_points_in_the_compact_form_either(api: Api) -> None:
    for view in ("stops", "visits"):
        assert compact(api, view, role="reporter").status == 403
    assert compact(api, "coverage", role="crew").status == 403


def test_a_cell_becomes_a_feature_with_its_code_as_text(api: Api) -> None:
    hold(api, stop_at(api, CELL, **middle(CELL)))
    (feature,) = api.get("/v1/map/reach").json["features"]
    assert (feature["type"], feature["id"]) == ("Feature", str(CELL))
