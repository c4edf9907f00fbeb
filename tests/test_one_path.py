"""Online and pushed, a change is the same change: the same rows, the same answer, the same refusal.

Walks every declared kind: the examples of the description are sent both ways, from the same state, and taken back.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.app import KINDS
from outreach_api.kernel.ids import derived, new_id
from outreach_api.storage.ledger import Receipt
from outreach_api.storage.session import Database
from outreach_api.storage.tables import METADATA
from tests.api import Answer, Api
from tests.described import Operation, changes
from tests.world import NOW, World

# Mutating operations that are no kind of change of their own, and why.
NO_KIND = {
    "push": "carries many kinds",
    "acceptQuarantine": "lets in what pushes carried",
    "redeemPairing": "whoever comes in is nobody yet",
    "redeemMapLink": "whoever opens the map is nobody yet",
    "signOutOfMap": "only ends the token that asks it",
    "rotateToken": "a token is no thing that others see",
    "replanDay": "a question that changes nothing",
}


# Online, whoever is refused hears it at once; what a phone sent while nobody looked is kept.
ONLY_PUSHED = {"rejections", "alarms", "jobs"}

_WRITES = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)")


@contextmanager
def listening(session: Session, note: Any) -> Iterator[None]:
    connection = session.connection()
    sa.event.listen(connection, "before_cursor_execute", note)
    yield
    sa.event.remove(connection, "before_cursor_execute", note)


class TakenBack:
    """A database whose writes are rolled back, after every table that they touched was looked at."""

    def __init__(self, database: Database) -> None:
        self.read = database.read
        self._database = database
        self.seen: dict[str, list[str]] = {}
        self.entity: uuid.UUID | None = None

    @contextmanager
    def write(self) -> Iterator[Session]:
        written: set[str] = set()

        def note(_: Any, __: Any, statement: str, *___: Any) -> None:
            if found := _WRITES.match(statement):
                written.add(found[1])

        with self._database.write() as session, listening(session, note):
            yield session
            session.flush()
            for table in METADATA.sorted_tables:
                if table.name not in written or table.name in ONLY_PUSHED:
                    continue
                columns = [column for column in table.columns if column.name not in ("digest", "said_at")]
                self.seen[table.name] = sorted(map(repr, session.execute(sa.select(*columns))))
            self.entity = session.scalar(
                sa.select(Receipt.entity_id).order_by(Receipt.change_no.desc()).limit(1)
            )
            session.rollback()


@pytest.fixture
def world(api: Api) -> World:
    return World(api)


def both_ways(world: World, operation: Operation, body: Any) -> tuple[Answer, Any]:
    """The answers online and pushed; fails when their rows differ."""
    app, key = world.api.app, derived("sent", operation.kind or "")
    here = app.extensions["outreach"]
    world.api.token(world.role(world.kinds[operation.kind or ""]))
    online_rows, pushed_rows = TakenBack(here.database), TakenBack(here.database)
    try:
        app.extensions["outreach"] = replace(here, database=online_rows)
        online = world.send(operation, body, key=key)
        app.extensions["outreach"] = replace(here, database=pushed_rows)
        # A mark that is there already is answered with that one's id; what was sent has its own.
        entity = None if world.kinds[operation.kind or ""].bulk else online_rows.entity
        pushed = world.push(operation, body, key=key, entity=entity)
    finally:
        app.extensions["outreach"] = here
    known = {str(one) for one in (*world.ids.values(), key)}
    assert comparable(online_rows.seen, known) == comparable(pushed_rows.seen, known), operation.kind
    return online, pushed


def comparable(rows: dict[str, list[str]], known: set[str]) -> dict[str, list[str]]:
    """Without what is drawn at random: ids made on the way and sealed texts."""

    def masked(row: str) -> str:
        row = re.sub(r"UUID\('([^']*)'\)", lambda found: found[1] if found[1] in known else "an id", row)
        row = re.sub(r'"[0-9a-f]{8}-[0-9a-f-]{27}"', '"an id"', row)
        return re.sub(r"""b'(?:[^'\\]|\\.)*'|b"(?:[^"\\]|\\.)*\"""", "bytes", row)

    return {table: sorted(map(masked, found)) for table, found in rows.items()}


def assert_same_answer(online: Answer, pushed: Any, name: str) -> None:
    lines = [(fault["path"], fault["code"], fault["detail"]) for fault in pushed["errors"]]
    if online.status < 300:
        assert pushed["result"] == "applied", (name, online, pushed)
        # A fact may answer with its visit; what it is itself, the receipts compared above.
        if online.json.get("id") == pushed["entity_id"]:
            assert pushed["version"] == online.json.get("version", pushed["version"]), name
        assert pushed["warnings"] == online.json.get("warnings", []), name
    else:
        assert pushed["result"] in ("rejected", "conflict", "retry"), (name, online, pushed)
        assert (pushed["code"], pushed["detail"]) == (online.code, online.json["detail"]), name
        assert lines == [(f["path"], f["code"], f["detail"]) for f in online.json["errors"]], name


def test_every_kind_is_the_same_change_both_ways(world: World) -> None:
    applied = set()
    for name, operation in world.operations.items():
        if not world.kinds[name].pushed:
            continue
        online, pushed = both_ways(world, operation, world.body(operation))
        assert_same_answer(online, pushed, name)
        if pushed["result"] == "applied":
            applied.add(name)
    # Not vacuous: most examples stand in this world; the others meet the same refusal both ways.
    assert {"stop.add", "stop.change", "permission.grant", "visit.close", "head_count.add"} <= applied
    assert len(applied) * 2 > len(world.operations)


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_every_kind_refuses_the_same_faults_both_ways(world: World) -> None:
    for name, operation in world.operations.items():
        if not world.kinds[name].pushed:
            continue
        example = world.body(operation)
        broken: list[dict[str, Any]] = [{}, {**example, "colour": "red"}, {name: [] for name in example}]
        for body in broken:
            online, pushed = both_ways(world, operation, body)
            assert_same_answer(online, pushed, name)


def test_a_stale_or_missing_version_is_refused_the_same_both_ways(world: World) -> None:
    path = f"/v1/stops/{world.ids['stop']}"
    world.api.patch(path, {"status": "paused"}, version=1)
    stale, missing = (
        world.api.send("PATCH", path, {"status": "ended"}, role="coordinator", version=version)
        for version in (1, None)
    )
    sent = {
        "kind": "stop.change",
        "v": 1,
        "entity_id": str(world.ids["stop"]),
        "occurred_at": NOW,
        "payload": {"status": "ended"},
    }
    body = {
        "sent_at": NOW,
        "operations": [
            {**sent, "op_id": str(new_id()), "base_version": 1},
            {**sent, "op_id": str(new_id())},
        ],
    }
    results = world.api.post("/v1/sync/push", body).json["results"]
    assert [line["code"] for line in results] == [stale.code, missing.code]
    assert [line["result"] for line in results] == ["conflict", "rejected"]


def test_every_operation_that_changes_something_is_a_kind(api: Api) -> None:
    names = {kind.name for kind in KINDS}
    for operation in changes(api.app):
        if operation.said["operationId"] in NO_KIND:
            assert operation.kind is None
        else:
            assert operation.kind in names, operation.name


def test_every_kind_has_one_operation(api: Api) -> None:
    found = [operation.kind for operation in changes(api.app) if operation.kind]
    assert sorted(found) == sorted(set(found))
    assert {kind.name for kind in KINDS} - set(found) == set()


def test_the_roles_of_an_operation_are_those_of_its_kind(api: Api) -> None:
    kinds = {kind.name: kind for kind in KINDS}
    for operation in changes(api.app):
        if operation.kind:
            assert set(operation.roles or ()) == set(kinds[operation.kind].roles), operation.name
            base = "If-Match" in operation.parameters("header")
            assert base == kinds[operation.kind].needs_base, operation.name
