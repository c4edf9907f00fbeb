"""Codes of a pairing: ten characters that somebody types, and a longer form for a QR code.

Crockford's base32 (no I, L, O, U), so that what is read aloud in a van comes out right. The first three characters
are public and find the pairing; what follows is the secret: 35 bits that are typed, 130 bits in the QR code.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
import unicodedata
from typing import NamedTuple

import argon2

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOCATOR, _TYPED, _LINKED = 3, 7, 26
_FORM = re.compile(f"[{_ALPHABET}]+")
_MISREAD = str.maketrans("ILO", "110")
_BETWEEN = re.compile(r"[\s\-‐‑‒–—―ー−_.・]+")
_LONGEST = 100
TRIES = 5
"""Wrong codes until a pairing is dead: one in seven thousand million guesses would be right."""

# OWASP's first choice for argon2id. What it protects lives for ten minutes.
_HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NO_CODE = _HASHER.hash(secrets.token_urlsafe())
# It is slow on purpose, and takes 19 MB: more at once would help nobody but who wants us to stop.
_ONE_AT_A_TIME = threading.BoundedSemaphore(2)


class NewCodes(NamedTuple):
    locator: str
    typed: str
    """With its public part, in groups: 7K3-9MXA-2QR."""
    linked: str
    typed_hash: str
    linked_hash: bytes


class Code(NamedTuple):
    """What somebody typed or a camera read, taken apart."""

    locator: str
    secret: str
    linked: bool


def new_codes() -> NewCodes:
    locator, typed, linked = (_random(length) for length in (_LOCATOR, _TYPED, _LINKED))
    return NewCodes(
        locator,
        f"{locator}-{typed[:4]}-{typed[4:]}",
        locator + linked,
        _HASHER.hash(typed),
        _linked_hash(linked),
    )


def read_code(text: str) -> Code | None:
    """A code however it was typed: full-width, small, with blanks or hyphens; None for what can't be one."""
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", text[:_LONGEST])).upper().translate(_MISREAD)
    if not _FORM.fullmatch(plain) or len(plain) not in (_LOCATOR + _TYPED, _LOCATOR + _LINKED):
        return None
    return Code(plain[:_LOCATOR], plain[_LOCATOR:], len(plain) == _LOCATOR + _LINKED)


def is_code_of(code: Code, typed_hash: str | None, linked_hash: bytes | None) -> bool:
    """Whether it is the code of a pairing; of none (no hashes) the answer takes as long."""
    if code.linked:
        return hmac.compare_digest(_linked_hash(code.secret), linked_hash or bytes(32))
    with _ONE_AT_A_TIME:
        try:
            _HASHER.verify(typed_hash or _NO_CODE, code.secret)
        except argon2.exceptions.VerificationError:
            return False
    return typed_hash is not None


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _linked_hash(secret: str) -> bytes:
    """SHA-256: 130 random bits can't be guessed, so a slow hash would protect nothing more."""
    return hashlib.sha256(secret.encode()).digest()
