"""Templates through HTTP: their days, and drafts made of them once, never over what somebody did by hand."""

from __future__ import annotations

from typing import Any

import pytest

from outreach_api.kernel.ids import new_id
from tests.api import Answer, Api
from tests.planning import agreed_stop

DECEMBER = "from_day=2026-12-01&to_day=2026-12-31"
SATURDAYS = {"first_day": "2026-12-01", "rrule": "FREQ=MONTHLY;BYDAY=1SA,3SA"}
FIRST, THIRD = "2026-12-05", "2026-12-19"


def template(api: Api, stop: str | None = None, **said: Any) -> dict[str, Any]:
    """The first and third Saturday at one stop, unless something else is said."""
    stay = {"stop_id": stop or agreed_stop(api), "arrive": "10:00", "depart": "13:00"}
    body = {"name": "土曜の回", "van_id": str(api.van), **SATURDAYS, "stops": [stay], **said}
    made = api.post("/v1/plan-templates", body)
    assert made.status == 201, made
    found: dict[str, Any] = made.json
    return found


def make(api: Api, of: dict[str, Any], version: int = 1, **asked: Any) -> Answer:
    body = {"from_day": "2026-12-01", "to_day": "2026-12-31", "template_version": version, **asked}
    return api.post(f"/v1/plan-templates/{of['id']}/materialise", body)


def changes(api: Api, of: dict[str, Any], period: str = DECEMBER) -> dict[str, list[str]]:
    """The days of each list that has any."""
    answer = api.get(f"/v1/plan-templates/{of['id']}/changes?{period}")
    assert answer.status == 200, answer
    return days_in(answer)


def days_in(answer: Answer) -> dict[str, list[str]]:
    lists = {name: said for name, said in answer.json.items() if isinstance(said, list)}
    return {name: [line["day"] for line in said] for name, said in lists.items() if said}


def line_of(api: Api, of: dict[str, Any], day: str) -> dict[str, Any]:
    answer = api.get(f"/v1/plan-templates/{of['id']}/changes?{DECEMBER}").json
    lines = [line for said in answer.values() if isinstance(said, list) for line in said]
    found: dict[str, Any] = next(line for line in lines if line["day"] == day)
    return found


def plans(api: Api, **kwargs: Any) -> dict[str, dict[str, Any]]:
    return {plan["local_day"]: plan for plan in api.get(f"/v1/plans?{DECEMBER}", **kwargs).json["items"]}


def test_a_template_is_kept_and_shown(api: Api) -> None:
    made = template(api, except_days=["2027-08-21", "2027-01-02"])
    shown = api.get(f"/v1/plan-templates/{made['id']}").json
    assert (shown["rrule"], shown["except_days"]) == (SATURDAYS["rrule"], ["2027-01-02", "2027-08-21"])
    assert (shown["on_public_holiday"], shown["on_school_holiday"]) == ("hold", "hold")
    assert [(stay["stop_code"], stay["arrive"]) for stay in shown["stops"]] == [("K07", "10:00")]
    assert [one["id"] for one in api.get("/v1/plan-templates").json["items"]] == [made["id"]]
    assert api.get(f"/v1/plan-templates?van_id={api.other_van}").json["items"] == []


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        ({"rrule": "FREQ=HOURLY"}, {"/rrule": "rule_too_often"}),
        ({"rrule": "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30"}, {"/rrule": "rule_without_days"}),
        ({"rrule": None}, {"": "template_without_days"}),
        ({"van_id": str(new_id())}, {"/van_id": "unknown_reference"}),
        (
            {"stops": [{"stop_id": str(new_id()), "arrive": "10:00", "depart": "12:00"}]},
            {"/stops/0/stop_id": "unknown_reference"},
        ),
        ({"stops": []}, {"/stops": "too_few"}),
        ({"more_days": ["2026-12-01", "2026-12-01"]}, {"/more_days": "repeated"}),
    ],
)
def test_a_bad_template_is_named(api: Api, said: dict[str, Any], faults: dict[str, str]) -> None:
    stay = {"stop_id": agreed_stop(api), "arrive": "10:00", "depart": "13:00"}
    body = {"name": "土曜の回", "van_id": str(api.van), **SATURDAYS, "stops": [stay], **said}
    answer = api.post("/v1/plan-templates", body)
    assert (answer.status, answer.faults) == (422, faults)


def test_a_change_of_a_template_is_held_to_the_same(api: Api) -> None:
    made = template(api)
    path = f"/v1/plan-templates/{made['id']}"
    assert api.patch(path, {"rrule": "FREQ=DAILY;BYHOUR=3"}, version=1).faults == {
        "/rrule": "rule_part_unknown"
    }
    assert api.patch(path, {"rrule": None}, version=1).faults == {"/rrule": "template_without_days"}
    assert api.patch(path, {"name": "別"}, version=1).json["version"] == 2
    assert api.patch(path, {"name": "又"}, version=1).code == "stale"


def test_the_days_say_why_they_are_skipped_or_moved(api: Api) -> None:
    school = {
        "name": "冬休み",
        "name_en": "Winter holidays",
        "from_day": "2026-12-24",
        "to_day": "2027-01-06",
    }
    assert api.post("/v1/school-holidays", school).status == 201
    made = template(
        api,
        first_day="2026-11-23",
        rrule="FREQ=WEEKLY;BYDAY=MO",
        except_days=["2026-12-07"],
        on_public_holiday="next_working_day",
        on_school_holiday="skip",
    )
    path = f"/v1/plan-templates/{made['id']}/days?from_day=2026-11-23&to_day=2026-12-31"
    found = api.get(path).json["days"]
    assert [(one["day"], one["outcome"], one["planned_on"]) for one in found] == [
        ("2026-11-23", "moved", "2026-11-24"),
        ("2026-11-30", "held", "2026-11-30"),
        ("2026-12-07", "skipped", None),
        ("2026-12-14", "held", "2026-12-14"),
        ("2026-12-21", "held", "2026-12-21"),
        ("2026-12-28", "skipped", None),
    ]
    assert found[0]["reason"] == "祝日（勤労感謝の日）なので、2026-11-24に移します。"
    assert found[1]["reason"] is None
    english = api.get(path, headers={"Accept-Language": "en"}).json["days"]
    assert english[5]["reason"] == "It is a school holiday (Winter holidays), and skipped."


def test_school_holidays_of_another_area_do_not_count(api: Api) -> None:
    school = {"name": "開校記念日", "from_day": FIRST, "to_day": FIRST, "area": "小金"}
    assert api.post("/v1/school-holidays", school).status == 201
    stop = agreed_stop(api)
    here = template(api, stop, on_school_holiday="skip", school_area="小金")
    there = template(api, stop, on_school_holiday="skip", school_area="馬橋")
    anywhere = template(api, stop, on_school_holiday="skip")
    assert [changes(api, one)["added"] for one in (here, there, anywhere)] == [
        [THIRD],
        [FIRST, THIRD],
        [FIRST, THIRD],
    ]


def test_a_month_of_drafts_is_made_once(api: Api) -> None:
    made = template(api)
    assert changes(api, made) == {"added": [FIRST, THIRD]}
    first = make(api, made)
    assert (first.status, days_in(first)) == (201, {"added": [FIRST, THIRD]})
    drafts = plans(api)
    assert [(plan["status"], plan["title"]) for plan in drafts.values()] == [("draft", "土曜の回")] * 2
    assert [stop["arrive"] for stop in drafts[FIRST]["stops"]] == ["10:00"]
    assert {line["plan_id"] for line in first.json["added"]} == {plan["id"] for plan in drafts.values()}
    assert changes(api, made) == {"same": [FIRST, THIRD]}
    assert days_in(make(api, made)) == {}
    assert plans(api) == drafts


def test_a_making_that_is_sent_again_answers_what_it_did(api: Api) -> None:
    made, key = template(api), new_id()
    body = {"from_day": "2026-12-01", "to_day": "2026-12-31", "template_version": 1}
    path = f"/v1/plan-templates/{made['id']}/materialise"
    first = api.post(path, body, key=key)
    assert api.post(path, body, key=key).json == first.json


def test_overlapping_periods_make_no_day_twice(api: Api) -> None:
    made = template(api)
    make(api, made, from_day="2026-12-01", to_day="2026-12-10")
    assert days_in(make(api, made, from_day="2026-12-05", to_day="2027-01-31")) == {
        "added": [THIRD, "2027-01-02", "2027-01-16"]
    }
    assert len(api.get("/v1/plans").json["items"]) == 4


def test_only_the_days_that_were_chosen_are_added(api: Api) -> None:
    made = template(api)
    answer = make(api, made, add=[THIRD])
    assert days_in(answer) == {"added": [THIRD], "left": [FIRST]}
    assert answer.json["left"][0]["why"] == "not_asked_for"
    assert list(plans(api)) == [THIRD]


def test_a_changed_template_says_what_it_would_change_and_changes_what_was_asked_for(api: Api) -> None:
    stop, other = agreed_stop(api), agreed_stop(api, "K08")
    made = template(api, stop)
    make(api, made)
    before = plans(api)
    later = [
        {"stop_id": stop, "arrive": "10:30", "depart": "12:00"},
        {"stop_id": other, "arrive": "13:00", "depart": "15:00"},
    ]
    path = f"/v1/plan-templates/{made['id']}"
    assert api.patch(path, {"stops": later, "rrule": "FREQ=MONTHLY;BYDAY=2SA,3SA"}, version=1).status == 200
    assert plans(api) == before, "nothing changes by itself"
    assert changes(api, made) == {"removed": [FIRST], "added": ["2026-12-12"], "changed": [THIRD]}
    assert line_of(api, made, THIRD)["differs"] == ["stops"]
    assert days_in(make(api, made, 2, add=[])) == {"left": [FIRST, "2026-12-12", THIRD]}
    assert plans(api) == before
    done = make(api, made, 2, change=[THIRD], remove=[FIRST])
    assert days_in(done) == {"added": ["2026-12-12"], "changed": [THIRD], "removed": [FIRST]}
    after = plans(api)
    assert {day: plan["status"] for day, plan in after.items()} == {
        FIRST: "cancelled",
        "2026-12-12": "draft",
        THIRD: "draft",
    }
    stays = after[THIRD]["stops"]
    assert [(stay["stop_code"], stay["arrive"]) for stay in stays] == [("K07", "10:30"), ("K08", "13:00")]
    assert stays[0]["id"] == before[THIRD]["stops"][0]["id"], "the visit that it leads to stays the same"
    assert changes(api, made) == {"same": [FIRST, "2026-12-12", THIRD]}


def test_what_somebody_did_by_hand_is_listed_apart_and_never_touched(api: Api) -> None:
    stop = agreed_stop(api)
    made = template(api, stop, rrule="FREQ=WEEKLY;BYDAY=SA")
    make(api, made)
    found = plans(api)
    edited, published, called_off, visited = (found[f"2026-12-{day}"] for day in ("05", "12", "19", "26"))
    assert api.patch(f"/v1/plans/{edited['id']}", {"title": "手直し"}, version=1).status == 200
    for day, plan in (("12", published), ("19", called_off)):
        answer = api.post(f"/v1/plans/{plan['id']}/publish", version=1)
        assert answer.status == 200, (day, answer)
    off = api.post(f"/v1/plans/{called_off['id']}/cancel", {"reason": "wind"}, version=2)
    assert off.status == 200
    visit = {"plan_stop_id": visited["stops"][0]["id"]}
    key = visited["stops"][0]["visit_id"]
    opened = api.post("/v1/visits", visit, role="crew", key=key)
    assert opened.status == 201, opened
    before = plans(api)
    changed = {"rrule": "FREQ=WEEKLY;BYDAY=SU", "name": "日曜の回"}
    assert api.patch(f"/v1/plan-templates/{made['id']}", changed, version=1).status == 200
    saturdays = ["2026-12-05", "2026-12-12", "2026-12-19", "2026-12-26"]
    assert changes(api, made)["by_hand"] == saturdays
    whys = [line_of(api, made, day)["why"] for day in saturdays]
    assert whys == ["edited", "published", "called_off", "visited"]
    done = make(api, made, 2, add=[], change=saturdays, remove=saturdays, restore=saturdays)
    assert {line["day"]: line["why"] for line in done.json["left"] if line["day"] in saturdays} == dict(
        zip(saturdays, whys, strict=True)
    )
    assert days_in(done).keys() == {"left"}
    assert plans(api) == before


def test_a_deleted_draft_stays_deleted_until_it_is_asked_for(api: Api) -> None:
    made = template(api)
    make(api, made)
    plan = plans(api)[FIRST]
    assert api.post(f"/v1/plans/{plan['id']}/cancel", {"reason": "other"}, version=1).status == 200
    assert changes(api, made) == {"deleted": [FIRST], "same": [THIRD]}
    assert days_in(make(api, made, change=[FIRST], remove=[FIRST])) == {"left": [FIRST]}
    assert plans(api)[FIRST]["status"] == "cancelled"
    assert days_in(make(api, made, restore=[FIRST])) == {"restored": [FIRST]}
    again = plans(api)[FIRST]
    assert (again["id"], again["status"], again["cancel_reason"]) == (plan["id"], "draft", None)
    assert changes(api, made) == {"same": [FIRST, THIRD]}


def test_a_day_that_comes_back_into_the_template_gets_its_plan_back(api: Api) -> None:
    made = template(api)
    make(api, made)
    path = f"/v1/plan-templates/{made['id']}"
    assert api.patch(path, {"except_days": [FIRST]}, version=1).status == 200
    assert days_in(make(api, made, 2, remove=[FIRST])) == {"removed": [FIRST]}
    assert api.patch(path, {"except_days": []}, version=2).status == 200
    assert changes(api, made) == {"added": [FIRST], "same": [THIRD]}
    assert days_in(make(api, made, 3)) == {"added": [FIRST]}
    assert {plan["status"] for plan in plans(api).values()} == {"draft"}


def test_a_holiday_that_is_entered_later_moves_a_draft_when_asked(api: Api) -> None:
    made = template(api, on_school_holiday="previous_working_day")
    make(api, made)
    school = {"name": "学校行事", "from_day": THIRD, "to_day": THIRD}
    assert api.post("/v1/school-holidays", school).status == 201
    line = line_of(api, made, THIRD)
    assert (line["planned_on"], line["differs"]) == ("2026-12-18", ["day"])
    make(api, made, change=[THIRD])
    moved = plans(api)["2026-12-18"]
    assert (moved["id"], moved["iso_week"]) == (line["plan_id"], "2026-W51")


def test_plans_are_not_made_of_a_template_that_changed_since_it_was_looked_at(api: Api) -> None:
    made = template(api)
    assert api.patch(f"/v1/plan-templates/{made['id']}", {"name": "別"}, version=1).status == 200
    answer = make(api, made, 1)
    assert (answer.status, answer.code) == (409, "template_changed")
    assert plans(api) == {}


def test_a_template_out_of_use_names_no_days_and_may_take_its_drafts_back(api: Api) -> None:
    made = template(api)
    make(api, made)
    path = f"/v1/plan-templates/{made['id']}"
    assert api.patch(path, {"active": False}, version=1).status == 200
    assert api.get(f"{path}/days?{DECEMBER}").json["days"] == []
    assert changes(api, made) == {"removed": [FIRST, THIRD]}
    make(api, made, 2, remove=[FIRST, THIRD])
    assert {plan["status"] for plan in plans(api).values()} == {"cancelled"}


def test_a_change_of_van_takes_the_drafts_along(api: Api) -> None:
    made = template(api)
    make(api, made)
    path = f"/v1/plan-templates/{made['id']}"
    assert api.patch(path, {"van_id": str(api.other_van)}, version=1).status == 200
    make(api, made, 2, change=[FIRST, THIRD])
    assert {plan["van_id"] for plan in plans(api).values()} == {str(api.other_van)}


def pulled(api: Api, cursor: str = "", **who: Any) -> tuple[list[dict[str, Any]], str]:
    page = api.get(f"/v1/sync/pull?limit=200{cursor}", **who).json
    return [item for item in page["items"] if item["kind"] == "plan"], f"&cursor={page['cursor']}"


def test_the_crews_phones_hear_nothing_of_drafts(api: Api) -> None:
    made = template(api, rrule="FREQ=WEEKLY;BYDAY=SA")
    _, crew = pulled(api, role="crew")
    make(api, made)
    lines, crew = pulled(api, crew, role="crew")
    assert lines == [], "neither as plans nor as plans that are gone"
    assert len(pulled(api)[0]) == 4, "the office's devices hold them"
    api.patch(f"/v1/plan-templates/{made['id']}", {"van_id": str(api.other_van)}, version=1)
    make(api, made, 2, change=["2026-12-05"])
    for van in (api.van, api.other_van):
        assert pulled(api, role="crew", van=van)[0] == []
    first = plans(api)["2026-12-12"]
    assert api.post(f"/v1/plans/{first['id']}/publish", version=1).status == 200
    lines, _ = pulled(api, crew, role="crew")
    assert [(line["id"], line["gone"]) for line in lines] == [(first["id"], False)]


def test_what_the_crew_was_shown_is_told_to_be_gone(api: Api) -> None:
    made = template(api)
    make(api, made)
    plan = plans(api)[FIRST]
    answer = api.post(f"/v1/plans/{plan['id']}/publish", version=1)
    assert answer.status == 200
    _, crew = pulled(api, role="crew")
    moved = api.patch(f"/v1/plans/{plan['id']}", {"van_id": str(api.other_van)}, version=2)
    assert moved.status == 200, moved
    assert [line["gone"] for line in pulled(api, crew, role="crew")[0]] == [True]


@pytest.mark.parametrize(
    ("asked", "faults"),
    [
        ({"from_day": "2026-12-31", "to_day": "2026-12-01"}, {"": "wrong_order"}),
        ({"to_day": "2027-03-11"}, {"": "too_many_days"}),
        ({"change": [FIRST, FIRST]}, {"/change": "repeated"}),
    ],
)
def test_a_period_that_is_none_is_refused(api: Api, asked: dict[str, Any], faults: dict[str, str]) -> None:
    answer = make(api, template(api), **asked)
    assert (answer.status, answer.faults) == (422, faults)


def test_templates_are_the_offices(api: Api) -> None:
    made = template(api)
    for role in ("crew", "safeguarding", "reporter"):
        assert api.get("/v1/plan-templates", role=role).code == "forbidden"
    assert api.get(f"/v1/plan-templates/{made['id']}", role="admin").status == 200
    assert api.get(f"/v1/plan-templates/{new_id()}/changes?{DECEMBER}").status == 404
