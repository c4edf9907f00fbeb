"""Discounts, and receipts that are paid in several ways, through HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from outreach_api.ledger import recount
from tests.api import Api
from tests.http.test_sales import item_of, totals, visit_of

TICKET = {"payment": "ticket", "ticket_count": 1}


def line(item: str, quantity: int = 1, **more: Any) -> dict[str, Any]:
    return {"item_id": item, "quantity": quantity, **more}


def exact(api: Api) -> bool:
    with api.database.read() as session:
        return recount.differences(session) == []


def test_a_ticket_a_coin_and_a_code_pay_one_receipt_together(api: Api) -> None:
    visit, item = visit_of(api), item_of(api, 150)
    api.post("/v1/tickets", {"visit_id": visit, "quantity": 1, "payment": "cash"}, role="crew")
    body = {
        "visit_id": visit,
        "payment": "mixed",
        "lines": [line(item, 4)],
        "payments": [TICKET, {"payment": "cash", "yen": 200}, {"payment": "paypay"}],
    }
    made = api.post("/v1/sales", body, role="crew")
    assert made.status == 201, made
    assert (made.json["goods_yen"], made.json["total_yen"], made.json["ticket_count"]) == (600, 500, 1)
    assert made.json["payments"] == [{"payment": "cash", "yen": 200}, {"payment": "paypay", "yen": 300}]
    # A donor's money is no revenue: what is taxed is the money that came in.
    assert made.json["taxes"] == [{"rate_percent": 8, "taxable_yen": 500, "tax_yen": 37}]
    assert totals(api, visit) == {
        ("sales_count", "mixed"): 1,
        ("sales_payment_yen", "cash"): 200,
        ("sales_payment_yen", "paypay"): 300,
        ("sales_category_yen", "sweets"): 500,
        ("tax_yen", "8"): 37,
        ("tickets", "issued"): 1,
        ("tickets_yen", "issued"): 100,
        ("donations_yen", "cash"): 100,
        ("tickets", "redeemed"): 1,
        ("tickets_yen", "redeemed"): 100,
    }
    assert exact(api)
    till = {"visit_id": visit, "opening_float_yen": 1_000, "counts": {"1000": 1, "100": 3}}
    counted = api.post("/v1/cash-ups", till, role="crew").json
    assert (counted["expected_yen"], counted["difference_yen"]) == (1_300, 0)
    sales = api.get("/v1/reports/week/2026-W48").json["sales"]
    assert (sales["total_yen"], sales["by_payment_yen"]["paypay"]) == (500, 300)
    assert sales["receipts_by_payment"]["mixed"] == 1


def test_discounts_of_lines_and_of_the_receipt_leave_sums_and_taxes_that_agree(api: Api) -> None:
    visit = visit_of(api)
    sweet, toy = item_of(api, 110), item_of(api, 300, category="other", tax_category="standard")
    body = {
        "visit_id": visit,
        "payment": "cash",
        "lines": [line(sweet, 3, discount_yen=30), line(toy)],
        "discount_yen": 100,
    }
    made = api.post("/v1/sales", body, role="crew").json
    assert (made["goods_yen"], made["discount_yen"], made["total_yen"]) == (630, 130, 500)
    # 100 yen off 300 at 8 % and 300 at 10 %: 50 each.
    assert [(tax["rate_percent"], tax["taxable_yen"], tax["tax_yen"]) for tax in made["taxes"]] == [
        (8, 250, 18),
        (10, 250, 22),
    ]
    assert [shown["taken_yen"] for shown in made["lines"]] == [250, 250]
    assert totals(api, visit)["sales_category_yen", "other"] == 250
    assert exact(api)


def test_a_ticket_that_is_worth_more_than_what_is_left_gives_no_change(api: Api) -> None:
    visit, item = visit_of(api), item_of(api, 130)
    ways = [TICKET, {"payment": "cash", "yen": 50}]
    body = {"visit_id": visit, "payment": "mixed", "lines": [line(item)], "payments": ways}
    made = api.post("/v1/sales", body, role="crew").json
    assert (made["total_yen"], made["ticket_count"]) == (50, 1)


@pytest.mark.parametrize(
    ("ways", "fault"),
    [
        ([{"payment": "cash", "yen": 100}, {"payment": "paypay", "yen": 100}], "payments_differ"),
        ([TICKET, {"payment": "cash", "yen": 49}], "payments_differ"),
        ([TICKET, {"payment": "cash", "yen": 150}], "payments_differ"),
        ([{"payment": "ticket", "ticket_count": 2}, {"payment": "cash"}], "payments_differ"),
        ([{"payment": "cash", "yen": 150}, {"payment": "paypay"}], "payments_differ"),
        ([{"payment": "cash"}, {"payment": "paypay"}], "payment_rest_twice"),
        ([{"payment": "cash", "yen": 100}, {"payment": "cash", "yen": 50}], "payment_twice"),
        ([{"payment": "free"}, {"payment": "cash", "yen": 150}], "payment_not_money"),
        ([{"payment": "ticket"}, {"payment": "cash", "yen": 50}], "ticket_count_required"),
        ([{**TICKET, "yen": 100}, {"payment": "cash", "yen": 50}], "ticket_yen_unwanted"),
        ([{"payment": "cash", "yen": 150}], "too_few"),
        (None, "payments_with_mixed"),
    ],
)
def test_ways_of_paying_that_do_not_fit_are_refused_and_nothing_is_kept(
    api: Api, ways: Any, fault: str
) -> None:
    visit = visit_of(api)
    body: dict[str, Any] = {"visit_id": visit, "payment": "mixed", "lines": [line(item_of(api, 150))]}
    refused = api.post("/v1/sales", body if ways is None else {**body, "payments": ways}, role="crew")
    assert refused.status == 422
    assert fault in refused.faults.values()
    assert totals(api, visit) == {}


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"discount_yen": 301}, {"/discount_yen": "discount_too_large"}),
        ({"payment": "cash", "free_reason": "child"}, {"": "free_reason_unwanted"}),
        (
            {"payments": [{"payment": "cash", "yen": 1}, {"payment": "paypay"}]},
            {"": "payments_with_mixed"},
        ),
    ],
)
def test_receipts_that_contradict_themselves_are_refused(
    api: Api, change: dict[str, Any], faults: dict[str, str]
) -> None:
    body = {"visit_id": visit_of(api), "payment": "cash", "rush_yen": 300, **change}
    assert api.post("/v1/sales", body, role="crew").faults == faults


def test_a_line_takes_no_discount_above_its_price_whoever_says_the_price(api: Api) -> None:
    visit, item = visit_of(api), item_of(api, 100)
    for more, place in (({}, "/lines/0/discount_yen"), ({"unit_price_yen": 100}, "/lines/0")):
        lines = [line(item, 2, discount_yen=201, **more)]
        refused = api.post("/v1/sales", {"visit_id": visit, "payment": "cash", "lines": lines}, role="crew")
        assert refused.faults == {place: "discount_too_large"}


def test_an_app_of_before_sends_what_it_always_sent(api: Api) -> None:
    visit = visit_of(api)
    body = {"visit_id": visit, "payment": "cash", "rush_yen": 330}
    made = api.post("/v1/sales", body, role="crew", headers={"Payload-Version": "1"})
    assert (made.status, made.json["total_yen"], made.json["payments"]) == (
        201,
        330,
        [{"payment": "cash", "yen": 330}],
    )


def test_both_tellings_of_a_visit_show_mixed_receipts_by_way_of_paying(api: Api) -> None:
    visit = visit_of(api)
    ways = [{"payment": "cash", "yen": 100}, {"payment": "paypay", "yen": 50}]
    body = {"visit_id": visit, "payment": "mixed", "rush_yen": 150, "payments": ways}
    app = api.post("/v1/sales", body, role="crew").json["id"]
    paper = {"visit_id": visit, "payment": "cash", "rush_yen": 140, "source": "paper"}
    assert api.post("/v1/sales", paper).json["counted"] is False
    back = {"lines": [{"line": 0, "quantity": 30}], "reason": "返品"}
    assert api.post(f"/v1/sales/{app}/refunds", back, role="crew").status == 201
    shown = api.get(f"/v1/visits/{visit}/tellings").json
    assert shown["receipts"]["app"]["by_payment_yen"] == {"cash": 70, "paypay": 50}
    for source, yen in (("paper", 140), ("app", 120)):
        version = api.get(f"/v1/visits/{visit}/tellings").json["version"]
        assert api.post(f"/v1/visits/{visit}/telling", {"receipts": source}, version=version).status == 200
        assert sum(v for (m, _), v in totals(api, visit).items() if m == "sales_payment_yen") == yen
        assert exact(api)
