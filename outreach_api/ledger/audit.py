"""Appends to the audit: each row's hash covers the one before it, so that a lost or altered row shows."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.ledger.kinds import Actor
from outreach_api.ledger.standing import look_again
from outreach_api.storage.ledger import AuditEntry, ChangeCounter

_FIRST = bytes(32)


def record(
    session: Session,
    actor: Actor | None,
    now: dt.datetime,
    *,
    action: str,
    entity_kind: str,
    entity_id: uuid.UUID | None,
    purpose: str | None = None,
    outcome: str = "allowed",
) -> None:
    """Append one row; flushed at once, so that what it permits can only follow it. Raises NoLongerIn."""
    # The counter's lock makes appends queue on PostgreSQL too (on SQLite a write transaction is alone already).
    session.execute(sa.select(ChangeCounter.value).where(ChangeCounter.id == 1).with_for_update())
    if actor is not None:
        look_again(session, actor)
    last = head(session)
    seq, before = (last[0] + 1, last[1]) if last else (1, _FIRST)
    entry = AuditEntry(
        seq=seq,
        at=now.astimezone(dt.UTC),  # as it will be read again: the hash is of what is written
        holder_id=actor.holder_id if actor else None,
        role=actor.role.value if actor else None,
        action=action,
        entity_kind=entity_kind,
        entity_id=entity_id,
        purpose=purpose,
        outcome=outcome,
        acting_id=actor.acting_id if actor else None,
        hash=b"",
    )
    entry.hash = entry_hash(before, entry)
    session.add(entry)
    session.flush()


def entry_hash(before: bytes, entry: AuditEntry) -> bytes:
    content = orjson.dumps(
        [
            entry.seq,
            entry.at,
            entry.holder_id,
            entry.role,
            entry.action,
            entry.entity_kind,
            entry.entity_id,
            entry.purpose,
            entry.outcome,
            # Rows from before shared phones were named keep the hash that they have.
            *([] if entry.acting_id is None else [entry.acting_id]),
        ]
    )
    return hashlib.blake2b(before + content, digest_size=32).digest()


def broken_at(session: Session, seen: Mapping[int, bytes]) -> int | None:
    """The first entry that is altered, missing, out of order or too many; None if the chain is whole.

    `seen` are entries that a witness elsewhere remembers: with them, the end can't be cut off, nor all written anew.
    """
    before, expected = _FIRST, 1
    select = sa.select(AuditEntry).order_by(AuditEntry.seq).execution_options(yield_per=1_000)
    # Closed at once: on PostgreSQL a cursor of the server is behind it.
    with contextlib.closing(session.scalars(select)) as entries:
        for entry in entries:
            if entry.seq != expected or entry.hash != entry_hash(before, entry):
                return expected
            if seen.get(entry.seq, entry.hash) != entry.hash:
                return entry.seq
            before, expected = entry.hash, expected + 1
    return expected if any(seq >= expected for seq in seen) else None


def head(session: Session) -> tuple[int, bytes] | None:
    """Number and hash of the last entry."""
    select = sa.select(AuditEntry.seq, AuditEntry.hash).order_by(AuditEntry.seq.desc()).limit(1)
    found = session.execute(select).one_or_none()
    return (found.seq, bytes(found.hash)) if found else None
