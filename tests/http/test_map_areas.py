"""Districts on the map: who lives there, who is covered, what was held there."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from outreach_api.kernel.mesh import bounds_degrees
from outreach_api.outreach_map import area_imports
from outreach_api.outreach_map.areas import Wanted, read_areas
from outreach_api.outreach_map.imports import Source
from schemas.columns import COLUMNS
from schemas.vocabulary import AreaKind, Role
from tests.api import Api
from tests.mapped import CELL, NEXT, TODAY, hold, populate, stop_at
from tests.shapefiles import geojson

WIDTH, HEIGHT = 1 / 160, 1 / 240
SOUTH, WEST, _, _ = bounds_degrees(CELL)
"""CELL, and NEXT to the east of it: the western district is CELL and the western half of NEXT."""


def district(west: float, east: float, code: str, name: str) -> dict[str, Any]:
    ring = [[west, SOUTH], [east, SOUTH], [east, SOUTH + HEIGHT], [west, SOUTH + HEIGHT], [west, SOUTH]]
    return {
        "type": "Feature",
        "properties": {"code": code, "name": name},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def districts(api: Api, name: str = "小学校区", *features: dict[str, Any]) -> str:
    import orjson

    middle = WEST + 1.5 * WIDTH
    content = orjson.dumps(
        {
            "type": "FeatureCollection",
            "features": features
            or [district(WEST, middle, "w", "西小学校"), district(middle, WEST + 2 * WIDTH, "e", "東小学校")],
        }
    )
    table = read_areas([("a.geojson", content)], 1_000_000, Wanted())
    assert table.errors == []
    with api.database.write() as session:
        entry = area_imports.keep_areas(
            session,
            table,
            name=name,
            kind=AreaKind.SCHOOL_DISTRICT,
            within=None,
            source=Source.of([("a.geojson", content)]),
            now=api.clock(),
        )
        assert entry is not None
        return str(entry.id)


def figures(api: Api, set_id: str, more: str = "") -> dict[str, dict[str, Any]]:
    answer = api.get(f"/v1/map/areas?set={set_id}{more}")
    assert answer.status == 200, answer
    return {feature["id"]: feature["properties"] for feature in answer.json["features"]}


def test_the_people_of_a_district_are_those_of_its_parts_of_cells(api: Api) -> None:
    populate(api, f"{CELL},400,40", f"{NEXT},600,80")
    found = figures(api, districts(api))
    assert [(found[code]["population"], found[code]["target"]) for code in "we"] == [(700, 80), (300, 40)]
    assert [(found[code]["covered_share"], found[code]["gap"]) for code in "we"] == [(0, 80), (0, 40)]


def test_a_district_tells_what_was_held_at_the_stops_that_stand_in_it(api: Api) -> None:
    set_id = districts(api)
    here, beyond = stop_at(api), stop_at(api, 533957441, code="X")
    hold(api, here, day=TODAY - dt.timedelta(days=7), elem_low=3, guardian=2)
    hold(api, here, day=TODAY - dt.timedelta(days=100), adult=9)
    hold(api, beyond, adult=5)
    west, east = (figures(api, set_id)[code] for code in "we")
    assert (west["visits"], west["stops"], west["days_since_last_visit"]) == (1, 1, 7)
    assert west["attendance"] == {"total": 5, "children": 3, "by_band": {"elem_low": 3, "guardian": 2}}
    assert (east["visits"], east["last_visit_day"], east["attendance"]["total"]) == (0, None, 0)
    everything = figures(api, set_id, f"&from_day={TODAY - dt.timedelta(days=100)}")["w"]
    assert (everything["visits"], everything["attendance"]["total"]) == (2, 14)


def test_a_stop_in_two_districts_counts_in_each_and_once_together(api: Api) -> None:
    wide = district(WEST, WEST + 2 * WIDTH, "all", "全域")
    set_id = districts(api, "x", district(WEST, WEST + WIDTH, "w", "西"), wide)
    hold(api, stop_at(api), elem_low=3)
    answer = api.get(f"/v1/map/areas?set={set_id}").json
    assert [feature["properties"]["visits"] for feature in answer["features"]] == [1, 1]
    assert (answer["summary"]["visits"], answer["summary"]["attendance"]["total"]) == (1, 3)


def test_a_district_is_covered_as_its_cells_are(api: Api) -> None:
    populate(api, f"{CELL},400,40", f"{NEXT},600,80")
    hold(api, stop_at(api))
    set_id = districts(api, "x", district(WEST, WEST + 2 * WIDTH, "all", "全域"))
    whole = api.get("/v1/map/coverage").json["summary"]
    (found,) = figures(api, set_id).values()
    assert found["covered_share"] == whole["covered_share"]
    assert found["target"] == whole["target"]
    assert found["gap"] == 0, "a visit of that very day has reached into it"
    later = figures(api, set_id, f"&on={TODAY + dt.timedelta(days=42)}")["all"]
    missed = 120 * (1 - whole["covered_share"])
    assert later["gap"] == pytest.approx(missed * 42 / 84, abs=0.01)


def test_without_a_population_visits_are_told_and_people_unknown(api: Api) -> None:
    set_id = districts(api)
    hold(api, stop_at(api))
    west = figures(api, set_id)["w"]
    assert (west["visits"], west["population"], west["covered_share"], west["gap"]) == (1, None, None, None)
    assert api.get(f"/v1/map/areas?set={set_id}").json["summary"]["population_basis"] is None


def test_only_districts_that_touch_a_box_are_shown_with_the_box_around_them(api: Api) -> None:
    set_id = districts(api)
    box = f"{WEST},{SOUTH},{WEST + 0.001},{SOUTH + 0.001}"
    answer = api.get(f"/v1/map/areas?set={set_id}&bbox={box}").json
    assert [feature["id"] for feature in answer["features"]] == ["w"]
    assert answer["bbox"] == pytest.approx([WEST, SOUTH, WEST + 1.5 * WIDTH, SOUTH + HEIGHT], abs=1e-6)
    assert api.get(f"/v1/map/areas?set={set_id}&bbox=130,30,131,31").json["features"] == []


def test_both_forms_of_districts_say_the_same(api: Api) -> None:
    populate(api, f"{CELL},400,40")
    set_id = districts(api)
    hold(api, stop_at(api), elem_low=2)
    full = api.get(f"/v1/map/areas?set={set_id}").json
    short = api.get(f"/v1/map/areas?set={set_id}", headers={"Accept": COLUMNS}).json
    assert short["ids"] == [feature["id"] for feature in full["features"]] == ["e", "w"]
    assert short["summary"] == full["summary"]
    assert "coordinates" not in str(short)
    for number, feature in enumerate(full["features"]):
        for name, value in feature["properties"].items():
            if name != "attendance":
                assert short["columns"][name][number] == value
        assert short["columns"]["attendance"]["total"][number] == feature["properties"]["attendance"]["total"]


def test_the_sets_in_force_are_listed_and_an_undone_one_is_gone(api: Api) -> None:
    old = districts(api)
    new = districts(api, "小学校区", district(WEST, WEST + WIDTH, "w", "西小学校"))
    other = districts(api, "町丁")
    listed = api.get("/v1/map/area-sets").json["items"]
    assert [(one["id"], one["name"], one["areas"]) for one in listed] == [
        (new, "小学校区", 1),
        (other, "町丁", 2),
    ]
    assert api.get(f"/v1/map/areas?set={old}").status == 200, "somebody may be looking at it"
    with api.database.write() as session:
        area_imports.undo_areas(session, api.clock(), "小学校区")
    assert [one["id"] for one in api.get("/v1/map/area-sets").json["items"]] == [old, other]
    answer = api.get(f"/v1/map/areas?set={new}")
    assert (answer.status, answer.json["code"]) == (404, "area_set_unknown")


@pytest.mark.parametrize("role", Role)
def test_districts_are_for_those_who_see_need(api: Api, role: Role) -> None:
    set_id = districts(api)
    for path in ("/v1/map/area-sets", f"/v1/map/areas?set={set_id}"):
        assert api.get(path, role=role).status == (403 if role is Role.CREW else 200)


def test_names_from_a_file_are_text_whatever_stands_in_them(api: Api) -> None:
    hostile = '<script>alert("学区")</script>'
    set_id = districts(api, "x", district(WEST, WEST + WIDTH, "w", hostile))
    assert figures(api, set_id)["w"]["name"] == hostile


def test_what_a_published_file_draws_is_drawn(api: Api) -> None:
    content = geojson(((139.9, 35.78, 0.01), {"code": "1", "name": "一"}))
    table = read_areas([("a.geojson", content)], 1_000_000, Wanted())
    with api.database.write() as session:
        entry = area_imports.keep_areas(
            session,
            table,
            name="x",
            kind=AreaKind.OTHER,
            within=None,
            source=Source.of([("a.geojson", content)]),
            now=api.clock(),
        )
        assert entry is not None
        set_id = entry.id
    (feature,) = api.get(f"/v1/map/areas?set={set_id}").json["features"]
    corners = [[139.9, 35.78], [139.91, 35.78], [139.91, 35.79], [139.9, 35.79], [139.9, 35.78]]
    assert feature["geometry"] == {"type": "MultiPolygon", "coordinates": [[corners]]}
