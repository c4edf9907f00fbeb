"""A phone as README asks it to be, with a clock that may be wrong, for tests that choose what it does next."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import random
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from outreach_api.kernel.clock import format_instant
from outreach_api.kernel.ids import uuid7
from outreach_api.kernel.week import local_day
from outreach_api.storage.keyring import SEALED_INFO, SUITE
from schemas.vocabulary import Role

Item = dict[str, Any]
"""An operation as it travels."""
Line = dict[str, Any]
"""An operation's answer."""
ENDED = frozenset({"applied", "duplicate", "conflict", "rejected"})
EVENTS = frozenset({"visit.open", "visit.close", "visit.cancel", "sale.void"})
NEVER_READ = frozenset({"malformed", "not_by_push", "sealed_unreadable", "sealed_for_another_key"})
"""Mistakes in an envelope: what is inside is not looked at."""


class Sender(NamedTuple):
    """Who a push comes from, as the server knows it by its token."""

    holder_id: uuid.UUID
    role: Role
    van_id: uuid.UUID | None


class Told(NamedTuple):
    """How something ended, as a digest groups it."""

    kind: str
    day: str
    result: str


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One thing that was entered: what travels, and what only this proof knows of it."""

    item: Any
    op_id: uuid.UUID
    kind: str
    entity_id: uuid.UUID
    payload: Any
    true_time: dt.datetime
    """When it happened, whatever the phone's clock said."""
    said_at: dt.datetime
    offset: dt.timedelta
    """How far the phone's clock was off then."""
    refusal: str | None = None
    """The code by which the server must answer it, whatever it holds; the machine entered a mistake."""
    base_version: int | None = None

    @property
    def content(self) -> str:
        """Equal for what must be answered alike."""
        if self.refusal in NEVER_READ:
            return json.dumps(self.item, sort_keys=True)
        parts = [self.kind, self.item.get("v"), str(self.entity_id), self.base_version, self.payload]
        return json.dumps(parts, sort_keys=True)


@dataclass
class Handset:
    """Keeps what it entered until the server has it and a backup covers it; keeps a copy of what it pulled."""

    sender: Sender
    token: str
    dice: random.Random
    offset: dt.timedelta = dt.timedelta(0)
    queue: list[Entry] = field(default_factory=list)
    held: dict[uuid.UUID, Entry] = field(default_factory=dict)
    """All that it has not forgotten, also what ended."""
    told: dict[uuid.UUID, Told] = field(default_factory=dict)
    """How things ended, as far as it heard; kept when what was entered is forgotten, because hashes need the ids."""
    acknowledged: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)
    """Facts that it was told to be taken in, with what they made; events of visits may end otherwise when told anew."""
    epoch: str | None = None
    cursor: str | None = None
    pages_pending: bool = True
    seen: int = 0
    """The highest change number that was pulled since the cursor began."""
    copy: dict[tuple[str, str], Any] = field(default_factory=dict)

    def enter(
        self,
        now: dt.datetime,
        kind: str,
        payload: Any,
        entity_id: uuid.UUID | None = None,
        *,
        seal_for: bytes | None = None,
        op_id: uuid.UUID | None = None,
        refusal: str | None = None,
        base_version: int | None = None,
        v: int = 1,
        **envelope: Any,
    ) -> Entry:
        """Put something into the queue, at `now` by the server's clock."""
        said_at = now + self.offset
        op_id = op_id or uuid7(said_at, self.dice.randbytes(10))
        entity_id = entity_id or uuid7(said_at, self.dice.randbytes(10))
        item: Item = {
            "op_id": str(op_id),
            "kind": kind,
            "v": v,
            "entity_id": str(entity_id),
            "occurred_at": format_instant(said_at),
            **envelope,
        }
        if base_version is not None:
            item["base_version"] = base_version
        if seal_for is None:
            item["payload"] = payload
        else:
            item["sealed"] = sealed(payload, seal_for, op_id.bytes + entity_id.bytes + kind.encode())
        entry = Entry(item, op_id, kind, entity_id, payload, now, said_at, self.offset, refusal, base_version)
        self.queue.append(entry)
        return entry

    def hear(self, epoch: str, entries: Iterable[Entry], results: Iterable[Line]) -> None:
        """An answer to a push has arrived."""
        ended = set()
        for entry, line in zip(entries, results, strict=True):
            if line["result"] in ENDED:
                ended.add(id(entry))
                if entry.refusal is None:
                    self.held[entry.op_id] = entry
                    result = line["original"] or line["result"]
                    if result == "applied" and entry.kind not in EVENTS:
                        self.acknowledged[entry.op_id] = entry.entity_id
                    if line["result"] == "duplicate" or line["change_no"] is not None:  # there is a receipt
                        day = local_day(entry.said_at).isoformat()
                        self.told[entry.op_id] = Told(entry.kind, day, result)
        self.queue = [entry for entry in self.queue if id(entry) not in ended]
        self.notice(epoch)

    def notice(self, epoch: str) -> None:
        """After a restore, send again all that is still held; the server sorts out what it has."""
        if self.epoch not in (None, epoch):
            waiting = {entry.op_id for entry in self.queue}
            self.queue = [e for e in self.held.values() if e.op_id not in waiting] + self.queue
        self.epoch = epoch

    def take(self, page: dict[str, Any]) -> None:
        """A page of a pull has arrived."""
        for item in page["items"]:
            if item["change_no"] <= self.seen:
                raise AssertionError(f"{item} comes after change {self.seen}")
            self.seen = item["change_no"]
            place = item["kind"], item["id"]
            if item["gone"]:
                self.copy.pop(place, None)
            else:
                self.copy[place] = item["data"]
        self.cursor, self.pages_pending = page["cursor"], page["more"]
        self.notice(page["epoch"])

    def start_over(self) -> None:
        """The server can't say what changed since the cursor."""
        self.cursor, self.pages_pending, self.seen = None, True, 0
        self.copy.clear()

    def forget(self, digest: dict[str, Any]) -> None:
        """Drop what the server holds exactly as this phone does and a backup covers, group by group."""
        self.notice(digest["epoch"])
        if digest["backed_up"] is None:
            return
        queued = {entry.op_id for entry in self.queue}
        own: dict[Told, list[uuid.UUID]] = defaultdict(list)
        for op_id, told in self.told.items():
            own[told].append(op_id)
        for group in digest["groups"]:
            ids = own[Told(group["kind"], group["day"], group["result"])]
            same = group["count"] == len(ids) and group["hash"] == digest_hash(ids)
            if same and group["through"] <= digest["backed_up"]["change_no"]:
                for op_id in set(ids) - queued:
                    self.held.pop(op_id, None)


def digest_hash(op_ids: Iterable[uuid.UUID]) -> str:
    return hashlib.sha256(b"".join(sorted(op_id.bytes for op_id in op_ids))).hexdigest()


def sealed(payload: Any, public_key: bytes, context: bytes) -> str:
    """A payload as a phone seals it, with the key that its pull brought, or with one that is not the server's."""
    key_id = hashlib.sha256(public_key).digest()[:4]
    text = json.dumps(payload, ensure_ascii=False).encode()
    ciphertext = SUITE.encrypt(text, X25519PublicKey.from_public_bytes(public_key), SEALED_INFO + context)
    return base64.urlsafe_b64encode(key_id + ciphertext).rstrip(b"=").decode()
