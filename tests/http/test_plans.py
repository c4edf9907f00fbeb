"""Vans and plans through HTTP: drafting, checking, publishing, calling off, and what became of it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.kernel.ids import new_id, visit_id_of
from outreach_api.ledger import measures
from outreach_api.storage.contacts import Destination, FollowUp, FollowUpEvent
from outreach_api.storage.ledger import Change, VisitTotal
from outreach_api.storage.plans import PlanRevision
from outreach_api.storage.session import Database
from tests.api import Answer, Api
from tests.make import MADE_AT, make_visit

DAY = "2026-11-28"


def agreed_stop(api: Api, code: str = "K07", **said: Any) -> str:
    """A stop that may be planned: agreed, with a consent without end."""
    position = {"lat": 35.8041, "lon": 139.9523}
    body = {"code": code, "name": f"場所{code}", "kind": "temple", "position": position, **said}
    made = api.post("/v1/stops", body)
    assert made.status == 201, made
    consent = {"type": "consent", "valid_from": "2026-04-01"}
    assert api.post(f"/v1/stops/{made.json['id']}/permissions", consent).status == 201
    return str(made.json["id"])


def stay(stop_id: str, arrive: str = "10:00", depart: str = "12:00", **said: Any) -> dict[str, Any]:
    host = {"host_asked": True, "host_channel": "phone", "host_answer": "yes"}
    return {"stop_id": stop_id, "arrive": arrive, "depart": depart, **host, **said}


def draft(api: Api, *stays: dict[str, Any], van: uuid.UUID | None = None, day: str = DAY) -> Answer:
    made = api.post("/v1/plans", {"van_id": str(van or api.van), "local_day": day, "stops": list(stays)})
    assert made.status == 201, made
    return made


def publish(api: Api, plan: Answer, version: int | None = None) -> Answer:
    return api.post(f"/v1/plans/{plan.json['id']}/publish", version=version or plan.json["version"])


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


def test_crew_do_not_see_the_plans_of_another_van(api: Api) -> None:
    stop = agreed_stop(api)
    own, foreign = draft(api, stay(stop)), draft(api, stay(stop), van=api.other_van)
    assert [plan["id"] for plan in api.get("/v1/plans", role="crew").json["items"]] == [own.json["id"]]
    assert api.get(f"/v1/plans/{own.json['id']}", role="crew").status == 200
    for path in (f"/v1/plans/{foreign.json['id']}", f"/v1/plans/{foreign.json['id']}/actual"):
        assert (api.get(path, role="crew").status, api.get(path, role="crew").code) == (404, "not_found")
    assert api.get(f"/v1/plans/{own.json['id']}/check", role="crew").code == "forbidden"


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
        "outside_window": {"minutes_outside": 60, "windows": "10:00–11:00"},
        "plan_overlap": {"overlap_minutes": 60, "other_plan_id": other.json["id"]},
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
    assert api.post(path, {"reason": "thunder"}, role="crew").code == "plan_not_published"
    publish(api, plan)
    assert api.post(path, {"reason": "thunder"}, role="crew", van=api.other_van).status == 404
    called_off = api.post(path, {"reason": "thunder"}, role="crew")
    assert [s["cancel_reason"] for s in called_off.json["stops"]] == [None, "thunder"]
    assert called_off.json["changed_since_published"] is False
    entries = api.get("/v1/public/timetable.json", role=None).json["entries"]
    assert [(e["status"], e["cancel_reason"]) for e in entries] == [("on", None), ("cancelled", "thunder")]
    same = api.post(path, {"reason": "thunder"}, role="crew")
    assert (same.status, same.json["version"]) == (200, called_off.json["version"])
    assert api.post(path, {"reason": "rain"}).code == "plan_stop_cancelled"


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


def test_planned_is_set_against_actual(api: Api, database: Database) -> None:
    stops = [agreed_stop(api, f"K0{n}") for n in range(4)]
    plan = draft(
        api,
        stay(stops[0], "10:00", "11:00"),
        stay(stops[1], "12:30", "13:00"),
        stay(stops[2], "15:00", "16:00"),
    )
    assert publish(api, plan).status == 200
    held, off, missed = (uuid.UUID(stop["id"]) for stop in plan.json["stops"])
    body = {"plan_stop_id": str(held), "opened_at": "2026-11-28T01:05:00Z"}
    visit = api.post("/v1/visits", body, role="crew").json["id"]
    api.post(f"/v1/visits/{visit}/head-counts", {"counts": {"elem_low": 3, "guardian": 2}}, role="crew")
    api.post(f"/v1/visits/{visit}/close", {"closed_at": "2026-11-28T02:10:00Z"}, role="crew")
    api.post(f"/v1/plan-stops/{off}/cancel", {"reason": "heat"}, role="crew")
    with database.write() as session:
        at = dt.datetime(2026, 11, 28, 8, 0, tzinfo=dt.UTC)
        ad_hoc = make_visit(session, van_id=api.van, status="closed", opened_at=at, closed_at=at)
        make_visit(session, van_id=api.other_van)
        session.add(
            VisitTotal(visit_id=ad_hoc.id, measure=measures.ATTENDANCE, key="adult", iso_week=202648, value=7)
        )
    api.clock.forward(days=1)
    actual = api.get(f"/v1/plans/{plan.json['id']}/actual", role="reporter").json
    first, second, third = actual["stays"]
    assert (first["state"], first["opened"], first["closed"]) == ("held", "10:05", "11:10")
    assert (first["late_minutes"], first["overrun_minutes"], first["attendance"]) == (5, 10, 5)
    assert first["visit_id"] == visit == str(visit_id_of(held))
    assert (second["state"], second["cancel_reason"], second["opened"]) == ("cancelled", "heat", None)
    assert (third["state"], third["plan_stop_id"]) == ("unrecorded", str(missed))
    assert [(v["visit_id"], v["opened"], v["attendance"]) for v in actual["ad_hoc"]] == [
        (str(ad_hoc.id), "17:00", 7)
    ]


def test_a_visit_cancelled_from_the_van_counts_with_its_reason_and_is_told_to_everybody(api: Api) -> None:
    plan = draft(api, stay(agreed_stop(api)))
    publish(api, plan)
    stop = plan.json["stops"][0]
    body = {"reason": "rain", "plan_stop_id": stop["id"]}
    assert api.post(f"/v1/visits/{stop['visit_id']}/cancel", body, role="crew").status == 200
    shown = api.get(f"/v1/plans/{plan.json['id']}/actual").json["stays"][0]
    assert (shown["state"], shown["cancel_reason"]) == ("cancelled", "rain")
    entry = api.get("/v1/public/timetable.json", role=None).json["entries"][0]
    assert (entry["status"], entry["cancel_reason"]) == ("cancelled", "rain")


def test_cancelling_at_noon_leaves_the_morning_as_it_was_held(api: Api) -> None:
    plan = draft(api, stay(agreed_stop(api, "K01")), stay(agreed_stop(api, "K02"), "14:00", "15:00"))
    publish(api, plan)
    visit = api.post("/v1/visits", {"plan_stop_id": plan.json["stops"][0]["id"]}, role="crew").json["id"]
    assert api.post(f"/v1/visits/{visit}/close", {}, role="crew").status == 200
    api.post(f"/v1/plans/{plan.json['id']}/cancel", {"reason": "vehicle"}, version=2)
    states = [s["state"] for s in api.get(f"/v1/plans/{plan.json['id']}/actual").json["stays"]]
    assert states == ["held", "cancelled"]
    entries = api.get("/v1/public/timetable.json", role=None).json["entries"]
    assert [(e["status"], e["cancel_reason"]) for e in entries] == [("on", None), ("cancelled", None)]


def test_the_brief_tells_the_crew_what_the_place_needs_and_whom_they_promised(
    api: Api, database: Database
) -> None:
    stop = agreed_stop(
        api, toilet=True, nearest_aed="本堂の入口", rubbish_rule="持ち帰る", host_contact="047-000-0000"
    )
    path = f"/v1/stops/{stop}/brief"
    assert api.get(path, role="crew").status == 404  # the van does not go there
    plan = draft(api, stay(stop))
    assert api.get(path, role="crew", van=api.other_van).status == 404
    publish(api, plan)
    promised, met = new_id(), new_id()
    with database.write() as session:
        visit = make_visit(session, van_id=api.van)
        for follow_up_id in (promised, met):
            session.add(
                FollowUp(
                    id=follow_up_id,
                    change_no=1,
                    received_at=MADE_AT,
                    occurred_at=MADE_AT,
                    visit_id=visit.id,
                    local_day=visit.local_day,
                    iso_week=visit.iso_week,
                    mesh=visit.mesh,
                    promise="bring_info",
                    due_day=dt.date(2026, 11, 27),
                    due_week=202648,
                    due_stop_id=uuid.UUID(stop),
                    card_word="もみじ",
                )
            )
        session.flush()
        event = {
            "follow_up_id": met,
            "local_day": visit.local_day,
            "iso_week": 202648,
            "received_at": MADE_AT,
        }
        session.add(FollowUpEvent(id=new_id(), result="not_met", change_no=5, **event))
        session.add(FollowUpEvent(id=new_id(), result="met", change_no=6, **event))
        for kind, name in (("line", "つながるLINE"), ("police", "警察")):
            session.add(
                Destination(
                    id=new_id(),
                    version=1,
                    change_no=0,
                    created_at=MADE_AT,
                    kind=kind,
                    name=name,
                    how_to_join="QR",
                    leaflet_stock=12,
                    active=True,
                )
            )
    brief = api.get(path, role="crew")
    assert (brief.json["nearest_aed"], brief.json["rubbish_rule"], brief.json["toilet"]) == (
        "本堂の入口",
        "持ち帰る",
        True,
    )
    assert "047-000-0000" not in brief.text
    assert brief.json["next_stay"]["visit_id"] == plan.json["stops"][0]["visit_id"]
    assert [p["id"] for p in brief.json["follow_ups"]] == [str(promised)]
    assert (brief.json["follow_ups"][0]["overdue"], brief.json["follow_ups"][0]["card_word"]) == (
        True,
        "もみじ",
    )
    assert [(p["kind"], p["leaflet_stock"]) for p in brief.json["programmes"]] == [("line", 12)]
    assert brief.json["permissions"][0]["last_day"] is None
    assert api.get(path, role="reporter").code == "forbidden"
