"""The calendar through HTTP: what kind of day it is, and school holidays as coordinators keep them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Answer, Api


def school_holiday(api: Api, name: str, from_day: str, to_day: str, **said: Any) -> Answer:
    made = api.post("/v1/school-holidays", {"name": name, "from_day": from_day, "to_day": to_day, **said})
    assert made.status == 201, made
    return made


def kinds(api: Api, from_day: str, to_day: str, more: str = "") -> str:
    days = api.get(f"/v1/calendar?from_day={from_day}&to_day={to_day}{more}", role="crew").json["days"]
    return " ".join(day["kind"] for day in days)


def test_each_day_says_what_it_is(api: Api) -> None:
    school_holiday(api, "冬休み", "2026-12-31", "2027-01-06", name_en="Winter holidays")
    assert kinds(api, "2026-12-29", "2027-01-03") == (
        "weekday weekday school_holiday public_holiday school_holiday school_holiday"
    )
    assert kinds(api, "2027-01-07", "2027-01-09") == "weekday weekday weekend"


def test_a_holiday_is_named_in_both_languages(api: Api) -> None:
    winter = school_holiday(api, "冬休み", "2026-12-24", "2027-01-06", name_en="Winter holidays").json
    day = api.get("/v1/calendar?from_day=2027-01-01&to_day=2027-01-01").json["days"][0]
    assert (day["weekday"], day["public_holiday"]) == (4, {"name": "元日", "name_en": "New Year's Day"})
    assert day["school_holidays"] == [{name: winter[name] for name in ("id", "name", "name_en", "area")}]


def test_holidays_of_one_area_are_not_those_of_another(api: Api) -> None:
    school_holiday(api, "県民の日", "2027-06-15", "2027-06-15")
    school_holiday(api, "小金の開校記念日", "2027-06-16", "2027-06-16", area="小金")
    assert kinds(api, "2027-06-15", "2027-06-16") == "school_holiday school_holiday"
    assert kinds(api, "2027-06-15", "2027-06-16", "&area=小金") == "school_holiday school_holiday"
    assert kinds(api, "2027-06-15", "2027-06-16", "&area=馬橋") == "school_holiday weekday"
    listed = api.get("/v1/school-holidays?area=馬橋").json["items"]
    assert [row["name"] for row in listed] == ["県民の日"]


def test_a_school_holiday_is_changed_and_taken_back(api: Api) -> None:
    made = school_holiday(api, "冬休み", "2026-12-24", "2027-01-06").json
    path = f"/v1/school-holidays/{made['id']}"
    longer = api.patch(path, {"to_day": "2027-01-08"}, version=1)
    assert (longer.json["to_day"], longer.json["version"]) == ("2027-01-08", 2)
    assert kinds(api, "2027-01-07", "2027-01-08") == "school_holiday school_holiday"
    assert api.patch(path, {"name": "冬"}, version=1).code == "stale"
    assert api.patch(path, {"to_day": "2026-12-01"}, version=2).faults == {"/to_day": "wrong_order"}
    assert api.patch(path, {"active": False}, version=2).status == 200
    assert kinds(api, "2027-01-07", "2027-01-08") == "weekday weekday"
    assert api.get(path).json["active"] is False  # it stays to be read: plans were made by it


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        ({"to_day": "2026-12-01"}, {"": "wrong_order"}),
        ({"name": " "}, {"/name": "too_short"}),
        ({"area": ""}, {"/area": "too_short"}),
    ],
)
def test_a_bad_school_holiday_is_named(api: Api, said: dict[str, Any], faults: dict[str, str]) -> None:
    body = {"name": "冬休み", "from_day": "2026-12-24", "to_day": "2027-01-06", **said}
    answer = api.post("/v1/school-holidays", body)
    assert (answer.status, answer.faults) == (422, faults)


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ("from_day=2026-12-02&to_day=2026-12-01", {"?to_day": "wrong_order"}),
        ("from_day=2026-01-01&to_day=2027-02-05", {"?to_day": "too_many_days"}),
        ("from_day=2026-12-02", {"?to_day": "required"}),
    ],
)
def test_a_period_that_is_none_is_refused(api: Api, query: str, faults: dict[str, str]) -> None:
    answer = api.get(f"/v1/calendar?{query}")
    assert (answer.status, answer.faults) == (422, faults)


def test_a_year_and_a_month_of_days_can_be_asked_for(api: Api) -> None:
    days = api.get("/v1/calendar?from_day=2026-01-01&to_day=2027-02-04").json["days"]
    assert len(days) == 400


def test_the_crew_reads_the_calendar_and_keeps_none(api: Api) -> None:
    body = {"name": "冬休み", "from_day": "2026-12-24", "to_day": "2027-01-06"}
    assert api.post("/v1/school-holidays", body, role="crew").code == "forbidden"


def test_school_holidays_are_listed_by_the_days_that_they_touch(api: Api) -> None:
    for name, first, last in (
        ("夏休み", "2026-07-18", "2026-08-31"),
        ("冬休み", "2026-12-24", "2027-01-06"),
        ("春休み", "2027-03-25", "2027-04-05"),
    ):
        school_holiday(api, name, first, last)
    found = api.get("/v1/school-holidays?from_day=2026-08-31&to_day=2026-12-24&limit=1").json
    assert [row["name"] for row in found["items"]] == ["夏休み"]
    rest = api.get(
        f"/v1/school-holidays?from_day=2026-08-31&to_day=2026-12-24&limit=1&cursor={found['next']}"
    )
    assert [row["name"] for row in rest.json["items"]] == ["冬休み"]
    assert rest.json["next"] is None
