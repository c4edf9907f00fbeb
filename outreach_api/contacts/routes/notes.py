"""/v1/contact-notes: coded fields to those who plan, the text to safeguarding, each opening with its purpose."""

from __future__ import annotations

import uuid
from typing import Any

from outreach_api.contacts import operations
from outreach_api.contacts.reads import notes, texts
from outreach_api.storage.contacts import ContactNote
from outreach_api.web.blueprint import Blueprint
from outreach_api.web.listing import page
from outreach_api.web.resource import Change, Resource, actor, work
from schemas import contacts as wire
from schemas.base import page_of
from schemas.vocabulary import Role

blp = Blueprint(
    "contact notes", __name__, url_prefix="/v1", description="気づきメモ · light notes of contacts"
)

READERS = frozenset({Role.CREW, Role.COORDINATOR, Role.SAFEGUARDING})


@blp.route("/contact-notes")
class Notes(Resource):
    @blp.reads(page_of(wire.NoteOut), READERS, name="findNotes", query=wire.NoteQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """Coded fields of notes, newest visit first; crew see their own van's."""
        return page(
            notes.matching(actor(), query),
            query,
            [ContactNote.local_day, ContactNote.id],
            lambda rows: [notes.note_view(actor(), row) for row in rows],
            descending=True,
        )

    @blp.changes(
        operations.WRITE_NOTE,
        wire.NoteWrittenOut,
        links={"getNote": {"note_id": "$response.body#/id"}},
    )
    def post(self, change: Change) -> Any:
        """Write a note. What looks like personal data in its text is warned about; the sender decides."""
        return change.perform(notes.written_note)


@blp.route("/contact-notes/<uuid:note_id>")
class OneNote(Resource):
    @blp.reads(wire.NoteOut, READERS, name="getNote")
    def get(self, note_id: uuid.UUID) -> Any:
        """The coded fields of one note."""
        here = work()
        return notes.note(here.session, here.actor, note_id)


@blp.route("/contact-notes/<uuid:note_id>/text")
class NoteText(Resource):
    @blp.reads(
        wire.NoteTextOut,
        {Role.CREW, Role.SAFEGUARDING},
        name=texts.ACTION,
        query=wire.TextQuery,
        audited=True,
        opens_text=True,
        errors=[410],
    )
    def get(self, query: dict[str, Any], note_id: uuid.UUID) -> Any:
        """Open a note's text. Every attempt is recorded with its purpose before anything is shown."""
        here = work()
        return texts.note_text(
            here.session,
            here.actor,
            note_id,
            purpose=query["purpose"],
            now=here.now,
            readback_hours=here.settings.readback_hours,
            keyring=here.keyring,
        )


@blp.route("/contact-notes/<uuid:note_id>/hold")
class NoteHold(Resource):
    @blp.changes(operations.HOLD_NOTE, wire.NoteOut, status=200)
    def post(self, change: Change, note_id: uuid.UUID) -> Any:
        """Keep a text beyond its time (legal hold)."""
        return change.of(note_id).perform(notes.note)


@blp.route("/contact-notes/<uuid:note_id>/release-hold")
class NoteRelease(Resource):
    @blp.changes(operations.RELEASE_NOTE, wire.NoteOut, status=200)
    def post(self, change: Change, note_id: uuid.UUID) -> Any:
        """End a legal hold; the text is purged when its time has come."""
        return change.of(note_id).perform(notes.note)


@blp.route("/contact-notes/<uuid:note_id>/erase-text")
class NoteErasure(Resource):
    @blp.changes(operations.ERASE_TEXT, wire.NoteOut, status=200)
    def post(self, change: Change, note_id: uuid.UUID) -> Any:
        """Erase a text because somebody asked for it; coded fields stay."""
        return change.of(note_id).perform(notes.note)
