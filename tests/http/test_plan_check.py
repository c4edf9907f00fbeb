"""What a check knows from the rest of the house: heat, other vans, other days, shifts, the drive from the base."""

from __future__ import annotations

from typing import Any

import pytest

from outreach_api.kernel.ids import new_id
from tests.api import Answer, Api
from tests.planning import agreed_stop, draft, stay

BASE = {"lat": 35.7877, "lon": 139.9032}


def checked(api: Api, plan: Answer) -> dict[str, dict[str, Any]]:
    answer = api.get(f"/v1/plans/{plan.json['id']}/check")
    assert answer.status == 200, answer
    return {violation["code"]: violation for violation in answer.json["violations"]}


def expect(api: Api, wbgt: float | None, **when: Any) -> Answer:
    said = api.post("/v1/heat", {"wbgt": wbgt, **when})
    assert said.status == 201, said
    return said


@pytest.mark.parametrize(
    ("wbgt", "shelter", "code"),
    [
        (27.9, False, None),
        (28, False, "heat_warning"),
        (31, True, "heat_warning"),
        (31, False, "heat_needs_shade"),
        (33, True, "heat_too_great"),
    ],
)
def test_the_heat_that_is_expected_of_the_day_is_judged_by_the_shade_of_the_stop(
    api: Api, wbgt: float, shelter: bool, code: str | None
) -> None:
    plan = draft(api, stay(agreed_stop(api, shelter=shelter)))
    assert checked(api, plan) == {}
    expect(api, wbgt, on_day="2026-11-28")
    assert list(checked(api, plan)) == ([code] if code else [])


def test_a_days_own_heat_counts_before_its_months_and_what_was_said_last_counts(api: Api) -> None:
    plan = draft(api, stay(agreed_stop(api)))
    expect(api, 34, month=11)
    expect(api, 34, month=12)
    assert list(checked(api, plan)) == ["heat_too_great"]
    expect(api, 29, on_day="2026-11-28")
    assert checked(api, plan)["heat_warning"]["numbers"] == {"wbgt": "29", "limit": "28"}
    said = expect(api, None, on_day="2026-11-28").json["items"]
    assert list(checked(api, plan)) == ["heat_too_great"]
    assert [(one["month"], one["on_day"], one["wbgt"]) for one in said] == [
        (11, None, 34.0),
        (12, None, 34.0),
    ]
    expect(api, 20, month=11)
    assert checked(api, plan) == {}


def test_heat_is_said_of_a_day_or_a_month_and_by_planners_only(api: Api) -> None:
    assert api.post("/v1/heat", {"wbgt": 30}).faults == {"": "day_or_month"}
    assert api.post("/v1/heat", {"wbgt": 30, "month": 8, "on_day": "2026-08-01"}).status == 422
    assert api.post("/v1/heat", {"wbgt": 30, "month": 8}, role="crew").code == "forbidden"
    assert api.get("/v1/heat", role="crew").json == {"items": []}


def test_two_vans_at_one_stop_need_room_for_two(api: Api) -> None:
    stop = agreed_stop(api)
    draft(api, stay(stop, "10:00", "12:00"), van=api.other_van)
    plan = draft(api, stay(stop, "12:30", "13:30"))
    full = checked(api, plan)["stop_full"]
    assert (full["severity"], full["numbers"]) == (
        "hard",
        {"vans": 2, "van_count": 1, "arrive": "13:00"},
    )
    (mend,) = full["mends"]
    assert (mend["what"], mend["arrive"], mend["depart"]) == ("move_stay", "13:00", "14:00")
    assert "13:00" in full["fix"]
    assert api.patch(f"/v1/stops/{stop}", {"van_count": 2}, version=1).status == 200
    assert checked(api, plan) == {}


def test_a_stops_own_days_between_visits_are_a_condition(api: Api) -> None:
    stop = agreed_stop(api, min_days_between=21, max_days_between=35)
    draft(api, stay(stop), day="2026-11-14", van=api.other_van)
    again = checked(api, draft(api, stay(stop)))["stop_too_soon_again"]
    assert (again["severity"], again["numbers"]) == (
        "hard",
        {
            "days": 14,
            "least_days": 21,
            "missing_days": 7,
            "other_day": "2026-11-14",
            "good_day": "2026-12-05",
        },
    )
    assert again["mends"][0] | {"plan_stop_id": None} == {
        "what": "other_day",
        "plan_stop_id": None,
        "arrive": None,
        "depart": None,
        "from_day": "2026-12-05",
        "to_day": None,
        "minutes": None,
    }
    late = checked(api, draft(api, stay(stop), day="2027-01-30"))["stop_too_late_again"]
    assert (late["severity"], late["numbers"]["days"]) == ("soft", 63)


def test_a_held_visit_counts_like_a_planned_one(api: Api) -> None:
    stop = agreed_stop(api, min_days_between=3)
    opened = api.post("/v1/visits", {"stop_id": stop}, role="crew")
    assert opened.status == 201, opened
    plan = draft(api, stay(stop), day="2026-11-30")
    assert checked(api, plan)["stop_too_soon_again"]["numbers"]["other_day"] == "2026-11-28"


def test_once_shifts_are_planned_a_day_without_people_is_told(api: Api) -> None:
    plan = draft(api, stay(agreed_stop(api)))
    assert checked(api, plan) == {}
    person = api.post("/v1/people", {"name": "スタッフ1", "role": "crew"}, role="admin").json["id"]
    shift = {
        "van_id": str(api.van),
        "local_day": "2026-11-29",
        "starts_at": "09:00",
        "ends_at": "12:00",
        "members": [{"person_id": person, "duty": "lead"}],
    }
    assert api.post("/v1/shifts", shift).status == 201
    assert checked(api, plan)["nobody_on_shift"]["numbers"] == {"begins": "09:30", "ends": "12:30"}
    assert api.post("/v1/shifts", {**shift, "local_day": "2026-11-28"}, key=new_id()).status == 201
    gap = checked(api, plan)["shift_has_gap"]
    assert gap["numbers"] == {"begins": "12:00", "ends": "12:30", "missing_minutes": 30}


def test_the_drive_from_the_base_and_back_counts_in_the_day(api: Api) -> None:
    plan = draft(api, stay(agreed_stop(api), "09:20", "18:20"))
    assert "shift_too_long" not in checked(api, plan)  # exactly ten hours with set-up and teardown
    assert api.patch(f"/v1/vans/{api.van}", {"base": BASE}, version=1).status == 200
    too_long = checked(api, plan)["shift_too_long"]
    assert too_long["numbers"]["too_many_minutes"] == 40
    assert too_long["numbers"]["depart"] == "17:40"


def test_a_long_day_without_a_break_is_told_with_the_time_at_which_there_would_be_one(api: Api) -> None:
    near = agreed_stop(api, "K01")
    far = agreed_stop(api, "K02", position={"lat": 35.8256, "lon": 139.9614})
    plan = draft(api, stay(near, "10:00", "12:30"), stay(far, "14:00", "17:00"))
    missing = checked(api, plan)["break_missing"]
    assert missing["severity"] == "soft"
    assert missing["numbers"] == {
        "minutes": 480,
        "after_minutes": 360,
        "least_minutes": 45,
        "longest_minutes": 19,
        "missing_minutes": 41,
        "arrive": "14:41",
    }, "with 26 minutes more it would be a day over eight hours, which owes an hour"
    late = draft(api, stay(near, "10:00", "12:30"), stay(far, "14:41", "17:41"), day="2026-11-21")
    assert "break_missing" not in checked(api, late)


def test_a_day_over_eight_hours_owes_an_hour_and_one_stay_leaves_none(api: Api) -> None:
    near, far = agreed_stop(api, "K01"), agreed_stop(api, "K02", position={"lat": 35.8256, "lon": 139.9614})
    two = draft(api, stay(near, "09:00", "12:30"), stay(far, "14:30", "17:00"))
    missing = checked(api, two)["break_missing"]["numbers"]
    assert (missing["minutes"], missing["after_minutes"]) == (540, 480)
    assert (missing["longest_minutes"], missing["least_minutes"]) == (49, 60)
    alone = checked(api, draft(api, stay(near, "09:00", "16:00"), day="2026-11-21"))["break_missing"]
    assert alone["numbers"]["longest_minutes"] == 0
    assert alone["mends"] == []


def test_a_check_names_the_holidays_of_its_day_and_holds_none_against_it(api: Api) -> None:
    said = {"name": "冬休み", "from_day": "2026-12-24", "to_day": "2027-01-06"}
    assert api.post("/v1/school-holidays", said).status == 201
    plan = draft(api, stay(agreed_stop(api)), day="2027-01-01")
    path = f"/v1/plans/{plan.json['id']}/check"
    told = api.get(path).json
    assert told["publishable"] is True
    assert [(one["kind"], one["name"]) for one in told["holidays"]] == [
        ("public_holiday", "元日"),
        ("school_holiday", "冬休み"),
    ]
    english = api.get(path, headers={"Accept-Language": "en"}).json["holidays"]
    assert english[0]["text"].startswith("New Year's Day, a public holiday:")
    assert english[1]["text"].startswith("冬休み: there is no school")
    other = draft(api, stay(agreed_stop(api, "K08")), day="2027-01-07")
    assert api.get(f"/v1/plans/{other.json['id']}/check").json["holidays"] == []


def test_a_permission_that_ends_in_the_same_week_is_told_beforehand(api: Api) -> None:
    stop = agreed_stop(api)
    granted = api.get(f"/v1/stops/{stop}").json["permissions"][0]["id"]
    plan = draft(api, stay(stop), day="2026-11-24")
    api.post(f"/v1/permissions/{granted}/withdraw", {"on_day": "2026-11-28"}, version=1)
    soon = checked(api, plan)["permission_ends_soon"]
    assert soon["numbers"] == {"ends_on": "2026-11-27", "days_left": 3}
    api.post(f"/v1/stops/{stop}/permissions", {"type": "consent", "valid_from": "2026-11-28"})
    assert checked(api, plan) == {}


def test_a_day_that_does_not_fit_is_told_once_with_the_stop_to_leave_out(api: Api) -> None:
    hours = {"weekday": 5, "opens": "10:00", "closes": "13:00"}
    first = agreed_stop(api, "K01", windows=[hours])
    second = agreed_stop(api, "K02", windows=[hours], position={"lat": 35.8256, "lon": 139.9614})
    plan = draft(api, stay(first, "10:00", "13:00"), stay(second, "10:30", "12:30"))
    found = api.get(f"/v1/plans/{plan.json['id']}/check").json["violations"]
    (told,) = [one for one in found if one["code"] == "day_does_not_fit"]
    assert found[0] == told
    assert (told["stop_names"], told["severity"]) == (["場所K02"], "hard")
    assert told["cause"] == "2か所は、時刻を直していっても一日に収まりません。"
    assert told["fix"] == "この場所を外せば、残りは時刻を直して収まります。"
    assert [mend["what"] for mend in told["mends"]] == ["remove_stay"]
    alone = {**stay(first, "10:00", "13:00"), "id": plan.json["stops"][0]["id"]}
    assert api.patch(f"/v1/plans/{plan.json['id']}", {"stops": [alone]}, version=1).status == 200
    assert api.get(f"/v1/plans/{plan.json['id']}/check").json["publishable"] is True
