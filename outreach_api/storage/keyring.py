"""Seals what must not be read from a copied database. The master key lives in a file outside it and its backups."""

from __future__ import annotations

import hashlib
import os
import stat
import uuid
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
SEALED_INFO = b"outreach sealed payload v1"
SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
_FORMAT = b"\x01"
_NONCE_BYTES = 12
_ID_BYTES = 4


class KeyFileError(Exception):
    """The master key can't be used; the text says why and what to do."""


class CannotOpen(Exception):
    """A sealed value was made with another key, for another place, or was altered."""


class AnotherKey(CannotOpen):
    """It was sealed for a public key that is not ours."""


class Keyring:
    """Keys derived from the master key (HKDF-SHA256, RFC 5869), one for each use."""

    def __init__(self, master: bytes) -> None:
        if len(master) != KEY_BYTES:
            raise KeyFileError(f"the master key must have {KEY_BYTES} bytes, it has {len(master)}")
        self._master = master
        self.key_id = hashlib.sha256(b"outreach key id" + master).digest()[:_ID_BYTES]
        self._texts = AESGCM(self.derive("note text"))
        self._sealing = X25519PrivateKey.from_private_bytes(self.derive("sealed payloads"))
        self.public_key = self._sealing.public_key().public_bytes_raw()
        """What phones seal their payloads to (X25519, 32 bytes); it changes with the master key only."""
        self.public_key_id = hashlib.sha256(self.public_key).digest()[:_ID_BYTES]

    def derive(self, use: str) -> bytes:
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"outreach {use}".encode()).derive(
            self._master
        )

    def seal(self, text: str, *, table: str, column: str, row: uuid.UUID) -> bytes:
        """AES-256-GCM with a random nonce, bound to its place: format, key id, nonce, ciphertext with tag."""
        nonce = os.urandom(_NONCE_BYTES)
        head = _FORMAT + self.key_id
        bound = head + f"{table}.{column}".encode() + row.bytes
        return head + nonce + self._texts.encrypt(nonce, text.encode(), bound)

    def sealed(self, sealed: bytes) -> bool:
        """Whether a value was sealed with this key, without opening it."""
        return sealed.startswith(_FORMAT + self.key_id)

    def open(self, sealed: bytes, *, table: str, column: str, row: uuid.UUID) -> str:
        """The text again. Raises CannotOpen."""
        start = 1 + _ID_BYTES
        head, nonce, body = (
            sealed[:start],
            sealed[start : start + _NONCE_BYTES],
            sealed[start + _NONCE_BYTES :],
        )
        if head != _FORMAT + self.key_id or len(nonce) != _NONCE_BYTES:
            raise CannotOpen("sealed with another key or in another format")
        try:
            return self._texts.decrypt(nonce, body, head + f"{table}.{column}".encode() + row.bytes).decode()
        except InvalidTag:
            raise CannotOpen("altered, or moved from another row") from None

    def open_sent(self, sealed: bytes, context: bytes) -> bytes:
        """What a phone sealed to our public key: its key id, then HPKE in base mode (RFC 9180) with SEALED_INFO.

        `context` (the operation's ids and kind) went into the info, so that nothing sealed can be moved elsewhere.
        Raises AnotherKey or CannotOpen.
        """
        if sealed[:_ID_BYTES] != self.public_key_id:
            raise AnotherKey("sealed for another public key")
        try:
            return SUITE.decrypt(sealed[_ID_BYTES:], self._sealing, SEALED_INFO + context)
        except (InvalidTag, ValueError):
            raise CannotOpen("altered, or sealed for another operation") from None


def make_key_file(path: Path) -> None:
    """Write a new master key that only its owner can read. Raises FileExistsError rather than replace one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(os.urandom(KEY_BYTES).hex() + "\n")


def load_key_file(path: Path) -> Keyring:
    """The keyring of a master key file. Raises KeyFileError when missing, wrong or readable by others."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise KeyFileError(
            f"there is no master key at {path}: put back the copy that you keep (`outreach init` makes one for a new home)"
        ) from None
    except (OSError, UnicodeDecodeError) as fault:
        raise KeyFileError(f"the master key at {path} can't be read: {fault}") from None
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyFileError(f"the master key at {path} can be read by others: run chmod 600 {path}")
    try:
        return Keyring(bytes.fromhex(text))
    except ValueError:
        raise KeyFileError(f"the master key at {path} is not {KEY_BYTES * 2} hexadecimal digits") from None
