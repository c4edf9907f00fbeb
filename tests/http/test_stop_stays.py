"""What past stays at a stop were like, as planners read it; suggestions plan by the same minutes."""

from __future__ import annotations

from outreach_api.kernel.ids import new_id
from tests.api import Api
from tests.planning import agreed_stop, draft, publish, stay


def held(api: Api, stop: str, day: str, opened: str, closed: str, people: int) -> None:
    plan = draft(api, stay(stop, "10:00", "12:00"), day=day)
    assert publish(api, plan).status == 200, plan
    body = {"plan_stop_id": plan.json["stops"][0]["id"], "opened_at": f"{day}T{opened}:00+09:00"}
    visit = api.post("/v1/visits", body, role="crew").json["id"]
    api.post(f"/v1/visits/{visit}/head-counts", {"counts": {"adult": people}}, role="crew")
    said = {"closed_at": f"{day}T{closed}:00+09:00"}
    assert api.post(f"/v1/visits/{visit}/close", said, role="crew").status == 200


def test_medians_of_the_last_visits_are_offered_to_the_next_plan(api: Api) -> None:
    stop, other = agreed_stop(api, "K01"), agreed_stop(api, "K02")
    held(api, stop, "2026-11-07", "10:10", "11:00", 4)
    held(api, stop, "2026-11-14", "10:05", "11:38", 20)
    held(api, stop, "2026-11-21", "09:58", "12:00", 9)
    held(api, other, "2026-11-23", "10:00", "16:00", 50)
    found = api.get(f"/v1/stops/{stop}/stays").json
    assert (found["visits"], found["first_day"], found["last_day"]) == (3, "2026-11-07", "2026-11-21")
    assert (found["median_open_minutes"], found["median_late_minutes"]) == (93, 5)
    assert (found["usual_attendance"], found["next_stay_minutes"], found["learned"]) == (9, 95, True)
    alone = api.get(f"/v1/stops/{other}/stays").json
    assert (alone["visits"], alone["median_open_minutes"], alone["learned"]) == (1, 360, False)


def test_a_stop_without_visits_says_so_and_an_unknown_one_is_not_found(api: Api) -> None:
    found = api.get(f"/v1/stops/{agreed_stop(api)}/stays").json
    assert (found["visits"], found["median_open_minutes"], found["usual_attendance"]) == (0, None, None)
    assert found["learned"] is False
    assert api.get(f"/v1/stops/{new_id()}/stays").status == 404
    assert api.get(f"/v1/stops/{found['stop_id']}/stays", role="crew").status == 403
