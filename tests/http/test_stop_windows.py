"""Windows of the nth weekday and of dates, and stops shut on holidays, as a plan meets them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Api
from tests.planning import agreed_stop, draft, stay

THIRD, FOURTH, HOLIDAY = "2026-11-21", "2026-11-28", "2026-11-23"
THIRD_SATURDAY = {"weekday": 5, "nth": 3, "opens": "10:00", "closes": "14:00"}


def found(api: Api, stop: str, day: str) -> list[str]:
    plan = draft(api, stay(stop), day=day).json
    return [violation["code"] for violation in api.get(f"/v1/plans/{plan['id']}/check").json["violations"]]


def test_a_stop_of_the_third_saturday_is_shut_on_the_fourth(api: Api) -> None:
    stop = agreed_stop(api, windows=[THIRD_SATURDAY])
    assert api.get(f"/v1/stops/{stop}").json["windows"] == [{**THIRD_SATURDAY, "on_day": None}]
    assert found(api, stop, THIRD) == []
    assert found(api, stop, FOURTH) == ["no_window_that_day"]


def test_a_dated_exception_shuts_the_third_saturday(api: Api) -> None:
    stop = agreed_stop(api, windows=[THIRD_SATURDAY, {"on_day": THIRD}])
    assert found(api, stop, THIRD) == ["no_window_that_day"]


def test_a_stop_shut_on_holidays_is_told_of_on_one(api: Api) -> None:
    stop = agreed_stop(api, closed_on_holidays=True)
    assert found(api, stop, HOLIDAY) == ["no_window_that_day"]
    assert found(api, stop, FOURTH) == []
    opened = api.patch(f"/v1/stops/{stop}", {"closed_on_holidays": False}, version=1)
    assert opened.json["closed_on_holidays"] is False
    assert "no_window_that_day" not in found(api, stop, HOLIDAY)


@pytest.mark.parametrize(
    ("window", "code"),
    [
        ({"on_day": THIRD, "nth": 3}, ("", "weekday_or_day")),
        ({"nth": 3, "opens": "10:00", "closes": "14:00"}, ("", "weekday_or_day")),
        ({**THIRD_SATURDAY, "nth": 0}, ("/nth", "not_in_list")),
        ({**THIRD_SATURDAY, "nth": 6}, ("/nth", "too_large")),
        ({"weekday": 5}, ("", "both_times")),
    ],
)
def test_a_window_that_names_no_day_is_refused(
    api: Api, window: dict[str, Any], code: tuple[str, str]
) -> None:
    body = {"code": "K1", "name": "寺", "kind": "temple", "position": {"lat": 35.8, "lon": 139.9}}
    answer = api.post("/v1/stops", {**body, "windows": [window]})
    assert answer.faults == {f"/windows/0{code[0]}": code[1]}


def test_one_saturday_of_a_month_may_be_shut(api: Api) -> None:
    every = {"weekday": 5, "opens": "09:00", "closes": "17:00"}
    stop = agreed_stop(api, windows=[every, {"weekday": 5, "nth": 3}])
    assert found(api, stop, THIRD) == ["no_window_that_day"]
    assert found(api, stop, FOURTH) == []
