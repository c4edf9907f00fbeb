"""Pairing, phones, revocations and the rotation of tokens on the wire."""

from typing import Any, ClassVar

from marshmallow import fields, validates_schema

from schemas.base import Out, PageQuery, WireSchema
from schemas.fields import Coded, Day, Flag, Id, Instant, Text, Whole, Word
from schemas.vocabulary import DeviceState, PairingState, RevocationReason, Role

_VAN = "7d9f1f8e-2b5e-4c0c-8c9d-0f1e2d3c4b5a"
_DEVICE = "c0a9e3b4-1a52-4a0e-9a5b-6a1d2f3e4b5c"
_TOKEN = "okk_1a2b3c4d5e6f_" + "x" * 43  # the form alone: this one opens nothing
_PAIRING = "5b7e2f10-3c4d-4e5f-8a6b-7c8d9e0f1a2b"


class PairingIn(WireSchema):
    """Who may come in: a new phone of a van, a phone that was paired before, or a person of the office."""

    van_id = Id(load_default=None, metadata={"description": "A new phone of this van's crew."})
    device_id = Id(
        load_default=None, metadata={"description": "The same phone again: its token was lost or has ended."}
    )
    person_id = Id(
        load_default=None,
        metadata={"description": "Somebody of the office, in their own role. For administrators."},
    )
    label = Text(60, load_default=None, metadata={"description": "Which phone it is (not whose): 車の電話1."})

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if sum(data[name] is not None for name in ("van_id", "device_id", "person_id")) != 1:
            raise Coded("one_of", names="van_id · device_id · person_id")

    example: ClassVar[Any] = {"van_id": _VAN, "label": "車の電話1"}


class PairingOut(Out):
    """The codes are in the answer that makes them, and nowhere else. A resend ends them and shows new ones."""

    id = Id()
    version = Whole(1)
    state = Word(PairingState)
    role = Word(Role)
    van_id = Id(allow_none=True)
    device_id = Id(allow_none=True)
    person_id = Id(allow_none=True)
    label = Text(60)
    expires_at = Instant()
    code = fields.String(
        allow_none=True, metadata={"description": "To read out and type: ten characters in groups."}
    )
    link = fields.String(
        allow_none=True,
        metadata={
            "description": "What the QR code holds; its secret stands after the #, which no server sees. "
            "Null too while the server has no address of its own (OUTREACH_PUBLIC_URL) and the request named none."
        },
    )
    qr_svg = fields.String(allow_none=True, metadata={"description": "The link as a picture (SVG)."})

    example: ClassVar[Any] = {
        "id": _PAIRING,
        "version": 1,
        "state": "open",
        "role": "crew",
        "van_id": _VAN,
        "device_id": None,
        "person_id": None,
        "label": "車の電話1",
        "expires_at": "2026-11-23T04:15:06Z",
        "code": "7K3-9MXA-2QR",
        "link": "https://outreach.example/pair#7K3" + "0" * 26,
        "qr_svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    }


class RedeemIn(WireSchema):
    code = Text(
        100,
        required=True,
        metadata={
            "description": "What was typed, in any width, case and grouping; or what stands after the # of the QR code."
        },
    )

    example: ClassVar[Any] = {"code": "7K3-9MXA-2QR"}


class TokenOut(Out):
    """The token is shown this once."""

    token = fields.String()
    holder_id = Id()
    label = Text(120)
    role = Word(Role)
    van_id = Id(allow_none=True)
    expires_at = Instant()
    idle_days = Whole(1, metadata={"description": "It also ends when nobody used it for so many days."})

    example: ClassVar[Any] = {
        "token": _TOKEN,
        "holder_id": _DEVICE,
        "label": "車の電話1",
        "role": "crew",
        "van_id": _VAN,
        "expires_at": "2027-11-23T04:05:06Z",
        "idle_days": 120,
    }


class RotateIn(WireSchema):
    """Nothing is asked."""

    example: ClassVar[Any] = {}


class RevocationIn(WireSchema):
    """End a phone, everything of a person, or all phones of a van, at once and on every worker."""

    device_id = Id(load_default=None)
    van_id = Id(load_default=None)
    person_id = Id(load_default=None, metadata={"description": "For administrators."})
    reason = Word(
        RevocationReason,
        required=True,
        metadata={
            "description": "stolen: nothing is taken any more. left: what was entered before is still taken for "
            "72 hours, apart from the rest, until the office lets it in."
        },
    )

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if sum(data[name] is not None for name in ("device_id", "van_id", "person_id")) != 1:
            raise Coded("one_of", names="device_id · van_id · person_id")

    example: ClassVar[Any] = {"device_id": _DEVICE, "reason": "stolen"}


class RevocationOut(Out):
    id = Id()
    version = Whole(1)
    device_id = Id(allow_none=True)
    van_id = Id(allow_none=True)
    person_id = Id(allow_none=True)
    reason = Word(RevocationReason)
    at = Instant()
    tokens_ended = Whole(0)
    takes_until = Instant(
        allow_none=True, metadata={"description": "Until when what was entered before is still taken."}
    )

    example: ClassVar[Any] = {
        "id": "8c9d0e1f-2a3b-4c5d-9e6f-7a8b9c0d1e2f",
        "version": 1,
        "device_id": _DEVICE,
        "van_id": None,
        "person_id": None,
        "reason": "stolen",
        "at": "2026-11-23T04:05:06Z",
        "tokens_ended": 1,
        "takes_until": None,
    }


class DeviceOut(Out):
    id = Id()
    version = Whole(1)
    label = Text(120)
    van_id = Id()
    active = Flag()
    state = Word(DeviceState)
    paired_at = Instant()
    last_used_day = Day(allow_none=True)
    expires_at = Instant(allow_none=True)
    takes_until = Instant(allow_none=True)
    quarantined = Whole(
        0, metadata={"description": "Records that came after it had left: POST …/quarantine lets them in."}
    )

    example: ClassVar[Any] = {
        "id": _DEVICE,
        "version": 1,
        "label": "車の電話1",
        "van_id": _VAN,
        "active": True,
        "state": "paired",
        "paired_at": "2026-11-23T04:05:06Z",
        "last_used_day": "2026-11-23",
        "expires_at": "2027-11-23T04:05:06Z",
        "takes_until": None,
        "quarantined": 0,
    }


class DeviceQuery(PageQuery):
    van_id = Id(load_default=None)
