"""Opens payloads that a phone sealed to our public key, so that it could not read them again itself."""

from __future__ import annotations

import base64
import binascii
from typing import Any, NamedTuple

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.ledger.kinds import Operation
from outreach_api.storage.keyring import AnotherKey, Keyring
from outreach_api.storage.master_key import CannotOpen
from outreach_api.web.json_body import NotJson, read_json

LONGEST_SEALED = 100_000
"""Characters."""


class Sealed(NamedTuple):
    """A payload that has not been opened yet: base64url of a key id and an HPKE ciphertext."""

    text: str


_ANOTHER_KEY = Refusal("sealed_for_another_key", 422, passing=True)
_UNREADABLE = Refusal("sealed_unreadable", 422, {}, (Problem("/sealed", "sealed_unreadable"),))


def opened(keyring: Keyring, sealed: Sealed, operation: Operation) -> dict[str, Any] | Refusal:
    """The payload, or why it stays shut. A key that is not ours may be put back: then it waits."""
    padding = "=" * (-len(sealed.text) % 4)
    try:
        raw = base64.urlsafe_b64decode(sealed.text + padding)
        payload = read_json(keyring.open_sent(raw, _bound_to(operation)))
    except AnotherKey:
        return _ANOTHER_KEY
    except (CannotOpen, NotJson, binascii.Error):
        return _UNREADABLE
    return payload if isinstance(payload, dict) else _UNREADABLE


def _bound_to(operation: Operation) -> bytes:
    """Its ids and its kind: under another one, refusals would tell a thief of the phone what stands in it."""
    return operation.op_id.bytes + operation.entity_id.bytes + operation.kind.encode()
