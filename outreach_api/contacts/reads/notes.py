"""The coded fields of notes. The text has no place here; notes about staff are safeguarding's alone."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger.kinds import Actor
from outreach_api.ledger.visit_facts import of_own_van
from outreach_api.storage.contacts import ContactNote
from schemas.vocabulary import Role, TextState


def in_scope(actor: Actor) -> sa.Select[Any]:
    select = sa.select(ContactNote).where(of_own_van(actor, ContactNote.visit_id))
    if actor.role is not Role.SAFEGUARDING:
        select = select.where(ContactNote.about_staff.is_(False))
    return select


def matching(actor: Actor, wanted: dict[str, Any]) -> sa.Select[Any]:
    """Notes in scope by day range, visit, depth, topic and stage; None means any."""
    select = in_scope(actor)
    if wanted["from_day"] is not None:
        select = select.where(ContactNote.local_day >= wanted["from_day"])
    if wanted["to_day"] is not None:
        select = select.where(ContactNote.local_day <= wanted["to_day"])
    for name in ("visit_id", "depth"):
        if wanted[name] is not None:
            select = select.where(getattr(ContactNote, name) == wanted[name])
    for name, column in (("topic", ContactNote.topics), ("stage", ContactNote.stages)):
        if wanted[name] is not None:
            # A list of words of the vocabulary, kept as JSON: the quotes make it a whole word.
            listed = sa.type_coerce(column, sa.Text)
            select = select.where(listed.contains(f'"{wanted[name]}"', autoescape=True))
    return select


def that_exist_for(session: Session, actor: Actor, note_ids: Iterable[uuid.UUID | None]) -> set[uuid.UUID]:
    """Of the notes that something names, those whose ids may be shown: the others do not exist for this actor."""
    named = {note_id for note_id in note_ids if note_id is not None}
    if not named or actor.role is Role.SAFEGUARDING:
        return named
    return set(
        session.scalars(in_scope(actor).with_only_columns(ContactNote.id).where(ContactNote.id.in_(named)))
    )


def note(session: Session, actor: Actor, note_id: uuid.UUID) -> dict[str, Any] | Refusal:
    found = session.scalar(in_scope(actor).where(ContactNote.id == note_id))
    return Refusal("not_found", 404) if found is None else note_view(actor, found)


def written_note(session: Session, actor: Actor, note_id: uuid.UUID) -> dict[str, Any] | Refusal:
    """For the answer to whoever wrote it just now, also when it is about staff."""
    select = sa.select(ContactNote).where(ContactNote.id == note_id, ContactNote.holder_id == actor.holder_id)
    found = session.scalar(select)
    return Refusal("not_found", 404) if found is None else note_view(actor, found)


def note_view(actor: Actor, row: ContactNote) -> dict[str, Any]:
    safeguarding = actor.role is Role.SAFEGUARDING
    return {
        "id": row.id,
        "visit_id": row.visit_id,
        "local_day": row.local_day,
        "familiarity": row.familiarity,
        "depth": row.depth,
        "stages": row.stages,
        "topics": row.topics,
        "info_given": row.info_given,
        "first_connection": row.first_connection,
        "safety_concern": row.safety_concern,
        "text_state": _text_state(row),
        "legal_hold": row.legal_hold if safeguarding else None,
        "written_by": row.holder_id if safeguarding else None,
    }


def _text_state(row: ContactNote) -> TextState:
    if row.text_purged_at is not None:
        return TextState.PURGED
    return TextState.KEPT if row.has_text else TextState.NONE
