"""The outreach map through HTTP: cells, points and figures as GeoJSON that a GIS program can open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from outreach_api.kernel.clock import utc_now
from outreach_api.kernel.mesh import bounds_degrees, children, level_of, parent
from outreach_api.outreach_map import geojson, imports
from outreach_api.outreach_map.reads import coverage_summary, top_gaps
from outreach_api.settings import Settings
from schemas.geojson import MOST_FEATURES
from schemas.vocabulary import Publicity, StopStatus, VisitStatus
from tests.api import Answer, Api
from tests.make import make_stop, make_visit
from tests.mapped import CELL, NEXT, TODAY, cells, hold, middle, populate, stop_at

VIEWS = ("stops", "visits", "reach", "weeks", "coverage", "gaps", "outlines")
HOSTILE = (
    '<script>alert("x")</script>',
    "\u202eeloh ydob\u202c",
    "長" * 120,
    "👨‍👩‍👧‍👦🍡",
    "=HYPERLINK(1)",
    "O'Brien; DROP TABLE",
)


def rings(geometry: dict[str, Any]) -> Iterator[tuple[bool, list[list[float]]]]:
    """Each ring, and whether it is an outer one."""
    polygons = {"Polygon": [geometry["coordinates"]], "MultiPolygon": geometry["coordinates"]}
    for polygon in polygons.get(geometry["type"], []):
        for number, ring in enumerate(polygon):
            yield number == 0, ring


def assert_opens_in_a_gis(answer: Answer) -> None:
    """What RFC 7946 wants and a GIS program trips over."""
    assert answer.headers["Content-Type"] == "application/geo+json"
    west, south, east, north = answer.json.get("bbox", (122, 20, 154, 46))
    ids = [feature["id"] for feature in answer.json["features"]]
    assert len(set(ids)) == len(ids)
    for feature in answer.json["features"]:
        geometry = feature["geometry"]
        if geometry["type"] == "Point":
            corners = [geometry["coordinates"]]
        else:
            corners = [corner for _, ring in rings(geometry) for corner in ring]
        for lon, lat in corners:
            assert 122 <= west <= lon <= east < 154
            assert 20 <= south <= lat <= north < 46
            assert (round(lon, 7), round(lat, 7)) == (lon, lat), "no more digits than mean anything"
        for outer, ring in rings(geometry):
            assert ring[0] == ring[-1], "closed"
            turned = sum((x2 - x1) * (y2 + y1) for (x1, y1), (x2, y2) in pairwise(ring))
            assert (turned < 0) == outer, "counter-clockwise outside, clockwise inside"


def test_reach_counts_visits_hours_and_people_of_each_cell(api: Api) -> None:
    here, also_here, there = stop_at(api), stop_at(api, children(CELL, 250)[0]), stop_at(api, NEXT)
    hold(api, here, day=TODAY - dt.timedelta(days=7), elem_low=10, guardian=4)
    hold(api, also_here, infant=3, senior=2)
    hold(api, there, adult=1)
    found = api.get("/v1/map/reach?level=500")
    assert_opens_in_a_gis(found)
    assert list(cells(found)) == [CELL, NEXT]
    assert cells(found)[CELL] == {
        "visits": 2,
        "stops": 2,
        "hours_open": 0,
        "last_visit_day": "2026-11-28",
        "days_since_last_visit": 0,
        "attendance": {
            "total": 19,
            "children": 13,
            "by_band": {"elem_low": 10, "guardian": 4, "infant": 3, "senior": 2},
        },
        "against": None,
    }
    assert found.json["summary"]["visits"] == 3
    assert found.json["summary"]["attendance"]["total"] == 20


def test_hours_are_those_from_opening_to_closing(api: Api) -> None:
    stop = stop_at(api)
    opened = dt.datetime(2026, 11, 28, 1, 0, tzinfo=dt.UTC)
    with api.database.write() as session:
        for length in (dt.timedelta(hours=2, minutes=30), dt.timedelta(hours=1), None):
            closed = None if length is None else opened + length
            make_visit(session, van_id=api.van, stop=stop, day=TODAY, opened_at=opened, closed_at=closed)
    assert cells(api.get("/v1/map/reach"))[CELL]["hours_open"] == 3.5
    shown = api.get("/v1/map/visits").json["features"]
    assert sorted(str(feature["properties"]["hours_open"]) for feature in shown) == ["1.0", "2.5", "None"]


def test_a_stop_on_an_edge_belongs_to_the_cell_north_east_of_it(api: Api) -> None:
    with api.database.write() as session:
        stop = make_stop(session, lat=35.8, lon=139.9)
    hold(api, stop)
    assert list(cells(api.get("/v1/map/reach?level=250"))) == [5339576211]
    assert list(cells(api.get("/v1/map/reach?level=500"))) == [533957621]
    assert list(cells(api.get("/v1/map/reach?level=1000"))) == [53395762]


def test_all_levels_come_to_the_same_sums(api: Api) -> None:
    for number, cell in enumerate(children(53395742, 250)):
        hold(api, stop_at(api, cell), elem_low=number + 1)
    by_level = {level: cells(api.get(f"/v1/map/reach?level={level}")) for level in (250, 500, 1000)}
    assert {level: len(found) for level, found in by_level.items()} == {250: 16, 500: 4, 1000: 1}
    for level in (500, 1000):
        for cell, found in by_level[level].items():
            parts = [fine for code, fine in by_level[250].items() if parent(code, level) == cell]
            assert found["visits"] == sum(part["visits"] for part in parts)
            assert found["attendance"]["total"] == sum(part["attendance"]["total"] for part in parts)


def test_only_visits_that_were_held_count(api: Api) -> None:
    stop = stop_at(api)
    kept = hold(api, stop, elem_low=5)
    with api.database.write() as session:
        for status in (VisitStatus.PLANNED, VisitStatus.CONFIRMED, VisitStatus.CANCELLED):
            make_visit(session, van_id=api.van, stop=stop, day=TODAY, status=status)
    double = hold(api, stop, guardian=2)
    assert api.post(f"/v1/visits/{double}/merge", {"into": str(kept)}, version=1).status == 200
    found = cells(api.get("/v1/map/reach"))[CELL]
    assert (found["visits"], found["attendance"]["total"]) == (1, 7)
    assert [feature["id"] for feature in api.get("/v1/map/visits").json["features"]] == [str(kept)]
    assert api.get("/v1/map/stops").json["features"][0]["properties"]["visits"] == 1


def test_a_period_holds_both_its_days_and_is_twelve_weeks_unless_said(api: Api) -> None:
    stop = stop_at(api)
    for age in (0, 10, 83, 84):
        hold(api, stop, day=TODAY - dt.timedelta(days=age))
    assert cells(api.get("/v1/map/reach"))[CELL]["visits"] == 3
    two = api.get("/v1/map/reach?from_day=2026-09-05&to_day=2026-11-18")
    assert cells(two)[CELL]["visits"] == 3
    assert cells(two)[CELL]["days_since_last_visit"] == 0
    assert two.json["summary"]["from_day"] == "2026-09-05"
    assert cells(api.get("/v1/map/reach?from_day=2026-11-19&to_day=2026-11-27")) == {}


def test_an_empty_map_is_an_empty_collection_without_a_box(api: Api) -> None:
    for view in ("stops", "visits", "reach", "outlines"):
        found = api.get(f"/v1/map/{view}")
        assert found.json["features"] == []
        assert "bbox" not in found.json


def test_stops_show_when_they_were_visited_last_also_before_the_period(api: Api) -> None:
    visited, never = stop_at(api, code="A-1"), stop_at(api, NEXT, code="A-2", status=StopStatus.TALKING)
    hold(api, visited, day=TODAY - dt.timedelta(days=200), elem_low=3)
    found = api.get("/v1/map/stops")
    assert_opens_in_a_gis(found)
    first, second = found.json["features"]
    assert (first["id"], second["id"]) == (str(visited.id), str(never.id))
    assert first["geometry"] == {"type": "Point", "coordinates": [middle(CELL)["lon"], middle(CELL)["lat"]]}
    assert first["properties"]["days_since_last_visit"] == 200
    assert (first["properties"]["visits"], first["properties"]["attendance"]["total"]) == (0, 0)
    assert second["properties"]["last_visit_day"] is None
    only = api.get("/v1/map/stops?status=talking&kind=temple").json["features"]
    assert [feature["id"] for feature in only] == [str(never.id)]


def test_a_box_narrows_every_view(api: Api) -> None:
    populate(api, f"{CELL},100,10", f"{NEXT},100,10")
    for cell in (CELL, NEXT):
        hold(api, stop_at(api, cell), day=TODAY - dt.timedelta(days=50), elem_low=1)
    south, west, north, east = bounds_degrees(CELL)
    box = f"bbox={west + 0.001:.6f},{south + 0.001:.6f},{east - 0.001:.6f},{north - 0.001:.6f}"
    for view in ("reach", "coverage", "gaps?radius_m=100"):
        joined = f"/v1/map/{view}{'&' if '?' in view else '?'}{box}"
        assert list(cells(api.get(joined))) == [CELL]
    for view in ("stops", "visits"):
        assert len(api.get(f"/v1/map/{view}?{box}").json["features"]) == 1
    assert api.get(f"/v1/map/coverage?{box}").json["summary"]["population"] == 100


def test_visits_of_one_stop_can_be_asked_for(api: Api) -> None:
    stop = stop_at(api)
    visit = hold(api, stop, elem_low=2)
    hold(api, stop_at(api))
    found = api.get(f"/v1/map/visits?stop_id={stop.id}")
    assert_opens_in_a_gis(found)
    (feature,) = found.json["features"]
    assert (feature["id"], feature["properties"]["attendance"]["children"]) == (str(visit), 2)


def test_coverage_weighs_people_and_the_reach_rate_counts_who_came(api: Api) -> None:
    populate(api, f"{CELL},400,50", f"{NEXT},600,150", "533957521,1000,300")
    hold(api, stop_at(api), elem_low=20, guardian=10)
    found = api.get("/v1/map/coverage?radius_m=5000&level=500")
    assert_opens_in_a_gis(found)
    assert cells(found)[CELL] == {
        "population": 400,
        "target": 50,
        "covered_share": 1,
        "against": None,
        "attendance": 30,
        "reach_rate": 6.0,  # of the 500 children within five kilometres
    }
    assert cells(found)[NEXT]["reach_rate"] is None, "the van did not stand there"
    summary = found.json["summary"]
    assert (summary["population_basis"], summary["population"], summary["target"]) == ("target", 2000, 500)
    assert (summary["covered"], summary["covered_share"], summary["reach_rate"]) == (500, 1, 6.0)
    small = api.get("/v1/map/coverage?radius_m=50").json["summary"]
    assert 0 < small["covered_share"] < 0.02


def test_coverage_without_target_people_is_of_all_residents_and_says_so(api: Api) -> None:
    populate(api, f"{CELL},400", header="mesh,population")
    found = api.get("/v1/map/coverage")
    assert found.json["summary"]["population_basis"] == "total"
    assert found.json["summary"]["target"] is None
    assert found.json["summary"]["target_label"] == ""
    assert cells(found)[CELL] == {
        "population": 400,
        "target": None,
        "covered_share": 0,
        "against": None,
        "attendance": 0,
        "reach_rate": None,
    }


def test_coverage_is_the_same_number_at_every_level_and_in_the_report(api: Api) -> None:
    populate(
        api, *(f"{cell},{100 + number},{number}" for number, cell in enumerate(children(53395742, 500), 1))
    )
    hold(api, stop_at(api, CELL), elem_low=9)
    by_level = {level: api.get(f"/v1/map/coverage?level={level}").json for level in (250, 500, 1000)}
    assert [len(found["features"]) for found in by_level.values()] == [16, 4, 1]
    shares = {found["summary"]["covered_share"] for found in by_level.values()}
    assert len(shares) == 1
    for found in by_level.values():
        assert sum(f["properties"]["population"] for f in found["features"]) == pytest.approx(410)
        assert sum(f["properties"]["target"] for f in found["features"]) == pytest.approx(10)
    with api.database.read() as session:
        reported = coverage_summary(session, Settings(), TODAY)
    assert reported is not None
    assert (reported.population, reported.import_label) == (pytest.approx(10), "試し")
    assert reported.share == pytest.approx(shares.pop(), abs=5e-5)
    assert reported.covered / reported.population == pytest.approx(reported.share)


def test_a_stop_covers_for_42_days(api: Api) -> None:
    populate(api, f"{CELL},400,50")
    hold(api, stop_at(api), day=TODAY - dt.timedelta(days=42))
    now = api.get(f"/v1/map/coverage?on={TODAY}").json["summary"]
    later = api.get(f"/v1/map/coverage?on={TODAY + dt.timedelta(days=1)}").json["summary"]
    before = api.get(f"/v1/map/coverage?on={TODAY - dt.timedelta(days=43)}").json["summary"]
    assert (now["covered_share"], later["covered_share"], before["covered_share"]) == (
        pytest.approx(1, abs=0.05),
        0,
        0,
    )


def test_a_van_in_a_cell_of_unknown_population_is_still_seen(api: Api) -> None:
    populate(api, f"{CELL},400,50")
    hold(api, stop_at(api, NEXT), elem_low=4)
    found = cells(api.get("/v1/map/coverage"))[NEXT]
    assert (found["population"], found["covered_share"], found["attendance"]) == (None, None, 4)
    assert found["reach_rate"] > 0, "its catchment reaches into the known cell"


def test_gaps_follow_the_formula_and_are_ranked(api: Api) -> None:
    far = 533957021
    populate(api, f"{CELL},400,80", f"{far},900,60", "533956021,100,0")
    hold(api, stop_at(api, code="A-1", name="福祉会館"), day=TODAY - dt.timedelta(days=63))
    candidate = stop_at(api, far, code="B-1", name="候補地", status=StopStatus.REQUESTED)
    stop_at(api, far, code="B-0", name="昔の場所", status=StopStatus.ENDED)
    found = api.get("/v1/map/gaps")
    assert_opens_in_a_gis(found)
    first, second = found.json["features"]
    assert (first["id"], second["id"]) == (str(far), str(CELL))
    assert first["properties"]["rank"] == 1
    assert first["properties"]["days_since_last_visit"] is None
    assert (first["properties"]["people"], first["properties"]["gap"]) == (60, 60)
    best = first["properties"]["best_stop"]
    assert (best["id"], best["status"], best["distance_m"]) == (
        str(candidate.id),
        "requested",
        pytest.approx(0, abs=1),
    )
    # visited 63 days ago: not covered any more, but not forgotten
    assert second["properties"] == {
        "rank": 2,
        "people": 80,
        "covered_share": 0,
        "days_since_last_visit": 63,
        "gap": 60,
        "best_stop": second["properties"]["best_stop"],
        "places": second["properties"]["places"],
        "same_place_as": [],
        "ground": None,
    }
    with api.database.read() as session:
        reported = top_gaps(session, Settings(), TODAY, 1)
    assert [(gap.mesh, gap.people, gap.gap) for gap in reported] == [(far, 60, 60)]


def test_without_a_population_coverage_and_gaps_say_what_is_missing(api: Api) -> None:
    for view in ("coverage", "gaps"):
        found = api.get(f"/v1/map/{view}")
        assert (found.status, found.code) == (404, "population_missing")
        assert "import-population" in found.json["detail"]
    with api.database.read() as session:
        assert coverage_summary(session, Settings(), TODAY) is None
        assert top_gaps(session, Settings(), TODAY) == []


@pytest.mark.parametrize("view", VIEWS)
def test_a_map_that_did_not_change_is_not_sent_again(api: Api, view: str) -> None:
    populate(api, f"{CELL},400,80")
    visit = hold(api, stop_at(api), elem_low=1)
    path = f"/v1/map/{view}"
    first = api.get(path)
    tag = first.headers["ETag"]
    again = api.get(path, headers={"If-None-Match": tag})
    assert (again.status, again.text, again.headers["ETag"]) == (304, "", tag)
    assert api.get(path, headers={"If-None-Match": f"W/{tag}"}).status == 304
    api.post(f"/v1/visits/{visit}/head-counts", {"counts": {"elem_low": 1}})
    changed = api.get(path, headers={"If-None-Match": tag})
    assert changed.status == 200
    assert changed.headers["ETag"] != tag


def test_an_import_and_its_undoing_change_the_map(api: Api) -> None:
    populate(api, f"{CELL},400,80", label="一")
    tag = api.get("/v1/map/coverage").headers["ETag"]
    populate(api, f"{CELL},500,80", label="二")
    second = api.get("/v1/map/coverage", headers={"If-None-Match": tag})
    assert second.json["summary"]["population"] == 500
    with api.database.write() as session:
        assert imports.undo_population(session, utc_now()) is not None
    third = api.get("/v1/map/coverage", headers={"If-None-Match": second.headers["ETag"]})
    assert (third.json["summary"]["population"], third.json["summary"]["import_label"]) == (400, "一")


def test_the_next_day_is_another_map(api: Api) -> None:
    hold(api, stop_at(api))
    tag = api.get("/v1/map/stops").headers["ETag"]
    api.clock.forward(days=1)
    assert api.get("/v1/map/stops", headers={"If-None-Match": tag}).status == 200


def test_points_are_not_for_reporters_and_figures_of_all_vans_not_for_crew(api: Api) -> None:
    populate(api, f"{CELL},400,80")
    wanted = {
        "stops": {"crew", "coordinator", "safeguarding", "admin"},
        "visits": {"crew", "coordinator", "safeguarding", "admin"},
        "reach": {"crew", "coordinator", "safeguarding", "reporter", "admin"},
        "weeks": {"crew", "coordinator", "safeguarding", "reporter", "admin"},
        "coverage": {"coordinator", "safeguarding", "reporter", "admin"},
        "gaps": {"coordinator", "safeguarding", "reporter", "admin"},
        "outlines": {"crew", "coordinator", "safeguarding", "reporter", "admin"},
    }
    for view, roles in wanted.items():
        for role in ("crew", "coordinator", "safeguarding", "reporter", "admin"):
            status = api.get(f"/v1/map/{view}", role=role).status
            assert status == (200 if role in roles else 403), (view, role)
        assert api.get(f"/v1/map/{view}", role=None).status == 401


def test_crew_see_what_their_own_van_did(api: Api) -> None:
    stop = stop_at(api)
    own = hold(api, stop, day=TODAY - dt.timedelta(days=3), elem_low=2)
    hold(api, stop, van=api.other_van, elem_low=40)
    assert cells(api.get("/v1/map/reach", role="crew"))[CELL]["attendance"]["total"] == 2
    assert [f["id"] for f in api.get("/v1/map/visits", role="crew").json["features"]] == [str(own)]
    (place,) = api.get("/v1/map/stops", role="crew").json["features"]
    assert (place["properties"]["visits"], place["properties"]["days_since_last_visit"]) == (1, 3)
    assert cells(api.get("/v1/map/reach"))[CELL]["attendance"]["total"] == 42


def test_a_reporter_is_not_told_of_a_private_home_near_a_gap(api: Api) -> None:
    populate(api, f"{CELL},400,80")
    stop_at(api, name="中村さん宅", kind="private_home", publicity=Publicity.AREA_ONLY)
    (told,) = api.get("/v1/map/gaps").json["features"]
    assert told["properties"]["best_stop"]["name"] == "中村さん宅"
    reported = api.get("/v1/map/gaps", role="reporter")
    assert reported.json["features"][0]["properties"]["best_stop"] is None
    assert "中村" not in reported.text


def test_no_note_host_or_remark_is_on_any_map(api: Api) -> None:
    populate(api, f"{CELL},400,80")
    secret = "ひみつのことば"
    remarks = dict.fromkeys(
        ("neighbour_notes", "host_name", "host_contact", "emergency_contact", "address"), secret
    )
    stop = stop_at(api, **remarks)
    with api.database.write() as session:
        visit = make_visit(session, van_id=api.van, stop=stop, day=TODAY, note=secret)
    noted = api.post(
        "/v1/contact-notes",
        {
            "visit_id": str(visit.id),
            "familiarity": "new",
            "depth": "consultation",
            "stages": ["infant"],
            "topics": ["violence"],
            "text": secret,
        },
        role="crew",
    )
    assert noted.status == 201, noted
    for view in VIEWS:
        shown = api.get(f"/v1/map/{view}", role="safeguarding").text
        assert secret not in shown
        assert "violence" not in shown
        assert "consultation" not in shown


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_like_any_other(api: Api, name: str) -> None:
    populate(api, f"{CELL},400,80", label=name[:80])
    stop = stop_at(api, name=name)
    hold(api, stop, day=TODAY - dt.timedelta(days=50))
    places = api.get("/v1/map/stops")
    assert places.json["features"][0]["properties"]["name"] == name
    assert places.headers["X-Content-Type-Options"] == "nosniff"
    visits = api.get("/v1/map/visits").json["features"]
    assert visits[0]["properties"]["stop_name"] == name
    gaps = api.get("/v1/map/gaps").json
    assert gaps["features"][0]["properties"]["best_stop"]["name"] == name
    assert gaps["summary"]["import_label"] == name[:80]


def test_more_than_a_map_can_show_is_refused_and_not_cut_short(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    populate(api, f"{CELL},400,80", f"{NEXT},1,1")
    for cell in (CELL, NEXT):
        hold(api, stop_at(api, cell))
    monkeypatch.setattr(geojson, "MOST_FEATURES", 1)
    monkeypatch.setattr("outreach_api.outreach_map.reads.places.MOST_FEATURES", 1)
    for view in ("stops", "visits", "reach", "coverage"):
        refused = api.get(f"/v1/map/{view}")
        assert (refused.status, refused.code) == (422, "map_too_large")
    assert api.get("/v1/map/reach?level=1000").status == 200


def test_the_description_tells_the_same_limit() -> None:
    assert geojson.MOST_FEATURES == MOST_FEATURES


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("reach?level=300", {"?level": "not_in_list"}),
        ("reach?level=５００", {"?level": "not_in_list"}),
        ("reach?from_day=2026-11-29&to_day=2026-11-28", {"?from_day": "wrong_order"}),
        ("reach?from_day=2026-12-01", {"?from_day": "wrong_order"}),
        ("visits?from_day=yesterday", {"?from_day": "not_day"}),
        ("stops?bbox=1,2,3", {"?bbox": "not_bbox"}),
        ("stops?kind=castle", {"?kind": "not_in_list"}),
        ("coverage?radius_m=0", {"?radius_m": "too_small"}),
        ("coverage?radius_m=nan", {"?radius_m": "not_number"}),
        ("coverage?on=2026-02-30", {"?on": "not_day"}),
        ("coverage?against_on=yesterday", {"?against_on": "not_day"}),
        ("coverage?catchment=infants&radius_m=300", {"?catchment": "radius_or_catchment"}),
        ("gaps?catchment=dogs", {"?catchment": "not_in_list"}),
        ("gaps?against_on=2026-11-28", {"?against_on": "unknown_key"}),
        ("gaps?limit=0", {"?limit": "too_small"}),
        ("gaps?limit=201", {"?limit": "too_large"}),
        ("gaps?topic=violence", {"?topic": "unknown_key"}),
        ("outlines?bbox=1,2,3,4", {"?bbox": "unknown_key"}),
    ],
)
def test_a_wish_that_can_not_be_granted_is_named(api: Api, path: str, fault: dict[str, str]) -> None:
    refused = api.get(f"/v1/map/{path}")
    assert (refused.status, refused.faults) == (422, fault)


def test_days_at_the_ends_of_time_are_no_trouble(api: Api) -> None:
    populate(api, f"{CELL},400,80")
    for path in (
        "reach?from_day=2000-01-01&to_day=2199-12-31",
        "reach?to_day=2000-01-01",
        "coverage?on=2000-01-01",
        "gaps?on=2199-12-31",
    ):
        assert api.get(f"/v1/map/{path}").status == 200


def test_every_cell_of_an_answer_is_of_the_level_asked_for(api: Api) -> None:
    populate(api, f"{CELL},400,80")
    hold(api, stop_at(api), day=TODAY - dt.timedelta(days=50))
    for level in (250, 500, 1000):
        for view in ("reach", "coverage", "gaps"):
            found = cells(api.get(f"/v1/map/{view}?level={level}"))
            assert {level_of(cell) for cell in found} == {level}, view
