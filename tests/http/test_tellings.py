"""A visit told twice, by phones and on paper: one telling counts, the other is kept beside it and shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api import Api
from tests.http.test_sales import totals, visit_of
from tests.http.test_sales_push import statements
from tests.http.test_sync import operation, push, results
from tests.telling import PAPER, assert_exact, choose, count, count_till, sell, stop_of, warned


@pytest.fixture(autouse=True)
def exact(api: Api) -> Iterator[None]:
    """Whatever a test here does, totals follow from what counts, and nothing counts twice."""
    yield
    assert_exact(api)


def test_paper_totals_of_a_visit_that_its_phone_began_to_tell_are_held_back(api: Api) -> None:
    visit = visit_of(api)
    count(api, visit, {"elem_low": 4})
    told = count(api, visit, {"elem_low": 30, "adult": 8}, role="coordinator", **PAPER)
    assert warned(told) == ["count_held_back"]
    assert told.json["source"] == "paper"
    assert told.json["attendance"]["by_band"] == {"elem_low": 4}
    assert told.json["attendance"]["held_back"] == {"elem_low": 30, "adult": 8}
    assert count(api, visit, {"elem_low": 1}).json["attendance"]["total"] == 5


def test_paper_receipts_of_a_visit_that_its_phone_began_to_tell_are_held_back(api: Api) -> None:
    visit = visit_of(api)
    sell(api, visit, 300)
    held = sell(api, visit, 12_000, role="coordinator", **PAPER)
    assert (held.json["counted"], warned(held)) == (False, ["receipt_held_back"])
    assert totals(api, visit)["sales_payment_yen", "cash"] == 300
    shown = api.get(f"/v1/visits/{visit}").json
    assert (shown["source"], shown["receipts_held_back"]) == ("paper", 1)


def test_what_the_office_adds_to_a_visit_of_the_app_adds_up(api: Api) -> None:
    visit = visit_of(api)
    count(api, visit, {"elem_low": 4})
    added = count(api, visit, {"elem_low": 2}, role="coordinator")
    assert (added.json["source"], added.json["attendance"]["total"]) == ("app", 6)
    sell(api, visit, 300)
    assert sell(api, visit, 100, role="coordinator").json["source"] == "app"
    assert totals(api, visit)["sales_payment_yen", "cash"] == 400


def test_once_paper_was_said_what_the_office_enters_without_a_word_is_paper_too(api: Api) -> None:
    visit = visit_of(api)
    sell(api, visit, 300)
    count(api, visit, {"elem_low": 30}, role="coordinator", **PAPER)
    assert sell(api, visit, 12_000, role="coordinator").json["source"] == "paper"
    assert totals(api, visit)["sales_payment_yen", "cash"] == 300


@pytest.mark.parametrize("phone_first", [True, False])
def test_a_visit_that_the_office_opens_from_paper_is_told_on_paper_whoever_opened_it_first(
    api: Api, phone_first: bool
) -> None:
    stop, visit = stop_of(api), "0193a1b2-c3d4-4e5f-8a9b-0c1d2e3f4a5b"
    phone = operation("visit.open", {"stop_id": stop}, entity_id=visit)
    paper = operation("visit.open", {"stop_id": stop, "van_id": str(api.van), **PAPER}, entity_id=visit)
    for sent, role in sorted(((phone, "crew"), (paper, "coordinator")), reverse=not phone_first, key=str):
        assert results(push(api, sent, role=role)) == [("applied", None)]
    count(api, visit, {"elem_low": 4})
    held = count(api, visit, {"elem_low": 30}, role="coordinator")
    assert held.json["attendance"]["held_back"] == {"elem_low": 30}


def test_heads_that_were_tapped_by_mistake_and_taken_off_again_tell_nothing(api: Api) -> None:
    visit = visit_of(api)
    count(api, visit, {"elem_low": 1})
    count(api, visit, {"elem_low": 30}, role="coordinator", **PAPER)
    taken_off = count(api, visit, {"elem_low": -1})
    assert taken_off.json["attendance"]["by_band"] == {"elem_low": 30}
    back = count(api, visit, {"elem_low": 5})
    assert (warned(back), back.json["attendance"]["total"]) == (["count_held_back"], 30)


def test_both_tellings_are_shown_side_by_side(api: Api) -> None:
    visit = visit_of(api)
    for _ in range(2):
        count(api, visit, {"elem_low": 2})
    count(api, visit, {"elem_low": 30, "adult": 8}, role="coordinator", **PAPER)
    sell(api, visit, 300, role="coordinator", **PAPER)
    void = sell(api, visit, 700, role="coordinator", **PAPER).json["id"]
    api.post(f"/v1/sales/{void}/void", {"reason": "打ち間違い"})
    sell(api, visit, 200, payment="ticket", ticket_count=2)
    api.post("/v1/tickets", {"visit_id": visit, "quantity": 5, "payment": "cash", **PAPER})
    till = count_till(api, visit, {"1000": 1, "500": 1, "100": 3}, role="coordinator", **PAPER).json
    shown = api.get(f"/v1/visits/{visit}/tellings").json
    assert shown["heads"]["stands"] == "app"
    app, paper = shown["heads"]["app"], shown["heads"]["paper"]
    assert (app["by_band"], app["total"], app["entries"]) == ({"elem_low": 4}, 4, 2)
    assert (paper["by_band"], paper["children"]) == ({"adult": 8, "elem_low": 30}, 30)
    receipts = shown["receipts"]
    assert receipts["stands"] == "paper"
    assert (receipts["paper"]["receipts"], receipts["paper"]["by_payment_yen"]) == (1, {"cash": 300})
    assert (receipts["paper"]["tickets_issued"], receipts["app"]["tickets_redeemed"]) == (5, 2)
    assert [(line["id"], line["difference_yen"]) for line in receipts["paper"]["tills"]] == [
        (till["id"], 1_800 - 1_000 - 300 - 500)
    ]
    assert receipts["app"]["receipts_by_payment"] == {"ticket": 1}


def test_of_a_visit_that_nobody_told_of_both_sides_are_empty(api: Api) -> None:
    shown = api.get(f"/v1/visits/{visit_of(api)}/tellings").json
    assert shown["heads"] == shown["receipts"] == {"stands": None, "app": None, "paper": None}


def test_a_phone_hears_that_the_office_told_the_visit_on_paper(api: Api) -> None:
    visit = visit_of(api)
    sell(api, visit, 100)
    cursor = api.get("/v1/sync/pull", role="crew").json["cursor"]
    sell(api, visit, 900, role="coordinator", **PAPER)
    (item,) = api.get(f"/v1/sync/pull?cursor={cursor}", role="crew").json["items"]
    assert (item["data"]["source"], item["data"]["receipts_held_back"]) == ("paper", 1)


def test_visits_that_were_told_twice_are_found(api: Api) -> None:
    both, one = visit_of(api), visit_of(api)
    for visit in (both, one):
        count(api, visit, {"adult": 2})
    count(api, both, {"adult": 3}, role="coordinator", **PAPER)
    found = {
        asked: [visit["id"] for visit in api.get(f"/v1/visits?told_twice={asked}").json["items"]]
        for asked in ("true", "false")
    }
    assert found == {"true": [both], "false": [one]}


def test_the_report_asks_after_visits_told_twice_until_somebody_chose(api: Api) -> None:
    visit = visit_of(api)
    count(api, visit, {"adult": 2})
    sell(api, visit, 100)

    def asked() -> int:
        report = api.get("/v1/reports/week/2026-W48").json
        return int(report["completeness"]["told_twice"])

    assert asked() == 0
    sell(api, visit, 900, role="coordinator", **PAPER)
    assert asked() == 1
    assert choose(api, visit, receipts="app").json["telling_chosen_at"] == "2026-11-28T03:00:00Z"
    assert asked() == 0


def test_a_pair_of_which_one_was_taken_back_is_none(api: Api) -> None:
    visit = visit_of(api)
    sell(api, visit, 100)
    held = sell(api, visit, 900, role="coordinator", **PAPER).json["id"]
    assert api.post(f"/v1/sales/{held}/void", {"reason": "打ち間違い"}).status == 201
    assert api.get("/v1/visits?told_twice=true").json["items"] == []
    assert api.get(f"/v1/visits/{visit}").json["receipts_held_back"] == 0


def test_ordinary_pushes_ask_nothing_about_paper(api: Api) -> None:
    """What a push of taps and receipts costs does not grow because visits may be told twice."""
    visit = visit_of(api)
    facts = [
        operation("head_count.add", {"visit_id": visit, "counts": {"elem_low": 1}}),
        operation("sale.record", {"visit_id": visit, "payment": "cash", "rush_yen": 30}),
    ]
    with statements(api.database) as sent:
        assert results(push(api, *facts)) == [("applied", None)] * 2
    reading = [one for one in sent if one.startswith("SELECT")]
    assert not [one for one in reading if " FROM head_counts" in one or " FROM sales" in one]
    assert not [one for one in sent if one.startswith("UPDATE visits")]


def test_facts_of_both_sources_in_one_push_are_told_apart(api: Api) -> None:
    visit = visit_of(api)
    lines = push(
        api,
        operation("head_count.add", {"visit_id": visit, "counts": {"adult": 3}, **PAPER}),
        operation("head_count.add", {"visit_id": visit, "counts": {"adult": 2}}),
        operation("head_count.add", {"visit_id": visit, "counts": {"adult": 4}, **PAPER}),
        operation("sale.record", {"visit_id": visit, "payment": "cash", "rush_yen": 30}),
        operation("sale.record", {"visit_id": visit, "payment": "cash", "rush_yen": 900, **PAPER}),
    ).json["results"]
    assert [[warning["code"] for warning in line["warnings"]] for line in lines] == [
        [],
        ["count_held_back"],
        [],
        [],
        ["receipt_held_back"],
    ]
    assert totals(api, visit)["attendance", "adult"] == 7
