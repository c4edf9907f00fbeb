"""Who is told of closed, restated and released weeks by itself, on the wire: webhooks and e-mail."""

from typing import Any, ClassVar

from marshmallow import fields, validates_schema

from schemas.base import Out, WireSchema
from schemas.contact_fields import Email, WebhookAddress
from schemas.fields import Coded, Flag, Id, Instant, Many, Nested, Text, Week, Whole, Word
from schemas.problem import FaultOut
from schemas.vocabulary import DeliveryChannel, DeliveryEvent, ReportEvent, Tongue

_MOST_ADDRESSES = 10
_LABEL = {"description": "Whose it is, for the office."}
_URL = {
    "description": "https, at a public address. Signed as Standard Webhooks says: webhook-id (the same for each attempt), "
    "webhook-timestamp, webhook-signature `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`."
}
_EMAILS = {
    "description": "Each gets a mail of its own, with the week's report as a PDF, as a reporter sees it."
}


class SubscriptionIn(WireSchema):
    """Either `url` or `emails`."""

    label = Text(80, required=True, metadata=_LABEL)
    url = WebhookAddress(load_default=None, allow_none=True, metadata=_URL)
    emails = Many(Email(), _MOST_ADDRESSES, unique=True, load_default=None, allow_none=True, metadata=_EMAILS)
    events = Many(Word(ReportEvent), 3, fewest=1, unique=True, load_default=lambda: list(ReportEvent))
    language = Word(Tongue, load_default=Tongue.JA, metadata={"description": "Of mails."})

    example: ClassVar = {
        "label": "市の集計システム",
        "url": "https://receiver.example.org/outreach",
        "events": ["week.closed", "week.restated"],
    }

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if bool(data["url"]) == bool(data["emails"]):
            raise Coded("webhook_or_mail")


class SubscriptionChange(WireSchema):
    """Only what changes. A webhook stays a webhook, mail stays mail."""

    label = Text(80, metadata=_LABEL)
    url = WebhookAddress(metadata=_URL)
    emails = Many(Email(), _MOST_ADDRESSES, fewest=1, unique=True, metadata=_EMAILS)
    events = Many(Word(ReportEvent), 3, fewest=1, unique=True)
    language = Word(Tongue)
    active = Flag(metadata={"description": "false: it is told nothing until this is true again."})

    example: ClassVar = {"label": "市の集計システム（新）"}

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if not data:
            raise Coded("nothing_to_change")


class SubscriptionOut(Out):
    id = Id()
    version = Whole(1)
    created_at = Instant()
    label = Text(80)
    channel = Word(DeliveryChannel)
    url = Text(500, allow_none=True)
    emails = Many(fields.String(), _MOST_ADDRESSES)
    events = Many(Word(ReportEvent), 3)
    language = Word(Tongue)
    active = fields.Boolean()
    ended_at = Instant(allow_none=True)
    waiting = Whole(
        0, metadata={"description": "Deliveries under way, also those that are tried again later."}
    )
    failed = Whole(0, metadata={"description": "Deliveries that were given up; …/retry begins anew."})
    failing_since = Instant(
        allow_none=True, metadata={"description": "The first attempt in vain since the last that arrived."}
    )
    last_delivered_at = Instant(allow_none=True)
    old_secret_until = Instant(
        allow_none=True, metadata={"description": "Until then the secret before is signed with, too."}
    )
    secret = Text(60, allow_none=True, metadata={"description": "Shown when it is made, and never again."})
    warnings = Many(Nested(FaultOut), 20)

    example: ClassVar[Any] = {
        "id": "2f1b7a52-6c3d-4e8f-9a01-b2c3d4e5f608",
        "version": 1,
        "created_at": "2026-11-30T01:02:03Z",
        "channel": "webhook",
        "emails": [],
        "language": "ja",
        "active": True,
        "ended_at": None,
        "waiting": 0,
        "failed": 0,
        "failing_since": None,
        "last_delivered_at": None,
        "old_secret_until": None,
        "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=",
        "warnings": [],
        **SubscriptionIn.example,
    }


class AttemptOut(Out):
    """One attempt to tell somebody: how it ended, never what was sent or answered."""

    delivery_id = Id(metadata={"description": "The webhook-id; the same for each attempt."})
    event = Word(DeliveryEvent)
    week = Week(allow_none=True)
    version = Whole(1, allow_none=True)
    address = Text(200, allow_none=True, metadata={"description": "Of a mail; null once it is erased."})
    number = Whole(1)
    at = Instant()
    delivered = fields.Boolean()
    code = Text(
        40,
        allow_none=True,
        metadata={
            "description": "What kept it from arriving: unreachable, timeout, tls_failed, address_refused (a private one), "
            "redirected, not_taken (see http_status), gone (410: it is told no more), not_active, no_keys, fault (ours), mail_…"
        },
    )
    http_status = Whole(100, 999, allow_none=True)
    milliseconds = Whole(0)
    again_at = Instant(allow_none=True, metadata={"description": "When it is tried again; null: it isn't."})

    example: ClassVar[Any] = {
        "delivery_id": "6d0b7a52-6c3d-5e8f-9a01-b2c3d4e5f609",
        "event": "week.closed",
        "week": "2026-W47",
        "version": 1,
        "address": None,
        "number": 1,
        "at": "2026-11-30T01:02:04Z",
        "delivered": False,
        "code": "not_taken",
        "http_status": 503,
        "milliseconds": 412,
        "again_at": "2026-11-30T01:02:34Z",
    }
