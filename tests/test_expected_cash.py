"""What a till expects is the sum of typed events, in whatever order phones push them, and however often."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from outreach_api.ledger import recount
from tests.api import Api
from tests.http.test_sales import visit_of
from tests.http.test_sales_push import operation, push

FLOAT_YEN = 10_000

Event = tuple[str, dict[str, Any]]

money = st.integers(1, 50_000)
sales = st.builds(
    lambda yen, payment: ("sale.record", {"payment": payment, "rush_yen": yen}),
    money,
    st.sampled_from(["cash", "cash", "paypay"]),
)
bought = st.builds(
    lambda quantity, payment: ("ticket.issue", {"quantity": quantity, "payment": payment}),
    st.integers(1, 9),
    st.sampled_from(["cash", "other_qr"]),
)
moved = st.builds(
    lambda yen, way: (
        "cash_movement.record",
        {"direction": way[0], "reason": way[1], "amount_yen": yen},
    ),
    money,
    st.sampled_from(
        [("in", "change_fetched"), ("out", "supplies"), ("out", "banked"), ("out", "correction")]
    ),
)
events = st.lists(sales | sales | bought | moved, min_size=1, max_size=7)
"""What phones tell; receipts may be taken back or given back of by the second strategy below."""
after = st.lists(st.tuples(st.integers(0, 6), st.sampled_from(["void", "refund"])), max_size=3)


def cash_of(kind: str, said: dict[str, Any]) -> int:
    """What an event does to the drawer, as somebody with a pencil would reckon."""
    if kind == "cash_movement.record":
        return int(said["amount_yen"]) * (1 if said["direction"] == "in" else -1)
    if said["payment"] != "cash":
        return 0
    return int(said["rush_yen"]) if kind == "sale.record" else int(said["quantity"]) * 100


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events, after, st.data())
def test_expected_cash_is_the_sum_of_typed_events_in_every_interleaving_of_pushes(
    api: Api, told: list[Event], then: list[tuple[int, str]], data: st.DataObject
) -> None:
    visit = visit_of(api)
    made = [operation(kind, {"visit_id": visit, **said}) for kind, said in told]
    stayed = [cash_of(kind, said) for kind, said in told]
    phones: list[list[dict[str, Any]]] = [[], []]
    for one in made:
        phones[data.draw(st.integers(0, 1))].append(one)
    touched: set[int] = set()
    for number, what in then:
        at = number % len(told)
        kind, said = told[at]
        if kind != "sale.record" or at in touched:
            continue
        touched.add(at)
        sale_id = made[at]["entity_id"]
        if what == "void":
            later = operation("sale.void", {"sale_id": sale_id, "reason": "打ち間違い"})
            stayed[at] = 0
        else:
            back = {"sale_id": sale_id, "reason": "返品", "lines": [{"line": 0, "quantity": 1}]}
            later = operation("sale.refund", back)
            stayed[at] -= 1 if said["payment"] == "cash" else 0
        phones[0 if made[at] in phones[0] else 1].append(later)
    # Each phone keeps its own order; between the two, any; some pushes are sent again.
    waiting = [list(phone) for phone in phones]
    early: list[dict[str, Any]] = []
    while any(waiting):
        phone = data.draw(st.sampled_from([queue for queue in waiting if queue]))
        some = data.draw(st.integers(1, len(phone)))
        batch, phone[:] = phone[:some], phone[some:]
        for _ in range(data.draw(st.integers(1, 2))):
            answers = {line["result"] for line in push(api, batch).json["results"]}
            assert answers <= {"applied", "duplicate"}, answers
        early += batch
    counting = {"visit_id": visit, "opening_float_yen": FLOAT_YEN, "counts": {}, "difference_reason": "照合"}
    till = operation("cash_up.count", counting)
    push(api, [till])
    wanted = FLOAT_YEN + sum(stayed)
    shown = api.get(f"/v1/cash-ups/{till['entity_id']}").json
    assert (shown["expected_yen"], shown["difference_yen"]) == (wanted, -wanted)
    assert (shown["late_cash_yen"], shown["late_sales"], shown["late_movements"]) == (0, [], [])
    # What comes afterwards is late, and nothing else.
    late = operation("cash_movement.record", {"visit_id": visit, **_BANKED})
    push(api, [late])
    push(api, [late, *early])
    shown = api.get(f"/v1/cash-ups/{till['entity_id']}").json
    assert (shown["expected_yen"], shown["late_cash_yen"]) == (wanted, -_BANKED_YEN)
    assert [one["id"] for one in shown["late_movements"]] == [late["entity_id"]]
    with api.database.read() as session:
        assert recount.differences(session) == []


_BANKED_YEN = 700
_BANKED = {"direction": "out", "reason": "banked", "amount_yen": _BANKED_YEN}
