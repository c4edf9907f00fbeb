"""The drives of a plan, through HTTP: from the base, between stays and back; which of them are estimates."""

from __future__ import annotations

from tests.api import Api
from tests.planning import agreed_stop, draft, stay

BASE = {"lat": 35.7877, "lon": 139.9032}
FAR = {"lat": 35.8256, "lon": 139.9614}


def test_a_plan_and_its_check_say_each_drive_and_that_it_is_an_estimate(api: Api) -> None:
    assert api.patch(f"/v1/vans/{api.van}", {"base": BASE}, version=1).status == 200
    plan = draft(
        api, stay(agreed_stop(api, "K01")), stay(agreed_stop(api, "K02", position=FAR), "14:00", "15:00")
    )
    first, second = (stop["id"] for stop in plan.json["stops"])
    expected = [
        {"from_plan_stop_id": None, "to_plan_stop_id": first, "leave": "09:10", "minutes": 20},
        {"from_plan_stop_id": first, "to_plan_stop_id": second, "leave": "12:30", "minutes": 11},
        {"from_plan_stop_id": second, "to_plan_stop_id": None, "leave": "15:30", "minutes": 28},
    ]
    legs = [{**leg, "basis": "estimate"} for leg in expected]
    assert plan.json["legs"] == legs
    assert api.get(f"/v1/plans/{plan.json['id']}").json["legs"] == legs
    checked = api.get(f"/v1/plans/{plan.json['id']}/check").json
    assert (checked["legs"], checked["estimated_legs"]) == (legs, 3)


def test_a_van_without_a_base_has_drives_between_its_stays_only(api: Api) -> None:
    stop = agreed_stop(api)
    plan = draft(
        api,
        stay(stop),
        stay(stop, "12:00", "13:00"),
        stay(agreed_stop(api, "K02", position=FAR), "15:00", "16:00"),
    )
    assert [leg["minutes"] for leg in plan.json["legs"]] == [11]
    assert draft(api).json["legs"] == []
