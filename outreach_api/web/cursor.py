"""Opaque, signed cursors: a client can't make one up, or use one list's cursor on another."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import Any

import orjson

_MAC_BYTES = 12


class BadCursor(ValueError):
    pass


def write_cursor(key: bytes, place: str, values: list[Any]) -> str:
    """A cursor for one place (a list's name and filters)."""
    body = orjson.dumps(values)
    return base64.urlsafe_b64encode(_mac(key, place, body) + body).rstrip(b"=").decode()


def read_cursor(key: bytes, place: str, cursor: str) -> list[Any]:
    """The values again. Raises BadCursor."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise BadCursor from None
    mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(key, place, body)):
        raise BadCursor
    values: list[Any] = orjson.loads(body)
    return values


def _mac(key: bytes, place: str, body: bytes) -> bytes:
    return hashlib.blake2b(place.encode() + b"\0" + body, key=key, digest_size=_MAC_BYTES).digest()
