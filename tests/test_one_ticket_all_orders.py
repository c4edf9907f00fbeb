"""Two phones, one ticket, all orders: whatever arrives first, and however often, the pool comes to the same.

Exhaustive, on both databases: each order of what three phones send, each of it twice, as phones resend that hear nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest

from outreach_api.kernel.ids import new_id
from outreach_api.ledger import recount
from tests.api import Api
from tests.http.test_sales import visit_of

Sent = tuple[Any, dict[str, Any]]
"""Whose van, and what is sent."""


def operation(kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    made = str(new_id())
    now = "2026-11-28T03:00:00Z"
    return {"op_id": made, "kind": kind, "entity_id": made, "occurred_at": now, "payload": payload}


def push(api: Api, sent: Sent) -> dict[str, Any]:
    van, one = sent
    body = {"sent_at": "2026-11-28T03:00:00Z", "operations": [one]}
    (result,) = api.post("/v1/sync/push", body, role="crew", van=van).json["results"]
    return dict(result)


def orders(names: str) -> Iterator[tuple[str, ...]]:
    """Each order of these letters, each once."""
    yield from sorted(set(permutations(names)))


def balance(api: Api) -> dict[str, int]:
    shown: dict[str, int] = api.get("/v1/tickets/balance").json
    assert min(shown.values()) >= 0, shown
    return shown


@pytest.mark.parametrize(
    ("letters", "numbered", "count"), [("iab", False, 6), ("iiaabb", True, 90)], ids=["pool", "by number"]
)
def test_two_phones_use_the_last_ticket_in_every_order_and_both_children_are_honoured(
    api: Api, letters: str, numbered: bool, count: int
) -> None:
    ours, theirs = visit_of(api), visit_of(api, api.other_van)
    seen = 0
    for round_, order in enumerate(orders(letters)):
        named = {"numbers": [f"K-{round_}"]} if numbered else {}
        bought = {"visit_id": ours, "quantity": 1, "payment": "cash", **named}
        sent: dict[str, Sent] = {
            "i": (api.van, operation("ticket.issue", bought)),
            "a": (api.van, operation("ticket.redeem", {"visit_id": ours, "quantity": 1, **named})),
            "b": (api.other_van, operation("ticket.redeem", {"visit_id": theirs, "quantity": 1, **named})),
        }
        before = balance(api)
        assert (before["owed"], before["overdraft"]) == (0, 0)
        first: dict[str, dict[str, Any]] = {}
        for letter in order:
            result = push(api, sent[letter])
            assert result["result"] == ("duplicate" if letter in first else "applied"), (order, result)
            first.setdefault(letter, result)
            balance(api)
        after = balance(api)
        moved = {name: after[name] - before[name] for name in ("issued", "redeemed", "settled")}
        assert moved == {"issued": 1, "redeemed": 2, "settled": 0}, order
        assert (after["owed"], after["overdraft"], after["overdraft_yen"]) == (0, 1, 100), order
        codes = [warning["code"] for letter in "ab" for warning in first[letter]["warnings"]]
        assert codes.count("ticket_used_already") == numbered, order
        # The coordinator finds it, and makes it good, once.
        beyond = api.get("/v1/tickets?beyond_pool=true").json["items"]
        mine = [entry for entry in beyond if entry["id"] in (sent["a"][1]["op_id"], sent["b"][1]["op_id"])]
        assert mine, order
        settle = f"/v1/tickets/{mine[0]['id']}/settle"
        said = {"quantity": 1, "settled_by": "counted_twice"}
        key = new_id()
        made = [api.post(settle, said, key=key) for _ in range(2)]
        assert [answer.status for answer in made] == [201, 201], made[0]
        assert made[0].json["settles_id"] == mine[0]["id"]
        assert api.post(settle, said).code == "overdraft_smaller"
        seen += 1
    assert seen == count
    with api.database.read() as session:
        assert recount.differences(session) == []


def test_a_receipt_with_the_last_ticket_that_is_taken_back_gives_it_back_in_every_order(api: Api) -> None:
    """A void may arrive before its receipt: it waits on its phone, as each phone sends again what was not taken."""
    ours, theirs = visit_of(api), visit_of(api, api.other_van)
    for order in orders("isvt"):
        paid = {"payment": "ticket", "ticket_count": 1, "rush_yen": 100}
        sold = operation("sale.record", {"visit_id": ours, **paid})
        sent: dict[str, Sent] = {
            "i": (api.van, operation("ticket.issue", {"visit_id": ours, "quantity": 1, "payment": "cash"})),
            "s": (api.van, sold),
            "v": (api.van, operation("sale.void", {"sale_id": sold["entity_id"], "reason": "打ち間違い"})),
            "t": (api.other_van, operation("sale.record", {"visit_id": theirs, **paid})),
        }
        before = balance(api)
        waiting = [*order, *order, *order]
        ended: dict[str, str] = {}
        for letter in waiting:
            result = push(api, sent[letter])["result"]
            ended[letter] = result if letter not in ended or ended[letter] == "retry" else ended[letter]
            balance(api)
        assert ended == dict.fromkeys("isvt", "applied"), order
        after = balance(api)
        moved = {name: after[name] - before[name] for name in before}
        assert (moved["issued"], moved["redeemed"]) == (1, 1), order
        assert (after["owed"], after["overdraft"]) == (0, 0), order
    with api.database.read() as session:
        assert recount.differences(session) == []


def test_of_two_refunds_and_a_void_nothing_more_goes_back_than_came_in_whatever_the_order(api: Api) -> None:
    visit = visit_of(api)
    for order in orders("aabbvv"):
        sold = operation("sale.record", {"visit_id": visit, "payment": "cash", "rush_yen": 100})
        push(api, (api.van, sold))

        def back(yen: int, sale: uuid.UUID | str = sold["entity_id"]) -> Sent:
            lines = [{"line": 0, "quantity": yen}]
            return api.van, operation("sale.refund", {"sale_id": sale, "lines": lines, "reason": "返品"})

        void = operation("sale.void", {"sale_id": sold["entity_id"], "reason": "打ち間違い"})
        sent = {"a": back(70), "b": back(60), "v": (api.van, void)}
        for letter in order:
            push(api, sent[letter])
        shown = api.get(f"/v1/sales/{sold['entity_id']}").json
        assert sum(refund["total_yen"] for refund in shown["refunds"]) <= 100, order
        assert shown["voided"] is not None
    takings = api.get(f"/v1/takings?visit_id={visit}").json
    assert (takings["revenue_yen"], takings["cash_yen"]) == (0, 0)
    with api.database.read() as session:
        assert recount.differences(session) == []
