"""Asks every operation, online and pushed, as anybody and with anything in the place of an id; nothing comes of it."""

from __future__ import annotations

import json
import uuid
from typing import Any, NamedTuple

from outreach_api.app import KINDS
from outreach_api.kernel.ids import derived
from schemas.vocabulary import Role
from tests.api import Answer
from tests.described import Operation, Slot, operations, slots
from tests.scopes import ABOUT_STAFF, entity_named, is_hidden
from tests.two_vans import ASKED_OF_ALL, CREW, OTHER_CREW, TwoVans, Undone, role_of, told, whos
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


def _query(operation: Operation, role: Role) -> dict[str, str]:
    """What it can't be asked without."""
    known = operation.parameters("query")
    needed = {name: ASKED_OF_ALL[name] for name, said in known.items() if said.get("required")}
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


def ended(line: Line, asked: Asked) -> int:
    """The status; of a push, one that says whether the operation was applied."""
    if not line.pushed:
        return asked.answer.status
    return 200 if asked.answer.json["results"][0]["result"] == "applied" else 400
