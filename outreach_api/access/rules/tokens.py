"""The form of a bearer token: a public prefix to find it by, and 256 random bits of which a hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from typing import NamedTuple

_PREFIX = re.compile(r"[0-9a-f]{12}")
_SECRET = re.compile(r"[0-9A-Za-z_-]{40,64}")
_MARK = "okk"  # lets a leak scanner recognise our tokens


class NewToken(NamedTuple):
    text: str
    """Shown once."""
    prefix: str
    secret_hash: bytes


def make_token() -> NewToken:
    prefix = secrets.token_hex(6)
    secret = secrets.token_urlsafe(32)
    return NewToken(f"{_MARK}_{prefix}_{secret}", prefix, hash_secret(secret))


def split_token(text: str) -> tuple[str, str] | None:
    """(prefix, secret) of a token, or None if it can't be one of ours."""
    mark, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    if mark != _MARK or not _PREFIX.fullmatch(prefix) or not _SECRET.fullmatch(secret):
        return None
    return prefix, secret


def prefix_of(token: str) -> str:
    """The public part of one of our tokens."""
    return token.split("_")[1]


def hash_secret(secret: str) -> bytes:
    """SHA-256: 256 random bits can't be guessed, so a slow hash would protect nothing more."""
    return hashlib.sha256(secret.encode()).digest()


def same_secret(secret: str, stored: bytes) -> bool:
    return hmac.compare_digest(hash_secret(secret), stored)
