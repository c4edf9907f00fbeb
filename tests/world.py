"""A small world made of the description's own examples, in which they can stand: for tests of every kind."""

from __future__ import annotations

import uuid
from typing import Any

from outreach_api.app import KINDS
from outreach_api.contacts.rules import ALERT_ADDRESSES_ID, SAFETY_CARD_ID
from outreach_api.kernel.ids import derived
from outreach_api.ledger.kinds import Kind
from outreach_api.storage.stops import Stop
from tests.api import Answer, Api
from tests.described import Operation, changes
from tests.make import make_stop, make_visit
from tests.scopes import FOR_ALL, MANY, PEOPLE

NOW = "2026-11-28T03:00:00Z"
OVER = "2026-W47"

# Things of which there is one; its id stands in no path.
ONLY_ONE = {"safety_card": SAFETY_CARD_ID, "alert_addresses": ALERT_ADDRESSES_ID}


class World:
    """What examples refer to, made of the examples themselves."""

    def __init__(self, api: Api, *, beside: World | None = None) -> None:
        """Of van A; beside another world, of van B, with the things that are for all taken from there."""
        self.api = api
        self.kinds = {kind.name: kind for kind in KINDS}
        self.operations = {op.kind: op for op in changes(api.app) if op.kind}
        self.van = api.van if beside is None else api.other_van
        self.ids: dict[str, uuid.UUID] = {"van": self.van, **ONLY_ONE}
        if beside is not None:
            self.ids |= {entity: made for entity, made in beside.ids.items() if entity in FOR_ALL}
        with api.database.write() as session:
            stop = (
                make_stop(session, van_count=2) if beside is None else session.get_one(Stop, self.ids["stop"])
            )
            self.ids["stop"] = stop.id
            self.ids["visit"] = make_visit(session, van_id=self.van, stop=stop).id
        self._part = [] if beside is None else ["beside"]
        for _ in range(2):  # some need what is declared after them
            for kind in KINDS:
                self._make(kind)

    def _make(self, kind: Kind) -> None:
        operation = self.operations.get(kind.name)
        if operation is None or kind.entity in self.ids or kind.needs_base:
            return
        made = derived("world", kind.name, *self._part)
        if self.send(operation, self.body(operation), key=made).status in (201, 202):
            self.ids[kind.entity] = made

    def body(self, operation: Operation) -> Any:
        return self.filled(operation.example or {})

    def filled(self, value: Any, name: str = "") -> Any:
        """The same with the ids of things that are there, as far as their fields' names tell what they are of."""
        if isinstance(value, dict):
            return {key: self.filled(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.filled(inner, name) for inner in value]
        return str(self.id_of(name)) if self.id_of(name) and isinstance(value, str) else value

    def id_of(self, name: str) -> uuid.UUID | None:
        if name in PEOPLE:
            name = "person_id"
        name = f"{MANY[name]}_id" if name in MANY else name
        word = name.removesuffix("_id")
        fits = [entity for entity in self.ids if word == entity or word.endswith(f"_{entity}")]
        return self.ids[max(fits, key=len)] if fits and word != name else None

    def path_ids(self, operation: Operation) -> dict[str, str]:
        """Of a change that names a week in its path: one that is over."""
        weeks = {"week": OVER} if operation.kind and "week" in operation.parameters("path") else {}
        return weeks | {
            name: str(self.id_of(name) or derived("nothing", name))
            for name, said in operation.parameters("path").items()
            if said["schema"].get("format") == "uuid"
        }

    def role(self, kind: Kind) -> str:
        return next(role for role in ("coordinator", "safeguarding", "crew", "admin") if role in kind.roles)

    def send(self, operation: Operation, body: Any, *, key: uuid.UUID) -> Answer:
        kind = self.kinds[operation.kind or ""]
        return self.api.send(
            operation.method,
            operation.path(**self.path_ids(operation)),
            body,
            role=self.role(kind),
            key=key,
            version=1 if kind.needs_base else None,
            headers={"Payload-Version": str(kind.v)} if kind.v > 1 else None,
        )

    def push(self, operation: Operation, body: Any, *, key: uuid.UUID, entity: uuid.UUID | None) -> Any:
        kind = self.kinds[operation.kind or ""]
        sent = self.pushed(operation, body, key=key, entity=entity)
        answer = self.api.post("/v1/sync/push", {"sent_at": NOW, "operations": [sent]}, role=self.role(kind))
        return answer.json["results"][0]

    def pushed(
        self,
        operation: Operation,
        body: Any,
        *,
        key: uuid.UUID,
        entity: uuid.UUID | None = None,
        v: int = 0,
        paths: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """The operation as a push has it: of the present version, or of an older one."""
        kind = self.kinds[operation.kind or ""]
        fields = kind.schema().fields  # type: ignore[attr-defined]
        paths = paths or self.path_ids(operation)
        owners = {name: value for name, value in paths.items() if name in fields}
        changed = [value for name, value in paths.items() if name not in fields]
        return {
            "op_id": str(key),
            "kind": kind.name,
            "v": v or kind.v,
            "entity_id": changed[0] if changed else str(ONLY_ONE.get(kind.entity) or entity or key),
            "occurred_at": NOW,
            "payload": {**body, **owners},
            **({"base_version": 1} if kind.needs_base else {}),
        }
