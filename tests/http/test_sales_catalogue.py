"""The catalogue through HTTP: items, prices and tax rates by day."""

from __future__ import annotations

from typing import Any

import pytest

from outreach_api.kernel.ids import new_id
from tests.api import Api
from tests.make import make_item, make_visit

ITEM: dict[str, Any] = {
    "code": "UMAI",
    "name": "うまい棒",
    "kana": "うまいぼう",
    "category": "sweets",
    "tax_category": "food",
    "allergens": ["wheat", "milk"],
    "price_yen": 15,
}


def test_an_item_begins_with_todays_price(api: Api) -> None:
    made = api.post("/v1/items", ITEM)
    assert made.status == 201, made
    assert made.json["price_yen"] == 15
    assert made.json["prices"] == [{"valid_from": "2026-11-28", "price_yen": 15}]
    assert made.json["allergens"] == ["wheat", "milk"]
    assert api.get(f"/v1/items/{made.json['id']}", role="crew").json == made.json


def test_a_price_of_tomorrow_is_shown_and_not_yet_taken(api: Api) -> None:
    item = api.post("/v1/items", ITEM).json
    path = f"/v1/items/{item['id']}"
    raised = api.post(f"{path}/prices", {"valid_from": "2026-11-29", "price_yen": 20}, version=1)
    assert (raised.status, raised.json["price_yen"], raised.json["version"]) == (200, 15, 2)
    assert [price["price_yen"] for price in raised.json["prices"]] == [15, 20]
    api.clock.forward(hours=11, minutes=59)
    assert api.get(path).json["price_yen"] == 15
    api.clock.forward(minutes=1)  # midnight in Tokyo, 15:00 in UTC
    assert api.get(path).json["price_yen"] == 20


def test_a_price_set_again_for_a_day_replaces_it(api: Api) -> None:
    item = api.post("/v1/items", ITEM).json
    path = f"/v1/items/{item['id']}/prices"
    for version, yen in ((1, 20), (2, 25)):
        api.post(path, {"valid_from": "2026-12-01", "price_yen": yen}, version=version)
    assert api.get(f"/v1/items/{item['id']}").json["prices"][1]["price_yen"] == 25
    stale = api.post(path, {"valid_from": "2026-12-01", "price_yen": 30}, version=2)
    assert (stale.status, stale.code) == (412, "stale")


def test_an_item_is_changed_by_those_who_saw_its_version(api: Api) -> None:
    item = api.post("/v1/items", ITEM).json
    path = f"/v1/items/{item['id']}"
    assert api.send("PATCH", path, {"active": False}, role="coordinator").code == "precondition_required"
    assert api.patch(path, {"active": False}, version=1).json["active"] is False
    assert api.patch(path, {"active": True}, version=1).code == "stale"
    assert api.patch(f"/v1/items/{new_id()}", {"active": True}, version=1).status == 404
    assert [shown["id"] for shown in api.get("/v1/items?active=false").json["items"]] == [item["id"]]
    assert api.get("/v1/items?active=true&category=sweets").json["items"] == []


def test_two_items_never_share_a_code(api: Api) -> None:
    api.post("/v1/items", ITEM)
    again = api.post("/v1/items", {**ITEM, "name": "別のもの"})
    assert (again.status, again.code, again.faults) == (409, "item_code_taken", {"/code": "item_code_taken"})
    other = api.post("/v1/items", {**ITEM, "code": "RAMUNE"}).json
    assert api.patch(f"/v1/items/{other['id']}", {"code": "UMAI"}, version=1).code == "item_code_taken"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"price_yen": 2**63 - 1}, "too_large"),
        ({"price_yen": -1}, "too_small"),
        ({"price_yen": 1.9}, "not_whole"),
        ({"price_yen": "７"}, "not_whole"),
        ({"allergens": ["egg", "egg"]}, "repeated"),
        ({"allergens": ["rice"]}, "not_in_list"),
        ({"name": "\u0000"}, "control_character"),
        ({"category": "toys"}, "not_in_list"),
    ],
)
def test_an_item_with_a_bad_field_is_refused(api: Api, change: dict[str, Any], fault: str) -> None:
    answer = api.post("/v1/items", {**ITEM, **change})
    assert answer.status == 422
    assert list(answer.faults.values()) == [fault]
    assert api.get("/v1/items").json["items"] == []


def test_crew_read_the_catalogue_and_leave_it_as_it_is(api: Api) -> None:
    item = api.post("/v1/items", ITEM).json
    for role in ("crew", "reporter", "safeguarding"):
        assert api.get("/v1/items", role=role).json["items"][0]["code"] == "UMAI"
        assert api.post("/v1/items", {**ITEM, "code": "X"}, role=role).code == "forbidden"
        assert api.patch(f"/v1/items/{item['id']}", {"active": False}, version=1, role=role).status == 403


def test_a_new_rate_holds_from_its_day_and_changes_no_receipt_before_it(api: Api) -> None:
    with api.database.write() as session:
        item = str(make_item(session, price_yen=330).id)
        today, later = (
            str(make_visit(session, van_id=api.van, day=day).id)
            for day in (api.clock().date(), api.clock().date().replace(month=12, day=5))
        )
    rate = {"tax_class": "reduced", "valid_from": "2026-12-01", "percent": 0}
    body = {"payment": "cash", "lines": [{"item_id": item, "quantity": 1}]}
    before = api.post("/v1/sales", {**body, "visit_id": today}, role="crew").json
    assert api.post("/v1/tax-rates", rate, role="coordinator").code == "forbidden"
    answer = api.post("/v1/tax-rates", rate, role="admin")
    assert (answer.status, rate in answer.json["items"]) == (201, True)
    after = api.post("/v1/sales", {**body, "visit_id": later}, role="crew").json
    late = api.post("/v1/sales", {**body, "visit_id": today}, role="crew").json
    assert before["taxes"] == late["taxes"] == [{"rate_percent": 8, "taxable_yen": 330, "tax_yen": 24}]
    assert after["taxes"] == [{"rate_percent": 0, "taxable_yen": 330, "tax_yen": 0}]
    assert api.get(f"/v1/sales/{before['id']}").json["taxes"] == before["taxes"]


def test_a_rate_to_come_may_be_corrected_and_one_in_force_may_not(api: Api) -> None:
    for percent in (5, 6):
        rate = {"tax_class": "reduced", "valid_from": "2026-12-01", "percent": percent}
        assert rate in api.post("/v1/tax-rates", rate, role="admin").json["items"]
    api.clock.forward(days=10)
    refused = api.post("/v1/tax-rates", {**rate, "percent": 7}, role="admin")
    assert (refused.status, refused.code) == (409, "tax_rate_in_force")
    assert rate in api.get("/v1/tax-rates", role="reporter").json["items"]
    exempt = api.post("/v1/tax-rates", {**rate, "tax_class": "exempt"}, role="admin")
    assert exempt.faults == {"": "exempt_is_zero"}
