"""Appends to the audit: each row's hash covers the one before it, so that a lost or altered row shows."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.ledger.kinds import Actor
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
    """Append one row; flushed at once, so that what it permits can only follow it."""
    # The counter's lock makes appends queue on PostgreSQL too (on SQLite a write transaction is alone already).
    session.execute(sa.select(ChangeCounter.value).where(ChangeCounter.id == 1).with_for_update())
    last = session.execute(
        sa.select(AuditEntry.seq, AuditEntry.hash).order_by(AuditEntry.seq.desc()).limit(1)
    ).one_or_none()
    seq, before = (last.seq + 1, last.hash) if last else (1, _FIRST)
    entry = AuditEntry(
        seq=seq,
        at=now,
        holder_id=actor.holder_id if actor else None,
        role=actor.role.value if actor else None,
        action=action,
        entity_kind=entity_kind,
        entity_id=entity_id,
        purpose=purpose,
        outcome=outcome,
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
        ]
    )
    return hashlib.blake2b(before + content, digest_size=32).digest()


def broken_at(session: Session) -> int | None:
    """The first seq whose hash does not follow, or None if the chain is whole."""
    before, expected = _FIRST, 1
    for entry in session.scalars(sa.select(AuditEntry).order_by(AuditEntry.seq)):
        if entry.seq != expected or entry.hash != entry_hash(before, entry):
            return entry.seq
        before, expected = entry.hash, expected + 1
    return None
