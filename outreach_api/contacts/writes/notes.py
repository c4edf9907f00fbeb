"""Writes contact notes in bulk: coded fields, sealed text, totals of the visit, and a concern where one is due."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from outreach_api.contacts.escalation import Audience, Subject
from outreach_api.contacts.rules import opens_concern, personal_data_in
from outreach_api.contacts.writes.alarms import raise_alarms
from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.ids import new_id
from outreach_api.ledger import measures
from outreach_api.ledger.kinds import Accepted, Actor, Applied, Tally, Warn, Work
from outreach_api.ledger.visit_facts import VISIT_UNKNOWN, VisitFrame, fact_columns, frames, of_own_van
from outreach_api.storage import bulk, sealed_values
from outreach_api.storage.contacts import ContactNote, SafetyConcern
from schemas.vocabulary import Role, Stage

NOTE_UNKNOWN = Refusal("note_unknown", 404, {}, (Problem("/note_id", "note_unknown"),), passing=True)


def write_notes(work: Work, operations: Sequence[Accepted]) -> list[Applied | Refusal]:
    visits = frames(work, (accepted.values["visit_id"] for accepted in operations))
    said = [accepted.entity_id for accepted in operations if accepted.values["text"] is not None]
    erased = sealed_values.barred(work.keyring, ContactNote, said)
    notes: list[dict[str, Any]] = []
    concerns: list[dict[str, Any]] = []
    answers: list[Applied | Refusal] = []
    for accepted in operations:
        frame = visits.get(accepted.values["visit_id"])
        if frame is None:
            answers.append(VISIT_UNKNOWN)
            continue
        given = {**accepted.values, "stages": accepted.values["stages"] or [Stage.UNKNOWN]}
        text = given.pop("text")
        gone = accepted.entity_id in erased
        notes.append(_note_row(work, accepted, frame, given, None if gone else text, gone=gone))
        if opens_concern(
            flagged=given["safety_concern"],
            about_staff=given["about_staff"],
            depth=given["depth"],
            topics=given["topics"],
        ):
            concerns.append(_concern_row(work, accepted, frame, given))
        answers.append(
            Applied(
                accepted.entity_id,
                tallies=_tallies(frame.id, given),
                warnings=_warnings(text, gone=gone),
            )
        )
    if notes:
        bulk.append(work.session, ContactNote, notes)
    if concerns:
        bulk.append(work.session, SafetyConcern, concerns)
        raised = ((row["id"], Audience.OUTSIDE if row["about_staff"] else Audience.TEAM) for row in concerns)
        raise_alarms(work.session, Subject.CONCERN, raised, work.now)
    return answers


def notes_in_reach(work: Work, note_ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these notes a referral or follow-up of this actor may name."""
    if not note_ids:
        return set()
    select = sa.select(ContactNote.id).where(ContactNote.id.in_(note_ids), in_reach(work.actor))
    return set(work.session.scalars(select))


def in_reach(actor: Actor) -> sa.ColumnElement[bool]:
    """Of a note, that this actor may know of it: of the own van, and about staff only if they said it themselves."""
    reached = of_own_van(actor, ContactNote.visit_id)
    if actor.role is Role.SAFEGUARDING:
        return reached
    own_words = sa.or_(ContactNote.about_staff.is_(False), ContactNote.holder_id == actor.holder_id)
    return sa.and_(reached, own_words)


def _warnings(text: str | None, *, gone: bool) -> tuple[Warn, ...]:
    """`gone`: its text was erased when it was not here (yet, or any more), so only its coded fields come."""
    if gone:
        return (Warn("text_was_erased", "/text"),)
    return tuple(Warn(p.code, p.path) for p in personal_data_in(text, "/text"))


def _note_row(
    work: Work,
    accepted: Accepted,
    frame: VisitFrame,
    given: dict[str, Any],
    text: str | None,
    *,
    gone: bool,
) -> dict[str, Any]:
    sealed = None
    if text is not None:
        sealed = work.keyring.seal(
            text, table="contact_notes", column="text_sealed", row=accepted.entity_id, at=work.now
        )
    return {
        **given,
        **fact_columns(work, accepted, frame),
        "holder_id": work.actor.holder_id,
        "text_sealed": sealed,
        "text_purged_at": work.now if gone else None,
        "legal_hold": False,
    }


def _concern_row(work: Work, accepted: Accepted, frame: VisitFrame, given: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": new_id(),
        "version": 1,
        "change_no": accepted.change_no,
        "created_at": work.now,
        "visit_id": frame.id,
        "note_id": accepted.entity_id,
        "flagged": given["safety_concern"] or given["about_staff"],
        "about_staff": given["about_staff"],
        "acknowledged_at": None,
        "acknowledged_by": None,
        "closed_at": None,
        "closed_by": None,
    }


def _tallies(visit_id: uuid.UUID, given: dict[str, Any]) -> tuple[Tally, ...]:
    """Concerns are not among them: they are never counted by stop.

    Nor is a note about staff: next to the notes that others see, a sum would tell that there is one more, and of what.
    """
    if given["about_staff"]:
        return ()
    counted = [(measures.CONTACTS, given["familiarity"]), (measures.CONTACTS_BY_DEPTH, given["depth"])]
    counted += [(measures.CONTACTS_BY_STAGE, stage) for stage in given["stages"]]
    counted += [(measures.CONTACTS_BY_TOPIC, topic) for topic in given["topics"]]
    if given["info_given"]:
        counted.append((measures.CONTACTS_INFORMED, ""))
    if given["first_connection"] is not None:
        counted.append((measures.FIRST_CONNECTIONS, "yes" if given["first_connection"] else "no"))
    return tuple(Tally(visit_id, measure, str(key), 1) for measure, key in counted)
