"""How receipts are taxed: by whose seats, by day, rounded once; with the tax agency's published rules and examples."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest

from tests.api import Api
from tests.http.test_sales import item_of, visit_of
from tests.http.test_sales_mixed import line
from tests.make import make_stop, make_visit


def taxes(api: Api, visit: str, *lines: dict[str, Any], **more: Any) -> list[tuple[int, int, int]]:
    body = {"visit_id": visit, "payment": "cash", "lines": list(lines), **more}
    made = api.post("/v1/sales", body, role="crew")
    assert made.status == 201, made
    return [(tax["rate_percent"], tax["taxable_yen"], tax["tax_yen"]) for tax in made.json["taxes"]]


@pytest.mark.parametrize(
    ("seating_by_us", "rate"),
    [
        # Benches of a park that anybody may use are no seats of the seller's: goods sold, the reduced rate.
        (False, 8),
        # Seats that the seller sets up, or may let its customers use by agreement with whoever did: a meal served.
        (True, 10),
    ],
)
def test_a_food_van_beside_benches(api: Api, seating_by_us: bool, rate: int) -> None:
    """国税庁「消費税の軽減税率制度に関するQ&A（個別事例編）」: 移動販売車と公園のベンチ,
    屋台での飲食料品の提供; 軽減通達8, 9."""
    with api.database.write() as session:
        stop = make_stop(session, seating_by_us=seating_by_us)
        visit = str(make_visit(session, van_id=api.van, stop=stop).id)
    assert [tax[0] for tax in taxes(api, visit, line(item_of(api, 400)))] == [rate]
    # The customer who takes it along says so, and pays as everywhere.
    assert taxes(api, visit, line(item_of(api, 400)), service_mode="takeout")[0][0] == 8


def test_fractions_are_rounded_once_a_rate_and_receipt_never_by_line(api: Api) -> None:
    """消費税法施行令 art. 70-10, 国税庁「インボイス制度に関するQ&A」(端数処理): 一の適格請求書につき、税率ごとに1回; to round
    each line and add up is not allowed. Seven lines of 33 yen hold 2 yen each, but 17 together."""
    visit = visit_of(api)
    sweets = [line(item_of(api, 33)) for _ in range(7)]
    assert taxes(api, visit, *sweets) == [(8, 231, 17)]


@pytest.mark.parametrize(("rounding", "tax_yen"), [("floor", 17), ("half_up", 17), ("ceil", 18)])
def test_which_way_is_the_sellers_choice(
    api: Api, monkeypatch: pytest.MonkeyPatch, rounding: str, tax_yen: int
) -> None:
    """The same Q&A: 切上げ、切捨て、四捨五入などの端数処理の方法は任意."""
    here = api.app.extensions["outreach"]
    settings = dataclasses.replace(here.settings, tax_rounding=rounding)
    monkeypatch.setitem(api.app.extensions, "outreach", dataclasses.replace(here, settings=settings))
    visit = visit_of(api)
    assert taxes(api, visit, line(item_of(api, 33), 7)) == [(8, 231, tax_yen)]


def test_the_agencys_receipt_with_a_coupon_over_both_rates(api: Api) -> None:
    """国税庁「消費税の軽減税率制度に関するQ&A（個別事例編）」問118 and the invoice Q&A's same supermarket: 雑貨 3,300円 and 牛肉
    2,160円, 1,000円 off by coupon: 10%対象 2,696円 (内消費税 245円), 8%対象 1,764円 (内消費税 130円)."""
    visit = visit_of(api)
    goods = item_of(api, 3_300, category="other", tax_category="standard")
    beef = item_of(api, 2_160, category="other")
    assert taxes(api, visit, line(goods), line(beef), discount_yen=1_000) == [
        (8, 1_764, 130),
        (10, 2_696, 245),
    ]


def test_a_food_rate_of_zero_from_a_day_holds_from_that_day(api: Api) -> None:
    """As was debated in 2026: entered before the law holds, for phones to take along."""
    rate = {"tax_class": "reduced", "valid_from": "2026-12-10", "percent": 0}
    assert api.post("/v1/tax-rates", rate, role="admin").status == 201
    item = item_of(api, 110)
    found = {day: taxes(api, visit_of(api, day=dt.date(2026, 12, day)), line(item, 3)) for day in (9, 10)}
    assert found == {9: [(8, 330, 24)], 10: [(0, 330, 0)]}


def test_a_law_that_taxes_meals_as_food_is_one_dated_rule(api: Api) -> None:
    rule = {
        "tax_category": "food",
        "service_mode": "eat_in",
        "valid_from": "2026-12-10",
        "tax_class": "reduced",
    }
    made = api.post("/v1/tax-rules", rule, role="admin")
    assert made.status == 201, made
    assert rule in made.json["rules"]
    item = item_of(api, 400)
    found = {
        day: taxes(api, visit_of(api, day=dt.date(2026, 12, day)), line(item), service_mode="eat_in")
        for day in (9, 10)
    }
    assert found == {9: [(10, 400, 36)], 10: [(8, 400, 29)]}
    # Phones take it along, ahead of its day.
    pulled = [
        one for one in api.get("/v1/sync/pull", role="crew").json["items"] if one["kind"] == "tax_rates"
    ]
    assert rule in pulled[-1]["data"]["rules"]


def test_a_rule_still_to_come_may_be_corrected_one_that_holds_may_not(api: Api) -> None:
    rule = {"tax_category": "food", "service_mode": "eat_in", "tax_class": "reduced"}
    for day, status in (("2026-12-10", 201), ("2026-11-01", 201)):
        assert api.post("/v1/tax-rules", {**rule, "valid_from": day}, role="admin").status == status
    later = {**rule, "tax_class": "exempt"}
    assert api.post("/v1/tax-rules", {**later, "valid_from": "2026-12-10"}, role="admin").status == 201
    refused = api.post("/v1/tax-rules", {**later, "valid_from": "2026-11-01"}, role="admin")
    assert (refused.status, refused.code) == (409, "tax_rule_in_force")
    assert api.post("/v1/tax-rules", {**rule, "valid_from": "2027-01-01"}).status == 403
