"""Opens a note's text: first the row in the audit, then the text. No row, no text; a refusal leaves its row too."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.contacts.reads.notes import in_scope
from outreach_api.contacts.rules import NoteFacts, may_open_text
from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.log_lines import tell
from outreach_api.ledger import audit
from outreach_api.ledger.kinds import Actor
from outreach_api.storage.contacts import ContactNote
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.master_key import CannotOpen
from schemas.vocabulary import Depth, ReadPurpose, Topic

log = logging.getLogger(__name__)

ACTION = "readNoteText"


def note_text(
    session: Session,
    actor: Actor,
    note_id: uuid.UUID,
    *,
    purpose: ReadPurpose | None,
    now: dt.datetime,
    readback_hours: int,
    keyring: Keyring,
) -> dict[str, Any] | Refusal:
    """The text with the purpose that was recorded. The session must be a write transaction."""
    allowed = _allowed(session, actor, note_id, purpose, now, readback_hours)
    said = purpose if isinstance(allowed, Refusal) else allowed
    audit.record(
        session,
        actor,
        now,
        action=ACTION,
        entity_kind="note",
        entity_id=note_id,
        purpose=None if said is None else said.value,
        outcome=f"denied: {allowed.code}" if isinstance(allowed, Refusal) else "allowed",
    )
    if isinstance(allowed, Refusal):
        return allowed
    # Selected only now: the audit's lock is held, so a purge is either over or still to come.
    sealed = session.scalar(sa.select(ContactNote.text_sealed).where(ContactNote.id == note_id))
    if sealed is None:
        return Refusal("text_purged", 410)
    try:
        text = keyring.open(sealed, table="contact_notes", column="text_sealed", row=note_id)
    except CannotOpen as fault:
        tell(log, logging.ERROR, "note_text_not_opened", fault)
        return Refusal("text_unreadable", 503)
    return {"note_id": note_id, "text": text, "purpose": allowed}


def _allowed(
    session: Session,
    actor: Actor,
    note_id: uuid.UUID,
    purpose: ReadPurpose | None,
    now: dt.datetime,
    readback_hours: int,
) -> ReadPurpose | Refusal:
    row = session.scalar(in_scope(actor).where(ContactNote.id == note_id))
    if row is None:
        return Refusal("not_found", 404)
    facts = NoteFacts(
        received_at=row.received_at,
        depth=Depth(row.depth),
        topics=[Topic(topic) for topic in row.topics],
        safety_concern=row.safety_concern,
        about_staff=row.about_staff,
    )
    allowed = may_open_text(facts, role=actor.role, purpose=purpose, now=now, readback_hours=readback_hours)
    if isinstance(allowed, Refusal):
        return allowed
    if row.text_purged_at is not None:
        return Refusal("text_purged", 410)
    return allowed if row.has_text else Refusal("no_text", 404)
