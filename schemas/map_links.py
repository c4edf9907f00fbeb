"""Links that open the map in a browser, on the wire."""

from typing import Any, ClassVar

from marshmallow import fields

from schemas.base import Out, WireSchema
from schemas.fields import Id, Instant, Whole, Word
from schemas.vocabulary import PairingState


class MapLinkIn(WireSchema):
    """Nothing is asked: the map shows what the token shows that asks for the link."""

    example: ClassVar[Any] = {}


class MapLinkOut(Out):
    """The link is in the answer that makes it, and nowhere else. A resend ends it and shows a new one."""

    id = Id()
    version = Whole(1)
    state = Word(PairingState)
    expires_at = Instant(metadata={"description": "Until then it opens the map, once."})
    link = fields.String(
        allow_none=True,
        metadata={
            "description": "To open in a browser; its secret stands after the #, which no server sees. "
            "Null too while the server has no address of its own (OUTREACH_PUBLIC_URL) and the request named none."
        },
    )
    qr_svg = fields.String(allow_none=True, metadata={"description": "The link as a picture (SVG)."})

    example: ClassVar[Any] = {
        "id": "6d8f2c1e-4b5a-4c6d-9e7f-8a9b0c1d2e3f",
        "version": 1,
        "state": "open",
        "expires_at": "2026-11-23T04:15:06Z",
        "link": "https://outreach.example/map#7K3" + "0" * 26,
        "qr_svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    }


class SignOutIn(WireSchema):
    """Nothing is asked."""

    example: ClassVar[Any] = {}


class SignedOutOut(Out):
    at = Instant()

    example: ClassVar[Any] = {"at": "2026-11-23T09:00:00Z"}
