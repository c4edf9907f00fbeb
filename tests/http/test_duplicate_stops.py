"""Stops that may be there already: a warning for whoever makes or moves one, a list for whoever tidies up."""

from __future__ import annotations

from typing import Any

from outreach_api.kernel.ids import new_id
from outreach_api.storage.session import Database
from tests.api import Api
from tests.make import make_stop

SQUARE = {
    "code": "K07",
    "name": "常盤平団地 中央広場",
    "kind": "housing_estate",
    "position": {"lat": 35.8041, "lon": 139.9523},
}


def nearby(**more: Any) -> dict[str, Any]:
    return {
        **SQUARE,
        "code": "K08",
        "name": "常盤平団地中央ひろば",
        "position": {"lat": 35.8043, "lon": 139.9523},
        **more,
    }


def warnings(answer: Any) -> list[tuple[str, str]]:
    return [(warning["code"], warning["path"]) for warning in answer.json["warnings"]]


def test_making_a_stop_that_may_be_there_already_warns_and_makes_it(api: Api) -> None:
    assert warnings(api.post("/v1/stops", SQUARE)) == []
    made = api.post("/v1/stops", nearby())
    assert made.status == 201
    assert warnings(made) == [("stop_maybe_duplicate", "/position")]
    assert "22m" in made.json["warnings"][0]["detail"]
    assert "K07" in made.json["warnings"][0]["detail"]


def test_a_resend_warns_again(api: Api) -> None:
    api.post("/v1/stops", SQUARE)
    key = str(new_id())
    first = api.post("/v1/stops", nearby(), key=key)
    again = api.post("/v1/stops", nearby(), key=key)
    assert again.json == first.json
    assert warnings(again) == [("stop_maybe_duplicate", "/position")]


def test_a_crew_that_notes_a_place_is_told_that_it_is_known(api: Api) -> None:
    api.post("/v1/stops", SQUARE)
    asked = {"name": "常盤平団地中央広場", "kind": "park", "position": {"lat": 35.8041, "lon": 139.9525}}
    noted = api.post("/v1/stop-requests", asked, role="crew")
    assert (noted.status, warnings(noted)) == (201, [("stop_maybe_duplicate", "/position")])


def test_moving_or_renaming_warns_and_what_does_not_matter_is_let_alone(api: Api) -> None:
    api.post("/v1/stops", SQUARE)
    made = api.post("/v1/stops", nearby(name="たけのこ公園"))
    assert warnings(made) == []
    path = f"/v1/stops/{made.json['id']}"
    renamed = api.patch(path, {"name": "団地の中央広場"}, version=1)
    assert warnings(renamed) == [("stop_maybe_duplicate", "/position")]
    assert warnings(api.patch(path, {"weight": 3}, version=2)) == []
    moved = api.patch(path, {"position": {"lat": 35.8042, "lon": 139.9523}}, version=3)
    assert warnings(moved) == [("stop_maybe_duplicate", "/position")]


def test_a_push_tells_it_too(api: Api) -> None:
    api.post("/v1/stops", SQUARE)
    operation = {
        "op_id": str(new_id()),
        "kind": "stop.request",
        "entity_id": str(new_id()),
        "occurred_at": "2026-11-28T03:00:00Z",
        "payload": {"name": "常盤平団地中央広場", "kind": "park", "position": SQUARE["position"]},
    }
    pushed = api.post(
        "/v1/sync/push", {"sent_at": "2026-11-28T03:00:00Z", "operations": [operation]}, role="crew"
    )
    (result,) = pushed.json["results"]
    assert result["result"] == "applied"
    assert [warning["code"] for warning in result["warnings"]] == ["stop_maybe_duplicate"]


def test_pairs_of_the_whole_list_are_told_likeliest_first_page_by_page(api: Api, database: Database) -> None:
    with database.write() as session:
        make_stop(session, name="本土寺", code="A1", lat=35.8300, lon=139.9200)
        make_stop(session, name="本土寺", code="A2", lat=35.8303, lon=139.9200)
        make_stop(session, name="中央広場", code="B1", lat=35.8100, lon=139.9500, address="松戸市根本387-5")
        make_stop(session, name="根本の広場", code="B2", lat=35.8110, lon=139.9500, address="根本387番地の5")
        make_stop(session, name="東漸寺", code="C1", lat=35.8300, lon=139.9201)
        # Just on either side of an edge of the grid by which they are found.
        make_stop(session, name="境の公園", code="D1", lat=35.769999, lon=139.957)
        make_stop(session, name="境の公園", code="D2", lat=35.770001, lon=139.957)
    listed = api.get("/v1/stops/duplicates")
    told = [(pair["one"]["code"], pair["other"]["code"]) for pair in listed.json["items"]]
    assert told == [("D1", "D2"), ("A1", "A2"), ("B1", "B2")]
    first, _, last = listed.json["items"]
    assert (first["similarity"], first["same_address"]) == (1, False)
    assert (last["same_address"], round(last["distance_m"])) == (True, 111)
    page = api.get("/v1/stops/duplicates?limit=2")
    rest = api.get(f"/v1/stops/duplicates?limit=2&cursor={page.json['next']}")
    assert page.json["items"] + rest.json["items"] == listed.json["items"]
    assert rest.json["next"] is None


def test_the_grid_misses_no_pair(database: Database) -> None:
    """Against every pair compared with every other, on a lattice that steps over many cells."""
    from outreach_api.stops import duplicates

    with database.write() as session:
        for number in range(60):
            make_stop(
                session,
                name="広場",
                code=f"S{number:02d}",
                lat=35.75 + number * 0.0021,
                lon=139.9 + number % 7 * 0.0015,
            )
    with database.read() as session:
        found = {(pair.one.code, pair.other.code) for pair in duplicates.pairs(session)}
        rows = session.execute(duplicates.sa.select(*duplicates._COLUMNS)).all()
    sites = {row.code: duplicates._site(row) for row in rows}
    every = {
        (one, other)
        for one in sites
        for other in sites
        if one < other and duplicates.alike(sites[one], sites[other]) is not None
    }
    assert found == every
    assert len(every) > 20


def test_only_those_who_plan_see_the_pairs(api: Api) -> None:
    assert [api.get("/v1/stops/duplicates", role=role).status for role in ("admin", "crew", "reporter")] == [
        200,
        403,
        403,
    ]
