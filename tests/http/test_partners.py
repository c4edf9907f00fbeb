"""Partners and round-table issues through HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from outreach_api.kernel.ids import new_id
from tests.api import Api
from tests.make import make_stop

PARTNER = {"name": "小金原地区社会福祉協議会", "kind": "residents", "since": "2026-04-01"}
ISSUE = {
    "title": "夏休みの昼食を一人で食べる小学生が多い",
    "topic": "food",
    "stage": "elementary",
    "raised_on": "2026-11-28",
}


def test_a_partner_hosts_a_stop_until_it_ends(api: Api) -> None:
    with api.database.write() as session:
        stop = str(make_stop(session).id)
    made = api.post("/v1/partners", {**PARTNER, "kind": "host", "stop_id": stop})
    assert (made.status, made.json["stop_id"], made.json["active"]) == (201, stop, True), made
    path = f"/v1/partners/{made.json['id']}"
    ended = api.patch(path, {"active": False}, version=1)
    assert (ended.json["active"], ended.json["name"]) == (False, PARTNER["name"])
    assert api.patch(path, {"active": True}, version=1).code == "stale"
    assert api.get("/v1/partners?active=true").json["items"] == []
    assert len(api.get("/v1/partners?kind=host&active=false").json["items"]) == 1


def test_a_partner_names_only_what_exists(api: Api) -> None:
    nowhere = {"stop_id": str(new_id()), "destination_id": str(new_id())}
    refused = api.post("/v1/partners", {**PARTNER, **nowhere})
    assert refused.faults == {"/stop_id": "unknown_reference", "/destination_id": "unknown_reference"}


@pytest.mark.parametrize("role", ["crew", "reporter"])
def test_partners_may_be_private_hosts_so_few_see_them(api: Api, role: str) -> None:
    made = api.post("/v1/partners", PARTNER)
    assert api.get("/v1/partners", role=role).status == 403
    assert api.get(f"/v1/partners/{made.json['id']}", role=role).status == 403
    assert api.post("/v1/partners", PARTNER, role=role).status == 403


def raise_issue(api: Api, **fields: Any) -> str:
    made = api.post("/v1/round-table-issues", {**ISSUE, **fields})
    assert made.status == 201, made
    return f"/v1/round-table-issues/{made.json['id']}"


def test_an_issue_goes_from_raised_to_closed_with_its_days(api: Api) -> None:
    path = raise_issue(api)
    api.post(f"{path}/advance", {"to": "discussed", "on_day": "2026-12-10"}, version=1)
    acted = {"to": "action", "on_day": "2027-01-20", "action": "昼の出店を月2回に"}
    assert api.post(f"{path}/advance", acted, version=2).json["status"] == "action"
    closed = api.post(f"{path}/advance", {"to": "closed", "on_day": "2027-03-31"}, version=3)
    assert closed.status == 200, closed
    assert api.get(path, role="reporter").json == {
        **ISSUE,
        "id": closed.json["id"],
        "version": 4,
        "status": "closed",
        "discussed_on": "2026-12-10",
        "action_on": "2027-01-20",
        "action": "昼の出店を月2回に",
        "closed_on": "2027-03-31",
    }
    assert api.get("/v1/round-table-issues?status=closed&topic=food").json["items"]
    assert api.get("/v1/round-table-issues?status=raised").json["items"] == []


@pytest.mark.parametrize("to", ["raised", "discussed"])
def test_an_issue_never_goes_back(api: Api, to: str) -> None:
    path = raise_issue(api)
    api.post(f"{path}/advance", {"to": "discussed", "on_day": "2026-12-10"}, version=1)
    refused = api.post(f"{path}/advance", {"to": to, "on_day": "2026-12-20"}, version=2)
    assert (refused.status, refused.code) == (409, "issue_goes_back")
    assert api.get(path).json["version"] == 2


def test_a_step_does_not_come_before_an_earlier_one(api: Api) -> None:
    path = raise_issue(api)
    early = api.post(f"{path}/advance", {"to": "discussed", "on_day": "2026-11-27"}, version=1)
    assert early.faults == {"/on_day": "wrong_order"}
    assert api.get(path).json["version"] == 1


def test_an_action_says_what_will_be_done(api: Api) -> None:
    refused = api.post(f"{raise_issue(api)}/advance", {"to": "action", "on_day": "2026-12-01"}, version=1)
    assert refused.faults == {"": "action_missing"}


def test_a_step_needs_the_version_that_was_seen(api: Api) -> None:
    path = raise_issue(api)
    step = {"to": "discussed", "on_day": "2026-12-10"}
    assert api.post(f"{path}/advance", step).status == 428
    api.post(f"{path}/advance", step, version=1)
    assert api.post(f"{path}/advance", {**step, "to": "closed"}, version=1).status == 412


def test_an_issue_that_seems_to_name_somebody_is_warned_about(api: Api) -> None:
    made = api.post("/v1/round-table-issues", {**ISSUE, "title": "鈴木さんの家の昼食"})
    assert [(w["path"], w["code"]) for w in made.json["warnings"]] == [("/title", "personal_data_name")]


def test_crew_do_not_take_issues_to_the_round_table(api: Api) -> None:
    assert api.post("/v1/round-table-issues", ISSUE, role="crew").status == 403
    assert api.get("/v1/round-table-issues", role="crew").status == 403
