"""A coordinator asks for a plan of a period and gets days, scores and reasons; drafts are made once."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest

from outreach_api import worker
from outreach_api.kernel.geo import Point
from outreach_api.plans.solver.answer import Ended
from outreach_api.plans.solver.solve import Progress
from outreach_api.plans.suggesting import running
from outreach_api.settings import Settings
from outreach_api.storage.jobs import LEASE
from outreach_api.storage.suggestions import PlanSuggestion
from tests.api import Answer, Api
from tests.mapped import populate
from tests.planning import agreed_stop, draft, publish, stay
from tests.suggested import cells_around

WEEK = {"from_day": "2026-11-30", "to_day": "2026-12-06", "weekdays": [2, 5], "iterations": 4}
WEDNESDAY, SATURDAY = "2026-12-02", "2026-12-05"


def ask(api: Api, **said: Any) -> str:
    """Of the van A, on a Wednesday and a Saturday."""
    answer = api.post("/v1/plan-suggestions", {**WEEK, "van_ids": [str(api.van)], **said})
    assert answer.status == 202, answer
    assert answer.json["status"] == "waiting"
    assert answer.json["answer"] is None
    return str(answer.json["id"])


def work(api: Api, stop: threading.Event | None = None) -> int:
    return worker.run_due(api.database, Settings(), api.clock, stop, worker.PLANNING)


def suggested(api: Api, **said: Any) -> dict[str, Any]:
    """The whole suggestion once it is done."""
    suggestion_id = ask(api, **said)
    assert work(api) == 1
    found = api.get(f"/v1/plan-suggestions/{suggestion_id}")
    assert found.json["status"] == "done", found
    return dict(found.json)


def visited(suggestion: dict[str, Any]) -> list[list[str]]:
    return [[stay["stop_code"] for stay in day["stays"]] for day in suggestion["answer"]["days"]]


def left_out(suggestion: dict[str, Any]) -> dict[str, list[str]]:
    return {
        one["stop_code"]: [reason["code"] for reason in one["reasons"]]
        for one in suggestion["answer"]["left_out"]
    }


def adopt(api: Api, suggestion: dict[str, Any], **said: Any) -> Answer:
    return api.post(f"/v1/plan-suggestions/{suggestion['id']}/adopt", said)


def test_a_week_is_suggested_scored_drafted_and_can_be_published(api: Api) -> None:
    stops = {code: agreed_stop(api, code) for code in ("K01", "K02", "K03", "K04")}
    found = suggested(api)
    answer = found["answer"]
    assert sorted(code for day in visited(found) for code in day) == sorted(stops)
    assert {day["local_day"] for day in answer["days"]} <= {WEDNESDAY, SATURDAY}
    score = answer["days"][0]["stays"][0]["score"]
    assert {
        "code": "days_since",
        "amount": None,
        "points": 168,
        "shared": 0,
        "text": "まだ訪れたことがない",
    } in score
    assert answer["left_out"] == []
    assert api.get("/v1/plans").json["items"] == []
    adopted = adopt(api, found)
    assert adopted.status == 200, adopted
    for day in adopted.json["answer"]["days"]:
        plan = api.get(f"/v1/plans/{day['plan_id']}")
        assert plan.json["status"] == "draft"
        assert [one["stop_code"] for one in plan.json["stops"]] == [one["stop_code"] for one in day["stays"]]
        assert publish(api, plan).status == 200


def test_a_van_with_a_small_tank_is_sent_to_fewer_stops_and_check_says_the_same(api: Api) -> None:
    for code in ("K01", "K02", "K03"):
        agreed_stop(api, code)
    assert api.patch(f"/v1/vans/{api.van}", {"water_litres": 40}, version=1).status == 200
    found = suggested(api, weekdays=[2])
    assert [len(day) for day in visited(found)] == [2]
    assert found["answer"]["aim"] == "most_points"
    assert found["answer"]["drive_minutes"] == found["answer"]["days"][0]["drive_minutes"]
    ((_, reasons),) = left_out(found).items()
    assert reasons[0] == "tank_empty"
    plan = found["answer"]["days"][0]["plan"]
    plan["stops"][1]["depart"] = "20:00"
    made = api.post("/v1/plans", plan)
    (dry,) = [
        one
        for one in api.get(f"/v1/plans/{made.json['id']}/check").json["violations"]
        if one["code"] == "water_runs_out"
    ]
    assert (dry["severity"], dry["numbers"]["tank_litres"]) == ("hard", 40)
    assert dry["cause"]
    assert "L" in dry["fix"]


def test_a_suggested_day_is_what_the_plans_take(api: Api) -> None:
    agreed_stop(api, "K01")
    answer = suggested(api, weekdays=[2])["answer"]
    assert answer["proven"] is True
    assert answer["gap"] == 0
    (day,) = answer["days"]
    made = api.post("/v1/plans", day["plan"])
    assert made.status == 201, made
    assert api.get(f"/v1/plans/{made.json['id']}/check").json["publishable"] is True


def test_days_are_drafted_once_and_what_people_changed_stays(api: Api) -> None:
    agreed_stop(api, "K01")
    agreed_stop(api, "K02")
    found = suggested(api, shift_minutes=200)
    assert len(found["answer"]["days"]) == 2
    adopt(api, found, days=[WEDNESDAY])
    (plan,) = api.get("/v1/plans").json["items"]
    assert plan["local_day"] == WEDNESDAY
    api.patch(f"/v1/plans/{plan['id']}", {"title": "直した"}, version=plan["version"])
    again = adopt(api, found)
    assert [warning["code"] for warning in again.json["warnings"]] == ["days_drafted_before"]
    titles = {plan["local_day"]: plan["title"] for plan in api.get("/v1/plans").json["items"]}
    assert titles == {WEDNESDAY: "直した", SATURDAY: None}


def test_a_van_that_was_planned_since_then_is_named_when_its_day_is_drafted(api: Api) -> None:
    agreed_stop(api, "K01")
    first, second = suggested(api, weekdays=[2]), suggested(api, weekdays=[2])
    assert adopt(api, first).json["warnings"] == []
    again = adopt(api, second).json
    (warning,) = again["warnings"]
    assert warning["code"] == "days_planned_meanwhile"
    assert WEDNESDAY in warning["detail"]
    check = api.get(f"/v1/plans/{again['answer']['days'][0]['plan_id']}/check").json
    assert "plan_overlap" in [one["code"] for one in check["violations"]]


def test_whoever_is_left_out_hears_why_and_what_would_help(api: Api) -> None:
    agreed_stop(api, "K01")
    late = agreed_stop(api, "K02", windows=[{"weekday": 2, "opens": "10:00", "closes": "11:00"}])
    ended = api.post(
        "/v1/stops",
        {
            "code": "K03",
            "name": "三",
            "kind": "park",
            "status": "talking",
            "position": {"lat": 35.8, "lon": 139.9},
        },
    )
    assert ended.status == 201, ended
    taken = agreed_stop(api, "K04")
    draft(api, stay(taken), day="2026-12-01")
    found = suggested(api, weekdays=[2], stop_ids=None)
    reasons = {one["stop_code"]: one["reasons"] for one in found["answer"]["left_out"]}
    assert set(reasons) == {"K02", "K04"}, "K03 is not agreed yet, so nobody asked for it"
    (short,) = reasons["K02"]
    assert short["numbers"] == {"stay_minutes": 120, "missing_minutes": 60}
    assert short["fix"] == "使える時間を60分延ばせるか、先方に聞いてください。"
    (near,) = reasons["K04"]
    assert near["code"] == "visited_near"
    assert near["numbers"] == {
        "other_day": "2026-12-01",
        "apart_days": 21,
        "days_between": 1,
        "missing_days": 20,
    }
    named = suggested(api, weekdays=[2], stop_ids=[ended.json["id"], late])
    assert left_out(named)["K03"] == ["stop_not_agreed", "permission_missing"]
    never = suggested(api, weekdays=[2], never=[late])
    assert left_out(never)["K02"] == ["window_too_short", "not_wanted"]
    advice = {one["stop_code"]: one["advice"] for one in never["answer"]["left_out"]}
    assert advice == {"K02": "2つの理由を、すべて直せば入ります。", "K04": "これを直せば入ります。"}


def test_who_is_visited_near_hears_how_few_days_apart_would_do(api: Api) -> None:
    taken = agreed_stop(api, "K04")
    draft(api, stay(taken), day="2026-12-02")
    asked = {"weekdays": [2], "from_day": "2026-12-02", "to_day": "2026-12-16"}
    (missed,) = suggested(api, **asked)["answer"]["left_out"]
    (near,) = missed["reasons"]
    assert near["local_day"] == "2026-12-16", "the day that is farthest from the visit asks least"
    assert near["fix"].startswith("あける日数（apart_days）を14日以下にするか")
    assert suggested(api, **asked, apart_days=15)["answer"]["days"] == []
    assert visited(suggested(api, **asked, apart_days=14)) == [["K04"]]


def test_a_permission_that_must_be_renewed_is_told_alone_where_another_day_has_room(api: Api) -> None:
    """Wednesday is nearer to the permission's end, and full; one signature is as good for Saturday."""
    agreed_stop(api, "K01", windows=[{"weekday": 2, "opens": "08:00", "closes": "18:00"}])
    place = {"code": "K02", "name": "二", "kind": "temple", "position": {"lat": 35.8041, "lon": 139.9523}}
    ended = api.post("/v1/stops", place).json["id"]
    consent = {"type": "consent", "valid_from": "2026-04-01", "valid_to": "2026-11-20"}
    assert api.post(f"/v1/stops/{ended}/permissions", consent).status == 201
    found = suggested(api, shift_minutes=190, must=[ended])
    assert visited(found) == [["K01"]]
    (missed,) = found["answer"]["left_out"]
    (why,) = missed["reasons"]
    assert (why["code"], why["local_day"]) == ("permission_ended", SATURDAY)


def test_a_van_with_a_plan_stays_out_of_it_and_says_so(api: Api) -> None:
    agreed_stop(api, "K01")
    draft(api, stay(agreed_stop(api, "K09")), day=WEDNESDAY)
    found = suggested(api, weekdays=[2])
    assert found["answer"]["days"] == []
    assert [off["code"] for off in found["answer"]["days_off"]] == ["van_planned"]
    assert left_out(found)["K01"] == ["no_shift"]


def test_a_full_day_names_what_took_the_place_and_a_heavier_stop_takes_it(api: Api) -> None:
    """The numbers of a reason are true: with so many points more, it is in."""
    agreed_stop(api, "K01", weight=3)
    agreed_stop(api, "K02", weight=2)
    found = suggested(api, weekdays=[2], shift_minutes=190)
    assert visited(found) == [["K01"]]
    (left,) = found["answer"]["left_out"]
    assert left["advice"] == "はじめの1つを直すか、最後の1つだけを直せば入ります。"
    full, less = left["reasons"]
    assert full["code"] == "shift_full"
    assert less["code"] == "worth_less"
    assert less["cause"] == "この提案の中では「場所K01」のほうが点が高く、代わりに入りました。"
    assert less["numbers"]["missing_points"] == 41
    longer = suggested(api, weekdays=[2], shift_minutes=190 + full["numbers"]["minutes"])
    assert [sorted(day) for day in visited(longer)] == [["K01", "K02"]]


def test_of_two_neighbours_one_goes_and_the_people_that_both_reach_count_once(api: Api) -> None:
    """A lonely place that scores less by itself is worth more than the second of two that stand side by side."""
    places = {
        "K01": Point(35.8041, 139.9523),
        "K02": Point(35.8046, 139.9523),
        "K03": Point(35.8241, 139.9523),
    }
    populate(api, *(f"{cell},200,100" for cell in cells_around(places.values())))
    for number, (code, point) in enumerate(places.items()):
        position = {"lat": point.lat, "lon": point.lon}
        agreed_stop(api, code, position=position, weight=2 - number)
    found = suggested(api, weekdays=[2], shift_minutes=430)
    assert sorted(code for day in visited(found) for code in day) == ["K01", "K03"]
    answer = found["answer"]
    (day,) = answer["days"]
    assert sum(one["points"] for one in day["stays"]) == day["points"]
    assert answer["value"] == day["points"] - day["drive_minutes"]
    assert answer["bound"] >= answer["value"]
    (twin,) = answer["left_out"]
    people = next(part for part in twin["score"] if part["code"] == "gap")
    assert 0 < people["amount"] < people["shared"]
    assert people["text"] == (
        f"まわりの届いていない人 {people['amount']:g}人"
        f"（ほかに{people['shared']:g}人いるが、この提案の別の場所が先に届く）"
    )
    assert [reason["code"] for reason in twin["reasons"]] == ["shift_full", "worth_less"]
    assert all(part["shared"] == 0 for one in day["stays"] for part in one["score"])
    apart = suggested(api, weekdays=[2], shift_minutes=430, never=[twin["stop_id"]])["answer"]
    assert apart["value"] == answer["value"]


JANUARY = {"from_day": "2027-01-01", "to_day": "2027-01-12", "weekdays": [0, 4]}
NEW_YEAR, SCHOOL_MONDAY, FRIDAY, COMING_OF_AGE = "2027-01-01", "2027-01-04", "2027-01-08", "2027-01-11"


def winter_holidays(api: Api, area: str | None = None) -> None:
    said = {"from_day": "2026-12-24", "to_day": "2027-01-06", "area": area}
    made = api.post("/v1/school-holidays", {"name": "冬休み", "name_en": "Winter holidays", **said})
    assert made.status == 201, made


def days_of(suggestion: dict[str, Any]) -> list[str]:
    return [day["local_day"] for day in suggestion["answer"]["days"]]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, [NEW_YEAR, SCHOOL_MONDAY, FRIDAY, COMING_OF_AGE]),
        ({"public_holidays": "skip"}, [SCHOOL_MONDAY, FRIDAY]),
        ({"public_holidays": "only"}, [NEW_YEAR, COMING_OF_AGE]),
        ({"school_holidays": "only"}, [NEW_YEAR, SCHOOL_MONDAY]),
        ({"school_holidays": "only", "public_holidays": "skip"}, [SCHOOL_MONDAY]),
        ({"school_holidays": "only", "public_holidays": "only"}, [NEW_YEAR, SCHOOL_MONDAY, COMING_OF_AGE]),
        ({"school_holidays": "skip", "public_holidays": "skip"}, [FRIDAY]),
    ],
)
def test_holidays_are_left_out_or_are_all_that_is_wanted(
    api: Api, said: dict[str, str], expected: list[str]
) -> None:
    winter_holidays(api)
    for number in range(1, 5):
        agreed_stop(api, f"K0{number}")
    found = suggested(api, **JANUARY, **said, shift_minutes=190, iterations=12)
    assert days_of(found) == expected
    assert {**found["asked"], **said} == found["asked"]


def test_each_day_names_its_holidays_and_a_day_left_out_says_for_which(api: Api) -> None:
    winter_holidays(api)
    winter_holidays(api, "小金原")
    for number in range(1, 4):
        agreed_stop(api, f"K0{number}")
    suggestion_id = suggested(api, **JANUARY, public_holidays="skip", shift_minutes=190)["id"]
    path = f"/v1/plan-suggestions/{suggestion_id}"
    answer = api.get(path).json["answer"]
    school, plain = answer["days"]
    told = {one["area"]: one for one in school["holidays"]}
    assert {(one["kind"], one["name"]) for one in told.values()} == {("school_holiday", "冬休み")}
    assert told[None]["text"] == "冬休み。学校は授業がなく、小・中学生は平日の昼間も来られます。"
    assert told["小金原"]["text"].startswith("冬休み（小金原）。")
    assert plain["holidays"] == []
    assert [(off["local_day"], off["code"], off["cause"]) for off in answer["days_off"]] == [
        (NEW_YEAR, "holiday_skipped", "元日です。この提案では、こういう休みの日には出ません。"),
        (COMING_OF_AGE, "holiday_skipped", "成人の日です。この提案では、こういう休みの日には出ません。"),
    ]
    english = api.get(path, headers={"Accept-Language": "en"}).json["answer"]
    assert english["days_off"][1]["cause"].startswith("Coming of Age Day:")
    texts = sorted(one["text"].split(":")[0] for one in english["days"][0]["holidays"])
    assert texts == ["Winter holidays", "Winter holidays (小金原)"]
    drawn = "".join(ElementTree.fromstring(api.get(f"{path}/picture.svg").text).itertext())  # noqa: S314 - our own
    assert "成人の日" in drawn
    assert "冬休み" in drawn


def test_the_holidays_of_one_areas_schools_count_where_that_area_is_asked_for(api: Api) -> None:
    winter_holidays(api, "小金原")
    agreed_stop(api, "K01")
    said = {**JANUARY, "school_holidays": "only"}
    assert days_of(suggested(api, **said)) == []
    assert days_of(suggested(api, **said, school_area="小金原")) == [NEW_YEAR]


def test_what_was_asked_before_holidays_could_be_is_answered_as_ever(api: Api) -> None:
    agreed_stop(api, "K01")
    suggestion_id = ask(api, weekdays=[2])
    with api.database.write() as session:
        row = session.get_one(PlanSuggestion, uuid.UUID(suggestion_id))
        new = {"public_holidays", "school_holidays", "school_area"}
        row.asked = {name: value for name, value in row.asked.items() if name not in new}
    work(api)
    assert visited(api.get(f"/v1/plan-suggestions/{suggestion_id}").json) == [["K01"]]


def test_a_must_goes_before_what_is_worth_more(api: Api) -> None:
    agreed_stop(api, "K01", weight=9)
    wanted = agreed_stop(api, "K02")
    found = suggested(api, weekdays=[2], shift_minutes=190, must=[wanted])
    assert visited(found) == [["K02"]]


def test_a_must_that_is_not_agreed_yet_hears_why_it_is_left_out(api: Api) -> None:
    agreed_stop(api, "K01")
    talking = agreed_stop(api, "K02", status="talking")
    found = suggested(api, must=[talking])
    assert visited(found) == [["K01"]]
    assert left_out(found) == {"K02": ["stop_not_agreed"]}
    assert found["answer"]["left_out"][0]["must"] is True


def test_past_visits_tell_how_long_a_stay_takes(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = agreed_stop(api, "K01")
    for day in (1, 2):
        opened = {"van_id": str(api.van), "stop_id": stop, "opened_at": f"2026-10-0{day}T01:00:00Z"}
        visit = api.post("/v1/visits", opened)
        assert visit.status == 201, visit
        closed = api.post(f"/v1/visits/{visit.json['id']}/close", {"closed_at": f"2026-10-0{day}T02:32:00Z"})
        assert closed.status == 200, closed
    (day_,) = suggested(api, weekdays=[2])["answer"]["days"]
    (one,) = day_["stays"]
    assert one["stay_learned"] is True
    assert (one["arrive"], one["depart"]) == ("08:30", "10:00")


def test_the_same_question_has_the_same_answer(api: Api) -> None:
    for number in range(1, 6):
        agreed_stop(api, f"K0{number}")
    first, second = suggested(api), suggested(api)
    assert first["answer"] == second["answer"]


def test_a_waiting_one_can_be_stopped_and_has_no_answer(api: Api) -> None:
    agreed_stop(api, "K01")
    suggestion_id = ask(api)
    stopped = api.post(f"/v1/plan-suggestions/{suggestion_id}/stop", {})
    assert stopped.json["status"] == "cancelled"
    work(api)
    assert api.get(f"/v1/plan-suggestions/{suggestion_id}").json["answer"] is None
    assert adopt(api, {"id": suggestion_id}).code == "suggestion_without_answer"


def test_one_that_runs_tells_how_far_it_is_and_hears_that_it_is_stopped(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed_stop(api, "K01")
    suggestion_id = ask(api)
    really = running.search
    seen = []

    def search(posed: Any, *, progress: Any, cancelled: Any) -> Any:
        progress(Progress(1, 12.0, None))
        seen.append(api.get(f"/v1/plan-suggestions/{suggestion_id}").json)
        assert not cancelled()
        api.post(f"/v1/plan-suggestions/{suggestion_id}/stop", {})
        progress(Progress(2, 13.0, None))
        assert cancelled()
        return really(posed, progress=progress, cancelled=lambda: False)

    monkeypatch.setattr(running, "SECONDS_BETWEEN_NOTES", 0.0)
    monkeypatch.setattr(running, "search", search)
    work(api)
    assert seen[0]["status"] == "running"
    assert seen[0]["progress"] == {"step": "search", "share": 0.25, "value": 12.0}
    ended = api.get(f"/v1/plan-suggestions/{suggestion_id}").json
    assert ended["status"] == "cancelled"
    assert visited(ended) == [["K01"]], "what had been found by then is its answer"


def test_a_search_that_its_time_will_end_says_how_much_of_it_is_over(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed_stop(api, "K01")
    suggestion_id = ask(api, seconds=100, iterations=100_000)
    really, seconds, seen = running.search, [0.0], []

    def search(posed: Any, *, progress: Any, cancelled: Any) -> Any:
        seconds[0] += 40.0
        progress(Progress(1, 12.0, None))
        seen.append(api.get(f"/v1/plan-suggestions/{suggestion_id}").json["progress"])
        return really(posed, cancelled=cancelled)

    monkeypatch.setattr(running, "time", SimpleNamespace(monotonic=lambda: seconds[0]))
    monkeypatch.setattr(running, "search", search)
    work(api)
    assert seen == [{"step": "search", "share": 0.4, "value": 12.0}]


def test_whoever_explains_many_stops_tells_how_far_it_is_and_keeps_its_job(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Explaining hundreds of stops takes a while; nobody else must begin the job anew meanwhile."""
    for code in ("K01", "K02", "K03", "K04"):
        agreed_stop(api, code, windows=[{"weekday": 0, "opens": "10:00", "closes": "12:00"}])
    suggestion_id = ask(api)
    really, shares = running.left_out, []

    def left_out(posed: Any, answer: Any, told: Any, stopped: Any) -> Any:
        def slowly(share: float) -> None:
            api.clock.forward(seconds=LEASE.total_seconds() - 60)
            told(share)
            assert work(api) == 0
            shares.append(api.get(f"/v1/plan-suggestions/{suggestion_id}").json["progress"])

        return really(posed, answer, slowly, stopped)

    monkeypatch.setattr(running, "SECONDS_BETWEEN_NOTES", 0.0)
    monkeypatch.setattr(running, "left_out", left_out)
    work(api)
    assert [(one["step"], one["share"]) for one in shares] == [
        ("reasons", share) for share in (0.0, 0.25, 0.5, 0.75)
    ]
    assert api.get(f"/v1/plan-suggestions/{suggestion_id}").json["status"] == "done"


def test_whoever_searches_without_a_word_keeps_its_job_and_hears_that_it_is_stopped(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first unit of a large month tells nothing until it is done: it asks whether to go on."""
    agreed_stop(api, "K01")
    suggestion_id = ask(api)
    really, asked = running.search, []

    def search(posed: Any, *, progress: Any, cancelled: Any) -> Any:
        for _ in range(3):
            api.clock.forward(seconds=LEASE.total_seconds() - 60)
            asked.append(cancelled())
            assert work(api) == 0, "nobody else has begun it anew"
        api.post(f"/v1/plan-suggestions/{suggestion_id}/stop", {})
        asked.append(cancelled())
        return really(posed, progress=progress, cancelled=cancelled)

    monkeypatch.setattr(running, "SECONDS_BETWEEN_NOTES", 0.0)
    monkeypatch.setattr(running, "search", search)
    work(api)
    assert asked == [False, False, False, True]
    assert api.get(f"/v1/plan-suggestions/{suggestion_id}").json["status"] == "cancelled"


def test_one_that_is_stopped_while_it_explains_keeps_its_days_and_says_that_the_reasons_are_missing(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code in ("K01", "K02", "K03", "K04"):
        agreed_stop(api, code, windows=[{"weekday": 0, "opens": "10:00", "closes": "12:00"}])
    suggestion_id = ask(api)
    really = running.left_out

    def left_out(posed: Any, answer: Any, told: Any, stopped: Any) -> Any:
        def then_stopped(share: float) -> None:
            told(share)
            if share == 0.5:
                api.post(f"/v1/plan-suggestions/{suggestion_id}/stop", {})

        return really(posed, answer, then_stopped, stopped)

    monkeypatch.setattr(running, "SECONDS_BETWEEN_NOTES", 0.0)
    monkeypatch.setattr(running, "left_out", left_out)
    work(api)
    told = api.get(f"/v1/plan-suggestions/{suggestion_id}").json
    assert told["status"] == "cancelled"
    codes = [[reason["code"] for reason in one["reasons"]] for one in told["answer"]["left_out"]]
    assert len(codes) == 4
    assert codes[2:] == [["explaining_stopped"], ["explaining_stopped"]]
    assert "explaining_stopped" not in [code for one in codes[:2] for code in one]


def test_a_process_that_must_end_gives_it_back(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    agreed_stop(api, "K01")
    suggestion_id = ask(api)
    really, stop = running.search, threading.Event()

    def search(posed: Any, *, progress: Any, cancelled: Any) -> Any:
        stop.set()
        assert cancelled()
        return replace(really(posed, progress=progress, cancelled=lambda: False), ended=Ended.CANCELLED)

    with monkeypatch.context() as patch:
        patch.setattr(running, "search", search)
        work(api, stop)
    assert api.get(f"/v1/plan-suggestions/{suggestion_id}").json["status"] == "waiting"
    assert work(api) == 1
    assert api.get(f"/v1/plan-suggestions/{suggestion_id}").json["status"] == "done"


def test_a_worker_that_died_over_it_is_followed_by_another(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    agreed_stop(api, "K01")
    suggestion_id = ask(api)

    def die(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(running, "search", die)
        with pytest.raises(KeyboardInterrupt):
            work(api)
    assert work(api) == 0
    api.clock.forward(minutes=LEASE.total_seconds() / 60)
    assert work(api) == 1
    assert api.get(f"/v1/plan-suggestions/{suggestion_id}").json["status"] == "done"


def test_a_fault_of_ours_ends_it_with_a_sentence(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    agreed_stop(api, "K01")
    suggestion_id = ask(api)

    def fail(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(running, "search", fail)
        work(api)
    found = api.get(f"/v1/plan-suggestions/{suggestion_id}", headers={"Accept-Language": "en"}).json
    assert found["status"] == "failed"
    assert found["problem"].startswith("A fault of the program")
    assert work(api) == 0


@pytest.mark.parametrize(
    ("said", "path", "code"),
    [
        ({"stop_ids": [str(uuid.UUID(int=1))]}, "/stop_ids/0", "unknown_reference"),
        ({"van_ids": [str(uuid.UUID(int=1))]}, "/van_ids/0", "unknown_reference"),
        ({"to_day": "2026-11-01"}, "", "wrong_order"),
        ({"to_day": "2027-11-01"}, "", "too_many_days"),
        ({"weekdays": [7]}, "/weekdays/0", "too_large"),
        ({"leave_after": "19:00", "back_by": "08:00"}, "", "wrong_order"),
    ],
)
def test_what_makes_no_sense_is_refused(api: Api, said: dict[str, Any], path: str, code: str) -> None:
    answer = api.post("/v1/plan-suggestions", {**WEEK, **said})
    assert answer.status == 422
    assert [(fault["path"], fault["code"]) for fault in answer.json["errors"]] == [(path, code)]


def test_a_must_outside_of_the_candidates_and_one_that_is_never_are_refused(api: Api) -> None:
    first, second = agreed_stop(api, "K01"), agreed_stop(api, "K02")
    outside = api.post("/v1/plan-suggestions", {**WEEK, "stop_ids": [first], "must": [second]})
    assert [fault["code"] for fault in outside.json["errors"]] == ["must_is_no_candidate"]
    both = api.post("/v1/plan-suggestions", {**WEEK, "never": [first], "must": [first]})
    assert [fault["code"] for fault in both.json["errors"]] == ["must_and_never"]


def test_only_so_many_run_at_once(api: Api) -> None:
    for _ in range(5):
        ask(api)
    assert api.post("/v1/plan-suggestions", WEEK).code == "too_many_suggestions"
    work(api)
    ask(api)


def test_the_newest_stands_first_and_they_can_be_found_by_status(api: Api) -> None:
    agreed_stop(api, "K01")
    first = suggested(api)["id"]
    api.clock.forward(minutes=1)
    second = ask(api)
    assert [one["id"] for one in api.get("/v1/plan-suggestions").json["items"]] == [second, first]
    assert [one["id"] for one in api.get("/v1/plan-suggestions?status=done").json["items"]] == [first]


def test_it_is_drawn_as_a_calendar_and_day_by_day(api: Api) -> None:
    agreed_stop(api, "K01", name='\u2067<b>& "寺"\u202e')
    found = suggested(api, weekdays=[2])
    path = f"/v1/plan-suggestions/{found['id']}/picture.svg"
    for query in ("", f"?day={WEDNESDAY}", f"?day={WEDNESDAY}&van_id={api.van}"):
        picture = api.get(path + query)
        assert picture.headers["Content-Type"] == "image/svg+xml"
        words = "".join(ElementTree.fromstring(picture.text).itertext())  # noqa: S314 - our own
        assert '<b>& "寺"' in words
        assert not set("\u2067\u202e") & set(words), "a name turns no line round"
        assert "くるくる" in words
    (day,) = found["answer"]["days"]
    assert f"{day['leaves']}–{day['back']}" in words
    assert api.get(f"{path}?day={SATURDAY}").status == 404
    assert api.get(f"{path}?day={WEDNESDAY}&van_id={api.other_van}").status == 404
    assert api.get(f"/v1/plan-suggestions/{ask(api)}/picture.svg").code == "suggestion_without_answer"


def test_a_van_that_is_out_alone_is_named_where_there_are_several(api: Api) -> None:
    agreed_stop(api, "K01")
    one_van = suggested(api)
    agreed_stop(api, "K02")
    two = suggested(api, van_ids=[str(api.van), str(api.other_van)], shift_minutes=180)
    names = {day["van_name"] for day in two["answer"]["days"]}
    assert len(names) == len(two["answer"]["days"]) == 2

    def words(found: dict[str, Any]) -> set[str | None]:
        picture = api.get(f"/v1/plan-suggestions/{found['id']}/picture.svg").text
        return {one.text for one in ElementTree.fromstring(picture)}  # noqa: S314 - our own

    assert names <= words(two)
    assert not names & words(one_van)
