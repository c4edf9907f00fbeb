"""Tickets and tills that phones and paper told of are counted once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api import Api
from tests.http.test_sales import totals, visit_of
from tests.telling import PAPER, assert_exact, choose, count_till, merge, open_here, sell, stop_of, warned


@pytest.fixture(autouse=True)
def exact(api: Api) -> Iterator[None]:
    """Whatever a test here does, totals follow from what counts, and nothing counts twice."""
    yield
    assert_exact(api)


def test_tickets_told_on_paper_and_by_phone_are_counted_once(api: Api) -> None:
    visit = visit_of(api)
    for role, quantity, source in (("crew", 5, {}), ("coordinator", 6, PAPER)):
        body = {"visit_id": visit, "quantity": quantity, "payment": "cash", **source}
        sold = api.post("/v1/tickets", body, role=role)
        used = api.post("/v1/tickets/redeem", {"visit_id": visit, "quantity": 2, **source}, role=role)
        assert sold.json["counted"] is used.json["counted"] is (role == "crew")
    assert warned(sold) == warned(used) == ["tickets_held_back"]
    balance = api.get("/v1/tickets/balance").json
    assert (balance["issued"], balance["redeemed"], balance["owed"]) == (5, 2, 3)
    choose(api, visit, receipts="paper")
    assert api.get("/v1/tickets/balance").json["issued"] == 6


def test_a_held_back_redemption_draws_on_no_pool(api: Api) -> None:
    visit = visit_of(api)
    api.post("/v1/tickets", {"visit_id": visit, "quantity": 1, "payment": "cash"}, role="crew")
    held = api.post("/v1/tickets/redeem", {"visit_id": visit, "quantity": 9, **PAPER})
    assert warned(held) == ["tickets_held_back"]
    assert api.get("/v1/tickets/balance").json["overdraft"] == 0


def test_a_till_counted_on_paper_and_by_phone_is_kept_as_a_pair_and_added_once(api: Api) -> None:
    visit = visit_of(api, source="paper")
    sell(api, visit, 12_000, role="coordinator")
    paper = count_till(api, visit, {"10000": 1, "1000": 2, "500": 1, "100": 4}, role="coordinator")
    assert paper.json["difference_yen"] == -100
    sell(api, visit, 11_800)
    phone = count_till(api, visit, {"10000": 1, "1000": 2, "500": 1, "100": 2})
    assert phone.status == 201, phone
    assert (phone.json["counted"], warned(phone)) == (False, ["till_held_back"])
    assert (phone.json["expected_yen"], phone.json["difference_yen"]) == (12_800, -100)
    assert totals(api, visit)["till_difference_yen", ""] == -100
    assert count_till(api, visit, {}).code == "already_counted"
    report = api.get("/v1/reports/week/2026-W48").json["sales"]
    assert (report["till_difference_yen"], report["tills_counted"]) == (-100, 1)


def test_of_two_countings_the_one_of_the_first_receipts_counts_also_when_those_come_later(api: Api) -> None:
    visit = visit_of(api)
    count_till(api, visit, {"1000": 1, "100": 1})
    paper = count_till(api, visit, {"1000": 1, "100": 2}, role="coordinator", **PAPER).json
    assert (paper["counted"], totals(api, visit)) == (False, {("till_difference_yen", ""): 100})
    sell(api, visit, 150, role="coordinator", **PAPER)
    assert totals(api, visit)["till_difference_yen", ""] == 200
    assert api.get(f"/v1/cash-ups/{paper['id']}").json["late_cash_yen"] == 150


def test_choosing_receipts_takes_their_till_along(api: Api) -> None:
    visit = visit_of(api, source="paper")
    sell(api, visit, 1_000, role="coordinator")
    count_till(api, visit, {"1000": 1, "500": 1, "100": 3}, role="coordinator")
    sell(api, visit, 900)
    phone = count_till(api, visit, {"1000": 1, "500": 1, "100": 2, "50": 1}).json["id"]
    assert totals(api, visit)["till_difference_yen", ""] == -200
    cursor = api.get("/v1/sync/pull", role="crew").json["cursor"]
    choose(api, visit, receipts="app")
    assert totals(api, visit)["till_difference_yen", ""] == -150
    pulled = api.get(f"/v1/sync/pull?cursor={cursor}", role="crew").json["items"]
    tills = {item["id"]: item["data"]["counted"] for item in pulled if item["kind"] == "cash_up"}
    assert tills == {phone: True, **{other: False for other in tills if other != phone}}
    assert len(tills) == 2
    choose(api, visit, receipts="paper")
    assert totals(api, visit)["till_difference_yen", ""] == -200


def test_a_till_says_by_how_much_the_receipts_that_were_chosen_differ_from_those_it_counted(api: Api) -> None:
    visit = visit_of(api)
    sell(api, visit, 900)
    sell(api, visit, 1_000, role="coordinator", **PAPER)
    till = count_till(api, visit, {"1000": 2}, role="coordinator", **PAPER).json
    assert (till["expected_yen"], till["difference_yen"], till["late_cash_yen"]) == (2_000, 0, -100)
    choose(api, visit, receipts="paper")
    shown = api.get(f"/v1/cash-ups/{till['id']}").json
    assert (shown["expected_yen"], shown["difference_yen"], shown["late_cash_yen"]) == (2_000, 0, 0)


def test_one_drawer_that_two_phones_told_of_is_added_once_and_two_drawers_are_two(api: Api) -> None:
    stop = stop_of(api)
    kept, same, other = (open_here(api, stop) for _ in range(3))
    for visit, yen, coins in (
        (kept, 500, {"1000": 1, "100": 4}),
        (same, 300, {"1000": 1, "100": 4, "50": 0}),
        (other, 200, {"1000": 1, "100": 1}),
    ):
        sell(api, visit, yen)
        assert count_till(api, visit, coins).status == 201
    merge(api, same, kept)
    assert totals(api, kept)["till_difference_yen", ""] == -100
    merge(api, other, kept)
    assert totals(api, kept)["till_difference_yen", ""] == -200
    tills = api.get(f"/v1/cash-ups?visit_id={kept}").json["items"]
    assert sorted((till["difference_yen"], till["counted"]) for till in tills) == [
        (-100, True),
        (-100, True),
        (100, False),
    ]


def test_empty_drawers_are_not_taken_for_one(api: Api) -> None:
    stop = stop_of(api)
    kept, joining = open_here(api, stop), open_here(api, stop)
    for visit, yen in ((kept, 500), (joining, 300)):
        sell(api, visit, yen)
        assert count_till(api, visit, {}, opening_float_yen=0, difference_reason="先に金庫へ").status == 201
    merge(api, joining, kept)
    assert totals(api, kept)["till_difference_yen", ""] == -800
