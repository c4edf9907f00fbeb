"""Published plans are looked at again, after each change that may break them and every night, and say what broke."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api import worker
from outreach_api.kernel.ids import new_id
from outreach_api.plans import rechecking
from outreach_api.settings import Settings
from outreach_api.storage.jobs import Job
from outreach_api.storage.plans import Plan
from tests.api import Answer, Api
from tests.planning import agreed_stop, draft, publish, stay
from tests.roads import by_road, roads

BASE = {"lat": 35.7877, "lon": 139.9032}
FAR = {"lat": 35.8256, "lon": 139.9614}
DAY = "2026-12-05"


def look(api: Api, settings: Settings | None = None) -> int:
    return worker.run_due(api.database, settings or Settings(), now=api.clock, handlers=worker.CHECKS)


def published(api: Api, *stays: dict[str, Any], day: str = DAY) -> str:
    plan = draft(api, *stays, day=day)
    assert publish(api, plan).status == 200
    look(api)
    shown = api.get(f"/v1/plans/{plan.json['id']}").json
    assert (shown["broken_since"], shown["problems"]) == (None, [])
    return str(plan.json["id"])


def broken(api: Api) -> dict[str, list[str]]:
    """The plans that broke, with the codes of what did."""
    found = api.get("/v1/plans?broken=true").json["items"]
    assert all(plan["broken_since"] for plan in found)
    return {plan["id"]: [problem["code"] for problem in plan["problems"]] for plan in found}


def withdraw(api: Api, stop: str) -> Answer:
    granted = api.get(f"/v1/stops/{stop}").json["permissions"][0]["id"]
    return api.post(f"/v1/permissions/{granted}/withdraw", {"on_day": "2026-12-01"}, version=1)


def said_no(api: Api, plan: str, stop: str) -> Answer:
    stay_id = api.get(f"/v1/plans/{plan}").json["stops"][0]["id"]
    return api.post(f"/v1/plan-stops/{stay_id}/host", {"host_answer": "no", "host_channel": "phone"})


Break = Callable[[Api, str, str], Answer]
BREAKS: dict[str, Break] = {
    "permission_ended": lambda api, plan, stop: withdraw(api, stop),
    "stop_not_agreed": lambda api, plan, stop: api.patch(
        f"/v1/stops/{stop}", {"status": "paused"}, version=1
    ),
    "no_window_that_day": lambda api, plan, stop: api.patch(
        f"/v1/stops/{stop}", {"windows": [{"on_day": DAY}]}, version=1
    ),
    "van_inactive": lambda api, plan, stop: api.patch(f"/v1/vans/{api.van}", {"active": False}, version=1),
    "van_out": lambda api, plan, stop: api.patch(
        f"/v1/vans/{api.van}", {"outages": [{"from_day": DAY, "to_day": DAY, "reason": "repair"}]}, version=1
    ),
    "van_insurance_ends": lambda api, plan, stop: api.patch(
        f"/v1/vans/{api.van}", {"insurance_until": "2026-12-04"}, version=1
    ),
    "water_runs_out": lambda api, plan, stop: api.patch(
        f"/v1/vans/{api.van}", {"water_litres": 5}, version=1
    ),
    "host_said_no": said_no,
    "heat_too_great": lambda api, plan, stop: api.post("/v1/heat", {"on_day": DAY, "wbgt": 35}),
    "stop_full": lambda api, plan, stop: draft(api, stay(stop), van=api.other_van, day=DAY),
}


@pytest.mark.parametrize("code", [code for code in BREAKS if code != "stop_full"])
def test_what_breaks_a_published_plan_is_found_without_waiting_for_the_night(api: Api, code: str) -> None:
    stop = agreed_stop(api)
    plan = published(api, stay(stop))
    untouched = published(api, stay(agreed_stop(api, "K09", position=FAR)), day="2026-12-12")
    api.clock.forward(hours=1)
    answer = BREAKS[code](api, plan, stop)
    assert answer.status in (200, 201), answer
    assert broken(api) == {}
    look(api)
    found = broken(api)
    assert found.pop(plan) == [code]
    assert untouched not in found or code in ("van_inactive", "van_insurance_ends", "water_runs_out")
    (problem,) = api.get(f"/v1/plans/{plan}").json["problems"]
    assert (problem["severity"], problem["since"]) == ("hard", "2026-11-28T04:00:00Z")
    assert problem["cause"]
    assert problem["fix"]


def test_another_vans_plan_that_takes_the_place_breaks_nothing_before_it_is_found_at_night(api: Api) -> None:
    stop = agreed_stop(api)
    plan = published(api, stay(stop))
    BREAKS["stop_full"](api, plan, stop)  # a draft: nobody is told yet
    look(api)
    assert broken(api) == {}
    nights_pass(api)
    assert broken(api) == {plan: ["stop_full"]}


def nights_pass(api: Api, days: int = 1) -> None:
    rechecking.begin(api.database, api.clock())
    for _ in range(days):
        api.clock.forward(days=1)
        look(api)


def test_every_night_finds_what_time_alone_breaks_and_what_mends_it(api: Api) -> None:
    plan = published(api, stay(agreed_stop(api)))
    with api.database.write() as session:  # as from before papers were followed: no job was added
        session.execute(sa.text("UPDATE vans SET insurance_until = '2026-12-01'"))
    nights_pass(api)
    assert broken(api) == {plan: ["van_insurance_ends"]}
    since = api.get(f"/v1/plans/{plan}").json["broken_since"]
    nights_pass(api, days=2)
    shown = api.get(f"/v1/plans/{plan}").json
    assert (shown["broken_since"], shown["problems"][0]["since"]) == (since, since)
    assert shown["checked_at"] > since
    assert api.patch(f"/v1/vans/{api.van}", {"insurance_until": "2027-12-01"}, version=1).status == 200
    look(api)
    assert broken(api) == {}
    assert api.get(f"/v1/plans/{plan}").json["problems"] == []


def test_nights_come_at_three_whichever_process_began_them(api: Api) -> None:
    rechecking.begin(api.database, api.clock())
    rechecking.begin(api.database, api.clock())
    with api.database.read() as session:
        due = session.scalars(sa.select(Job.due_at).where(Job.kind == rechecking.EVERY_NIGHT)).all()
    assert due == [dt.datetime(2026, 11, 28, 18, 0, tzinfo=dt.UTC)]
    assert look(api) == 0
    api.clock.now = due[0]
    assert look(api) == 1


def test_a_day_that_is_over_is_not_broken_any_more(api: Api) -> None:
    stop = agreed_stop(api)
    plan = published(api, stay(stop))
    withdraw(api, stop)
    look(api)
    assert plan in broken(api)
    api.clock.forward(days=8)
    with api.database.write() as session:
        rechecking.keep_problems(session, session.get_one(Plan, uuid.UUID(plan)), Settings(), api.clock())
    assert broken(api) == {}


def test_what_is_being_changed_is_not_yet_what_everybody_knows(api: Api) -> None:
    stop = agreed_stop(api, windows=[{"weekday": 5, "opens": "10:00", "closes": "12:00"}])
    plan = published(api, stay(stop))
    stay_id = api.get(f"/v1/plans/{plan}").json["stops"][0]["id"]
    outside = {"stops": [stay(stop, "13:00", "14:00", id=stay_id)]}
    assert api.patch(f"/v1/plans/{plan}", outside, version=2).status == 200
    look(api)
    assert broken(api) == {}
    withdraw(api, stop)
    look(api)
    assert broken(api) == {plan: ["permission_ended"]}


def test_a_stay_or_plan_that_is_called_off_breaks_nothing(api: Api) -> None:
    first, second = agreed_stop(api, "K01"), agreed_stop(api, "K02", position=FAR)
    plan = published(api, stay(first), stay(second, "14:00", "15:00"))
    withdraw(api, second)
    look(api)
    assert broken(api) == {plan: ["permission_ended"]}
    stay_id = api.get(f"/v1/plans/{plan}").json["stops"][1]["id"]
    assert api.post(f"/v1/plan-stops/{stay_id}/cancel", {"reason": "site"}).status == 200
    look(api)
    assert broken(api) == {}
    withdraw(api, first)
    look(api)
    assert broken(api) == {plan: ["permission_ended"]}
    version = api.get(f"/v1/plans/{plan}").json["version"]
    assert api.post(f"/v1/plans/{plan}/cancel", {"reason": "other"}, version=version).status == 200
    look(api)
    assert broken(api) == {}


def test_a_host_answers_without_a_new_publication_also_through_the_van(api: Api) -> None:
    waiting = {"host_answer": "waiting"}
    plan = draft(api, stay(agreed_stop(api), **waiting), day=DAY)
    publish(api, plan)
    stay_id = plan.json["stops"][0]["id"]
    answered = api.post(
        f"/v1/plan-stops/{stay_id}/host", {"host_channel": "visit", "host_answer": "yes"}, role="crew"
    )
    assert answered.status == 200, answered
    assert (answered.json["revision"], answered.json["changed_since_published"]) == (1, False)
    assert answered.json["stops"][0]["host_answer"] == "yes"
    assert answered.json["problems"] is None
    assert answered.json["version"] == 3
    unasked = {"host_asked": False, "host_answer": "yes"}
    assert api.post(f"/v1/plan-stops/{stay_id}/host", unasked).faults == {"": "host_answer_unasked"}
    other = draft(api, stay(agreed_stop(api, "K03", position=FAR)), van=api.other_van, day=DAY)
    hidden = f"/v1/plan-stops/{other.json['stops'][0]['id']}/host"
    assert api.post(hidden, {"host_answer": "yes"}, role="crew").status == 404
    assert api.post(f"/v1/plan-stops/{new_id()}/host", {"host_answer": "yes"}).status == 404


def test_crew_are_not_told_what_the_office_has_to_mend(api: Api) -> None:
    stop = agreed_stop(api)
    published(api, stay(stop))
    withdraw(api, stop)
    look(api)
    (plan,) = api.get("/v1/plans", role="crew").json["items"]
    assert (plan["checked_at"], plan["broken_since"], plan["problems"]) == (None, None, None)
    assert len(api.get("/v1/plans?broken=true", role="crew").json["items"]) == 1


def test_a_drafts_drives_are_known_from_the_roads_soon_after(own_api: Api) -> None:
    api = own_api
    with roads() as town:
        settings = Settings(osrm_url=town.url)
        api.app.extensions["outreach"] = replace(api.app.extensions["outreach"], settings=settings)
        plan = draft(
            api, stay(agreed_stop(api)), stay(agreed_stop(api, "K02", position=FAR), "14:00", "15:00")
        )
        path = f"/v1/plans/{plan.json['id']}"
        assert [leg["basis"] for leg in plan.json["legs"]] == ["estimate"]
        assert town.asked == []
        look(api, settings)
        (leg,) = api.get(path).json["legs"]
        seconds = by_road((35.8041, 139.9523), (FAR["lat"], FAR["lon"]))
        assert (leg["basis"], leg["minutes"]) == ("road", -(round(seconds) // -60))
        assert api.get(f"{path}/check").json["estimated_legs"] == 0


def test_what_changes_while_a_plan_is_looked_at_is_seen_or_looked_at_again(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = agreed_stop(api)
    plan = published(api, stay(stop))
    asked = rechecking.travel.look_up

    def meanwhile(*given: Any) -> Any:
        monkeypatch.undo()
        assert withdraw(api, stop).status == 200
        return asked(*given)

    monkeypatch.setattr(rechecking.travel, "look_up", meanwhile)
    assert api.post("/v1/heat", {"on_day": DAY, "wbgt": 20}).status == 201
    look(api)
    assert broken(api) == {plan: ["permission_ended"]}
