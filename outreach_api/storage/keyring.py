"""Seals what must not be read from a copied database, with keys from the cabinet, which is elsewhere."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import uuid

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from outreach_api.kernel.week import local_day
from outreach_api.settings import Settings
from outreach_api.storage import cabinet as cabinets
from outreach_api.storage.cabinet import Cabinet, Secret
from outreach_api.storage.master_key import CannotOpen, KeyFileError, is_of_first_format, make_key_file
from outreach_api.storage.session import Database
from outreach_api.storage.witness import Witness

SEALED_INFO = b"outreach sealed payload v1"
SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
_FIRST_FORMAT, _FORMAT = b"\x01", b"\x02"
_ID_BYTES = {_FIRST_FORMAT: 4, _FORMAT: cabinets.ID_BYTES}
_NONCE_BYTES = 12
_PUBLIC_ID_BYTES = 4
MOST_HEAD_BYTES = 1 + max(_ID_BYTES.values())


class AnotherKey(CannotOpen):
    """It was sealed for a public key that is not ours."""


class Keyring:
    """The keys of one home, opened once: the master key is not needed again before the next new one."""

    def __init__(self, cabinet: Cabinet) -> None:
        self.cabinet = cabinet
        self.witness = Witness(cabinet.database)
        self._standing: dict[str, bytes] = {}
        self._months: dict[str, Secret] = {}
        self._texts: dict[bytes, AESGCM] = {}
        self._private: dict[bytes, X25519PrivateKey] = {}
        self._look_for_private_keys()

    def secret(self, use: str) -> bytes:
        """The key of a use for which there is one for ever."""
        if use not in self._standing:
            self._standing[use] = self.cabinet.secret(use).key
        return self._standing[use]

    def seal(self, text: str, *, table: str, column: str, row: uuid.UUID, at: dt.datetime) -> bytes:
        """AES-256-GCM with the key of the month in Tokyo and a random nonce, bound to its place.

        Format, key id, nonce, ciphertext with tag.
        """
        month = month_of(at)
        secret = self._months.get(month)
        if secret is None:
            secret = self._months[month] = self.cabinet.of_month(month)
            self._texts[secret.id] = AESGCM(secret.key)
        nonce = os.urandom(_NONCE_BYTES)
        head = _FORMAT + secret.id
        bound = head + _place(table, column, row)
        return head + nonce + self._texts[secret.id].encrypt(nonce, text.encode(), bound)

    def sealed(self, sealed: bytes) -> bool:
        """Whether we have the key of a sealed value, without opening it."""
        found = secret_id(sealed)
        return found is not None and self._key_of(found) is not None

    def open(self, sealed: bytes, *, table: str, column: str, row: uuid.UUID) -> str:
        """The text again. Raises CannotOpen."""
        found = secret_id(sealed)
        key = self._key_of(found) if found is not None else None
        if found is None or key is None:
            raise CannotOpen("sealed with another key or in another format")
        start = 1 + len(found)
        head, nonce, body = (
            sealed[:start],
            sealed[start : start + _NONCE_BYTES],
            sealed[start + _NONCE_BYTES :],
        )
        try:
            return key.decrypt(nonce, body, head + _place(table, column, row)).decode()
        except (InvalidTag, ValueError):
            raise CannotOpen("altered, or moved from another row") from None

    @property
    def public_key(self) -> bytes:
        """What phones seal their payloads to (X25519, 32 bytes)."""
        return next(iter(self._private.values())).public_key().public_bytes_raw()

    @property
    def public_key_id(self) -> bytes:
        return next(iter(self._private))

    def open_sent(self, sealed: bytes, context: bytes) -> bytes:
        """What a phone sealed to our public key: its key id, then HPKE in base mode (RFC 9180) with SEALED_INFO.

        `context` (the operation's ids and kind) went into the info, so that nothing sealed can be moved elsewhere.
        Raises AnotherKey or CannotOpen.
        """
        public_id = sealed[:_PUBLIC_ID_BYTES]
        if public_id not in self._private:
            self._look_for_private_keys()  # another process may have renewed it
        private = self._private.get(public_id)
        if private is None:
            raise AnotherKey("sealed for another public key")
        try:
            return SUITE.decrypt(sealed[_PUBLIC_ID_BYTES:], private, SEALED_INFO + context)
        except (InvalidTag, ValueError):
            raise CannotOpen("altered, or sealed for another operation") from None

    def close(self) -> None:
        """What is known already goes on working."""
        self.cabinet.close()

    def _look_for_private_keys(self) -> None:
        """All that phones may have sealed to; the one in force first."""
        keys = [X25519PrivateKey.from_private_bytes(one.key) for one in self.cabinet.latest(cabinets.SENT)]
        self._private = {
            hashlib.sha256(key.public_key().public_bytes_raw()).digest()[:_PUBLIC_ID_BYTES]: key
            for key in keys
        }

    def _key_of(self, found: bytes) -> AESGCM | None:
        key = self._texts.get(found)
        if key is None:
            secret = self.cabinet.find(found)
            if secret is not None:
                key = self._texts[found] = AESGCM(secret.key)
        return key


def month_of(at: dt.datetime) -> str:
    """The month in Tokyo, as 2026-11."""
    return local_day(at).isoformat()[:7]


def secret_id(sealed: bytes) -> bytes | None:
    """The id of the key that sealed a value, from its first bytes; None for what we never sealed."""
    length = _ID_BYTES.get(sealed[:1])
    return None if length is None or len(sealed) <= length else sealed[1 : 1 + length]


def _place(table: str, column: str, row: uuid.UUID) -> bytes:
    return f"{table}.{column}".encode() + row.bytes


def load_keyring(settings: Settings, *, new_home: bool = False) -> Keyring:
    """The keys of a home. Raises KeyFileError when master key or cabinet are missing, wrong or readable by others.

    `new_home`: nothing has been sealed yet, so a cabinet that is missing can be made.
    """
    key_file, database = settings.master_key_file, Database(settings.cabinet, pool_size=2)
    first_format = is_of_first_format(key_file)
    if cabinets.exists(database):
        cabinets.bring_up_to_date(database)
        return Keyring(Cabinet(database, key_file))
    if first_format or new_home:
        return Keyring(cabinets.make(database, key_file))
    raise KeyFileError(
        f"there is no cabinet at {cabinets.where(database)}: put back the copy that you keep "
        "(`outreach backup-keys` makes it). Without it no note text can be read"
    )


def make_keys(settings: Settings) -> Keyring:
    """A master key and a cabinet for a new home. Raises FileExistsError rather than replace a key."""
    make_key_file(settings.master_key_file)
    return Keyring(cabinets.make(Database(settings.cabinet, pool_size=2), settings.master_key_file))
