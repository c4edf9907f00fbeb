"""Stops through HTTP."""

from __future__ import annotations

from typing import Any

from outreach_api.kernel.ids import new_id
from tests.api import Api

STOP: dict[str, Any] = {
    "code": "K07",
    "name": "常盤平団地 中央広場",
    "kind": "housing_estate",
    "position": {"lat": 35.7877, "lon": 139.9032},
    "host_name": "自治会",
    "host_contact": "047-000-0000",
}


def test_a_stop_gets_its_mesh_codes(api: Api) -> None:
    made = api.post("/v1/stops", STOP)
    assert made.status == 201, made
    assert (made.json["mesh250"], made.json["mesh500"]) == (5339574232, 533957423)
    assert api.get(f"/v1/stops/{made.json['id']}").json["name"] == STOP["name"]


def test_a_resend_gives_the_same_answer_and_one_stop(api: Api) -> None:
    key = new_id()
    first = api.post("/v1/stops", STOP, key=key)
    again = api.post("/v1/stops", STOP, key=key)
    assert (again.status, again.json) == (first.status, first.json)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(api.get("/v1/stops").json["items"]) == 1


def test_only_those_who_need_the_host_see_it(api: Api) -> None:
    made = api.post("/v1/stops", STOP)
    path = f"/v1/stops/{made.json['id']}"
    assert api.get(path).json["host"] == {"name": "自治会", "contact": "047-000-0000"}
    for role in ("crew", "safeguarding"):
        shown = api.get(path, role=role)
        assert shown.json["host"] is None
        assert "047-000-0000" not in shown.text


def test_reporters_do_not_see_where_private_homes_are(api: Api) -> None:
    made = api.post("/v1/stops", {**STOP, "kind": "private_home"})
    assert api.get("/v1/stops", role="reporter").code == "forbidden"
    assert api.get(f"/v1/stops/{made.json['id']}", role="reporter").code == "forbidden"


def test_a_stale_change_is_refused_and_changes_nothing(api: Api) -> None:
    made = api.post("/v1/stops", STOP)
    path = f"/v1/stops/{made.json['id']}"
    assert api.patch(path, {"status": "paused"}, version=1).json["version"] == 2
    stale = api.patch(path, {"status": "ended"}, version=1)
    assert (stale.status, stale.code) == (412, "stale")
    assert api.get(path).json["status"] == "paused"


def test_a_change_without_the_seen_version_is_refused(api: Api) -> None:
    made = api.post("/v1/stops", STOP)
    answer = api.send("PATCH", f"/v1/stops/{made.json['id']}", {"status": "paused"}, role="coordinator")
    assert (answer.status, answer.code) == (428, "precondition_required")


def test_near_search_sorts_by_distance_and_pages(api: Api) -> None:
    for n in range(5):
        moved = {"lat": 35.7877 + n * 0.001, "lon": 139.9032}
        assert api.post("/v1/stops", {**STOP, "code": f"N{n}", "position": moved}).status == 201
    seen: list[str] = []
    path = "/v1/stops?near=35.7877,139.9032&radius_m=400&limit=2"
    cursor = ""
    while True:
        answer = api.get(path + cursor)
        seen += [item["code"] for item in answer.json["items"]]
        if answer.json["next"] is None:
            break
        cursor = f"&cursor={answer.json['next']}"
    assert seen == ["N0", "N1", "N2", "N3"]


def test_every_bad_field_is_named(api: Api) -> None:
    bad = {**STOP, "position": {"lat": "35", "lon": 300}, "van_count": 1.5, "colour": "red"}
    answer = api.post("/v1/stops", bad)
    assert answer.status == 422
    assert answer.faults == {
        "/position/lat": "not_number",
        "/position/lon": "too_large",
        "/van_count": "not_whole",
        "/colour": "unknown_key",
    }


def test_a_crew_member_may_ask_for_a_stop_but_not_add_one(api: Api) -> None:
    assert api.post("/v1/stops", STOP, role="crew").code == "forbidden"
    asked = api.post(
        "/v1/stop-requests",
        {"name": "公園", "kind": "park", "position": {"lat": 35.8, "lon": 139.9}},
        role="crew",
    )
    assert (asked.status, asked.json["status"], asked.json["publicity"]) == (201, "requested", "members")


def test_a_pin_may_be_corrected_but_not_moved_away(api: Api) -> None:
    made = api.post("/v1/stops", STOP)
    path = f"/v1/stops/{made.json['id']}"
    near = api.patch(path, {"position": {"lat": 35.7878, "lon": 139.9032}}, version=1)
    assert near.status == 200
    far = api.patch(path, {"position": {"lat": 35.80, "lon": 139.9032}}, version=2)
    assert (far.status, far.code) == (409, "stop_moved")


def test_permissions_are_granted_and_withdrawn(api: Api) -> None:
    stop = api.post("/v1/stops", STOP).json["id"]
    granted = api.post(f"/v1/stops/{stop}/permissions", {"type": "consent", "valid_from": "2026-04-01"})
    assert granted.status == 201, granted
    path = f"/v1/permissions/{granted.json['id']}/withdraw"
    gone = api.post(path, {"on_day": "2026-12-01"}, version=1)
    assert gone.json["withdrawn_on"] == "2026-12-01"
    assert api.get(f"/v1/stops/{stop}").json["permissions"][0]["withdrawn_on"] == "2026-12-01"


def test_a_stop_that_turns_out_to_be_a_home_is_no_longer_announced_with_its_point(api: Api) -> None:
    made = api.post("/v1/stops", STOP)
    home = api.patch(f"/v1/stops/{made.json['id']}", {"kind": "private_home"}, version=1)
    assert (home.status, home.json["publicity"]) == (200, "area_only")
    wanted = {"kind": "temple", "publicity": "public"}
    assert api.patch(f"/v1/stops/{made.json['id']}", wanted, version=2).json["publicity"] == "public"
    said = {"kind": "private_home", "publicity": "public"}
    assert api.patch(f"/v1/stops/{made.json['id']}", said, version=3).json["publicity"] == "public"
