"""People, shifts, the holder of a token and the audit on the wire."""

from typing import Any, ClassVar

from marshmallow import fields, validates_schema

from schemas.base import Out, PageQuery, WireSchema
from schemas.fields import Coded, Day, Flag, Id, Instant, LocalTime, Many, Nested, Text, Whole, Word
from schemas.vocabulary import AuditOutcome, Duty, HolderKind, Role


class MeOut(Out):
    holder_id = Id()
    holder = fields.String(metadata={"enum": ["person", "device"]})
    label = Text(120, allow_none=True)
    role = Word(Role)
    van_id = Id(allow_none=True)
    expires_at = Instant()

    example: ClassVar = {
        "holder_id": "c0a9e3b4-1a52-4a0e-9a5b-6a1d2f3e4b5c",
        "holder": "device",
        "label": "車の電話1",
        "role": "crew",
        "van_id": "7d9f1f8e-2b5e-4c0c-8c9d-0f1e2d3c4b5a",
        "expires_at": "2027-11-23T04:05:06Z",
    }


class PersonIn(WireSchema):
    name = Text(80, required=True)
    kana = Text(80, load_default=None)
    role = Word(Role, required=True)

    example: ClassVar = {"name": "スタッフA", "role": "crew"}


class PersonChange(WireSchema):
    """Only what changes. active=false erases the name; the id stays for the audit."""

    name = Text(80)
    kana = Text(80, allow_none=True)
    role = Word(Role)
    active = Flag()

    example: ClassVar = {"active": False}


class PersonOut(Out):
    id = Id()
    version = Whole(1)
    name = Text(80)
    kana = Text(80, allow_none=True)
    role = Word(Role)
    active = Flag()

    example: ClassVar = {
        "id": "1f0b7a52-6c3d-4e8f-9a01-b2c3d4e5f607",
        "version": 1,
        "name": "スタッフA",
        "kana": None,
        "role": "crew",
        "active": True,
    }


class ShiftMember(WireSchema):
    person_id = Id(required=True)
    duty = Word(Duty, required=True)


class ShiftIn(WireSchema):
    """Who is on the van on a day."""

    van_id = Id(required=True)
    local_day = Day(required=True)
    starts_at = LocalTime(required=True)
    ends_at = LocalTime(required=True)
    members = Many(Nested(ShiftMember), 20, required=True)

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data["ends_at"] <= data["starts_at"]:
            raise Coded("wrong_order")
        people = [member["person_id"] for member in data["members"]]
        if len(set(people)) != len(people):
            raise Coded("repeated")

    example: ClassVar = {
        "van_id": "7d9f1f8e-2b5e-4c0c-8c9d-0f1e2d3c4b5a",
        "local_day": "2026-11-28",
        "starts_at": "09:00",
        "ends_at": "16:30",
        "members": [{"person_id": "1f0b7a52-6c3d-4e8f-9a01-b2c3d4e5f607", "duty": "lead"}],
    }


class ShiftOut(Out):
    id = Id()
    version = Whole(1)
    van_id = Id()
    local_day = Day()
    starts_at = LocalTime()
    ends_at = LocalTime()
    members = Many(Nested(ShiftMember), 20)

    example: ClassVar = {
        "id": "2a3b4c5d-6e7f-4081-92a3-b4c5d6e7f809",
        "version": 1,
        **ShiftIn.example,
    }


class ShiftPinOut(Out):
    person_id = Id()
    name = Text(80)
    duty = Word(Duty)
    pin = fields.String()


class ShiftPinsOut(Out):
    """PINs of a day: tell each member their own."""

    shift_id = Id()
    local_day = Day()
    members = Many(Nested(ShiftPinOut), 20)

    example: ClassVar = {
        "shift_id": "2a3b4c5d-6e7f-4081-92a3-b4c5d6e7f809",
        "local_day": "2026-11-28",
        "members": [
            {
                "person_id": "1f0b7a52-6c3d-4e8f-9a01-b2c3d4e5f607",
                "name": "スタッフA",
                "duty": "lead",
                "pin": "5724",
            }
        ],
    }


class ShiftQuery(PageQuery):
    van_id = Id(load_default=None)
    from_day = Day(load_default=None)
    to_day = Day(load_default=None)


class AuditQuery(PageQuery):
    since = Instant(load_default=None)
    until = Instant(load_default=None, metadata={"description": "Before this moment."})
    action = Text(60, load_default=None)
    entity_kind = Text(40, load_default=None)
    entity_id = Id(load_default=None)
    holder_id = Id(
        load_default=None, metadata={"description": "A device or person; also who held a shared phone."}
    )
    outcome = Word(AuditOutcome, load_default=None)
    visit_id = Id(load_default=None, metadata={"description": "Whatever was done with it or with its notes."})
    stop_id = Id(load_default=None, metadata={"description": "The same of all visits at a stop."})


class AuditOut(Out):
    seq = Whole(1)
    at = Instant()
    holder_id = Id(allow_none=True)
    holder = Word(HolderKind, allow_none=True)
    label = Text(
        120,
        allow_none=True,
        metadata={"description": "The device's label or the person's name, if still there."},
    )
    role = Word(Role, allow_none=True)
    action = fields.String()
    entity_kind = fields.String()
    entity_id = Id(allow_none=True)
    purpose = fields.String(allow_none=True)
    outcome = fields.String()
    acting_id = Id(
        allow_none=True, metadata={"description": "Who held the shared phone, if a PIN of the shift told."}
    )
    acting_label = Text(120, allow_none=True)
    visit_id = Id(allow_none=True, metadata={"description": "Of a note, letter or visit."})
    stop_id = Id(allow_none=True)
    local_day = Day(allow_none=True)

    example: ClassVar = {
        "seq": 12,
        "at": "2026-11-23T04:05:06Z",
        "holder_id": "1f0b7a52-6c3d-4e8f-9a01-b2c3d4e5f607",
        "holder": "person",
        "label": "スタッフA",
        "role": "safeguarding",
        "action": "readNoteText",
        "entity_kind": "note",
        "entity_id": "9b2f6f0e-4b0e-4c53-8f54-0f4e9f7d2c31",
        "purpose": "safeguarding",
        "outcome": "allowed",
        "acting_id": None,
        "acting_label": None,
        "visit_id": "019ab1de-6f00-7c4e-8f6e-0f5e2b7a9c10",
        "stop_id": "5d3c1b2a-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
        "local_day": "2026-11-21",
    }
