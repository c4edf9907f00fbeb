"""Receipts as a phone sends them after hours offline: hundreds at once, each answered for itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.kernel.ids import new_fact_id, new_id
from outreach_api.storage.session import Database
from tests.api import Answer, Api
from tests.http.test_sales import item_of, totals, visit_of

MOST = 500


def operation(kind: str, payload: dict[str, Any], **envelope: Any) -> dict[str, Any]:
    return {
        "op_id": str(new_id()),
        "kind": kind,
        "v": 1,
        "entity_id": str(new_fact_id()),
        "occurred_at": "2026-11-28T02:00:00Z",
        "payload": payload,
        **envelope,
    }


def push(api: Api, operations: list[dict[str, Any]], **kwargs: Any) -> Answer:
    body = {"sent_at": "2026-11-28T03:00:00Z", "operations": operations}
    answer = api.post("/v1/sync/push", body, role="crew", **kwargs)
    assert answer.status == 200, answer
    return answer


def results(answer: Answer) -> list[str]:
    return [line["code"] or line["result"] for line in answer.json["results"]]


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The first words of every statement that is sent meanwhile."""
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    sa.event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", note)


def test_one_bad_receipt_of_500_changes_nothing_for_its_neighbours(api: Api) -> None:
    visit, item = visit_of(api), item_of(api, 110)
    sale = {"visit_id": visit, "payment": "cash", "lines": [{"item_id": item, "quantity": 3}]}
    operations = [operation("sale.record", sale) for _ in range(MOST)]
    operations[7]["payload"] = {**sale, "lines": [{"item_id": str(new_id()), "quantity": 1}]}
    operations[99]["payload"] = {**sale, "lines": [{"item_id": item, "quantity": 1.9}]}
    operations[250]["payload"] = {**sale, "visit_id": str(new_id())}
    operations[400]["entity_id"] = operations[401]["entity_id"]
    answers = results(push(api, operations))
    assert {n: code for n, code in enumerate(answers) if code != "applied"} == {
        7: "item_unknown",
        99: "invalid",
        250: "visit_unknown",
        401: "already_exists",
    }
    assert totals(api, visit) == {
        ("sales_count", "cash"): 496,
        ("sales_payment_yen", "cash"): 496 * 330,
        ("sales_category_yen", "sweets"): 496 * 330,
        ("tax_yen", "8"): 496 * 24,
    }


def test_a_push_that_is_sent_again_changes_nothing(api: Api) -> None:
    visit = visit_of(api)
    sales = [
        operation("sale.record", {"visit_id": visit, "payment": "cash", "rush_yen": yen})
        for yen in range(100, 120)
    ]
    others = [
        operation("sale.void", {"sale_id": sales[0]["entity_id"], "reason": "打ち間違い"}),
        operation("ticket.issue", {"visit_id": visit, "quantity": 2, "payment": "cash"}),
        operation("ticket.redeem", {"visit_id": visit, "quantity": 3}),
    ]
    first = push(api, [*others, *sales])
    assert set(results(first)) == {"applied"}
    before = totals(api, visit), api.get("/v1/tickets/balance").json
    again = push(api, [*others, *sales])
    assert {line["result"] for line in again.json["results"]} == {"duplicate"}
    assert (totals(api, visit), api.get("/v1/tickets/balance").json) == before


def test_the_number_of_statements_does_not_grow_with_the_number_of_receipts(api: Api) -> None:
    visit, item = visit_of(api), item_of(api, 110)
    api.post("/v1/tickets", {"visit_id": visit, "quantity": 1, "payment": "cash"}, role="crew")
    sale = {"visit_id": visit, "payment": "cash", "lines": [{"item_id": item, "quantity": 3}]}
    ticket = {"visit_id": visit, "payment": "ticket", "ticket_count": 1, "rush_yen": 100}

    def sent_for(pairs: int) -> list[str]:
        operations = []
        for _ in range(pairs):
            operations.append(operation("sale.record", sale))
            operations.append(operation("ticket.redeem", {"visit_id": visit, "quantity": 1}))
            operations.append(operation("sale.record", ticket))
        with statements(api.database) as sent:
            assert set(results(push(api, operations))) == {"applied"}
        return sent

    few, many = sent_for(2), sent_for(100)
    assert len(many) == len(few)
    assert sum("INSERT INTO sales " in statement for statement in many) == 1


def test_a_receipt_taken_back_before_the_phone_was_online_leaves_no_trace_in_the_totals(api: Api) -> None:
    visit = visit_of(api)
    sale = operation("sale.record", {"visit_id": visit, "payment": "cash", "rush_yen": 500})
    void = operation("sale.void", {"sale_id": sale["entity_id"], "reason": "打ち間違い"})
    twice = operation("sale.void", {"sale_id": sale["entity_id"], "reason": "もう一台からも"})
    assert results(push(api, [void, twice, sale])) == ["applied", "already_voided", "applied"]
    assert totals(api, visit) == {}


def test_a_void_that_overtakes_its_receipt_may_be_sent_again(api: Api) -> None:
    visit = visit_of(api)
    sale = operation("sale.record", {"visit_id": visit, "payment": "cash", "rush_yen": 500})
    void = operation("sale.void", {"sale_id": sale["entity_id"], "reason": "打ち間違い"})
    assert results(push(api, [void])) == ["sale_unknown"]
    assert results(push(api, [sale])) == ["applied"]
    assert results(push(api, [void])) == ["applied"]
    assert totals(api, visit) == {}


@pytest.mark.parametrize("first", ["sale", "till"])
def test_receipts_of_the_same_push_are_counted_in_whatever_its_order(api: Api, first: str) -> None:
    visit = visit_of(api)
    sale = operation("sale.record", {"visit_id": visit, "payment": "cash", "rush_yen": 500})
    till = operation(
        "cash_up.count",
        {"visit_id": visit, "opening_float_yen": 0, "counts": {"500": 1}},
    )
    push(api, [sale, till] if first == "sale" else [till, sale])
    shown = api.get(f"/v1/cash-ups/{till['entity_id']}").json
    assert (shown["expected_yen"], shown["difference_yen"], shown["late_sales"]) == (500, 0, [])
    late = operation("sale.record", {"visit_id": visit, "payment": "cash", "rush_yen": 30})
    push(api, [late])
    shown = api.get(f"/v1/cash-ups/{till['entity_id']}").json
    assert (shown["expected_yen"], [sale["id"] for sale in shown["late_sales"]]) == (500, [late["entity_id"]])


def test_online_and_pushed_receipts_are_the_same(api: Api) -> None:
    visit, item = visit_of(api), item_of(api, 110)
    payload = {
        "visit_id": visit,
        "payment": "cash",
        "lines": [{"item_id": item, "quantity": 1, "unit_price_yen": 90}],
    }
    pushed = operation("sale.record", payload)
    line = push(api, [pushed]).json["results"][0]
    online = api.post("/v1/sales", payload, role="crew").json
    assert (
        [w["code"] for w in line["warnings"]] == [w["code"] for w in online["warnings"]] == ["price_differs"]
    )
    ours, theirs = (
        {
            name: value
            for name, value in api.get(f"/v1/sales/{sale_id}").json.items()
            if name not in ("id", "occurred_at")
        }
        for sale_id in (online["id"], pushed["entity_id"])
    )
    assert ours == theirs
    nonsense = {**payload, "lines": []}
    refused = push(api, [operation("sale.record", nonsense)]).json["results"][0]
    assert refused["code"] == api.post("/v1/sales", nonsense, role="crew").code
