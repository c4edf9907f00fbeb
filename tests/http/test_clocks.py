"""Phones whose clocks are wrong: no fact moves to another day, whatever they say and wherever they say it."""

from __future__ import annotations

import pytest

from outreach_api.kernel.ids import new_id
from tests.api import Api
from tests.http.test_sync import operation, push, results, stop_of


@pytest.mark.parametrize(
    ("phone", "left"),
    [
        ("2026-11-27T03:00:00Z", "2026-11-27T02:30:00Z"),
        ("2026-11-29T03:00:00Z", "2026-11-29T02:30:00Z"),
        ("2025-11-28T03:00:00Z", "2025-11-28T02:30:00Z"),
        ("2028-01-01T03:00:00Z", "2028-01-01T02:30:00Z"),
    ],
)
def test_a_time_inside_what_a_wrong_clock_sent_is_corrected_like_the_time_of_the_event(
    api: Api, phone: str, left: str
) -> None:
    visit, came = str(new_id()), phone.replace("T03", "T01")
    arrival = {"stop_id": stop_of(api), "opened_at": came}
    answer = push(
        api,
        operation("visit.open", arrival, entity_id=visit, occurred_at=came),
        operation("visit.close", {"closed_at": left}, entity_id=visit, occurred_at=left),
        sent_at=phone,
    )
    assert results(answer) == [("applied", None)] * 2
    shown = api.get(f"/v1/visits/{visit}").json
    assert (shown["local_day"], shown["iso_week"]) == ("2026-11-28", "2026-W48")
    assert (shown["opened_at"], shown["closed_at"]) == ("2026-11-28T01:00:00Z", "2026-11-28T02:30:00Z")
    assert shown["clock_suspect"] is True


def test_what_people_typed_on_a_phone_whose_clock_is_right_stays_as_typed(api: Api) -> None:
    visit = str(new_id())
    arrival = {"stop_id": stop_of(api), "opened_at": "2026-11-28T01:00:00Z"}
    push(api, operation("visit.open", arrival, entity_id=visit), sent_at="2026-11-28T02:57:00Z")
    assert api.get(f"/v1/visits/{visit}").json["opened_at"] == "2026-11-28T01:00:00Z"
