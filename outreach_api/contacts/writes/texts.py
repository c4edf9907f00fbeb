"""How a note's text ends, and what stops that: the purge, a legal hold, an erasure that was asked for."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.contacts.rules import purge_before
from outreach_api.contacts.writes.notes import in_reach
from outreach_api.kernel.errors import Refusal
from outreach_api.ledger import audit
from outreach_api.ledger.counter import ChangeNumbers
from outreach_api.ledger.kinds import Accepted, Applied, Work
from outreach_api.storage import sealed_values
from outreach_api.storage.contacts import ContactNote, SafetyConcern
from outreach_api.storage.keyring import Keyring
from schemas.vocabulary import ReadPurpose

TEXT_WAS_ERASED = Refusal("text_was_erased", 409)


@dataclass(frozen=True, slots=True)
class Purged:
    """How many texts went, and how many were due but stay for a reason."""

    purged: int
    kept_by_hold: int
    kept_by_concern: int


_OPEN_CONCERN = sa.exists(
    sa.select(SafetyConcern.id).where(
        SafetyConcern.note_id == ContactNote.id, SafetyConcern.closed_at.is_(None)
    )
)


def purge_texts(session: Session, keyring: Keyring, now: dt.datetime, note_text_days: int) -> Purged:
    """Erase texts that are `note_text_days` old by the server's clock; coded fields stay. The caller commits."""
    ChangeNumbers(session)  # first lock of every write: a hold and the purge come one after the other
    last_day, end = purge_before(now, note_text_days)
    due = sa.and_(
        ContactNote.text_sealed.is_not(None),
        sa.or_(ContactNote.local_day <= last_day, ContactNote.received_at < end),
    )
    kept_by_hold = _count(session, due, ContactNote.legal_hold.is_(True))
    kept_by_concern = _count(session, due, ContactNote.legal_hold.is_(False), _OPEN_CONCERN)
    ends = sa.and_(due, ContactNote.legal_hold.is_(False), ~_OPEN_CONCERN)
    purged = sealed_values.erase(session, keyring, ContactNote, now, ends)
    if purged:
        audit.record(
            session,
            None,
            now,
            action="purgeNoteTexts",
            entity_kind="note",
            entity_id=None,
            outcome=f"purged {purged}",
        )
    return Purged(purged, kept_by_hold, kept_by_concern)


def hold_note(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Keep the text beyond its time, until released."""
    note = _note(work, accepted)
    if isinstance(note, Refusal):
        return note
    if note.text_purged_at is not None:
        return Refusal("text_purged", 409)
    note.legal_hold = True
    return Applied(note.id, created=False)


def release_note(work: Work, accepted: Accepted) -> Applied | Refusal:
    note = _note(work, accepted)
    if isinstance(note, Refusal):
        return note
    note.legal_hold = False
    return Applied(note.id, created=False)


def erase_text(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Erase one text before its time, because somebody asked for it."""
    note = _note(work, accepted)
    if isinstance(note, Refusal):
        return note
    if note.legal_hold or _count(work.session, ContactNote.id == note.id, _OPEN_CONCERN):
        return Refusal("text_held", 409)
    if note.has_text:
        sealed_values.erase(work.session, work.keyring, ContactNote, work.now, ContactNote.id == note.id)
        work.session.expire(note)
        audit.record(
            work.session,
            work.actor,
            work.now,
            action="eraseNoteText",
            entity_kind="note",
            entity_id=note.id,
            purpose=ReadPurpose.ERASURE_REQUEST.value,
            outcome="erased 1",
        )
    return Applied(accepted.entity_id, created=False)


def erase_texts(work: Work, which: sa.ColumnElement[bool]) -> Purged:
    """Erase the texts of these notes before their time; those on hold or with an open concern stay."""
    there = sa.and_(which, ContactNote.text_sealed.is_not(None))
    kept_by_hold = _count(work.session, there, ContactNote.legal_hold.is_(True))
    kept_by_concern = _count(work.session, there, ContactNote.legal_hold.is_(False), _OPEN_CONCERN)
    ends = sa.and_(there, ContactNote.legal_hold.is_(False), ~_OPEN_CONCERN)
    erased = sealed_values.erase(work.session, work.keyring, ContactNote, work.now, ends)
    return Purged(erased, kept_by_hold, kept_by_concern)


def erased(work: Work, note_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Refusal]:
    """Of these notes, those whose text was erased: sending them again brings nothing back."""
    found = sa.select(ContactNote.id).where(
        ContactNote.id.in_(note_ids), ContactNote.text_purged_at.is_not(None), in_reach(work.actor)
    )
    return dict.fromkeys(work.session.scalars(found), TEXT_WAS_ERASED)


def _note(work: Work, accepted: Accepted) -> ContactNote | Refusal:
    note = work.session.scalar(sa.select(ContactNote).where(ContactNote.id == accepted.entity_id))
    return Refusal("not_found", 404) if note is None else note


def _count(session: Session, *where: sa.ColumnElement[bool]) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(ContactNote).where(*where)) or 0
