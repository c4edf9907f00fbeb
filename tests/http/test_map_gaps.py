"""Where to stop for those who are missed, and how coverage differs between two days."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from outreach_api.kernel.geo import Point
from outreach_api.kernel.mesh import bounds_degrees, children, neighbours
from outreach_api.outreach_map.reads import coverage_summary, missed_around, missed_on
from outreach_api.settings import Settings
from schemas.vocabulary import Publicity, StopStatus
from tests.api import Api
from tests.mapped import CELL, NEXT, TODAY, cells, hold, middle, populate, stop_at

WEEK = dt.timedelta(days=7)


def gap_of(api: Api, cell: int = CELL, query: str = "", **more: Any) -> dict[str, Any]:
    return cells(api.get(f"/v1/map/gaps?limit=200{query}", **more))[cell]


def test_a_gap_names_the_three_places_that_would_add_most_people_and_their_status(api: Api) -> None:
    quarters = children(CELL, 250)
    populate(api, f"{CELL},1000,400", f"{NEXT},100,40")
    best = stop_at(api, code="P-1", name="真ん中", status=StopStatus.REQUESTED)
    south_west, south_east, north_west, north_east = (
        stop_at(api, cell, code=f"P-{number}", status=status)
        for number, (cell, status) in enumerate(
            zip(
                quarters,
                (StopStatus.TALKING, StopStatus.AGREED, StopStatus.PAUSED, StopStatus.ENDED),
                strict=True,
            ),
            2,
        )
    )
    places = gap_of(api, query="&radius_m=250")["places"]
    assert [(place["id"], place["status"]) for place in places][:1] == [(str(best.id), "requested")]
    assert {place["id"] for place in places[1:]} <= {str(s.id) for s in (south_west, south_east, north_west)}
    assert len(places) == 3
    assert str(north_east.id) not in {place["id"] for place in places}, "it has ended"
    adds = [place["adds"] for place in places]
    assert adds == sorted(adds, reverse=True)
    whole = gap_of(api, query="&radius_m=1500")["places"][0]
    assert (whole["adds"], whole["adds_here"], whole["share_of_cell"]) == (440, 400, 1)


def test_people_whom_a_stop_of_last_week_covers_are_not_added_again(api: Api) -> None:
    populate(api, f"{CELL},1000,400", f"{NEXT},100,40")
    hold(api, stop_at(api, code="A-1"), day=TODAY - WEEK)
    stop_at(api, code="A-2", status=StopStatus.TALKING)
    gap = gap_of(api, NEXT)
    assert gap["covered_share"] > 0
    assert gap["places"] == [], "from where the van stood last week nobody is added"
    assert gap["ground"]["adds"] >= gap["ground"]["adds_here"] > 0


def test_what_a_place_adds_falls_with_the_days_since_the_last_visit_as_the_gap_does(api: Api) -> None:
    populate(api, f"{CELL},1000,400")
    hold(api, stop_at(api, code="A-1"), day=TODAY - dt.timedelta(days=63))
    gap = gap_of(api, query="&radius_m=1000")
    (place,) = gap["places"]
    assert (gap["gap"], place["adds"], place["adds_here"]) == (300, 300, 300)


def test_where_no_known_place_reaches_the_ground_is_named_where_a_stop_would_add_most(api: Api) -> None:
    east = max(neighbours(CELL))
    populate(api, f"{CELL},1000,100", f"{east},1000,900")
    gap = gap_of(api, query="&radius_m=300")
    assert (gap["best_stop"], gap["places"]) == (None, [])
    south, west, north, east_edge = bounds_degrees(CELL)
    ground = gap["ground"]
    assert south < ground["lat"] < north
    assert west < ground["lon"] < east_edge
    centre = middle(CELL)
    with api.database.read() as session:
        points = [Point(centre["lat"], centre["lon"]), Point(ground["lat"], ground["lon"])]
        around = missed_around(session, Settings(catchment_m=300), points, TODAY)
    assert around is not None
    at_middle, at_ground = around.alone(0), around.alone(1)
    assert ground["adds"] == pytest.approx(at_ground, abs=0.01)
    assert at_ground > at_middle


def test_gaps_with_the_same_best_place_name_each_other(api: Api) -> None:
    """Each says how many people the place would add, and they are the same people."""
    far = 533957823
    populate(api, f"{CELL},1000,400", f"{NEXT},900,300", f"{far},500,200", f"{far + 1},400,100")
    place = stop_at(api, NEXT, code="P-1")
    stop_at(api, far, code="P-2")
    found = cells(api.get("/v1/map/gaps?limit=3&radius_m=1000"))
    assert [found[cell]["places"][0]["id"] for cell in (CELL, NEXT)] == [str(place.id)] * 2
    assert {cell: (gap["rank"], gap["same_place_as"]) for cell, gap in found.items()} == {
        CELL: (1, [2]),
        NEXT: (2, [1]),
        far: (3, []),
    }, "among those that were asked for"


def test_infants_have_a_shorter_way(api: Api) -> None:
    populate(api, f"{CELL},1000,400")
    hold(api, stop_at(api, code="A-1"))
    summary = api.get("/v1/map/coverage?catchment=infants").json["summary"]
    assert summary["radius_m"] == 300
    assert (
        summary["covered_share"] == api.get("/v1/map/coverage?radius_m=300").json["summary"]["covered_share"]
    )
    assert summary["covered_share"] < api.get("/v1/map/coverage").json["summary"]["covered_share"]
    assert api.get("/v1/map/gaps?catchment=everybody").json["summary"]["radius_m"] == 500
    assert api.get("/v1/map/gaps?catchment=infants").json["summary"]["radius_m"] == 300


def test_a_reporter_is_told_of_announced_places_only(api: Api) -> None:
    populate(api, f"{CELL},1000,400")
    stop_at(api, code="A-1", name="中村さん宅", kind="private_home", publicity=Publicity.MEMBERS)
    told = gap_of(api, role="reporter")
    assert told["places"] == []
    assert told["ground"] is not None
    stop_at(api, code="A-2", name="公民館", publicity=Publicity.PUBLIC)
    assert [place["name"] for place in gap_of(api, role="reporter")["places"]] == ["公民館"]
    assert len(gap_of(api)["places"]) == 2


def test_coverage_is_compared_with_another_day_by_cell_and_in_all(api: Api) -> None:
    populate(api, f"{CELL},1000,400", f"{NEXT},100,100", "533957021,50,0")
    hold(api, stop_at(api, code="A-1"), day=TODAY)
    hold(api, stop_at(api, NEXT, code="A-2"), day=TODAY - dt.timedelta(days=60))
    then = TODAY - dt.timedelta(days=50)
    both = api.get(f"/v1/map/coverage?against_on={then}")
    now, before = api.get("/v1/map/coverage"), api.get(f"/v1/map/coverage?on={then}")
    for cell, shown in cells(both).items():
        share, was = cells(now)[cell]["covered_share"], cells(before)[cell]["covered_share"]
        assert shown["covered_share"] == share
        assert shown["against"] == {"covered_share": was, "change": pytest.approx(share - was)}
    assert cells(both)[CELL]["against"]["change"] > 0 > cells(both)[NEXT]["against"]["change"]
    summary = both.json["summary"]
    assert summary["against"] == {
        "on": str(then),
        "covered": before.json["summary"]["covered"],
        "covered_share": before.json["summary"]["covered_share"],
        "change": pytest.approx(summary["covered_share"] - before.json["summary"]["covered_share"]),
    }
    assert {**summary, "against": None} == now.json["summary"]
    with api.database.read() as session:
        reported = coverage_summary(session, Settings(), then)
    assert reported is not None
    assert reported.share == pytest.approx(summary["against"]["covered_share"], abs=5e-5)


def test_what_a_day_misses_adds_up_to_its_gaps(api: Api) -> None:
    populate(api, f"{CELL},1000,400", f"{NEXT},100,40")
    hold(api, stop_at(api, children(NEXT, 250)[0], code="A-1"), day=TODAY - dt.timedelta(days=20))
    with api.database.read() as session:
        missed = missed_on(session, Settings(), TODAY)
        assert missed is not None
        everywhere = missed_around(session, Settings(catchment_m=5_000), [Point(**middle(CELL))], TODAY)
    gaps = sum(gap["gap"] for gap in cells(api.get("/v1/map/gaps?level=250&limit=200")).values())
    open_places = (1 - missed.standing.share) * 256
    assert float(open_places @ missed.people_a_place) == pytest.approx(gaps, abs=0.05)
    assert everywhere is not None
    assert everywhere.alone(0) == 0, "a radius of five kilometres is covered by that stop, too"
