"""The dead-letter list on the wire: what a push brought and could not be taken in."""

from typing import Any, ClassVar

from marshmallow import fields

from schemas.base import Out, PageQuery, Query, WireSchema
from schemas.fields import Flag, Id, Instant, Word
from schemas.vocabulary import ReadPurpose, RejectionState, Settlement, TextState

_ID = "4e1c9d7a-52b3-5f60-8a1d-9c2e3f4a5b6c"


class RejectionOut(Out):
    """Kind, time and code of an operation. Its content is never among them."""

    id = Id()
    state = Word(RejectionState)
    kind = fields.String(allow_none=True, metadata={"description": "Null when it is no kind that we know."})
    code = fields.String()
    detail = fields.String()
    fix = fields.String()
    op_id = Id(allow_none=True)
    van_id = Id(allow_none=True)
    sent_by = fields.String(allow_none=True, metadata={"description": "The device's label."})
    received_at = Instant()
    occurred_at = Instant(allow_none=True, metadata={"description": "By the phone's clock."})
    urgent = Flag(
        metadata={
            "description": "It may be about a child's safety: open it first. Only safeguarding settles it."
        }
    )
    content_state = Word(TextState)
    settled_at = Instant(allow_none=True)
    settlement = Word(Settlement, allow_none=True)

    example: ClassVar[Any] = {
        "id": _ID,
        "state": "open",
        "kind": "note.write",
        "code": "invalid",
        "detail": "入力に誤りがあります。",
        "fix": "誤りのある項目を直して、新しい記録として送ってください。",
        "op_id": "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
        "van_id": "7d9f1f8e-2b5e-4c0c-8c9d-0f1e2d3c4b5a",
        "sent_by": "1号車の電話",
        "received_at": "2026-11-28T06:40:01Z",
        "occurred_at": "2026-11-28T02:10:00Z",
        "urgent": True,
        "content_state": "kept",
        "settled_at": None,
        "settlement": None,
    }


class RejectionQuery(PageQuery):
    state = Word(RejectionState, load_default=None)
    van_id = Id(load_default=None)


class ContentQuery(Query):
    purpose = Word(
        ReadPurpose,
        load_default=None,
        metadata={"description": "Why; kept for the audit before it is shown."},
    )


class RejectionContentOut(Out):
    """The operation as it was sent."""

    rejection_id = Id()
    content = fields.Raw(metadata={"description": "JSON of any form: it may have been malformed."})
    purpose = Word(ReadPurpose)

    example: ClassVar[Any] = {
        "rejection_id": _ID,
        "content": {
            "op_id": "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
            "kind": "note.write",
            "v": 1,
            "entity_id": "6f1d2c3b-4a59-4e68-9b7a-8c9d0e1f2a3b",
            "occurred_at": "2026-11-28T02:10:00Z",
            "payload": {"visit_id": "3f0d2c4b-1a59-5e68-b7c6-d5e4f3a2b1c0", "depth": "crises"},
        },
        "purpose": "safeguarding",
    }


class SettleIn(WireSchema):
    """What became of it. The phone then hears that it need not send it any more."""

    settlement = Word(Settlement, required=True)

    example: ClassVar[Any] = {"settlement": "entered"}
