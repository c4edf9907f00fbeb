"""Destinations, referrals, their outcomes and consents on the wire."""

from typing import Any, ClassVar

from marshmallow import fields, validates_schema

from schemas.base import Out, PageQuery, WireSchema
from schemas.contact_fields import CaseReference, QrContent, Telephone, WebAddress
from schemas.fields import Coded, Day, Flag, Id, Instant, Nested, QueryFlag, Text, Whole, Word
from schemas.vocabulary import (
    ConsentBy,
    ConsentMethod,
    ConsentScope,
    DestinationKind,
    ReferralDirection,
    ReferralOutcome,
)

_DESTINATION_ID = "2b7d9c1e-5f3a-4e8b-9d6c-1a2b3c4d5e6f"
_REFERRAL_ID = "9e8d7c6b-5a49-4837-b625-140f3e2d1c0b"
_VISIT_ID = "019ab1de-6f00-7c4e-8f6e-0f5e2b7a9c10"


class DestinationFields(WireSchema):
    """What may be said about a destination; DestinationIn says what must be."""

    kana = Text(120, allow_none=True)
    name_en = Text(120, allow_none=True)
    how_to_join_en = Text(600, lines=True, allow_none=True)
    address = Text(200, allow_none=True)
    phone = Telephone(allow_none=True)
    url = WebAddress(allow_none=True)
    qr_text = QrContent(allow_none=True)
    hours = Text(200, allow_none=True)
    leaflet_stock = Whole(0, 100_000)


class DestinationIn(DestinationFields):
    kind = Word(DestinationKind, required=True)
    name = Text(120, required=True)
    how_to_join = Text(400, lines=True, required=True)

    example: ClassVar = {
        "kind": "line",
        "name": "つながるLINE",
        "kana": "つながるらいん",
        "name_en": "Tsunagaru LINE",
        "how_to_join": "QRを読みとって友だち追加。名前を書かなくても使えます。",
        "how_to_join_en": "Scan the QR code and add as a friend; no name is needed.",
        "url": "https://example.org/line",
        "qr_text": "https://example.org/line",
        "hours": "いつでも（返事は平日 10–16時）",
        "leaflet_stock": 120,
    }


class DestinationChange(DestinationFields):
    """Only what changes; active=false takes it off the phones."""

    kind = Word(DestinationKind)
    name = Text(120)
    how_to_join = Text(400, lines=True)
    active = Flag()

    example: ClassVar = {"leaflet_stock": 80, "hours": "平日 9–17時"}

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if not data:
            raise Coded("nothing_to_change")


class DestinationOut(Out):
    id = Id()
    version = Whole(1)
    kind = Word(DestinationKind)
    programme = Flag(metadata={"description": "One of the eight of まつどでつながるプロジェクト."})
    name = Text(120)
    kana = Text(120, allow_none=True)
    name_en = Text(120, allow_none=True)
    how_to_join = Text(400, lines=True)
    how_to_join_en = Text(600, lines=True, allow_none=True)
    address = Text(200, allow_none=True)
    phone = Text(24, allow_none=True)
    url = Text(300, allow_none=True)
    qr_text = Text(300, allow_none=True)
    hours = Text(200, allow_none=True)
    leaflet_stock = Whole(0)
    active = Flag()

    example: ClassVar = {
        **DestinationIn.example,
        "id": _DESTINATION_ID,
        "version": 1,
        "programme": True,
        "address": None,
        "phone": None,
        "active": True,
    }


class DestinationQuery(PageQuery):
    kind = Word(DestinationKind, load_default=None)
    active = QueryFlag(load_default=None)


class ConsentFields(WireSchema):
    """What was agreed, by whom and how. Who it was is not here."""

    scope = Word(ConsentScope, required=True)
    given_by = Word(ConsentBy, required=True)
    method = Word(ConsentMethod, required=True)
    at = Instant(required=True)


_CONSENT = {
    "scope": "hand_over",
    "given_by": "guardian",
    "method": "oral",
    "at": "2026-11-28T05:30:00Z",
}


class ConsentBody(ConsentFields):
    case_ref = CaseReference(load_default=None, allow_none=True)

    example: ClassVar = {**_CONSENT, "case_ref": "BS-2026-0042"}


class ConsentIn(ConsentBody):
    referral_id = Id(required=True)

    example: ClassVar = {**ConsentBody.example, "referral_id": _REFERRAL_ID}


class ConsentOut(Out):
    scope = Word(ConsentScope)
    given_by = Word(ConsentBy)
    method = Word(ConsentMethod)
    at = Instant()
    withdrawn_at = Instant(allow_none=True)


class ConsentBriefOut(Out):
    """What phones hold of a consent that stands; gone as soon as it is withdrawn."""

    id = Id(metadata={"description": "The referral's."})
    visit_id = Id()
    local_day = Day()
    destination_id = Id()
    scope = Word(ConsentScope)
    given_by = Word(ConsentBy)
    method = Word(ConsentMethod)
    at = Instant()

    example: ClassVar = {
        "id": _REFERRAL_ID,
        "visit_id": _VISIT_ID,
        "local_day": "2026-11-28",
        "destination_id": _DESTINATION_ID,
        **_CONSENT,
    }


class ReferralIn(WireSchema):
    visit_id = Id(required=True)
    destination_id = Id(required=True)
    direction = Word(ReferralDirection, load_default=ReferralDirection.OUT)
    note_id = Id(load_default=None, allow_none=True)
    case_ref = CaseReference(
        load_default=None,
        allow_none=True,
        metadata={"description": "Only to accompany, and only with consent. Safeguarding alone sees it."},
    )
    consent = Nested(ConsentFields, load_default=None, allow_none=True)

    example: ClassVar = {"visit_id": _VISIT_ID, "destination_id": _DESTINATION_ID, "direction": "out"}


class OutcomeFields(WireSchema):
    outcome = Word(ReferralOutcome, required=True)
    local_day = Day(required=True, metadata={"description": "The day on which it was so."})


class OutcomeBody(OutcomeFields):
    example: ClassVar = {"outcome": "connected", "local_day": "2026-12-05"}


class OutcomeIn(OutcomeFields):
    referral_id = Id(required=True)

    example: ClassVar = {**OutcomeBody.example, "referral_id": _REFERRAL_ID}


class OutcomeOut(Out):
    id = Id()
    outcome = Word(ReferralOutcome)
    local_day = Day()


class ReferralOut(Out):
    id = Id()
    visit_id = Id()
    local_day = Day()
    direction = Word(ReferralDirection)
    destination_id = Id()
    destination_kind = Word(DestinationKind)
    note_id = Id(allow_none=True)
    case_ref = Text(24, allow_none=True, metadata={"description": "Null but for safeguarding."})
    consent = Nested(ConsentOut, allow_none=True, metadata={"description": "The latest."})
    outcome = Word(
        ReferralOutcome,
        allow_none=True,
        metadata={"description": "The one of the latest day, last received."},
    )
    outcomes = fields.List(Nested(OutcomeOut), metadata={"description": "All of them, by day."})

    example: ClassVar = {
        "id": _REFERRAL_ID,
        "visit_id": _VISIT_ID,
        "local_day": "2026-11-28",
        "direction": "out",
        "destination_id": _DESTINATION_ID,
        "destination_kind": "line",
        "note_id": None,
        "case_ref": None,
        "consent": None,
        "outcome": "offered",
        "outcomes": [
            {"id": "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", "outcome": "offered", "local_day": "2026-11-28"}
        ],
    }


class ReferralQuery(PageQuery):
    from_day = Day(load_default=None)
    to_day = Day(load_default=None)
    visit_id = Id(load_default=None)
    destination_id = Id(load_default=None)
    direction = Word(ReferralDirection, load_default=None)
    outcome = Word(ReferralOutcome, load_default=None, metadata={"description": "The current one."})
