"""What became of a plan, and what the crew must know before they stand at a stop."""

from __future__ import annotations

import datetime as dt
import uuid

from outreach_api.kernel.ids import new_id, visit_id_of
from outreach_api.ledger import measures
from outreach_api.storage.contacts import Destination, FollowUp, FollowUpEvent
from outreach_api.storage.ledger import VisitTotal
from outreach_api.storage.session import Database
from tests.api import Api
from tests.make import MADE_AT, make_visit
from tests.planning import agreed_stop, draft, publish, stay


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
    actual = api.get(f"/v1/plans/{plan.json['id']}/actual", role="coordinator").json
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
    assert [(e["status"], e["cancel_reason"]) for e in entries] == [("closed", None), ("cancelled", None)]


def test_the_brief_tells_the_crew_what_the_place_needs_and_whom_they_promised(
    api: Api, database: Database
) -> None:
    stop = agreed_stop(
        api, toilet=True, nearest_aed="本堂の入口", rubbish_rule="持ち帰る", host_contact="047-000-0000"
    )
    path = f"/v1/stops/{stop}/brief"
    assert api.get(path, role="crew").status == 404  # the van does not go there
    plan = draft(api, stay(stop))
    publish(api, plan)
    assert api.get(path, role="crew", van=api.other_van).status == 404
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
