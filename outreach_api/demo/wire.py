"""Speaks to the write path as phones do: operations are kept while offline, then pushed, and every answer is read."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from outreach_api.kernel.clock import format_instant
from outreach_api.ledger.kinds import Actor, Operation, Registry, Work
from outreach_api.ledger.outcomes import Ending
from outreach_api.ledger.perform import perform, read
from outreach_api.settings import Settings
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.session import Database
from outreach_api.sync.push import push

MOST_OPERATIONS = 500
_PERSONAL = "personal_data_"


class DemoRefused(Exception):
    """The house refused something that the demo holds to be right: a fault of the one or the other."""


@dataclass(frozen=True, slots=True)
class Server:
    """The house as the demo meets it, at times that the demo says."""

    database: Database
    keyring: Keyring
    settings: Settings
    kinds: Registry
    versions: dict[uuid.UUID, int] = field(default_factory=dict)
    """The version of each kept thing as last answered."""

    def take(
        self, actor: Actor, items: Sequence[dict[str, Any]], sent_at: dt.datetime, now: dt.datetime
    ) -> None:
        """One push. Raises DemoRefused unless every operation is applied."""
        with self.database.write() as session:
            work = Work(session, actor, now, self.settings, self.keyring)
            answer = push(
                work,
                items,
                sent_at,
                kinds=self.kinds,
                hash_key=self.keyring.secret("receipts"),
                language="en",
            )
            for item, result in zip(items, answer["results"], strict=True):
                # Inside the transaction: nothing of a push that went wrong stays.
                _check(actor, item, result)
        self.versions.update(
            (result["entity_id"], result["version"]) for result in answer["results"] if result["entity_id"]
        )

    def perform(self, actor: Actor, operations: Sequence[Operation], now: dt.datetime) -> None:
        """What is done at a desk and never pushed, such as adding people. Raises DemoRefused."""
        ready = read(operations, actor=actor, kinds=self.kinds, hash_key=self.keyring.secret("receipts"))
        with self.database.write() as session:
            outcomes = perform(Work(session, actor, now, self.settings, self.keyring), ready)
            for operation, outcome in zip(operations, outcomes, strict=True):
                if outcome.ending is not Ending.APPLIED:
                    raise DemoRefused(
                        f"{operation.kind} was refused ({outcome.code}: {outcome.problems}): {operation.payload}"
                    )


def _check(actor: Actor, item: dict[str, Any], result: dict[str, Any]) -> None:
    said = f"{item['kind']} by {actor.role} at {item['occurred_at']}: {item['payload']}"
    if result["result"] != Ending.APPLIED:
        raise DemoRefused(
            f"{said} was answered {result['result']}: {result['code']}, {result['detail']} {result['errors']}"
        )
    personal = [warning["code"] for warning in result["warnings"] if warning["code"].startswith(_PERSONAL)]
    if personal:
        raise DemoRefused(f"{said} seems to hold personal data: {personal}")


class Phone:
    """Somebody's phone, or a desk: keeps what its clock saw happen and sends it when there is reception."""

    def __init__(self, server: Server, actor: Actor, chance_of_ids: Any, behind: dt.timedelta) -> None:
        self._server = server
        self.actor = actor
        self._chance = chance_of_ids
        self._behind = behind
        self._kept: list[dict[str, Any]] = []

    def keep(
        self,
        kind: str,
        entity_id: uuid.UUID,
        at: dt.datetime,
        payload: dict[str, Any],
        *,
        creates: bool = True,
    ) -> uuid.UUID:
        """Remember one operation; answers the entity's id. What `creates` something has that thing's id."""
        declared = self._server.kinds.get(kind)
        if declared is None:
            raise DemoRefused(f"there is no kind {kind}")
        item = {
            "op_id": str(entity_id if creates else self._chance.quiet_id()),
            "kind": kind,
            "v": declared.v,
            "entity_id": str(entity_id),
            "occurred_at": format_instant(at - self._behind),
            "payload": payload,
        }
        if declared.needs_base:
            item["base_version"] = self._server.versions[entity_id]
        self._kept.append(item)
        return entity_id

    def send(self, now: dt.datetime) -> None:
        """Push all that was kept, in the order in which it was kept."""
        while self._kept:
            self._server.take(self.actor, self._kept[:MOST_OPERATIONS], now - self._behind, now)
            self._kept = self._kept[MOST_OPERATIONS:]
