"""The rest of a day planned anew through HTTP: promises first, judged by check, sent as it is."""

from __future__ import annotations

from typing import Any

from outreach_api.kernel.ids import new_id
from outreach_api.storage.session import Database
from tests.api import Answer, Api
from tests.http.test_run_sheet import a_day, opened, promised
from tests.planning import agreed_stop, draft, publish, stay


def replan(api: Api, plan: Answer, role: str = "crew", **body: Any) -> Any:
    found = api.post(f"/v1/plans/{plan.json['id']}/replan", body, role=role)
    assert found.status == 200, found
    return found.json


def times(found: Any) -> list[tuple[str, str, str]]:
    return [(one["stop_name"], one["arrive"], one["depart"]) for one in found["keep"]]


def test_a_late_day_keeps_what_was_announced_and_ends_later_or_is_cut_short(api: Api) -> None:
    plan = a_day(api)
    opened(api, plan, 0, "10:25")
    api.clock.forward(hours=1.5)
    found = replan(api, plan, breaks=False)
    assert times(found) == [("場所K02", "14:41", "15:41"), ("場所K03", "16:52", "17:52")]
    assert (found["proven"], found["publishable"], found["drop"]) == (True, True, [])
    assert found["keep"][0]["leave_by"] == "14:00"
    home = replan(api, plan, shorter_by_minutes=0, breaks=False)  # back at 18:20, as planned
    assert times(home) == [("場所K02", "14:41", "15:19"), ("場所K03", "16:30", "17:30")]


def test_the_rest_of_a_long_day_has_its_break_or_says_what_it_costs(api: Api) -> None:
    plan = a_day(api)  # more than eight hours: it owes an hour in one piece
    opened(api, plan, 0, "10:25")
    before = replan(api, plan)  # K01 closes at 12:00
    assert before["work_break"] == {
        "owed_minutes": 60,
        "longest_minutes": 60,
        "kept": True,
        "begins": "12:30",
        "ends": "13:30",
        "before_plan_stop_id": plan.json["stops"][1]["id"],
    }
    assert times(before) == [("場所K02", "14:11", "15:00"), ("場所K03", "16:30", "17:30")]
    api.clock.forward(hours=1.5)
    late = replan(api, plan)  # K01 closes at 13:30
    (gone,) = late["drop"]
    assert (gone["code"], gone["numbers"]["break_minutes"]) == ("rest_no_break", 45)
    assert (late["work_break"]["kept"], len(late["keep"])) == (True, 1)
    turns = replan(api, plan, breaks=False)
    assert (turns["work_break"]["kept"], turns["drop"]) == (False, [])
    assert [one["code"] for one in turns["violations"]] == ["break_missing"]


def test_the_change_is_what_a_planner_sends_and_visits_stay_the_same(api: Api) -> None:
    plan = a_day(api)
    visit = opened(api, plan, 0, "10:25")
    api.clock.forward(hours=1.5)
    found = replan(api, plan, breaks=False)
    path = f"/v1/plans/{plan.json['id']}"
    before = api.get(path).json
    assert before["version"] == found["plan_version"] == 2  # asking changed nothing
    assert api.patch(path, found["change"], version=found["plan_version"]).status == 200
    assert api.post(f"{path}/publish", version=3).status == 200
    after = api.get(path).json
    assert [one["visit_id"] for one in after["stops"]] == [one["visit_id"] for one in before["stops"]]
    assert after["stops"][0]["visit_id"] == visit
    assert after["stops"][1]["arrive"] == "14:41"


def test_promises_come_first_when_the_day_ends_early(api: Api, database: Database) -> None:
    plan = a_day(api)
    opened(api, plan, 0, "10:00")
    found = replan(api, plan, until="17:30")
    assert [one["stop_name"] for one in found["keep"]] == ["場所K02"]
    assert (found["drop"][0]["code"], found["drop"][0]["promises"]) == ("rest_back_late", 0)
    assert found["drop"][0]["numbers"]["missing_minutes"] == 20
    later = replan(api, plan, until="17:50")  # exactly what was missing: half an hour there
    assert [one["stop_name"] for one in later["keep"]] == ["場所K02", "場所K03"]
    promised(database, api, plan.json["stops"][2]["stop_id"])
    kept = replan(api, plan, until="17:50")
    assert (kept["promises_due"], kept["promises_kept"]) == (1, 1)


def test_the_open_stay_closes_early_for_a_promise_that_is_lost_else(api: Api, database: Database) -> None:
    first, second = agreed_stop(api, "K01"), agreed_stop(api, "K02")
    plan = draft(api, stay(first, "11:00", "14:00"), stay(second, "14:00", "15:00"))
    opened(api, plan, 0, "11:00")
    assert replan(api, plan, until="15:00", role="coordinator")["under_way"]["shorter_minutes"] == 0
    promised(database, api, second)
    found = replan(api, plan, until="15:00", role="coordinator")
    assert found["promises_kept"] == 1
    assert found["under_way"]["shorter_minutes"] > 0
    assert found["keep"][0]["stop_name"] == "場所K02"


def test_what_check_forbids_today_is_dropped_with_its_reason(api: Api) -> None:
    plan = a_day(api)
    opened(api, plan, 0, "10:00")
    stop = plan.json["stops"][1]["stop_id"]
    assert api.patch(f"/v1/stops/{stop}", {"status": "paused"}, version=1).status == 200
    found = replan(api, plan)
    assert [(one["stop_name"], one["code"]) for one in found["drop"]] == [("場所K02", "stop_not_agreed")]
    assert found["drop"][0]["fix"]
    assert [one["stop_name"] for one in found["keep"]] == ["場所K03"]
    assert len(found["change"]["stops"]) == 2


def test_it_starts_from_where_the_van_says_it_is(api: Api) -> None:
    plan = a_day(api)
    near = replan(api, plan, stop_id=plan.json["stops"][1]["stop_id"])
    assert near["keep"][0]["drive_minutes"] == 0
    far = replan(api, plan, position={"lat": 35.6, "lon": 140.1}, until="15:00")
    assert far["keep"] == []
    assert {one["code"] for one in far["drop"]} == {"rest_back_late", "rest_too_late"}
    assert far["change"] is None
    assert far["publishable"] is False


def test_a_stay_that_is_late_only_for_what_was_announced_need_not_ask_its_host(api: Api) -> None:
    open_long = agreed_stop(api, "K01")
    shut_soon = agreed_stop(api, "K02", windows=[{"weekday": 5, "opens": "08:00", "closes": "09:30"}])
    plan = draft(api, stay(open_long, "08:00", "09:00"), stay(shut_soon, "08:00", "09:00"))
    fixes = {one["stop_name"]: one["fix"] for one in replan(api, plan, role="coordinator")["drop"]}
    assert fixes["場所K01"].startswith("場所はまだ使えます。時間を")
    assert fixes["場所K02"].startswith("先方に")


def test_a_draft_beside_another_plan_of_its_van_says_that_this_one_is_in_the_way(api: Api) -> None:
    taken = draft(api, stay(agreed_stop(api, "K01"), "13:00", "20:00"))
    assert publish(api, taken).status == 200
    plan = draft(api, stay(agreed_stop(api, "K02"), "15:00", "17:00"))
    for now in ("12:00", "14:00"):  # before and while the other is on
        (gone,) = replan(api, plan, role="coordinator", now=f"2026-11-28T{now}:00+09:00")["drop"]
        assert (gone["code"], gone["cause"]) == (
            "rest_other_plan",
            "この車には、その時間に別の計画があります。",
        )
    assert api.post(f"/v1/plans/{taken.json['id']}/cancel", {"reason": "vehicle"}, version=2).status == 200
    assert times(replan(api, plan, role="coordinator")) == [("場所K02", "15:00", "17:00")]


def test_nobody_is_asked_to_stay_open_after_midnight(api: Api) -> None:
    plan = draft(api, stay(agreed_stop(api, "K01"), "10:00", "12:00"))
    (gone,) = replan(api, plan, role="coordinator", now="2026-11-28T23:50:00+09:00")["drop"]
    assert (gone["code"], gone["fix"]) == ("rest_not_today", "別の日にしてください。")


def test_who_may_ask_and_when(api: Api) -> None:
    plan = a_day(api)
    path = f"/v1/plans/{plan.json['id']}/replan"
    assert [api.post(path, {}, role=role).status for role in ("crew", "coordinator", "admin")] == [200] * 3
    assert [api.post(path, {}, role=role).status for role in ("safeguarding", "reporter")] == [403] * 2
    assert api.post(path, {}, role="crew", van=api.other_van).status == 404
    assert api.post(path, {"stop_id": str(new_id())}).faults == {"/stop_id": "unknown_reference"}
    both = {"until": "15:00", "shorter_by_minutes": 10}
    assert api.post(path, both).faults == {"": "two_ends"}
    assert api.post(path, {"now": "2026-11-29T03:00:00Z"}).code == "replan_not_today"
    publish(api, plan, 2)
    api.post(f"/v1/plans/{plan.json['id']}/cancel", {"reason": "vehicle"}, version=3)
    assert api.post(path, {}).code == "plan_cancelled"


def test_another_plan_of_that_morning_makes_this_one_no_longer(api: Api) -> None:
    """As check judges each plan by itself: other people may have been on the van."""
    morning = draft(api, stay(agreed_stop(api, "K01"), "06:00", "07:00"))
    assert publish(api, morning).status == 200
    visit = opened(api, morning, 0, "06:00")
    closing = {"closed_at": "2026-11-28T07:00:00+09:00"}
    assert api.post(f"/v1/visits/{visit}/close", closing, role="crew").status == 200
    evening = draft(api, stay(agreed_stop(api, "K02"), "16:00", "18:30"))
    found = replan(api, evening, role="coordinator")
    assert times(found) == [("場所K02", "16:00", "18:30")]
    assert found["work_break"] is None
