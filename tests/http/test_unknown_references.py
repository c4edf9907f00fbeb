"""A push whose operations all name what nobody knows: each waits or is refused, and the lock is short."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.app import KINDS
from outreach_api.kernel.ids import new_id
from tests.api import Api
from tests.http.test_rejections import letters
from tests.http.test_sync import operation, push, results
from tests.make import make_item, make_stop, make_visit

MANY = 40
Payload = dict[str, Any]


@contextmanager
def statements(api: Api) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    sa.event.listen(api.database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sa.event.remove(api.database.engine, "before_cursor_execute", note)


class World:
    """One visit, item and stop that are there, and new ids of what is not."""

    def __init__(self, api: Api) -> None:
        with api.database.write() as session:
            stop = make_stop(session)
            self.stop = str(stop.id)
            self.visit = str(make_visit(session, van_id=api.van, stop=stop).id)
            self.item = str(make_item(session).id)


def nobody() -> str:
    return str(new_id())


def note_of(visit: str) -> Payload:
    return {"visit_id": visit, "depth": "chat", "familiarity": "new", "text": "夜泣き"}


def sale_of(visit: str, item: str) -> Payload:
    return {"visit_id": visit, "payment": "cash", "lines": [{"item_id": item, "quantity": 1}]}


CASES: dict[str, Callable[[World], tuple[str, Payload]]] = {
    "heads at no visit": lambda w: ("head_count.add", {"visit_id": nobody(), "counts": {"adult": 1}}),
    "checks at no visit": lambda w: (
        "hygiene.log",
        {"visit_id": nobody(), "check": "water", "passed": True},
    ),
    "checks signed by nobody": lambda w: (
        "hygiene.log",
        {"visit_id": w.visit, "check": "water", "passed": True, "signed_by": nobody()},
    ),
    "sales at no visit": lambda w: ("sale.record", sale_of(nobody(), w.item)),
    "sales of nothing": lambda w: ("sale.record", sale_of(w.visit, nobody())),
    "voids of no sale": lambda w: ("sale.void", {"sale_id": nobody(), "reason": "打ち間違い"}),
    "tickets at no visit": lambda w: (
        "ticket.issue",
        {"visit_id": nobody(), "quantity": 1, "payment": "cash"},
    ),
    "cash moved at no visit": lambda w: (
        "cash_movement.record",
        {"visit_id": nobody(), "direction": "out", "reason": "banked", "amount_yen": 10_000},
    ),
    "redeemed at no visit": lambda w: ("ticket.redeem", {"visit_id": nobody(), "quantity": 1}),
    "notes at no visit": lambda w: ("note.write", note_of(nobody())),
    "referrals to nowhere": lambda w: ("referral.open", {"visit_id": w.visit, "destination_id": nobody()}),
    "outcomes of no referral": lambda w: (
        "referral.report_outcome",
        {"referral_id": nobody(), "outcome": "declined", "local_day": "2026-11-28"},
    ),
    "refunds of no sale": lambda w: (
        "sale.refund",
        {"sale_id": nobody(), "lines": [{"line": 0, "quantity": 1}], "reason": "返品"},
    ),
    "promises at no stop": lambda w: (
        "follow_up.promise",
        {"visit_id": w.visit, "promise": "bring_info", "due_day": "2026-12-26", "due_stop_id": nobody()},
    ),
    "promises of no note": lambda w: (
        "follow_up.promise",
        {
            "visit_id": w.visit,
            "note_id": nobody(),
            "promise": "bring_info",
            "due_day": "2026-12-26",
            "due_stop_id": w.stop,
        },
    ),
    "kept, of no promise": lambda w: (
        "follow_up.report",
        {"follow_up_id": nobody(), "result": "met", "visit_id": w.visit},
    ),
    "stamps at no visit": lambda w: ("stamp.mark", {"visit_id": nobody(), "card": "7K3QX9"}),
}


@pytest.mark.parametrize("case", CASES)
def test_it_asks_the_database_no_more_for_many_than_for_two(api: Api, case: str) -> None:
    world = World(api)
    asked: dict[int, int] = {}
    for many in (2, MANY):
        sent = [operation(*CASES[case](world)) for _ in range(many)]
        with statements(api) as told:
            first = results(push(api, *sent))
        with statements(api) as told_again:
            again = results(push(api, *sent))
        assert {result for result, _ in first} & {"applied", "duplicate"} == set()
        assert [code for _, code in again] == [code for _, code in first]
        assert len(letters(api, role="safeguarding", limit="100")) >= many
        asked[many] = len(told) + len(told_again)
    assert asked[MANY] <= asked[2] + 2


def test_every_kind_that_is_written_in_bulk_is_tried() -> None:
    world = object.__new__(World)
    world.stop = world.visit = world.item = nobody()
    tried = Counter(case(world)[0] for case in CASES.values())
    assert {kind.name for kind in KINDS if kind.bulk} == set(tried)


def test_a_check_waits_for_whoever_signed_it_and_its_neighbours_go_in(api: Api) -> None:
    world, signer = World(api), nobody()
    check = {"visit_id": world.visit, "check": "water", "passed": True}
    signed = operation("hygiene.log", {**check, "signed_by": signer})
    answer = push(api, operation("hygiene.log", check), signed, operation("hygiene.log", check))
    assert results(answer) == [("applied", None), ("retry", "unknown_reference"), ("applied", None)]
    assert answer.json["results"][1]["errors"][0]["path"] == "/signed_by"
    api.post("/v1/people", {"name": "担当A", "role": "crew"}, role="admin", key=signer)
    assert results(push(api, signed)) == [("applied", None)]


def test_a_made_up_kind_stands_nowhere_in_the_clear_when_it_comes_again_either(api: Api) -> None:
    sent = operation("tanaka_hanako.muchuu", {"x": 1})
    for _ in range(2):
        assert results(push(api, sent)) == [("retry", "upgrade_needed")]
    with api.database.read() as session:
        rows = session.execute(sa.text("SELECT kind, code, detail FROM rejections")).all()
    assert len(rows) == 1
    assert "tanaka" not in str(rows)
