"""A visit was told twice, and its coordinator chooses which telling stands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api import Api
from tests.http.test_sales import totals, visit_of
from tests.telling import PAPER, assert_exact, choose, count, sell, warned


@pytest.fixture(autouse=True)
def exact(api: Api) -> Iterator[None]:
    """Whatever a test here does, totals follow from what counts, and nothing counts twice."""
    yield
    assert_exact(api)


def test_the_coordinators_choice_makes_the_other_telling_count_and_back_again(api: Api) -> None:
    visit = visit_of(api)
    api.post("/v1/tickets", {"visit_id": visit, "quantity": 9, "payment": "cash"}, role="crew")
    count(api, visit, {"elem_low": 4})
    for yen, payment in ((300, "cash"), (250, "paypay")):
        sell(api, visit, yen, payment=payment)
    sell(api, visit, 200, payment="ticket", ticket_count=2)
    gone = sell(api, visit, 100, payment="ticket", ticket_count=1).json["id"]
    api.post(f"/v1/sales/{gone}/void", {"reason": "打ち間違い"}, role="crew")
    count(api, visit, {"elem_low": 30, "adult": 8}, role="coordinator", **PAPER)
    sell(api, visit, 12_000, role="coordinator", **PAPER)
    sell(api, visit, 500, role="coordinator", payment="ticket", ticket_count=5, **PAPER)
    api.post("/v1/tickets", {"visit_id": visit, "quantity": 7, "payment": "cash", **PAPER})
    before, balance = totals(api, visit), api.get("/v1/tickets/balance").json
    assert (balance["issued"], balance["redeemed"]) == (9, 2)
    chosen = choose(api, visit, heads="paper", receipts="paper")
    assert chosen.status == 200, chosen
    assert chosen.json["attendance"]["by_band"] == {"adult": 8, "elem_low": 30}
    assert chosen.json["attendance"]["held_back"] == {"elem_low": 4}
    assert chosen.json["receipts_held_back"] == 3
    assert totals(api, visit)["sales_payment_yen", "cash"] == 12_000
    assert ("sales_payment_yen", "paypay") not in totals(api, visit)
    balance_now = api.get("/v1/tickets/balance").json
    assert (balance_now["issued"], balance_now["redeemed"]) == (7, 5)
    report = api.get("/v1/reports/week/2026-W48").json
    assert (report["attendance"]["total"], report["sales"]["total_yen"]) == (38, 12_000)
    assert report["tickets"]["redeemed"] == 5
    assert choose(api, visit, heads="app", receipts="app").status == 200
    assert totals(api, visit) == before
    assert api.get("/v1/tickets/balance").json == balance


def test_what_is_not_named_in_a_choice_stays_as_it_is(api: Api) -> None:
    visit = visit_of(api)
    for role, source in (("crew", {}), ("coordinator", PAPER)):
        count(api, visit, {"adult": 3 if source else 2}, role=role, **source)
        sell(api, visit, 900 if source else 800, role=role, **source)
    choose(api, visit, receipts="paper")
    assert totals(api, visit)["attendance", "adult"] == 2
    assert totals(api, visit)["sales_payment_yen", "cash"] == 900


def test_what_comes_of_the_other_source_after_the_choice_is_held_back(api: Api) -> None:
    visit = visit_of(api)
    count(api, visit, {"adult": 2})
    sell(api, visit, 800)
    count(api, visit, {"adult": 3}, role="coordinator", **PAPER)
    sell(api, visit, 900, role="coordinator", **PAPER)
    choose(api, visit, heads="paper", receipts="paper")
    assert warned(count(api, visit, {"adult": 1})) == ["count_held_back"]
    assert warned(sell(api, visit, 100)) == ["receipt_held_back"]
    assert warned(count(api, visit, {"adult": 1}, role="coordinator", **PAPER)) == []
    assert totals(api, visit)["attendance", "adult"] == 4
    assert totals(api, visit)["sales_payment_yen", "cash"] == 900


@pytest.mark.parametrize(
    ("subjects", "path"),
    [({"heads": "paper"}, "/heads"), ({"heads": "app", "receipts": "paper"}, "/receipts")],
)
def test_choosing_a_telling_that_is_not_there_is_refused(
    api: Api, subjects: dict[str, str], path: str
) -> None:
    visit = visit_of(api)
    count(api, visit, {"adult": 2})
    taken_back = sell(api, visit, 900, role="coordinator", **PAPER).json["id"]
    api.post(f"/v1/sales/{taken_back}/void", {"reason": "打ち間違い"})
    refused = choose(api, visit, **subjects)
    assert (refused.status, refused.code) == (409, "telling_unknown")
    assert refused.faults == {path: "telling_unknown"}
    assert totals(api, visit) == {("attendance", "adult"): 2}


def test_a_choice_of_nothing_is_refused(api: Api) -> None:
    assert choose(api, visit_of(api)).faults == {"": "nothing_chosen"}


def test_a_choice_that_another_coordinator_made_meanwhile_is_not_overridden_unseen(api: Api) -> None:
    visit = visit_of(api)
    count(api, visit, {"adult": 2})
    count(api, visit, {"adult": 3}, role="coordinator", **PAPER)
    assert choose(api, visit, heads="paper").status == 200
    stale = api.post(f"/v1/visits/{visit}/telling", {"heads": "app"}, version=1)
    assert (stale.status, stale.code) == (412, "stale")


def test_phones_hear_of_a_choice(api: Api) -> None:
    visit = visit_of(api)
    count(api, visit, {"adult": 2})
    count(api, visit, {"adult": 3}, role="coordinator", **PAPER)
    cursor = api.get("/v1/sync/pull", role="crew").json["cursor"]
    choose(api, visit, heads="paper")
    (item,) = api.get(f"/v1/sync/pull?cursor={cursor}", role="crew").json["items"]
    assert (item["kind"], item["data"]["attendance"]["total"]) == ("visit", 3)


def test_a_receipt_that_was_held_back_and_voided_leaves_no_trace_when_its_telling_is_chosen(api: Api) -> None:
    visit = visit_of(api)
    sell(api, visit, 300)
    held = sell(api, visit, 500, role="coordinator", payment="ticket", ticket_count=5, **PAPER).json["id"]
    sell(api, visit, 700, role="coordinator", **PAPER)
    assert api.post(f"/v1/sales/{held}/void", {"reason": "打ち間違い"}).status == 201
    choose(api, visit, receipts="paper")
    assert totals(api, visit)["sales_payment_yen", "cash"] == 700
    assert api.get("/v1/tickets/balance").json["redeemed"] == 0


def test_only_those_who_correct_visits_see_both_and_choose(api: Api) -> None:
    visit = visit_of(api)
    for role in ("crew", "safeguarding", "reporter"):
        assert api.get(f"/v1/visits/{visit}/tellings", role=role).code == "forbidden"
        chosen = api.post(f"/v1/visits/{visit}/telling", {"heads": "app"}, role=role, version=1)
        assert chosen.code == "forbidden"
