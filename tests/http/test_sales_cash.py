"""Cash that goes into tills and out of them besides sales, through HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Answer, Api
from tests.http.test_sales import totals, visit_of
from tests.telling import PAPER, assert_exact, choose, count_till, merge, open_here, sell, stop_of, warned

SUPPLIES = {"direction": "out", "reason": "supplies", "amount_yen": 880}
CHANGE = {"direction": "in", "reason": "change_fetched", "amount_yen": 3_000}


def move(api: Api, visit: str, said: dict[str, Any], *, role: str = "crew", **more: Any) -> Answer:
    return api.post("/v1/cash-movements", {"visit_id": visit, **said, **more}, role=role)


def test_a_till_expects_what_was_put_in_and_not_what_was_taken_out(api: Api) -> None:
    visit = visit_of(api)
    sell(api, visit, 1_500)
    for said in (CHANGE, SUPPLIES, {"direction": "out", "reason": "banked", "amount_yen": 4_000}):
        made = move(api, visit, said)
        assert (made.status, warned(made)) == (201, []), made
    counted = count_till(api, visit, {"500": 1, "100": 1, "10": 2}).json
    assert (counted["expected_yen"], counted["difference_yen"]) == (1_000 + 1_500 + 3_000 - 880 - 4_000, 0)
    assert counted["late_movements"] == []


def test_a_movement_after_the_counting_is_listed_and_never_changes_it(api: Api) -> None:
    visit = visit_of(api)
    counted = count_till(api, visit, {"1000": 1}).json
    late = move(api, visit, SUPPLIES, note="紙コップ").json
    shown = api.get(f"/v1/cash-ups/{counted['id']}").json
    assert (shown["expected_yen"], shown["difference_yen"], shown["late_cash_yen"]) == (1_000, 0, -880)
    assert shown["late_movements"] == [{name: value for name, value in late.items() if name != "warnings"}]


def test_phones_learn_of_cash_that_moves_or_goes_back_after_the_counting(api: Api) -> None:
    visit = visit_of(api)
    sale = sell(api, visit, 500).json["id"]
    counted = count_till(api, visit, {"1000": 1, "500": 1}).json["id"]
    cursor = api.get("/v1/sync/pull", role="crew").json["cursor"]
    refund = {"lines": [{"line": 0, "quantity": 100}], "reason": "返品"}
    for late_yen, happens in (
        (-880, lambda: move(api, visit, SUPPLIES)),
        (-980, lambda: api.post(f"/v1/sales/{sale}/refunds", refund, role="crew")),
    ):
        assert happens().status == 201
        pulled = api.get(f"/v1/sync/pull?cursor={cursor}", role="crew").json
        cursor = pulled["cursor"]
        tills = [item["data"] for item in pulled["items"] if item["kind"] == "cash_up"]
        assert [(till["id"], till["late_cash_yen"]) for till in tills] == [(counted, late_yen)]


def test_a_wrong_movement_is_taken_back_by_another(api: Api) -> None:
    visit = visit_of(api)
    move(api, visit, SUPPLIES)
    move(api, visit, {"direction": "in", "reason": "correction", "amount_yen": 880})
    listed = api.get(f"/v1/cash-movements?visit_id={visit}", role="crew").json["items"]
    assert {(one["direction"], one["reason"], one["amount_yen"]) for one in listed} == {
        ("out", "supplies", 880),
        ("in", "correction", 880),
    }
    assert count_till(api, visit, {"1000": 1}).json["difference_yen"] == 0


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({**CHANGE, "direction": "out"}, "cash_goes_other_way"),
        ({**SUPPLIES, "direction": "in"}, "cash_goes_other_way"),
        ({**CHANGE, "reason": "other"}, "cash_note_required"),
    ],
)
def test_a_reason_says_which_way_cash_goes_and_another_reason_is_written_down(
    api: Api, said: dict[str, Any], code: str
) -> None:
    refused = move(api, visit_of(api), said)
    assert (refused.status, refused.faults) == (422, {"": code})


def test_nobody_is_named_and_other_crews_see_nothing(api: Api) -> None:
    theirs = visit_of(api, api.other_van)
    assert move(api, theirs, SUPPLIES).code == "visit_unknown"
    made = move(api, theirs, SUPPLIES, role="coordinator").json
    assert not [name for name in made if name.endswith("_by") or "person" in name]
    assert api.get("/v1/cash-movements", role="crew").json["items"] == []
    assert len(api.get("/v1/cash-movements?from_day=2026-11-28&to_day=2026-11-28").json["items"]) == 1
    assert api.get("/v1/cash-movements?to_day=2026-11-27").json["items"] == []


def test_movements_told_on_paper_and_by_phone_are_counted_once(api: Api) -> None:
    visit = visit_of(api)
    move(api, visit, SUPPLIES)
    paper = move(api, visit, {**SUPPLIES, "amount_yen": 900}, role="coordinator", **PAPER)
    assert (paper.json["counted"], warned(paper)) == (False, ["cash_held_back"])
    told = api.get(f"/v1/visits/{visit}/tellings").json["receipts"]
    assert (told["app"]["cash_out_yen"], told["paper"]["cash_out_yen"]) == (880, 900)
    assert count_till(api, visit, {"100": 1, "10": 2}).json["difference_yen"] == 0
    choose(api, visit, receipts="paper")
    (till,) = api.get(f"/v1/cash-ups?visit_id={visit}").json["items"]
    assert (till["expected_yen"], till["late_cash_yen"]) == (120, -20)
    assert_exact(api)


def test_movements_of_two_visits_that_are_joined_add_up(api: Api) -> None:
    stop = stop_of(api)
    visit, twin = open_here(api, stop), open_here(api, stop)
    for one in (visit, twin):
        move(api, one, SUPPLIES)
    merge(api, twin, visit)
    assert totals(api, visit) == {}
    move(api, twin, CHANGE)
    counted = count_till(api, visit, {"1000": 2, "100": 2, "10": 4}).json
    assert (counted["expected_yen"], counted["difference_yen"]) == (1_000 - 2 * 880 + 3_000, 0)
    assert_exact(api)
