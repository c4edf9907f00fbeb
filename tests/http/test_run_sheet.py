"""The crew's run sheet through HTTP: on the screen and on paper, before the day and in the middle of it."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa

from outreach_api.kernel.ids import new_id
from outreach_api.storage.contacts import FollowUp
from outreach_api.storage.ledger import AuditEntry
from outreach_api.storage.session import Database
from tests.api import Answer, Api
from tests.make import MADE_AT, make_visit
from tests.planning import agreed_stop, draft, publish, stay

BASE = {"lat": 35.7877, "lon": 139.9032}
FAR = {"lat": 35.8256, "lon": 139.9614}


def a_day(api: Api) -> Answer:
    """Base – K01 10:00–12:00 – K02 14:00–15:00 – K03 16:30–17:30 – base; drives of 20, 11, 11 and 28 minutes."""
    assert api.patch(f"/v1/vans/{api.van}", {"base": BASE}, version=1).status == 200
    plan = draft(
        api,
        stay(agreed_stop(api, "K01", host_contact="047-000-0000", toilet=True), "10:00", "12:00"),
        stay(agreed_stop(api, "K02", position=FAR), "14:00", "15:00"),
        stay(agreed_stop(api, "K03"), "16:30", "17:30"),
    )
    assert publish(api, plan).status == 200
    return plan


def sheet(api: Api, plan: Answer, role: str = "crew") -> Any:
    found = api.get(f"/v1/plans/{plan.json['id']}/run-sheet", role=role)
    assert found.status == 200, found
    return found.json


def opened(api: Api, plan: Answer, number: int, at: str) -> str:
    body = {"plan_stop_id": plan.json["stops"][number]["id"], "opened_at": f"2026-11-28T{at}:00+09:00"}
    made = api.post("/v1/visits", body, role="crew")
    assert made.status == 201, made
    return str(made.json["id"])


def promised(database: Database, api: Api, stop_id: str, **said: Any) -> None:
    with database.write() as session:
        visit = make_visit(session, van_id=api.van)
        session.add(
            FollowUp(
                **{
                    "id": new_id(),
                    "change_no": 1,
                    "received_at": MADE_AT,
                    "occurred_at": MADE_AT,
                    "visit_id": visit.id,
                    "local_day": visit.local_day,
                    "iso_week": visit.iso_week,
                    "mesh": visit.mesh,
                    "promise": "bring_info",
                    "due_day": visit.local_day,
                    "due_week": visit.iso_week,
                    "due_stop_id": uuid.UUID(stop_id),
                    "card_word": "つばめ27",
                    **said,
                }
            )
        )


def test_it_says_by_when_to_leave_and_what_each_place_needs(api: Api, database: Database) -> None:
    plan = a_day(api)
    api.clock.forward(days=-1)
    promised(database, api, plan.json["stops"][1]["stop_id"])
    found = sheet(api, plan)
    assert (found["leave_base"], found["back_at_base"], found["van_name"]) == ("09:10", "18:20", "くるくるA")
    first, second, third = found["stays"]
    assert (first["set_up_from"], first["arrive"], first["depart"], first["packed_by"]) == (
        "09:30",
        "10:00",
        "12:00",
        "12:30",
    )
    assert (first["drive"]["minutes"], first["drive"]["basis"], first["drive"]["leave"]) == (
        20,
        "estimate",
        "09:10",
    )
    assert [one["leave_by"] for one in (first, second, third)] == ["13:19", "15:49", None]
    assert first["brief"]["toilet"] is True
    assert [one["card_word"] for one in second["brief"]["follow_ups"]] == ["つばめ27"]
    assert first["host"] is None  # the crew need no host's number
    assert [one["expected_open"] for one in found["stays"]] == [None] * 3  # it is not today
    assert sheet(api, plan, "coordinator")["stays"][0]["host"] == {"name": None, "contact": "047-000-0000"}


def test_a_delay_is_carried_on_to_the_stays_ahead(api: Api) -> None:
    plan = a_day(api)
    opened(api, plan, 0, "10:25")
    api.clock.forward(hours=1.5)  # 13:30, and K01 is still open: packed at 14:00, K02 at 14:41
    first, second, third = sheet(api, plan)["stays"]
    assert (first["state"], first["opened"], first["late_minutes"]) == ("open", "10:25", 25)
    assert (second["expected_open"], second["expected_late_minutes"], second["missed"]) == (
        "14:41",
        41,
        False,
    )
    assert (third["expected_open"], third["expected_late_minutes"]) == ("16:30", 0)  # K02 closes as announced
    api.clock.forward(minutes=20)  # K02 could open at 15:01, when it is over
    first, second, third = sheet(api, plan)["stays"]
    assert (second["missed"], second["expected_open"]) == (True, None)
    assert (third["expected_open"], third["expected_late_minutes"]) == ("16:30", 0)


def test_a_stay_that_nobody_opened_is_overdue_then_passed_by(api: Api) -> None:
    plan = a_day(api)
    first = sheet(api, plan)["stays"][0]  # at noon, when it should have closed
    assert (first["state"], first["overdue_minutes"], first["missed"]) == ("planned", 120, True)
    api.clock.forward(hours=2.2)
    opened(api, plan, 1, "14:05")
    first, second, _ = sheet(api, plan)["stays"]
    assert (first["skipped"], first["overdue_minutes"], first["missed"]) == (True, 0, False)
    assert (second["state"], second["late_minutes"]) == ("open", 5)


def test_what_was_called_off_from_the_van_is_neither_driven_to_nor_judged(api: Api) -> None:
    plan = a_day(api)
    stop = plan.json["stops"][1]
    body = {"reason": "rain", "plan_stop_id": stop["id"]}
    assert api.post(f"/v1/visits/{stop['visit_id']}/cancel", body, role="crew").status == 200
    found = sheet(api, plan)
    assert (found["stays"][1]["state"], found["stays"][1]["cancel_reason"]) == ("cancelled", "rain")
    assert (found["stays"][1]["drive"], found["stays"][2]["drive"]["minutes"]) == (None, 0)
    checked = api.get(f"/v1/plans/{plan.json['id']}/check").json
    assert stop["id"] not in {leg["to_plan_stop_id"] for leg in checked["legs"]}


def test_check_is_asked_about_the_times_to_be_expected(api: Api) -> None:
    plan = a_day(api)
    opened(api, plan, 0, "10:00")
    quiet = {one["code"] for one in sheet(api, plan)["violations"]}
    assert "host_said_no" not in quiet
    stops = [{**one, "host_answer": "no"} if i == 2 else one for i, one in enumerate(kept(plan))]
    assert api.patch(f"/v1/plans/{plan.json['id']}", {"stops": stops}, version=2).status == 200
    found = [one for one in sheet(api, plan)["violations"] if one["severity"] == "hard"]
    assert [(one["code"], one["plan_stop_ids"]) for one in found] == [("host_said_no", [stops[2]["id"]])]


def kept(plan: Answer) -> list[dict[str, Any]]:
    names = ("id", "stop_id", "arrive", "depart", "announce", "host_asked", "host_channel", "host_answer")
    return [{name: stop[name] for name in names} for stop in plan.json["stops"]]


def test_it_is_for_the_crew_of_that_van_and_for_planners(api: Api) -> None:
    plan = a_day(api)
    for name in ("run-sheet", "run-sheet.html"):
        path = f"/v1/plans/{plan.json['id']}/{name}"
        assert [api.get(path, role=role).status for role in ("crew", "coordinator", "admin")] == [200] * 3
        assert [api.get(path, role=role).status for role in ("safeguarding", "reporter")] == [403] * 2
        assert api.get(path, role="crew", van=api.other_van).status == 404
    hidden = draft(api, stay(agreed_stop(api, "K09")))
    assert api.get(f"/v1/plans/{hidden.json['id']}/run-sheet", role="crew").status == 404


def test_on_paper_it_has_all_that_the_crew_need_and_no_contact_of_a_host(
    api: Api, database: Database
) -> None:
    plan = a_day(api)
    promised(database, api, plan.json["stops"][0]["stop_id"])
    path = f"/v1/plans/{plan.json['id']}/run-sheet.html"
    page = api.get(path, role="coordinator", headers={"Accept-Language": "ja"})
    for words in ("場所K01", "10:00–12:00", "09:10", "13:19", "つばめ27", "案内を持ってくる", "トイレ"):
        assert words in page.text, words
    assert "047-000-0000" not in page.text
    assert "<script" not in page.text
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert "Leave by 09:10" in api.get(path, headers={"Accept-Language": "en"}).text
    with database.read() as session:
        assert session.scalars(sa.select(AuditEntry.action)).all().count("printRunSheet") == 2


def test_words_from_outside_do_nothing_on_the_page(api: Api) -> None:
    plan = draft(api, stay(agreed_stop(api, "K01", name="<b>寺</b>", rubbish_rule="<script>x</script>")))
    publish(api, plan)
    page = api.get(f"/v1/plans/{plan.json['id']}/run-sheet.html", role="crew").text
    assert "<b>寺" not in page
    assert "<script" not in page
    assert "&lt;b&gt;寺" in page


def test_it_shows_the_break_of_a_long_day_and_says_when_there_is_none(api: Api) -> None:
    plan = a_day(api)  # 09:10 to 18:20; 49 minutes are free before K02, and 19 before K03
    api.clock.forward(days=-1)
    found = sheet(api, plan)["work_break"]
    assert (found["owed_minutes"], found["longest_minutes"], found["kept"]) == (60, 49, False)
    path = f"/v1/plans/{plan.json['id']}"
    assert "続けて60分の休憩がとれません" in api.get(f"{path}/run-sheet.html", role="crew").text
    stays = plan.json["stops"]
    stays[1]["arrive"] = "14:11"
    lines = [{"id": one["id"], **stay(one["stop_id"], one["arrive"], one["depart"])} for one in stays]
    assert api.patch(path, {"stops": lines}, version=2).status == 200
    found = sheet(api, plan)["work_break"]
    assert (found["kept"], found["begins"], found["ends"]) == (True, "12:30", "13:30")
    assert found["before_plan_stop_id"] == stays[1]["id"]
    page = api.get(f"{path}/run-sheet.html", role="crew").text
    assert page.index("場所K01") < page.index("休憩 60分（12:30–13:30 のころ）") < page.index("場所K02")


def test_a_break_counts_by_when_a_stay_really_closed(api: Api) -> None:
    plan = a_day(api)
    stays = plan.json["stops"]
    visit = opened(api, plan, 0, "10:00")
    api.clock.forward(hours=-0.5)
    closing = {"closed_at": "2026-11-28T11:30:00+09:00"}
    assert api.post(f"/v1/visits/{visit}/close", closing, role="crew").status == 200
    found = sheet(api, plan)["work_break"]
    assert (found["longest_minutes"], found["kept"]) == (79, True)
    assert (found["begins"], found["before_plan_stop_id"]) == ("12:00", stays[1]["id"])


def test_on_paper_a_name_turns_nothing_round_that_stands_beside_it(api: Api) -> None:
    place = agreed_stop(api, "K01", name="\u202e寺の庭", rubbish_rule="\u2067持ち帰る")
    plan = draft(api, stay(place, "10:00", "12:00"))
    page = api.get(f"/v1/plans/{plan.json['id']}/run-sheet.html").text
    assert "1. 寺の庭 <small>" in page
    assert "<dd>持ち帰る</dd>" in page
