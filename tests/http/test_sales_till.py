"""The counting of tills through HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from outreach_api.kernel.ids import new_id
from tests.api import Answer, Api
from tests.http.test_sales import totals, visit_of


def sell(api: Api, visit: str, yen: int, payment: str = "cash") -> str:
    made = api.post("/v1/sales", {"visit_id": visit, "payment": payment, "rush_yen": yen}, role="crew")
    assert made.status == 201, made
    return str(made.json["id"])


def count(api: Api, visit: str, counts: dict[str, int], **more: Any) -> Answer:
    body = {"visit_id": visit, "opening_float_yen": 10_000, "counts": counts, **more}
    return api.post("/v1/cash-ups", body, role="crew")


def test_a_till_expects_its_float_and_the_cash_that_stayed(api: Api) -> None:
    visit = visit_of(api)
    sell(api, visit, 1_500)
    sell(api, visit, 900, "paypay")
    wrong = sell(api, visit, 700)
    api.post(f"/v1/sales/{wrong}/void", {"reason": "打ち間違い"}, role="crew")
    for payment in ("cash", "paypay"):
        api.post("/v1/tickets", {"visit_id": visit, "quantity": 5, "payment": payment}, role="crew")
    counted = count(api, visit, {"10000": 1, "1000": 1, "500": 1, "100": 4, "50": 1})
    assert counted.status == 201, counted
    shown = counted.json
    assert (shown["expected_yen"], shown["counted_yen"], shown["difference_yen"]) == (12_000, 11_950, -50)
    assert totals(api, visit)["till_difference_yen", ""] == -50
    again = api.get(f"/v1/cash-ups/{shown['id']}", role="crew").json
    assert {**again, "warnings": []} == shown


def test_what_arrives_after_the_counting_is_listed_and_never_changes_it(api: Api) -> None:
    visit = visit_of(api)
    early = sell(api, visit, 300)
    shown = count(api, visit, {"10000": 1, "100": 3}).json
    late = sell(api, visit, 450)
    sell(api, visit, 800, "paypay")
    api.post("/v1/tickets", {"visit_id": visit, "quantity": 2, "payment": "cash"}, role="crew")
    api.post(f"/v1/sales/{early}/void", {"reason": "返金"}, role="crew")
    later = api.get(f"/v1/cash-ups/{shown['id']}").json
    assert (later["expected_yen"], later["difference_yen"]) == (10_300, 0)
    assert [(sale["total_yen"], sale["payment"]) for sale in later["late_sales"]] == [
        (450, "cash"),
        (800, "paypay"),
    ]
    assert [void["sale_id"] for void in later["late_voids"]] == [early]
    assert later["late_cash_yen"] == 450 + 200 - 300
    api.post(f"/v1/sales/{late}/void", {"reason": "返金"}, role="crew")
    again = api.get(f"/v1/cash-ups/{shown['id']}").json
    assert again["late_cash_yen"] == 200 - 300
    assert [sale["voided"] for sale in again["late_sales"]] == [True, False]
    assert [void["sale_id"] for void in again["late_voids"]] == [early]


def test_a_large_difference_wants_a_reason_and_a_small_one_does_not(api: Api) -> None:
    visit = visit_of(api)
    refused = count(api, visit, {"5000": 1, "1000": 4, "500": 1, "100": 1, "50": 1, "10": 4, "5": 1, "1": 4})
    assert (refused.status, refused.code) == (422, "difference_reason_required")
    assert refused.faults == {"/difference_reason": "difference_reason_required"}
    assert "-301" in refused.text
    assert api.get("/v1/cash-ups").json["items"] == []
    assert count(api, visit, {"5000": 1, "1000": 4, "500": 1, "100": 2}).status == 201
    other = visit_of(api)
    with_reason = count(api, other, {}, difference_reason="釣り銭を別の袋に移した\n明日戻す")
    assert (with_reason.status, with_reason.json["difference_yen"]) == (201, -10_000)


def test_a_till_is_counted_once(api: Api) -> None:
    visit = visit_of(api)
    assert count(api, visit, {"10000": 1}).status == 201
    again = count(api, visit, {"10000": 1})
    assert (again.status, again.code) == (409, "already_counted")


def test_somebody_else_approves_and_may_do_so_later(api: Api) -> None:
    shown = count(api, visit_of(api), {"10000": 1}).json
    path = f"/v1/cash-ups/{shown['id']}/approve"
    own = api.post(path, {}, role="crew")
    assert (own.status, own.code) == (409, "approved_by_counter")
    api.clock.forward(days=2)
    approved = api.post(path, {})
    assert approved.status == 200, approved
    assert approved.json["approved_at"] == "2026-11-30T03:00:00Z"
    assert api.post(path, {}).code == "already_approved"
    assert approved.json["difference_yen"] == shown["difference_yen"]


def test_two_named_people_may_share_the_vans_phone(api: Api) -> None:
    a, b = (api.post("/v1/people", {"name": name, "role": "crew"}, role="admin").json["id"] for name in "AB")
    phone = api.token("crew")
    body = {"visit_id": visit_of(api), "opening_float_yen": 0, "counts": {}, "counted_by": a}
    shown = api.post("/v1/cash-ups", body, token=phone).json
    path = f"/v1/cash-ups/{shown['id']}/approve"
    assert api.post(path, {"approved_by": a}, token=phone).code == "approved_by_counter"
    assert api.post(path, {"approved_by": str(new_id())}, token=phone).status == 422
    assert api.post(path, {"approved_by": b}, token=phone).json["approved_by"] == b


def test_crew_reach_their_own_vans_till_only(api: Api) -> None:
    theirs = visit_of(api, api.other_van)
    assert count(api, theirs, {}).code == "visit_unknown"
    body = {"visit_id": theirs, "opening_float_yen": 0, "counts": {}}
    made = api.post("/v1/cash-ups", body, role="crew", van=api.other_van).json["id"]
    assert api.get(f"/v1/cash-ups/{made}", role="crew").status == 404
    assert api.post(f"/v1/cash-ups/{made}/approve", {}, role="crew").status == 404
    assert api.get("/v1/cash-ups", role="crew").json["items"] == []
    listed = api.get("/v1/cash-ups?from_day=2026-11-28&to_day=2026-11-28").json["items"]
    assert [shown["id"] for shown in listed] == [made]
    assert api.get("/v1/cash-ups?to_day=2026-11-27").json["items"] == []


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"counts": {"10000": -1}}, {"/counts/10000": "too_small"}),
        ({"counts": {"10000": 10**18}}, {"/counts/10000": "too_large"}),
        ({"counts": {"500": 1.9, "100": "７"}}, {"/counts/500": "not_whole", "/counts/100": "not_whole"}),
        ({"counts": {"3": 1}}, {"/counts/3": "unknown_key"}),
        ({"counts": [1]}, {"/counts": "not_object"}),
        ({"opening_float_yen": -1}, {"/opening_float_yen": "too_small"}),
        ({"counted_by": str(new_id())}, {"/counted_by": "unknown_reference"}),
    ],
)
def test_a_counting_that_makes_no_sense_is_refused(
    api: Api, change: dict[str, Any], faults: dict[str, str]
) -> None:
    body = {"visit_id": visit_of(api), "opening_float_yen": 0, "counts": {}, **change}
    answer = api.post("/v1/cash-ups", body, role="crew")
    assert (answer.status, answer.faults) == (422, faults)
