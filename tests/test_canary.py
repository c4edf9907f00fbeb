"""Canaries: what families and staff say, tokens and ids go in marked everywhere; no mark comes out where it must not."""

from __future__ import annotations

import json
import re
import uuid
from itertools import cycle
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.kernel.ids import derived, new_id
from outreach_api.storage.published import PublishedIssue
from schemas.vocabulary import Role
from tests.api import Answer, Api
from tests.canaries import Fault, mark, marks_in, secret_marks_in, variants, watched
from tests.described import Operation, changes, operations, reads
from tests.http.test_roles import ONE_DATABASE
from tests.http.test_sealed_payloads import sealed
from tests.world import NOW, World

HEADERS = (
    "Authorization",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "Payload-Version",
    "Content-Type",
    "Content-Encoding",
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Cookie",
    "Host",
    "Origin",
    "Range",
    "Referer",
    "User-Agent",
    "X-Forwarded-For",
    "X-Request-Id",
)
# What reporters are there to see word for word: institutions, and what the round table does about an issue.
STORED = {
    "destination.add",
    "note.write",
    "partner.add",
    "person.add",
    "safety_card.change",
    "stop.add",
}
DIRECTORY = ("/v1/destinations", "/v1/round-table-issues")


@pytest.fixture
def world(own_api: Api) -> World:
    return World(own_api)


def said(answer: Answer) -> str:
    return answer.text + str(answer.headers)


def hears_no_mark(answer: Answer, what: str) -> None:
    """A refusal may name fields; it repeats nothing of what was sent."""
    if answer.status >= 400:
        assert not marks_in(said(answer)), (what, answer)


def sent(world: World, operation: Operation, body: Any) -> Answer:
    """A change, by somebody who may, of the version that stands."""
    kind = world.kinds[operation.kind or ""]

    def send(version: int) -> Answer:
        return world.api.send(
            operation.method,
            operation.path(**world.path_ids(operation)),
            body,
            role=world.role(kind),
            key=new_id(),
            version=version if kind.needs_base else None,
            headers={"Payload-Version": str(kind.v)} if kind.v > 1 else None,
            check=False,
        )

    answer = send(1)
    if answer.status == 412:
        answer = send(int(re.sub(r"\D", "", answer.json["detail"]) or 0))
    return answer


def push(world: World, items: list[Any]) -> list[Any]:
    """In pushes as large as they may be; every result."""
    results = []
    for start in range(0, len(items), 200):
        body = {"sent_at": NOW, "operations": items[start : start + 200]}
        answer = world.api.post("/v1/sync/push", body, role="crew", check=False)
        assert answer.status == 200, answer
        results += answer.json["results"]
    return results


def fill(world: World) -> set[str]:
    """Every change with every text of it marked, one by one and in pushes; returns the kinds that took marks in."""
    taken: set[str] = set()
    items = []
    for operation in changes(world.api.app):
        if operation.kind is None:
            continue
        for body in variants(world.body(operation)):
            answer = sent(world, operation, body)
            hears_no_mark(answer, operation.name)
            if answer.status < 400 and marks_in(json.dumps(body)):
                taken.add(operation.kind)
            if isinstance(body, dict):
                items.append(world.pushed(operation, body, key=new_id(), entity=new_id()))
    for item, result in zip(items, push(world, items), strict=True):
        assert not marks_in(json.dumps({**result, "warnings": []})), result
        if result["result"] == "applied" and marks_in(json.dumps(item)):
            taken.add(item["kind"])
    return taken


def test_what_is_sent_is_not_said_again_in_refusals_or_logs(world: World) -> None:
    with watched() as log:
        assert fill(world) >= STORED
    assert marks_in(log.as_said.getvalue()), "nobody logged anything marked, so nothing was shown"
    log.check()


def test_what_is_sealed_or_malformed_is_not_said_again(world: World) -> None:
    api = world.api
    whole = {"visit_id": str(world.ids["visit"]), "depth": "chat", "text": mark("text")}
    note = {
        "op_id": str(new_id()),
        "kind": "note.write",
        "v": 1,
        "entity_id": str(uuid.uuid4()),
        "occurred_at": NOW,
        "payload": whole,
    }
    strange: list[Any] = [
        {**sealed(api, note), "op_id": str(new_id())},
        {**sealed(api, note, {**whole, "depth": mark("depth")}), "v": 1},
        sealed(api, {**note, "op_id": str(new_id())}, [mark()]),
        {**note, "sealed": mark(), "payload": None},
        *({**note, name: mark(name)} for name in note),
        *({**note, name: {"text": mark(name)}} for name in note),
        {**note, "kind": mark("kind"), "op_id": str(new_id())},
        mark(),
        [mark()],
        None,
        {},
        {"text": mark()},
    ]
    with watched() as log:
        for result in push(world, strange):
            result = {name: value for name, value in result.items() if name not in ("op_id", "entity_id")}
            assert not marks_in(json.dumps(result)), result
        for raw in (
            mark(),
            f'{{"text": "{mark()}"',
            f'{{"text": "{mark()}", "text": "{mark()}"}}',
            f'{{"sent_at": "{mark()}", "operations": {mark()}}}',
            f'{{"sent_at": NaN, "operations": "{mark()}"}}',
            f'["{mark()}\\ud800"]',
            f'["\\{mark()}"]',
            f"\x1f\x8b{mark()}",
        ):
            for headers in ({}, {"Content-Encoding": "gzip"}, {"Content-Type": "text/plain"}):
                answer = api.send(
                    "POST", "/v1/sync/push", role="crew", raw=raw.encode(), headers=headers, check=False
                )
                assert answer.status >= 400
                hears_no_mark(answer, raw)
        body = {"sent_at": mark(), "operations": [], "unknown": mark()}
        hears_no_mark(api.post("/v1/sync/push", body, role="crew", check=False), "push")
    log.check()


@ONE_DATABASE
def test_headers_queries_and_paths_are_not_said_again(world: World) -> None:
    """Of every operation, with a good token and without."""
    api, turns = world.api, cycle(HEADERS)
    with watched() as log:
        for operation in operations(api.app):
            role = (operation.roles or [None])[0]
            path = operation.path(**world.path_ids(operation))
            for names in (HEADERS, [next(turns)], [next(turns)]):
                api.clock.forward(minutes=10)  # so many refused tokens come from no one address
                headers = {name: mark() for name in names}
                if "Authorization" in headers:
                    headers["Authorization"] = f"Bearer okk_{mark()}_{mark()}"
                answer = api.send(
                    operation.method,
                    path,
                    world.body(operation),
                    role=None if "Authorization" in headers else role,
                    headers=headers,
                    check=False,
                )
                hears_no_mark(answer, f"{operation.name} {names}")
            asked = list(operation.parameters("query"))
            for query in ("&".join(f"{name}={mark(name)}" for name in asked), f"unknown={mark()}"):
                answer = api.send(operation.method, f"{path}?{query}", {}, role=role, check=False)
                hears_no_mark(answer, f"{operation.name} {query}")
            marked = operation.path(**{name: mark() for name in operation.parameters("path")})
            hears_no_mark(api.send(operation.method, marked, {}, role=role, check=False), operation.name)
        for method, path in (
            ("GET", f"/{mark()}"),
            (mark().upper(), "/v1/stops"),
            ("GET", f"/docs/{mark()}"),
        ):
            hears_no_mark(api.send(method, path, role=None, check=False), path)
    log.check()


@pytest.mark.parametrize("breaks", [True, False], ids=["the database", "our code"])
def test_what_fails_in_the_middle_says_nothing_of_what_it_was_about(
    world: World, breaks: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every operation, with a fault in its first statements and in those of its view."""
    api, failed = world.api, 0
    for role in Role:
        api.token(role.value)
    with watched() as log, Fault(api.database) as fault:
        for operation in operations(api.app):
            role = (operation.roles or [None])[0]
            kind = world.kinds.get(operation.kind or "")
            body = next(iter(variants(world.body(operation))), None) if operation.example else None
            for statement in (1, 3, 7):
                fault.at(statement, breaks=breaks)
                answer = api.send(
                    operation.method,
                    operation.path(**world.path_ids(operation)),
                    body,
                    role=world.role(kind) if kind else role,
                    key=derived("canary", operation.name),
                    version=1 if kind and kind.needs_base else None,
                    check=False,
                )
                failed += answer.status == 500
                hears_no_mark(answer, operation.name)
        fault.at(-1, breaks=False)
    assert failed > 60
    assert any(marks_in(text) for text in fault.texts)
    log.check()
    written = "".join(capfd.readouterr())
    assert not marks_in(written), written[-2_000:]


def test_maps_reports_and_public_pages_show_nothing_but_names(world: World) -> None:
    """Also what comes later: every read of a reporter, and all that is open to everybody, in all its forms."""
    api = world.api
    assert fill(world) >= STORED
    with api.database.read() as session:
        written_for_all = secret_marks_in(" ".join(session.scalars(sa.select(PublishedIssue.text))))
    asked = 0
    for operation in reads(api.app):
        drawn = operation.template.startswith(("/v1/map", "/v1/reports"))
        roles: list[Any] = [role for role in (operation.roles or ()) if drawn or role == "reporter"]
        if operation.template.startswith(DIRECTORY):
            continue
        if operation.roles is None:
            roles = [None]
        for role in roles:
            for media in operation.said["responses"]["200"].get("content", {"*/*": None}):
                path = operation.path(**{**world.path_ids(operation), "kind": "week"})
                answer = api.get(path, role=role, headers={"Accept": media}, check=False)
                told = written_for_all if operation.template.startswith("/v1/packs") else set()
                assert secret_marks_in(said(answer)) <= told, (operation.name, role, media)
                asked += answer.status == 200
    for rule in api.app.url_map.iter_rules():
        if "<" not in rule.rule and not rule.rule.startswith("/v1/"):
            answer = api.get(rule.rule, role=None, check=False)
            assert not secret_marks_in(said(answer)), rule.rule
            asked += answer.status == 200
    assert asked > 15
