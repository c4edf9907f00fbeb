"""The matrix: every role × the own van, the other one, and nowhere × every operation and every pushed kind.

Made of the description and the declared kinds, so that a new one stands in it by itself. Whose a thing is, tests/scopes.py
says once; what is not said there fails. Time is compared by what is done: the same statements, one for one.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

import pytest

from outreach_api.app import KINDS
from outreach_api.kernel.ids import derived
from schemas.vocabulary import Role
from tests.api import Answer, Api
from tests.described import Operation, Slot, operations, slots
from tests.scopes import ABOUT_STAFF, OF_A_VAN, entity_named, is_hidden
from tests.two_vans import CREW, OTHER_CREW, TwoVans, Undone, role_of, told, undoing, whos
from tests.world import NOW, World

NOWHERE = uuid.UUID("7c0ffee0-0000-4000-8000-000000000007")
KEY = derived("asked", "for the matrix")

# Carries kinds, each of which is asked below.
CARRIES_KINDS = {"push"}

# What an operation must be told besides its example, so that what a place names is looked for at all.
ASKED_WITH: dict[tuple[str, str], dict[str, Any]] = {
    # An arrival is planned or not: with a plan stop the van is the plan's.
    ("openVisit", "van_id"): {"body": {"van_id": "", "stop_id": ""}},
    ("openVisit", "stop_id"): {"body": {"van_id": "", "stop_id": ""}},
    # A visit that nobody opened is made of its plan stop, if that is said.
    ("cancelVisit", "plan_stop_id"): {"path": {"visit_id": str(NOWHERE)}},
    ("cancelVisit", "visit_id"): {"without": {"plan_stop_id"}},
}

# Whoever stands at a stop has arrived, whatever the office is still drafting: nothing that was entered is lost.
DRAFT_OR_NOT = {"openVisit", "cancelVisit"}


class Asked(NamedTuple):
    """An answer, and what was done for it."""

    answer: Answer
    statements: list[str]

    def tells(self, one: uuid.UUID | None, slot: Slot | None = None) -> Any:
        """What somebody learns from it who asked for this id."""
        varying = {"X-Request-Id"} | ({"ETag"} if slot is not None and slot.where == "query" else set())
        headers = [(name, value) for name, value in self.answer.headers if name not in varying]
        return told(self.answer, one), [(name, value.replace(str(one), "the id")) for name, value in headers]


class Line(NamedTuple):
    """One operation, online or pushed: how it is asked."""

    operation: Operation
    pushed: bool

    @property
    def name(self) -> str:
        return f"{self.operation.kind} pushed" if self.pushed else self.operation.name

    @property
    def said(self) -> str:
        return str(self.operation.said["operationId"])


class Matrix:
    """Asks as anybody, with the things of a van; in one place, another thing may stand."""

    def __init__(self, vans: TwoVans, undone: Undone) -> None:
        self.vans, self.undone, self.app = vans, undone, vans.api.app
        self.tokens = {who: vans.token(who) for who in whos()}
        kinds = {kind.name: kind for kind in KINDS}
        self.online = [Line(one, pushed=False) for one in operations(self.app) if one.roles is not None]
        self.both = self.online + [
            Line(line.operation, pushed=True)
            for line in self.online
            if line.operation.kind and kinds[line.operation.kind].pushed
        ]
        self._answers: dict[tuple[Any, ...], Asked] = {}
        self.slots = {line.name: self._slots(line) for line in self.both}

    def _slots(self, line: Line) -> list[Slot]:
        if line.said in CARRIES_KINDS:
            return []
        return [one for one in slots(self.app, line.operation) if not (line.pushed and one.where == "query")]

    def allowed(self, line: Line, who: str) -> bool:
        return role_of(who) in (line.operation.roles or ())

    def ask(
        self,
        line: Line,
        who: str,
        slot: Slot | None = None,
        one: uuid.UUID | None = None,
        world: World | None = None,
    ) -> Asked:
        """The answer; nothing comes of it, so the same question has the same one."""
        world = world or self.vans.home(who)
        asked = (line.name, who, slot, one, world.van)
        if asked not in self._answers:
            self._answers[asked] = self._ask(line, who, slot, one, world)
        return self._answers[asked]

    def _ask(self, line: Line, who: str, slot: Slot | None, one: uuid.UUID | None, world: World) -> Asked:
        operation = line.operation
        special = ASKED_WITH.get((line.said, slot.name), {}) if slot is not None else {}
        paths = world.path_ids(operation) | special.get("path", {})
        body = (
            None
            if operation.method == "GET"
            else world.filled(special.get("body") or operation.example or {})
        )
        query = _query(operation, role_of(who))
        if "without" in special:
            body = {name: value for name, value in body.items() if name not in special["without"]}
        if "body" in special:
            body = {name: str(world.id_of(name)) for name in special["body"]}
        if slot is not None and slot.where == "path":
            paths[slot.name] = str(one)
        elif slot is not None and slot.where == "query":
            query[slot.name] = str(one)
        elif slot is not None:
            body = _put(body, slot.steps, str(one))
        return (
            self._push(line, world, who, paths, body)
            if line.pushed
            else self._call(line, who, paths, query, body)
        )

    def _call(self, line: Line, who: str, paths: dict[str, str], query: dict[str, str], body: Any) -> Asked:
        operation = line.operation
        version = 1 if "If-Match" in operation.parameters("header") else None
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        path = operation.path(**paths) + (f"?{asked}" if asked else "")
        token = self.tokens[who]
        self.undone.statements.clear()
        answer = self.vans.api.send(
            operation.method, path, body, token=token, version=version, key=KEY, check=False
        )
        return Asked(answer, list(self.undone.statements))

    def _push(self, line: Line, world: World, who: str, paths: dict[str, str], body: Any) -> Asked:
        sent = world.pushed(line.operation, body, key=KEY, paths=paths)
        token = self.tokens[who]
        self.undone.statements.clear()
        answer = self.vans.api.post(
            "/v1/sync/push", {"sent_at": NOW, "operations": [sent]}, token=token, check=False
        )
        return Asked(answer, list(self.undone.statements))

    def make(self, line: Line, who: str, entity_id: uuid.UUID) -> str:
        """The code when one tries to make a thing under an id that there is."""
        world = self.vans.home(who)
        sent = world.pushed(line.operation, world.body(line.operation), key=KEY)
        body = {"sent_at": NOW, "operations": [{**sent, "entity_id": str(entity_id)}]}
        answer = self.vans.api.post("/v1/sync/push", body, token=self.tokens[who], check=False)
        return str(answer.json["results"][0]["code"])

    def hidden(self, line: Line, who: str, slot: Slot) -> dict[str, uuid.UUID]:
        """What could stand in a place and must be as if it were nowhere, by why."""
        role, entity = role_of(who), entity_named(slot.name) or ""
        found = {}
        if is_hidden(entity, role):
            stranger = CREW if who == OTHER_CREW else OTHER_CREW
            found["another van's"] = self.vans.home(stranger).ids[entity]
        if entity in ABOUT_STAFF and role is not Role.SAFEGUARDING:
            found["about staff"] = self.vans.about_staff[entity]
        if who == CREW and entity in self.vans.draft and line.said not in DRAFT_OR_NOT:
            found["a draft"] = self.vans.draft[entity]
        return found


@pytest.fixture(scope="module")
def matrix(module_api: Api) -> Iterator[Matrix]:
    vans = TwoVans(module_api)
    for who in whos():
        vans.token(who)
    with undoing(module_api.app) as undone:
        yield Matrix(vans, undone)


def _query(operation: Operation, role: Role) -> dict[str, str]:
    """What it can't be asked without."""
    days = {"from_day": "2026-11-01", "split_day": "2026-11-15", "to_day": "2026-11-28"}
    known = operation.parameters("query")
    needed = {name: days[name] for name, said in known.items() if said.get("required")}
    opens = "purpose" in known and role is Role.SAFEGUARDING
    return needed | ({"purpose": "safeguarding"} if opens else {})


def _put(body: Any, steps: tuple[str | int, ...], value: str) -> Any:
    """The body with another value in one place."""
    body = json.loads(json.dumps(body))
    inner = body
    for step in steps[:-1]:
        inner = inner[step]
    inner[steps[-1]] = value
    return body


def _ended(line: Line, asked: Asked) -> tuple[int, str]:
    """Status and code; of a push, as the operation would have been answered online."""
    if not line.pushed:
        return asked.answer.status, asked.answer.code
    result = asked.answer.json["results"][0]
    return (200 if result["result"] == "applied" else 400), result["code"]


def test_every_id_that_an_operation_takes_is_of_something_stated(matrix: Matrix) -> None:
    for line in matrix.both:
        for slot in matrix.slots[line.name]:
            entity = entity_named(slot.name)
            assert entity, f"{line.name}: say in tests/scopes.py whose {slot.name} is"
            if entity in OF_A_VAN:
                for world in (matrix.vans.own, matrix.vans.other):
                    assert entity in world.ids, f"{line.name}: make a {entity} in tests/two_vans.py"


def test_a_role_that_may_not_is_turned_away_at_the_door(matrix: Matrix) -> None:
    """Whatever it asks and whatever it names, the same is done and said."""
    doors: dict[tuple[str, bool], Any] = {}
    for line in matrix.online:
        for who in whos():
            if matrix.allowed(line, who):
                continue
            cases: list[tuple[Slot | None, uuid.UUID | None]] = [(None, None)]
            cases += [(slot, NOWHERE) for slot in matrix.slots[line.name] if slot.where == "path"]
            for slot, one in cases:
                asked = matrix.ask(line, who, slot, one)
                audited = any("INTO audit" in statement for statement in asked.statements)
                door = doors.setdefault((who, audited), (asked.tells(None), asked.statements))
                assert asked.answer.status == 403, (line.name, who, asked.answer)
                assert (asked.tells(None), asked.statements) == door, (line.name, who)
    assert len(doors) >= 5


def test_who_may_reaches_what_is_theirs(matrix: Matrix) -> None:
    """Crews the things of their van, all others those of both vans."""
    for line in matrix.both:
        for who in whos():
            if not matrix.allowed(line, who):
                continue
            worlds = [matrix.vans.home(who)]
            if role_of(who) is not Role.CREW and not line.pushed:
                worlds.append(matrix.vans.other)
            for world in worlds:
                asked = matrix.ask(line, who, world=world)
                assert asked.answer.status not in (401, 403, 404), (line.name, who, asked.answer)
                assert asked.answer.status < 500, (line.name, who, asked.answer)
                if line.pushed:
                    assert asked.answer.json["results"][0]["result"] != "retry", (
                        line.name,
                        who,
                        asked.answer,
                    )


def test_an_answer_to_a_crew_holds_no_id_of_another_van(matrix: Matrix) -> None:
    for line in matrix.both:
        for who, stranger in ((CREW, OTHER_CREW), (OTHER_CREW, CREW)):
            if matrix.allowed(line, who):
                text = matrix.ask(line, who).answer.text
                theirs = matrix.vans.home(stranger).ids
                assert not [e for e in theirs if e in OF_A_VAN and str(theirs[e]) in text], (line.name, who)


def test_what_is_nowhere_is_not_found(matrix: Matrix) -> None:
    for line in matrix.online:
        for who in whos():
            for slot in matrix.slots[line.name]:
                if slot.where == "path" and matrix.allowed(line, who):
                    assert matrix.ask(line, who, slot, NOWHERE).answer.status == 404, (line.name, who)


def test_what_is_out_of_scope_is_as_if_it_were_nowhere(matrix: Matrix) -> None:
    """In the path 404; anywhere, the same words and headers for the same statements, and nothing comes of it."""
    met = 0
    for line in matrix.both:
        for who in whos():
            if not matrix.allowed(line, who):
                continue
            for slot in matrix.slots[line.name]:
                hidden = matrix.hidden(line, who, slot)
                if not hidden:
                    continue
                unknown = matrix.ask(line, who, slot, NOWHERE)
                own = matrix.ask(line, who, slot, matrix.vans.home(who).ids[str(entity_named(slot.name))])
                for why, one in hidden.items():
                    met += 1
                    place = (line.name, who, slot, why)
                    asked = matrix.ask(line, who, slot, one)
                    status, _ = _ended(line, asked)
                    if slot.where == "path" and not line.pushed:
                        assert status == 404, (place, asked.answer)
                    elif slot.where != "query":
                        assert status >= 400, (place, asked.answer)
                    assert asked.tells(one, slot) == unknown.tells(NOWHERE, slot), place
                    assert asked.statements == unknown.statements, place
                    assert own.answer.text != asked.answer.text, (place, "says nothing of one's own either")
    assert met > 100


def test_an_id_that_another_van_took_is_taken_and_nothing_more(matrix: Matrix) -> None:
    """Ids are made by phones, so one that exists can't be given away twice. What became of it stays theirs."""
    makes = {kind.name: kind.entity for kind in KINDS if kind.table is not None and Role.CREW in kind.roles}
    ended = matrix.vans.ended
    told_to: dict[str, dict[tuple[str, str], str]] = {CREW: {}, OTHER_CREW: {}}
    for name, entity in makes.items():
        line = next(line for line in matrix.both if line.pushed and line.operation.kind == name)
        taken = {"there": matrix.vans.other.ids.get(entity), "ended": ended.get(entity)}
        for (how, one), who in product(taken.items(), told_to):
            if one is not None:
                told_to[who][name, how] = matrix.make(line, who, one)
    assert len(told_to[CREW]) > len(ended)
    assert set(told_to[CREW].values()) == {"already_exists"}, told_to[CREW]
    assert told_to[OTHER_CREW]["note.write", "ended"] == "text_was_erased"
    assert told_to[OTHER_CREW]["sale.record", "ended"] == "sale_was_voided"
