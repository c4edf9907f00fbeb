"""What a phone must know by itself on an offline day: what to warn of, how much it may send, what to seal with."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import orjson

from outreach_api.kernel.personal_data import PersonalData
from outreach_api.messages import Language, say
from outreach_api.settings import Settings
from outreach_api.storage.keyring import SEALED_INFO, Keyring
from schemas.contacts import NOTE_TEXT
from schemas.sync import MOST_OPERATIONS

COARSE_PATTERNS: dict[PersonalData, str] = {
    PersonalData.PHONE: r"0[0-9]{1,4}[-ー・ ]?[0-9]{1,4}[-ー・ ]?[0-9]{3,4}",
    PersonalData.EMAIL: r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+",
    PersonalData.POSTAL_CODE: r"〒|[0-9]{3}-[0-9]{4}",
    PersonalData.ADDRESS: r"[0-9０-９一二三四五六七八九十]+(丁目|番地)",
    PersonalData.NAME: r"[一-龥々ァ-ヺー]{1,6}(さん|くん|ちゃん|様|君)",
    PersonalData.SCHOOL: r"[一-龥々ァ-ヺぁ-ゖ]{1,8}(小学校|中学校|高校|保育園|幼稚園)",
    PersonalData.LINE_ID: r"(LINE|Line|line|ライン)[^一-龥ぁ-ゖ]{0,6}[A-Za-z0-9._-]{4,}",
}
"""For phones without a network: regular expressions that any language reads. The server looks closer."""


def phone_rules(settings: Settings, keyring: Keyring, language: Language) -> dict[str, Any]:
    warnings = [
        {
            "code": f"personal_data_{kind.value}",
            "pattern": pattern,
            "detail": say(f"personal_data_{kind.value}", language),
        }
        for kind, pattern in COARSE_PATTERNS.items()
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
        "most_operations": MOST_OPERATIONS,
        "most_body_bytes": settings.max_body_bytes,
    }


def mark_of(rules: dict[str, Any]) -> str:
    """What a cursor remembers of the rules, to tell whether they changed."""
    return hashlib.blake2b(orjson.dumps(rules), digest_size=6).hexdigest()
