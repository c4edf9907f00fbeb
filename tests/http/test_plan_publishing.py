"""Plans through HTTP: checked, published, changed after that, called off."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from outreach_api.storage.ledger import Change
from outreach_api.storage.plans import PlanRevision
from outreach_api.storage.session import Database
from tests.api import Api
from tests.planning import agreed_stop, draft, publish, stay


def test_a_check_tells_cause_numbers_and_fix_in_the_readers_language(api: Api) -> None:
    near = agreed_stop(api, "K01")
    far = agreed_stop(api, "K02", position={"lat": 35.8256, "lon": 139.9614})
    plan = draft(api, stay(near, "10:00", "12:00"), stay(far, "13:00", "15:00", host_answer="waiting"))
    path = f"/v1/plans/{plan.json['id']}/check"
    checked = api.get(path)
    assert checked.json["publishable"] is False
    waiting, drive = checked.json["violations"]
    assert (waiting["code"], waiting["severity"]) == ("host_waiting", "soft")
    assert drive["code"] == "drive_too_short"
    assert drive["plan_stop_ids"] == [stop["id"] for stop in plan.json["stops"]]
    assert drive["stop_names"] == [stop["stop_name"] for stop in plan.json["stops"]]
    assert (drive["numbers"]["needed_minutes"], drive["numbers"]["available_minutes"]) == (71, 60)
    assert "71分" in drive["cause"]
    assert "あと11分" in drive["fix"]
    english = api.get(path, headers={"Accept-Language": "en"}).json["violations"][1]
    assert "71 minutes" in english["cause"]


def test_a_check_knows_permissions_windows_and_other_plans_of_the_van(api: Api) -> None:
    windows = [{"weekday": 5, "opens": "10:00", "closes": "11:00"}]
    stop = agreed_stop(api, windows=windows)
    granted = api.get(f"/v1/stops/{stop}").json["permissions"][0]["id"]
    assert api.post(f"/v1/permissions/{granted}/withdraw", {"on_day": "2026-11-20"}, version=1).status == 200
    other = draft(api, stay(agreed_stop(api, "K02"), "12:00", "13:00"))
    plan = draft(api, stay(stop, "10:00", "12:00"))
    violations = {
        v["code"]: v["numbers"] for v in api.get(f"/v1/plans/{plan.json['id']}/check").json["violations"]
    }
    assert violations == {
        "permission_ended": {"ended_on": "2026-11-19", "days_after": 9},
        "outside_window": {
            "minutes_outside": 60,
            "windows": "10:00–11:00",
            "arrive": "10:00",
            "depart": "11:00",
        },
        "plan_overlap": {"overlap_minutes": 60, "other_plan_id": other.json["id"], "move_minutes": 60},
    }


def test_publishing_refuses_hard_violations_and_names_each(api: Api) -> None:
    stop = agreed_stop(api)
    plan = draft(
        api, stay(stop), stay(agreed_stop(api, "K02", publicity="members"), "14:00", "15:00", announce=True)
    )
    assert api.patch(f"/v1/stops/{stop}", {"status": "paused"}, version=1).status == 200
    refused = publish(api, plan)
    assert (refused.status, refused.code) == (409, "plan_has_violations")
    assert refused.faults == {"/stops/0": "stop_not_agreed", "/stops/1": "members_announced"}
    assert api.get(f"/v1/plans/{plan.json['id']}").json["status"] == "draft"
    assert api.get("/v1/public/timetable.json", role=None).json["entries"] == []


def test_publishing_freezes_a_revision_and_warns_of_the_soft(api: Api, database: Database) -> None:
    plan = draft(
        api, {**stay(agreed_stop(api)), "host_asked": False, "host_channel": None, "host_answer": None}
    )
    published = publish(api, plan)
    assert (published.status, published.json["status"], published.json["revision"]) == (200, "published", 1)
    assert [w["code"] for w in published.json["warnings"]] == ["host_not_asked"]
    with database.read() as session:
        frozen = session.scalars(sa.select(PlanRevision)).one()
    assert [s["arrive"] for s in frozen.body["stops"]] == ["10:00"]


def test_a_published_plan_stays_published_while_it_is_changed(api: Api) -> None:
    stop = agreed_stop(api)
    plan = draft(api, stay(stop))
    publish(api, plan)
    path, plan_stop_id = f"/v1/plans/{plan.json['id']}", plan.json["stops"][0]["id"]
    same = {**stay(stop, id=plan_stop_id), "host_answer": "waiting"}
    asked = api.patch(path, {"stops": [same]}, version=2)
    assert asked.json["changed_since_published"] is False  # what the host said is not published
    later = api.patch(path, {"stops": [{**same, "arrive": "10:30"}]}, version=3)
    assert (later.json["status"], later.json["changed_since_published"]) == ("published", True)
    assert api.get("/v1/public/timetable.json", role=None).json["entries"][0]["opens"] == "10:00"
    again = publish(api, plan, version=4)
    assert (again.json["revision"], again.json["changed_since_published"]) == (2, False)
    assert api.get("/v1/public/timetable.json", role=None).json["entries"][0]["opens"] == "10:30"
    unchanged = publish(api, plan, version=5)
    assert (unchanged.status, unchanged.json["revision"]) == (200, 2)


def test_publishing_needs_the_version_that_was_seen(api: Api) -> None:
    plan = draft(api, stay(agreed_stop(api)))
    assert api.post(f"/v1/plans/{plan.json['id']}/publish").status == 428
    assert publish(api, plan, version=7).status == 412
    assert api.post(f"/v1/plans/{plan.json['id']}/publish", version=1, role="crew").code == "forbidden"


def test_a_cancelled_plan_is_shown_as_cancelled_and_stays_so(api: Api) -> None:
    plan = draft(api, stay(agreed_stop(api)))
    publish(api, plan)
    path = f"/v1/plans/{plan.json['id']}"
    cancelled = api.post(f"{path}/cancel", {"reason": "wind", "note": "強風注意報"}, version=2)
    assert (cancelled.json["status"], cancelled.json["cancel_reason"]) == ("cancelled", "wind")
    entry = api.get("/v1/public/timetable.json", role=None).json["entries"][0]
    assert (entry["status"], entry["cancel_reason"]) == ("cancelled", "wind")
    for answer in (
        api.patch(path, {"title": "また"}, version=3),
        publish(api, plan, version=3),
        api.post(f"{path}/cancel", {"reason": "rain"}, version=3),
    ):
        assert (answer.status, answer.code) == (409, "plan_cancelled")


def test_the_crew_call_off_one_stay_of_their_own_van_without_a_version(api: Api) -> None:
    first, second = agreed_stop(api, "K01"), agreed_stop(api, "K02")
    plan = draft(api, stay(first), stay(second, "14:00", "15:00"))
    path = f"/v1/plan-stops/{plan.json['stops'][1]['id']}/cancel"
    assert api.post(path, {"reason": "thunder"}, role="crew").code == "not_found"
    assert api.post(path, {"reason": "thunder"}).code == "plan_not_published"
    publish(api, plan)
    assert api.post(path, {"reason": "thunder"}, role="crew", van=api.other_van).status == 404
    called_off = api.post(path, {"reason": "thunder"}, role="crew")
    assert [s["cancel_reason"] for s in called_off.json["stops"]] == [None, "thunder"]
    assert called_off.json["changed_since_published"] is False
    entries = api.get("/v1/public/timetable.json", role=None).json["entries"]
    assert [(e["status"], e["cancel_reason"]) for e in entries] == [
        ("closed", None),
        ("cancelled", "thunder"),
    ]
    same = api.post(path, {"reason": "thunder"}, role="crew")
    assert (same.status, same.json["version"]) == (200, called_off.json["version"])
    assert api.post(path, {"reason": "rain"}).code == "plan_stop_cancelled"


def test_when_the_van_comes_after_all_the_timetable_says_so(api: Api) -> None:
    plan = draft(api, stay(agreed_stop(api)))
    publish(api, plan)
    plan_stop = plan.json["stops"][0]["id"]
    api.post(f"/v1/plan-stops/{plan_stop}/cancel", {"reason": "rain"}, role="crew")
    opened = api.post("/v1/visits", {"plan_stop_id": plan_stop}, role="crew")
    assert opened.json["status"] == "open"
    (entry,) = api.get("/v1/public/timetable.json", role=None).json["entries"]
    assert (entry["status"], entry["cancel_reason"]) == ("open", None)


def test_a_stay_called_off_is_no_longer_judged(api: Api) -> None:
    first, second = agreed_stop(api, "K01"), agreed_stop(api, "K02")
    plan = draft(api, stay(first), stay(second, "14:00", "15:00"))
    publish(api, plan)
    api.post(f"/v1/plan-stops/{plan.json['stops'][1]['id']}/cancel", {"reason": "site"})
    assert api.patch(f"/v1/stops/{second}", {"status": "ended"}, version=1).status == 200
    assert api.get(f"/v1/plans/{plan.json['id']}/check").json["violations"] == []


def test_what_has_a_visit_can_not_be_taken_out_of_the_plan(api: Api) -> None:
    stop = agreed_stop(api)
    plan = draft(api, stay(stop))
    publish(api, plan)
    plan_stop_id = plan.json["stops"][0]["id"]
    assert api.post("/v1/visits", {"plan_stop_id": plan_stop_id}, role="crew").status == 201
    path = f"/v1/plans/{plan.json['id']}"
    for change in ({"stops": []}, {"local_day": "2026-11-29"}, {"van_id": str(api.other_van)}):
        answer = api.patch(path, change, version=2)
        assert (answer.status, answer.code) == (409, "plan_has_visits")
    assert (
        api.patch(path, {"stops": [stay(stop, "10:00", "13:00", id=plan_stop_id)]}, version=2).status == 200
    )


def test_a_plan_that_gets_another_van_is_gone_for_the_old_one(api: Api, database: Database) -> None:
    plan = draft(api, stay(agreed_stop(api)))
    path = f"/v1/plans/{plan.json['id']}"
    assert api.patch(path, {"van_id": str(api.other_van)}, version=1).status == 200
    with database.read() as session:
        feed = {c.van_id: c.gone for c in session.scalars(sa.select(Change).where(Change.kind == "plan"))}
    assert feed == {api.van: True, api.other_van: False}
    assert api.get(path, role="crew").status == 404
    assert api.patch(path, {"van_id": str(uuid.uuid4())}, version=2).faults == {
        "/van_id": "unknown_reference"
    }
