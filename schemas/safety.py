"""Safety concerns and the safety card on the wire."""

from typing import Any, ClassVar

from marshmallow import fields, validates_schema

from schemas.base import Out, PageQuery, WireSchema
from schemas.contact_fields import Email, Telephone
from schemas.fields import Coded, Day, Flag, Id, Instant, Many, Nested, Text, Whole, Word
from schemas.vocabulary import AlertRecipient, ConcernState

_NOTE_ID = "6f1d2c3b-4a59-4e68-9b7a-8c9d0e1f2a3b"
_VISIT_ID = "019ab1de-6f00-7c4e-8f6e-0f5e2b7a9c10"
_CONCERN_ID = "d1c2b3a4-9586-4776-a859-4a3b2c1d0e9f"


class NotificationFields(WireSchema):
    notified_to = Text(120, required=True, metadata={"description": "The office, such as 柏児童相談所."})
    notified_at = Instant(required=True)
    receipt_no = Text(60, load_default=None, allow_none=True)


class NotificationBody(NotificationFields):
    example: ClassVar = {
        "notified_to": "児童相談所（189）",
        "notified_at": "2026-11-28T07:10:00Z",
        "receipt_no": "2026-118",
    }


class NotificationIn(NotificationFields):
    concern_id = Id(required=True)

    example: ClassVar = {**NotificationBody.example, "concern_id": _CONCERN_ID}


class NotificationOut(Out):
    id = Id()
    notified_to = Text(120)
    notified_at = Instant()
    notified_by = Id()
    receipt_no = Text(60, allow_none=True)


class AlertOut(Out):
    recipient = Word(AlertRecipient)
    at = Instant()
    problem = fields.String(
        allow_none=True,
        metadata={"description": "Null: the mail server took it. Else a code of what went wrong."},
    )


class ConcernOut(Out):
    id = Id()
    version = Whole(1)
    state = Word(ConcernState)
    visit_id = Id()
    note_id = Id(allow_none=True)
    local_day = Day()
    flagged = Flag(metadata={"description": "False: listed because of topic violence or depth crisis."})
    about_staff = Flag()
    opened_at = Instant()
    acknowledged_at = Instant(allow_none=True)
    acknowledged_by = Id(allow_none=True)
    notifications = fields.List(Nested(NotificationOut))
    overdue = Flag(
        metadata={"description": "Nobody acknowledged it in the time after which others are alerted too."}
    )
    alerts = fields.List(
        Nested(AlertOut), metadata={"description": "The latest to each person, oldest first."}
    )
    alert_problem = fields.String(
        allow_none=True,
        metadata={"description": "Why nobody could be alerted at the last try; it is tried again."},
    )
    closed_at = Instant(allow_none=True)
    closed_by = Id(allow_none=True)

    example: ClassVar = {
        "id": _CONCERN_ID,
        "version": 2,
        "state": "acknowledged",
        "visit_id": _VISIT_ID,
        "note_id": _NOTE_ID,
        "local_day": "2026-11-28",
        "flagged": True,
        "about_staff": False,
        "opened_at": "2026-11-28T05:40:00Z",
        "acknowledged_at": "2026-11-28T06:01:00Z",
        "acknowledged_by": "c0a9e3b4-1a52-4a0e-9a5b-6a1d2f3e4b5c",
        "notifications": [],
        "overdue": False,
        "alerts": [{"recipient": "lead", "at": "2026-11-28T05:40:03Z", "problem": None}],
        "alert_problem": None,
        "closed_at": None,
        "closed_by": None,
    }


class ConcernQuery(PageQuery):
    state = Word(ConcernState, load_default=None)


class ProblemLine(Out):
    code = fields.String()
    detail = fields.String()


class WaitingOut(Out):
    """What waits for safeguarding, and what keeps people from being alerted."""

    unacknowledged = Whole(0)
    overdue = Whole(
        0, metadata={"description": "Of those, for longer than it takes until others are alerted."}
    )
    unclosed = Whole(0)
    urgent_letters = Whole(0, metadata={"description": "In the dead-letter list, and not settled."})
    waiting_since = Instant(
        allow_none=True, metadata={"description": "The oldest that nobody acknowledged or settled."}
    )
    problems = fields.List(
        Nested(ProblemLine), metadata={"description": "Empty when everybody can be alerted who should be."}
    )

    example: ClassVar = {
        "unacknowledged": 1,
        "overdue": 1,
        "unclosed": 3,
        "urgent_letters": 0,
        "waiting_since": "2026-11-28T05:40:00Z",
        "problems": [
            {
                "code": "no_deputy_address",
                "detail": "副責任者のお知らせ先アドレスがありません（PATCH /v1/alert-addresses）。",
            }
        ],
    }


_ADDRESSES: dict[str, Any] = {
    "lead_email": "lead@example.org",
    "deputy_email": "deputy@example.org",
    "outside_email": "outside@example.com",
}


class AlertAddressesChange(WireSchema):
    """Only what changes."""

    lead_email = Email(allow_none=True)
    deputy_email = Email(allow_none=True)
    outside_email = Email(
        allow_none=True, metadata={"description": "Who alone is alerted of a concern about one of us."}
    )

    example: ClassVar = _ADDRESSES

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if not data:
            raise Coded("nothing_to_change")


class AlertAddressesOut(Out):
    """Where people are alerted; apart from the safety card, because phones hold that."""

    id = Id()
    version = Whole(0, metadata={"description": "0 until somebody filled it in."})
    lead_email = Text(200, allow_none=True)
    deputy_email = Text(200, allow_none=True)
    outside_email = Text(200, allow_none=True)

    example: ClassVar = {"id": "2fba1f25-b028-5598-9c15-d16bc30d44b5", "version": 1, **_ADDRESSES}


class Desk(WireSchema):
    """A desk of the city or prefecture, with its hours as they are announced."""

    name = Text(80, required=True)
    phone = Telephone(required=True)
    hours = Text(120, required=True)


_CARD: dict[str, Any] = {
    "steps": "①子どもの安全を先に ②命の危険は110・119 ③189に電話 ④責任者に連絡。問い詰めない、約束しない。",
    "steps_en": "Make the child safe first. Danger to life: 110 or 119. Then 189, then the lead. Don't question.",
    "city_desks": [{"name": "子ども家庭相談", "phone": "047-000-0000", "hours": "平日 8:30–17:00"}],
    "lead_name": "担当A",
    "lead_phone": "090-0000-0000",
    "deputy_name": "担当B",
    "deputy_phone": "090-0000-0001",
    "outside_name": "外部相談員",
    "outside_phone": "090-0000-0002",
}


class SafetyCardChange(WireSchema):
    """Only what changes."""

    steps = Text(800, lines=True)
    steps_en = Text(1_200, lines=True, allow_none=True)
    city_desks = Many(Nested(Desk), 20)
    lead_name = Text(60, allow_none=True)
    lead_phone = Telephone(allow_none=True)
    deputy_name = Text(60, allow_none=True)
    deputy_phone = Telephone(allow_none=True)
    outside_name = Text(60, allow_none=True, metadata={"description": "For a concern about one of us."})
    outside_phone = Telephone(allow_none=True)

    example: ClassVar = _CARD

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if not data:
            raise Coded("nothing_to_change")


class EmergencyNumberOut(Out):
    phone = Text(20)
    name = Text(80)
    name_en = Text(80)


class SafetyCardOut(Out):
    """What to do now and whom to call."""

    id = Id()
    version = Whole(0, metadata={"description": "0 until somebody filled it in."})
    emergency = fields.List(Nested(EmergencyNumberOut))
    steps = Text(800, lines=True)
    steps_en = Text(1_200, lines=True, allow_none=True)
    city_desks = fields.List(Nested(Desk))
    lead_name = Text(60, allow_none=True)
    lead_phone = Text(24, allow_none=True)
    deputy_name = Text(60, allow_none=True)
    deputy_phone = Text(24, allow_none=True)
    outside_name = Text(60, allow_none=True)
    outside_phone = Text(24, allow_none=True)

    example: ClassVar = {
        "id": "efe96eb1-59bc-5fa2-9f38-4c78071e18ee",
        "version": 1,
        "emergency": [{"phone": "110", "name": "警察", "name_en": "Police"}],
        **_CARD,
    }
