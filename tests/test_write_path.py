"""The one write path: each operation is answered once and for itself, and nothing of it stays halfway."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.ids import new_id
from outreach_api.storage.ledger import Change, ChangeCounter, Receipt, VisitTotal
from outreach_api.storage.session import Database
from outreach_api.storage.tables import METADATA
from tests.api import Answer, Api
from tests.http.test_stops import STOP
from tests.make import make_stop, make_visit

NOW = "2026-11-28T03:00:00Z"


def operation(kind: str, payload: Any, **envelope: Any) -> dict[str, Any]:
    op_id = str(envelope.pop("op_id", new_id()))
    said = {"op_id": op_id, "kind": kind, "v": 1, "entity_id": op_id, "occurred_at": NOW, "payload": payload}
    return {**said, **{name: str(v) if isinstance(v, uuid.UUID) else v for name, v in envelope.items()}}


def push(api: Api, *operations: dict[str, Any], **who: Any) -> Answer:
    answer = api.post("/v1/sync/push", {"sent_at": NOW, "operations": list(operations)}, **who)
    assert answer.status == 200, answer
    return answer


def endings(answer: Answer) -> list[tuple[str, str | None]]:
    return [(line["result"], line["code"]) for line in answer.json["results"]]


def visit_of(api: Api, **columns: Any) -> str:
    with api.database.write() as session:
        return str(make_visit(session, van_id=api.van, **columns).id)


def rows(database: Database, *, but: set[str] = frozenset()) -> dict[str, list[Any]]:  # type: ignore[assignment]
    """Everything in the database, by table."""
    with database.read() as session:
        return {
            table.name: sorted(map(repr, session.execute(sa.select(table))))
            for table in METADATA.sorted_tables
            if table.name not in but
        }


def counted(database: Database, table: type) -> int:
    with database.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


@pytest.mark.parametrize(
    ("body", "status"),
    [(STOP, 201), ({**STOP, "weight": -1, "colour": 1}, 422), ({**STOP, "code": "TAKEN"}, 409)],
)
def test_a_resend_is_answered_the_same_and_changes_nothing(
    api: Api, body: dict[str, Any], status: int
) -> None:
    api.post("/v1/stops", {**STOP, "code": "TAKEN"})
    key = new_id()
    first = api.post("/v1/stops", body, key=key)
    before = rows(api.database)
    again = api.post("/v1/stops", body, key=key)
    assert first.status == again.status == status
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert without_request(again) == without_request(first)
    assert rows(api.database) == before


def without_request(answer: Answer) -> dict[str, Any]:
    return {name: value for name, value in answer.json.items() if name != "request_id"}


def test_keys_in_another_order_are_the_same_content(api: Api) -> None:
    key = new_id()
    api.post("/v1/stops", STOP, key=key)
    again = api.post("/v1/stops", dict(reversed(STOP.items())), key=key)
    assert (again.status, again.headers["Idempotency-Replayed"]) == (201, "true")


def test_what_was_tried_online_may_come_again_by_push_and_back(api: Api) -> None:
    body = {"name": "公園", "kind": "park", "position": {"lat": 35.8, "lon": 139.9}}
    key = new_id()
    api.post("/v1/stop-requests", body, key=key, role="crew")
    pushed = push(api, operation("stop.request", body, op_id=key), role="crew")
    assert endings(pushed) == [("duplicate", None)]
    assert pushed.json["results"][0]["original"] == "applied"
    again = api.post("/v1/stop-requests", body, key=key, role="crew")
    assert (again.status, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert len(api.get("/v1/stops").json["items"]) == 1


@pytest.mark.parametrize("body", [STOP, {**STOP, "weight": -1}], ids=["applied", "refused"])
def test_the_same_id_with_another_content_is_refused_and_changes_nothing(
    api: Api, body: dict[str, Any]
) -> None:
    key = new_id()
    api.post("/v1/stops", body, key=key)
    before = rows(api.database, but={"change_counter"})
    other = api.post("/v1/stops", {**STOP, "name": "別の名前"}, key=key)
    assert (other.status, other.code) == (422, "id_reused")
    assert rows(api.database, but={"change_counter"}) == before
    kind = api.post(
        "/v1/stop-requests", {"name": "公園", "kind": "park", "position": STOP["position"]}, key=key
    )
    assert kind.code == "id_reused"


def test_the_id_of_somebody_else_says_taken_and_nothing_more(api: Api) -> None:
    """Whatever became of the other's operation, and whether the content is the same or not."""
    applied, refused, stranger = new_id(), new_id(), api.token("coordinator", another=True)
    api.post("/v1/stops", STOP, key=applied)
    api.post("/v1/stops", {**STOP, "weight": -1}, key=refused)
    before = rows(api.database, but={"change_counter", "tokens", "people"})
    answers = [
        api.post("/v1/stops", body, key=key, token=stranger)
        for key in (applied, refused)
        for body in (STOP, {**STOP, "weight": -1}, {**STOP, "code": "K99"})
    ]
    assert {(answer.status, answer.code) for answer in answers} == {(409, "id_taken")}
    assert len({str(without_request(answer)) for answer in answers}) == 1
    assert all(set(answer.headers.keys()) == set(answers[0].headers.keys()) for answer in answers)
    assert rows(api.database, but={"change_counter", "tokens", "people"}) == before


def test_two_equal_ids_in_one_push_are_one_operation(api: Api) -> None:
    visit = visit_of(api)
    tap = operation("head_count.add", {"visit_id": visit, "counts": {"adult": 2}})
    other = {**tap, "payload": {"visit_id": visit, "counts": {"adult": 5}}}
    answer = push(api, tap, tap, other, tap, role="crew")
    assert endings(answer) == [
        ("applied", None),
        ("duplicate", None),
        ("rejected", "id_reused"),
        ("duplicate", None),
    ]
    assert api.get(f"/v1/visits/{visit}").json["attendance"]["total"] == 2
    assert endings(push(api, other, tap, role="crew")) == [("rejected", "id_reused"), ("duplicate", None)]


def test_a_visits_operations_may_come_in_any_order_in_one_push(api: Api) -> None:
    with api.database.write() as session:
        stop = str(make_stop(session).id)
    seen = set()
    for order in itertools.permutations(range(4)):
        visit = new_id()
        sent = [
            operation("visit.open", {"stop_id": stop}, entity_id=visit),
            operation("head_count.add", {"visit_id": str(visit), "counts": {"adult": 2}}),
            operation("head_count.add", {"visit_id": str(visit), "counts": {"adult": -1, "infant": 1}}),
            operation("visit.close", {}, entity_id=visit),
        ]
        assert set(endings(push(api, *(sent[n] for n in order), role="crew"))) == {("applied", None)}
        shown = api.get(f"/v1/visits/{visit}").json
        seen.add(str({name: shown[name] for name in ("status", "attendance", "version", "local_day")}))
    assert len(seen) == 1, seen


@pytest.mark.parametrize("bad", [{0}, {37}, {99}, {0, 1, 50, 98, 99}, set(range(100))])
def test_a_row_that_the_database_refuses_never_touches_its_neighbours(api: Api, bad: set[int]) -> None:
    """A hundred facts are one statement; some of them want the key of a row that is there."""
    visit = visit_of(api)
    there = operation("head_count.add", {"visit_id": visit, "counts": {"adult": 500}})
    push(api, there, role="crew")
    facts = [
        operation(
            "head_count.add",
            {"visit_id": visit, "counts": {"adult": 1}},
            **({"entity_id": there["entity_id"]} if n in bad else {}),
        )
        for n in range(100)
    ]
    answer = push(api, *facts, role="crew")
    got = endings(answer)
    assert {n for n in range(100) if got[n][0] != "applied"} == bad
    assert {got[n][1] for n in bad} == {"already_exists"}
    assert api.get(f"/v1/visits/{visit}").json["attendance"]["total"] == 500 + 100 - len(bad)
    again = push(api, *facts, role="crew")
    assert {line["result"] for line in again.json["results"]} == {"duplicate"}
    assert api.get(f"/v1/visits/{visit}").json["attendance"]["total"] == 500 + 100 - len(bad)


def test_bad_items_of_every_sort_leave_their_neighbours_alone(api: Api) -> None:
    visit = visit_of(api)
    good = [operation("head_count.add", {"visit_id": visit, "counts": {"adult": 1}}) for _ in range(6)]
    bad: list[Any] = [
        None,
        {},
        operation("no.such_kind", {}),
        operation("head_count.add", {"visit_id": visit, "counts": {"adult": 2**62}}),
        operation("stop.add", STOP),
        operation("head_count.add", {"visit_id": str(new_id()), "counts": {"adult": 1}}),
        {**operation("head_count.add", {}), "v": 99},
    ]
    mixed = [item for pair in itertools.zip_longest(bad, good) for item in pair]
    answer = push(api, *mixed, role="crew")
    endings_of = endings(answer)
    for item, ending in zip(mixed, endings_of, strict=True):
        assert (ending[0] == "applied") == (item in good), (item, ending)
    assert api.get(f"/v1/visits/{visit}").json["attendance"]["total"] == len(good)


def test_totals_are_the_sum_of_what_was_applied(api: Api) -> None:
    visit = visit_of(api)
    taps = [operation("head_count.add", {"visit_id": visit, "counts": {"adult": n}}) for n in (3, -1, 5)]
    push(api, *taps, taps[0], role="crew")
    push(api, *taps, role="crew")
    with api.database.read() as session:
        total = session.scalar(sa.select(VisitTotal.value).where(VisitTotal.key == "adult"))
    assert total == 7


def test_numbers_rise_and_the_counter_keeps_the_last(api: Api, session: Session) -> None:
    session.commit()
    for n in range(3):
        api.post("/v1/stops", {**STOP, "code": f"K{n}"})
        api.post("/v1/stops", {**STOP, "code": f"K{n}"})
    with api.database.read() as reading:
        numbers = list(reading.scalars(sa.select(Receipt.change_no).order_by(Receipt.received_at)))
        feed = list(reading.scalars(sa.select(Change.change_no)))
        last = reading.scalar(sa.select(ChangeCounter.value))
    every = sorted(numbers + feed)
    assert len(set(every)) == len(every)
    assert last == every[-1]
