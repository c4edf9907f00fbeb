"""Vans and drafts of plans through HTTP: ids that outlive edits, who sees what."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from outreach_api.kernel.ids import new_id, visit_id_of
from tests.api import Api
from tests.planning import DAY, agreed_stop, draft, publish, stay


def test_a_van_is_added_and_changed(api: Api) -> None:
    made = api.post(
        "/v1/vans", {"code": "C", "name": "くるくる3号", "width_cm": 148, "base": {"lat": 35.8, "lon": 139.9}}
    )
    assert made.status == 201, made
    assert (made.json["base"], made.json["active"]) == ({"lat": 35.8, "lon": 139.9}, True)
    changed = api.patch(
        f"/v1/vans/{made.json['id']}", {"base": None, "insurance_until": "2027-03-31"}, version=1
    )
    assert (changed.json["base"], changed.json["insurance_until"], changed.json["version"]) == (
        None,
        "2027-03-31",
        2,
    )
    assert api.patch(f"/v1/vans/{made.json['id']}", {"name": "別"}, version=1).code == "stale"
    assert api.post("/v1/vans", {"code": "C", "name": "二つ目"}).code == "van_code_taken"
    assert api.patch(f"/v1/vans/{made.json['id']}", {"code": "A"}, version=2).code == "van_code_taken"


def test_crew_see_their_own_van_only(api: Api) -> None:
    assert [van["code"] for van in api.get("/v1/vans", role="crew").json["items"]] == ["A"]
    assert api.get(f"/v1/vans/{api.van}", role="crew").status == 200
    assert api.get(f"/v1/vans/{api.other_van}", role="crew").status == 404
    assert len(api.get("/v1/vans").json["items"]) == 2
    assert api.post("/v1/vans", {"code": "C", "name": "三"}, role="crew").code == "forbidden"


def test_a_draft_names_the_visits_that_its_stops_lead_to(api: Api) -> None:
    plan_stop_id = new_id()
    plan = draft(api, stay(agreed_stop(api), id=str(plan_stop_id)))
    assert (plan.json["status"], plan.json["iso_week"], plan.json["revision"]) == ("draft", "2026-W48", 0)
    stop = plan.json["stops"][0]
    assert (stop["id"], stop["visit_id"]) == (str(plan_stop_id), str(visit_id_of(plan_stop_id)))
    assert (stop["stop_code"], stop["announce"]) == ("K07", True)


def test_a_resent_draft_is_one_plan_with_the_same_stops(api: Api) -> None:
    stop, key = agreed_stop(api), new_id()
    body = {"van_id": str(api.van), "local_day": DAY, "stops": [stay(stop)]}
    first = api.post("/v1/plans", body, key=key)
    again = api.post("/v1/plans", body, key=key)
    assert first.json == again.json
    assert len(api.get("/v1/plans").json["items"]) == 1


def test_a_members_stop_is_not_announced_unless_somebody_says_so(api: Api) -> None:
    plan = draft(api, stay(agreed_stop(api, publicity="members")))
    assert plan.json["stops"][0]["announce"] is False


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        ({"depart": "10:00"}, {"/stops/0": "wrong_order"}),
        ({"arrive": "24:00"}, {"/stops/0/arrive": "not_time"}),
        ({"host_asked": False}, {"/stops/0": "host_answer_unasked"}),
        ({"stop_id": str(uuid.uuid4())}, {"/stops/0/stop_id": "unknown_reference"}),
        ({"colour": "red"}, {"/stops/0/colour": "unknown_key"}),
    ],
)
def test_a_bad_stay_is_named(api: Api, said: dict[str, Any], faults: dict[str, str]) -> None:
    bad = {**stay(agreed_stop(api)), **said}
    answer = api.post("/v1/plans", {"van_id": str(api.van), "local_day": DAY, "stops": [bad]})
    assert (answer.status, answer.faults) == (422, faults)


def test_stays_come_in_the_order_of_their_arrival(api: Api) -> None:
    stop = agreed_stop(api)
    stays = [stay(stop, "14:00", "15:00"), stay(stop, "10:00", "11:00")]
    answer = api.post("/v1/plans", {"van_id": str(api.van), "local_day": DAY, "stops": stays})
    assert answer.faults == {"": "stays_out_of_order"}


def test_plan_stops_keep_their_ids_over_edits_and_removed_ones_never_return(api: Api) -> None:
    first, second = agreed_stop(api, "K01"), agreed_stop(api, "K02")
    plan = draft(api, stay(first), stay(second, "14:00", "15:00"))
    path = f"/v1/plans/{plan.json['id']}"
    kept, removed = (stop["id"] for stop in plan.json["stops"])
    edited = api.patch(path, {"stops": [stay(first, "10:30", "12:30", id=kept)]}, version=1)
    assert [(s["id"], s["arrive"]) for s in edited.json["stops"]] == [(kept, "10:30")]
    back = api.patch(path, {"stops": [stay(second, id=removed)]}, version=2)
    assert (back.status, back.faults) == (409, {"/stops/0/id": "plan_stop_removed"})
    moved = api.patch(path, {"stops": [stay(second, id=kept)]}, version=2)
    assert moved.faults == {"/stops/0/id": "plan_stop_moved"}
    other = api.post("/v1/plans", {"van_id": str(api.van), "local_day": DAY, "stops": [stay(first, id=kept)]})
    assert (other.status, other.faults) == (409, {"/stops/0/id": "plan_stop_taken"})
    assert [s["id"] for s in api.get(path).json["stops"]] == [kept]


def test_a_stale_change_is_refused_and_changes_nothing(api: Api) -> None:
    plan = draft(api, stay(agreed_stop(api)))
    path = f"/v1/plans/{plan.json['id']}"
    assert api.patch(path, {"title": "土曜"}, version=1).status == 200
    assert (api.patch(path, {"title": "日曜"}, version=1).status, api.get(path).json["title"]) == (
        412,
        "土曜",
    )
    assert api.send("PATCH", path, {"title": "日曜"}, role="coordinator").status == 428


def test_plans_are_found_by_week_day_van_and_status(api: Api) -> None:
    stop = agreed_stop(api)
    monday = draft(api, stay(stop), day="2026-11-30").json["id"]
    saturday = draft(api, stay(stop), van=api.other_van).json["id"]

    def ids(query: str) -> list[str]:
        return [plan["id"] for plan in api.get(f"/v1/plans?{query}").json["items"]]

    assert ids("week=2026-W48") == [saturday]
    assert ids("from_day=2026-11-29") == [monday]
    assert ids("to_day=2026-11-28") == [saturday]
    assert ids(f"van_id={api.van}") == [monday]
    assert ids("status=published") == []


def test_crew_see_the_published_plans_of_their_own_van_only(api: Api) -> None:
    stop = agreed_stop(api, van_count=2)
    own, foreign = draft(api, stay(stop)), draft(api, stay(stop), van=api.other_van)
    path = f"/v1/plans/{own.json['id']}"
    assert api.get(path, role="crew").status == 404  # a draft is still the coordinator's
    assert publish(api, own).status == publish(api, foreign).status == 200
    assert [plan["id"] for plan in api.get("/v1/plans", role="crew").json["items"]] == [own.json["id"]]
    assert api.get(path, role="crew").status == 200
    for hidden in (f"/v1/plans/{foreign.json['id']}", f"/v1/plans/{foreign.json['id']}/actual"):
        answer = api.get(hidden, role="crew")
        assert (answer.status, answer.code) == (404, "not_found")
    assert api.get(f"{path}/check", role="crew").code == "forbidden"


def test_a_plan_that_went_to_another_van_is_gone_for_the_first_only(api: Api) -> None:
    plan = draft(api, stay(agreed_stop(api)))
    assert publish(api, plan).status == 200
    moved = api.patch(f"/v1/plans/{plan.json['id']}", {"van_id": str(api.other_van)}, version=2)
    assert moved.status == 200, moved
    for role, van, gone in (
        ("crew", api.van, [True]),
        ("crew", api.other_van, [False]),
        ("coordinator", None, [False]),
    ):
        # One at a time: what leaves one van and comes to the other must not depend on the page it is in.
        seen, cursor = [], ""
        while True:
            page = api.get(f"/v1/sync/pull?limit=1{cursor}", role=role, van=van).json
            seen += [item["gone"] for item in page["items"] if item["kind"] == "plan"]
            cursor = f"&cursor={page['cursor']}"
            if not page["more"]:
                break
        assert seen == gone, role
