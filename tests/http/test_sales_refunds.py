"""What is given back of a receipt, through HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from outreach_api.kernel.ids import new_id
from outreach_api.ledger import recount
from tests.api import Answer, Api
from tests.http.test_sales import item_of, totals, visit_of
from tests.http.test_sales_mixed import exact, line


def give_back(api: Api, sale: str, *lines: tuple[int, int], **more: Any) -> Answer:
    said = [{"line": number, "quantity": quantity} for number, quantity in lines]
    return api.post(f"/v1/sales/{sale}/refunds", {"lines": said, "reason": "返品", **more}, role="crew")


def sell(api: Api, visit: str, *lines: dict[str, Any], **more: Any) -> str:
    body = {"visit_id": visit, "payment": "cash", "lines": list(lines), **more}
    made = api.post("/v1/sales", body, role="crew")
    assert made.status == 201, made
    return str(made.json["id"])


def test_some_pieces_go_back_and_the_receipt_stays_as_it_was(api: Api) -> None:
    visit = visit_of(api)
    sale = sell(api, visit, line(item_of(api, 110), 3))
    answer = give_back(api, sale, (0, 1))
    assert answer.status == 201, answer
    shown = answer.json
    assert (shown["total_yen"], shown["taxes"][0]["tax_yen"]) == (330, 24)
    assert shown["lines"][0]["refunded_quantity"] == 1
    (refund,) = shown["refunds"]
    assert (refund["total_yen"], refund["payments"]) == (110, [{"payment": "cash", "yen": 110}])
    # The tax of 220 is 16, that of 330 is 24.
    assert refund["taxes"] == [{"rate_percent": 8, "taxable_yen": 110, "tax_yen": 8}]
    assert totals(api, visit) == {
        ("sales_count", "cash"): 1,
        ("sales_payment_yen", "cash"): 220,
        ("sales_category_yen", "sweets"): 220,
        ("tax_yen", "8"): 16,
    }
    assert exact(api)


def test_piece_by_piece_everything_goes_back_to_the_last_yen_of_tax(api: Api) -> None:
    """Seven pieces for 99 yen after a discount: none of them has a whole price, all of them together have."""
    visit = visit_of(api)
    sale = sell(api, visit, line(item_of(api, 15), 7, discount_yen=6))
    backs = [give_back(api, sale, (0, 1)).json["refunds"][-1]["total_yen"] for _ in range(7)]
    assert sum(backs) == 99
    assert set(backs) == {14, 15}
    assert totals(api, visit) == {("sales_count", "cash"): 1}
    assert exact(api)
    more = give_back(api, sale, (0, 1))
    assert (more.status, more.code) == (409, "refund_too_large")


def test_never_more_goes_back_than_was_sold(api: Api) -> None:
    visit = visit_of(api)
    sale = sell(api, visit, line(item_of(api, 110), 2))
    assert give_back(api, sale, (0, 3)).faults == {"/lines/0/quantity": "refund_too_large"}
    assert give_back(api, sale, (1, 1)).faults == {"/lines/0/quantity": "refund_too_large"}
    assert give_back(api, sale, (0, 1), paid_back=[{"payment": "cash", "yen": 111}]).faults == {
        "/paid_back": "refund_differs"
    }
    assert give_back(api, sale, (0, 1), ticket_count=1).faults == {"/ticket_count": "refund_too_many_tickets"}
    assert give_back(api, sale, (0, 1), (0, 1)).faults == {"": "repeated"}
    assert give_back(api, str(new_id()), (0, 1)).code == "sale_unknown"
    assert totals(api, visit)["sales_payment_yen", "cash"] == 220


def test_a_resent_refund_gives_back_once(api: Api) -> None:
    visit, key = visit_of(api), new_id()
    sale = sell(api, visit, line(item_of(api, 110), 2))
    body = {"lines": [{"line": 0, "quantity": 1}], "reason": "返品"}
    first, again = (api.post(f"/v1/sales/{sale}/refunds", body, role="crew", key=key) for _ in range(2))
    assert again.json == first.json
    assert totals(api, visit)["sales_payment_yen", "cash"] == 110


def test_of_a_mixed_receipt_the_cash_goes_back_first_and_tickets_with_the_last_piece(api: Api) -> None:
    visit = visit_of(api)
    api.post("/v1/tickets", {"visit_id": visit, "quantity": 3, "payment": "cash"}, role="crew")
    ways = [{"payment": "ticket", "ticket_count": 2}, {"payment": "cash", "yen": 100}, {"payment": "paypay"}]
    sale = sell(api, visit, line(item_of(api, 150), 4), payment="mixed", payments=ways)
    half = give_back(api, sale, (0, 2)).json["refunds"][0]
    assert half["payments"] == [{"payment": "cash", "yen": 100}, {"payment": "paypay", "yen": 100}]
    assert half["ticket_count"] == 0
    rest = give_back(api, sale, (0, 2)).json["refunds"][1]
    assert (rest["payments"], rest["ticket_count"]) == ([{"payment": "paypay", "yen": 200}], 2)
    assert api.get("/v1/tickets/balance").json["owed"] == 3
    assert {m: v for (m, _), v in totals(api, visit).items() if m.startswith("sales")} == {"sales_count": 1}
    assert exact(api)


def test_money_that_went_back_another_way_is_told_as_it_went(api: Api) -> None:
    visit = visit_of(api)
    sale = sell(api, visit, line(item_of(api, 150), 2), payment="paypay")
    answer = give_back(api, sale, (0, 1), paid_back=[{"payment": "cash", "yen": 150}])
    assert [warning["code"] for warning in answer.json["warnings"]] == ["refund_other_way"]
    assert totals(api, visit)["sales_payment_yen", "cash"] == -150
    till = {"visit_id": visit, "opening_float_yen": 1_000, "counts": {"500": 1, "100": 3, "50": 1}}
    assert api.post("/v1/cash-ups", till, role="crew").json["difference_yen"] == 0
    assert exact(api)


def test_a_void_takes_back_what_a_refund_has_left(api: Api) -> None:
    visit = visit_of(api)
    sale = sell(api, visit, line(item_of(api, 110), 3))
    give_back(api, sale, (0, 1))
    assert api.post(f"/v1/sales/{sale}/void", {"reason": "x"}, role="crew").status == 201
    assert totals(api, visit) == {}
    assert exact(api)
    assert give_back(api, sale, (0, 1)).code == "sale_was_voided"


def test_what_was_free_or_paid_with_tickets_brings_no_money_back(api: Api) -> None:
    visit, item = visit_of(api), item_of(api, 110)
    gift = sell(api, visit, line(item, 2), payment="free")
    assert give_back(api, gift, (0, 2)).json["refunds"][0]["total_yen"] == 0
    api.post("/v1/tickets", {"visit_id": visit, "quantity": 1, "payment": "cash"}, role="crew")
    used = sell(api, visit, line(item), payment="ticket", ticket_count=1)
    back = give_back(api, used, (0, 1)).json["refunds"][0]
    assert (back["total_yen"], back["ticket_count"]) == (0, 1)
    assert api.get("/v1/tickets/balance").json["owed"] == 1
    assert exact(api)


def test_of_a_rush_so_many_yen_go_back(api: Api) -> None:
    visit = visit_of(api)
    body = {"visit_id": visit, "payment": "cash", "rush_yen": 500}
    sale = api.post("/v1/sales", body, role="crew").json["id"]
    assert give_back(api, sale, (0, 120)).json["refunds"][0]["total_yen"] == 120
    assert give_back(api, sale, (0, 381)).code == "refund_too_large"
    assert totals(api, visit)["sales_payment_yen", "cash"] == 380


def test_a_refund_after_the_till_was_counted_is_late_and_changes_nothing_there(api: Api) -> None:
    visit = visit_of(api)
    sale = sell(api, visit, line(item_of(api, 110), 2))
    till = {"visit_id": visit, "opening_float_yen": 0, "counts": {"100": 2, "10": 2}}
    counted = api.post("/v1/cash-ups", till, role="crew").json["id"]
    give_back(api, sale, (0, 1))
    shown = api.get(f"/v1/cash-ups/{counted}", role="crew").json
    assert (shown["expected_yen"], shown["late_cash_yen"]) == (220, -110)


def test_another_vans_receipt_gives_nothing_back(api: Api) -> None:
    theirs = visit_of(api, api.other_van)
    body = {"visit_id": theirs, "payment": "cash", "rush_yen": 100}
    sale = api.post("/v1/sales", body, role="crew", van=api.other_van).json["id"]
    assert give_back(api, sale, (0, 1)).code == "sale_unknown"


@pytest.mark.parametrize("first", ["refund", "void"])
def test_a_refund_and_a_void_of_two_phones_come_to_nothing_in_either_order(api: Api, first: str) -> None:
    visit = visit_of(api)
    sale = sell(api, visit, line(item_of(api, 110), 2))
    acts = {
        "refund": lambda: give_back(api, sale, (0, 1)),
        "void": lambda: api.post(f"/v1/sales/{sale}/void", {"reason": "x"}, role="crew"),
    }
    acts[first]()
    acts["void" if first == "refund" else "refund"]()
    assert totals(api, visit) == {}
    with api.database.read() as session:
        assert recount.differences(session) == []
