"""What a phone must know by itself on an offline day: what to warn of, how much it may send, what to seal with."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import orjson

from outreach_api.messages import Language, say
from outreach_api.settings import Settings
from outreach_api.storage.keyring import SEALED_INFO, Keyring
from outreach_api.sync.coarse_patterns import COARSE_PATTERNS
from schemas.contacts import NOTE_TEXT
from schemas.sync import MOST_OPERATIONS


def phone_rules(settings: Settings, keyring: Keyring, language: Language) -> dict[str, Any]:
    warnings = [
        {
            "code": f"personal_data_{coarse.kind}",
            "pattern": coarse.pattern,
            "unless": coarse.unless,
            "detail": say(f"personal_data_{coarse.kind}", language),
        }
        for coarse in COARSE_PATTERNS
    ]
    return {
        "seal": {
            "key_id": keyring.public_key_id.hex(),
            "public_key": base64.urlsafe_b64encode(keyring.public_key).rstrip(b"=").decode(),
            "info": SEALED_INFO.decode(),
        },
        "warnings": warnings,
        "note_text_longest": NOTE_TEXT,
        "till_tolerance_yen": settings.till_tolerance_yen,
        "tax_rounding": settings.tax_rounding,
        "free_rule": settings.free_rule or None,
        "most_operations": MOST_OPERATIONS,
        "most_body_bytes": settings.max_body_bytes,
    }


def mark_of(rules: dict[str, Any]) -> str:
    """What a cursor remembers of the rules, to tell whether they changed."""
    return hashlib.blake2b(orjson.dumps(rules), digest_size=6).hexdigest()
