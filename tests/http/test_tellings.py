"""A visit told twice, by phones and on paper: shown as a pair, counted once, and the coordinator chooses."""

from __future__ import annotations

from typing import Any

import pytest

from outreach_api.ledger import recount
from tests.api import Answer, Api
from tests.http.test_sales import totals, visit_of
from tests.http.test_sales_push import statements
from tests.http.test_sync import operation, push, results
from tests.make import make_stop

PAPER = {"source": "paper"}


def count(api: Api, visit: str, counts: dict[str, int], *, role: str = "crew", **more: Any) -> Answer:
    answer = api.post(f"/v1/visits/{visit}/head-counts", {"counts": counts, **more}, role=role)
    assert answer.status == 201, answer
    return answer


def sell(api: Api, visit: str, yen: int, *, role: str = "crew", **more: Any) -> Answer:
    answer = api.post("/v1/sales", {"visit_id": visit, "payment": "cash", "rush_yen": yen, **more}, role=role)
    assert answer.status == 201, answer
    return answer


def choose(api: Api, visit: str, **subjects: str) -> Answer:
    version = api.get(f"/v1/visits/{visit}/tellings").json["version"]
    return api.post(f"/v1/visits/{visit}/telling", subjects, version=version)


def count_till(api: Api, visit: str, coins: dict[str, int], *, role: str = "crew", **more: Any) -> Answer:
    body = {"visit_id": visit, "opening_float_yen": 1_000, "counts": coins, **more}
    return api.post("/v1/cash-ups", body, role=role)


def warned(answer: Answer) -> list[str]:
    return [warning["code"] for warning in answer.json["warnings"]]


def open_here(api: Api, stop: str, *, role: str = "crew", **more: Any) -> str:
    van = {} if role == "crew" else {"van_id": str(api.van)}
    answer = api.post("/v1/visits", {"stop_id": stop, **van, **more}, role=role)
    assert answer.status == 201, answer
    return str(answer.json["id"])


def stop_of(api: Api) -> str:
    with api.database.write() as session:
        return str(make_stop(session).id)


def merge(api: Api, joining: str, kept: str) -> Answer:
    version = api.get(f"/v1/visits/{joining}").json["version"]
    answer = api.post(f"/v1/visits/{joining}/merge", {"into": kept}, version=version)
    assert answer.status == 200, answer
    return answer


@pytest.fixture(autouse=True)
def exact(api: Api) -> Any:
    """Whatever a test here does, totals follow from what counts, and nothing counts twice."""
    yield
    with api.database.read() as session:
        assert recount.differences(session) == []
        assert recount.counted_twice(session) == []


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


def test_joining_two_visits_that_were_both_typed_in_from_paper_asks_for_a_look(api: Api) -> None:
    stop = stop_of(api)
    kept, joining = (open_here(api, stop, role="coordinator", **PAPER) for _ in range(2))
    for visit in (kept, joining):
        count(api, visit, {"adult": 30}, role="coordinator")
    joined = merge(api, joining, kept)
    assert (warned(joined), joined.json["attendance"]["total"]) == (["both_on_paper"], 60)


def test_a_receipt_that_was_held_back_and_voided_leaves_no_trace_when_its_telling_is_chosen(api: Api) -> None:
    visit = visit_of(api)
    sell(api, visit, 300)
    held = sell(api, visit, 500, role="coordinator", payment="ticket", ticket_count=5, **PAPER).json["id"]
    sell(api, visit, 700, role="coordinator", **PAPER)
    assert api.post(f"/v1/sales/{held}/void", {"reason": "打ち間違い"}).status == 201
    choose(api, visit, receipts="paper")
    assert totals(api, visit)["sales_payment_yen", "cash"] == 700
    assert api.get("/v1/tickets/balance").json["redeemed"] == 0


def test_a_receipt_of_the_chosen_telling_that_is_voided_after_a_merge_counts_no_more(api: Api) -> None:
    stop = stop_of(api)
    kept, joining = open_here(api, stop), open_here(api, stop, role="coordinator", **PAPER)
    sell(api, kept, 300)
    paper = sell(api, joining, 500, role="coordinator", payment="ticket", ticket_count=5).json["id"]
    merge(api, joining, kept)
    choose(api, kept, receipts="paper")
    assert api.get("/v1/tickets/balance").json["redeemed"] == 5
    assert api.post(f"/v1/sales/{paper}/void", {"reason": "打ち間違い"}).status == 201
    assert api.get("/v1/tickets/balance").json["redeemed"] == 0
    assert totals(api, kept) == {("sales_count", "cash"): 1, **_cash(300)}


def _cash(yen: int) -> dict[tuple[str, str], int]:
    return {
        ("sales_payment_yen", "cash"): yen,
        ("sales_category_yen", "sweets"): yen,
        ("tax_yen", "8"): yen * 8 // 108,
    }


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_a_chain_of_merges_ends_in_one_visit_told_twice(api: Api, order: tuple[str, str]) -> None:
    stop = stop_of(api)
    phone, last = open_here(api, stop), open_here(api, stop)
    paper = open_here(api, stop, role="coordinator", **PAPER)
    count(api, phone, {"adult": 2})
    count(api, paper, {"adult": 30}, role="coordinator")
    count(api, last, {"adult": 5})
    steps = (
        {"a": (phone, last), "b": (paper, last)}
        if order[0] == "b"
        else {"a": (phone, paper), "b": (paper, last)}
    )
    for step in order:
        merge(api, *steps[step])
    shown = api.get(f"/v1/visits/{last}").json["attendance"]
    assert (shown["by_band"], shown["held_back"]) == ({"adult": 7}, {"adult": 30})
    count(api, phone, {"adult": 1})
    count(api, paper, {"adult": 1}, role="coordinator")
    shown = api.get(f"/v1/visits/{last}").json["attendance"]
    assert (shown["by_band"], shown["held_back"]) == ({"adult": 8}, {"adult": 31})
    asked = api.get(f"/v1/visits/{paper}/tellings").json
    assert asked["visit_id"] == last
    assert api.post(f"/v1/visits/{paper}/telling", {"heads": "app"}, version=2).code in (
        "visit_merged",
        "stale",
    )


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


def test_only_those_who_correct_visits_see_both_and_choose(api: Api) -> None:
    visit = visit_of(api)
    for role in ("crew", "safeguarding", "reporter"):
        assert api.get(f"/v1/visits/{visit}/tellings", role=role).code == "forbidden"
        chosen = api.post(f"/v1/visits/{visit}/telling", {"heads": "app"}, role=role, version=1)
        assert chosen.code == "forbidden"
