"""Contact notes on the wire."""

from typing import Any, ClassVar

from marshmallow import fields

from schemas.base import Out, PageQuery, Query, WireSchema
from schemas.fields import Day, Flag, Id, Many, Nested, Text, Word
from schemas.problem import FaultOut
from schemas.vocabulary import (
    Depth,
    Familiarity,
    InfoGiven,
    ReadPurpose,
    Stage,
    TextState,
    Topic,
)

NOTE_TEXT = 280
_NOTE_ID = "6f1d2c3b-4a59-4e68-9b7a-8c9d0e1f2a3b"
_VISIT_ID = "019ab1de-6f00-7c4e-8f6e-0f5e2b7a9c10"


class NoteIn(WireSchema):
    """One contact, in coded words; the text is for what they can't say, and never for who it was."""

    visit_id = Id(required=True)
    familiarity = Word(Familiarity, load_default=Familiarity.UNKNOWN)
    depth = Word(Depth, required=True)
    stages = Many(Word(Stage), 8, unique=True, load_default=list)
    topics = Many(Word(Topic), 13, unique=True, load_default=list)
    info_given = Many(Word(InfoGiven), 5, unique=True, load_default=list)
    first_connection = Flag(
        load_default=None,
        allow_none=True,
        metadata={"description": "First time connected to any support; only if it was told freely."},
    )
    text = Text(
        NOTE_TEXT,
        lines=True,
        load_default=None,
        allow_none=True,
        metadata={
            "description": "Sealed at once and never answered; no names, addresses, phones or schools."
        },
    )
    safety_concern = Flag(load_default=False)
    about_staff = Flag(
        load_default=False,
        metadata={"description": "The concern is about one of us: only safeguarding sees this note."},
    )

    example: ClassVar = {
        "visit_id": _VISIT_ID,
        "familiarity": "new",
        "depth": "listening",
        "stages": ["infant"],
        "topics": ["childcare", "isolation"],
        "info_given": ["leaflet"],
        "first_connection": True,
        "text": "上の子の夜泣きで眠れないとのこと。広場の日程を渡した。",
    }


class NoteOut(Out):
    """The coded fields. The text is never among them."""

    id = Id()
    visit_id = Id()
    local_day = Day()
    familiarity = Word(Familiarity)
    depth = Word(Depth)
    stages = Many(Word(Stage), 8)
    topics = Many(Word(Topic), 13)
    info_given = Many(Word(InfoGiven), 5)
    first_connection = Flag(allow_none=True)
    safety_concern = Flag()
    text_state = Word(TextState, metadata={"description": "Whether there is a text, and if it was purged."})
    legal_hold = Flag(allow_none=True, metadata={"description": "Null for roles that don't need it."})
    written_by = Id(allow_none=True, metadata={"description": "Device or person; for safeguarding only."})

    example: ClassVar[Any] = {
        "id": _NOTE_ID,
        "visit_id": _VISIT_ID,
        "local_day": "2026-11-28",
        "familiarity": "new",
        "depth": "listening",
        "stages": ["infant"],
        "topics": ["childcare", "isolation"],
        "info_given": ["leaflet"],
        "first_connection": True,
        "safety_concern": False,
        "text_state": "kept",
        "legal_hold": None,
        "written_by": None,
    }


class NoteWrittenOut(NoteOut):
    warnings = fields.List(
        Nested(FaultOut),
        metadata={"description": "What in the text looks like personal data; the match itself is not told."},
    )

    example: ClassVar[Any] = {
        **NoteOut.example,
        "warnings": [
            {
                "path": "/text",
                "code": "personal_data_phone",
                "detail": "電話番号のようなものが入っています。消せないか見てください。",
            }
        ],
    }


class NoteQuery(PageQuery):
    from_day = Day(load_default=None)
    to_day = Day(load_default=None)
    visit_id = Id(load_default=None)
    depth = Word(Depth, load_default=None)
    topic = Word(Topic, load_default=None)
    stage = Word(Stage, load_default=None)


class TextQuery(Query):
    purpose = Word(
        ReadPurpose,
        load_default=None,
        metadata={"description": "Why; kept for the audit. Crew read back only, and may leave it out."},
    )


class NoteTextOut(Out):
    note_id = Id()
    text = Text(NOTE_TEXT, lines=True)
    purpose = Word(ReadPurpose)

    example: ClassVar = {
        "note_id": _NOTE_ID,
        "text": "上の子の夜泣きで眠れないとのこと。広場の日程を渡した。",
        "purpose": "referral",
    }


class NothingIn(WireSchema):
    """A change that says all by its name."""

    example: ClassVar[Any] = {}
