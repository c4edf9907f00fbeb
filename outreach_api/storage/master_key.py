"""The master key: a file outside the database, the cabinet and their backups. It wraps the keys of the cabinet.

The first key in the file is the one in force; others are there only while `outreach rotate-keys` works.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from outreach_api.storage.whole_files import beside, finish, replace

KEY_BYTES = 32
HEADER = "# kurukuru outreach, master key. Keep a copy apart from the database and the cabinet."
_NONCE_BYTES = 12
_ID_BYTES = 4


class KeyFileError(Exception):
    """The master key or the cabinet can't be used; the text says why and what to do."""


class CannotOpen(Exception):
    """A sealed value was made with another key, for another place, or was altered."""


class Master:
    """One master key."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise KeyFileError(f"a master key must have {KEY_BYTES} bytes, it has {len(key)}")
        self._key = key
        self.id = hashlib.sha256(b"outreach key id" + key).digest()[:_ID_BYTES]
        self._wrapping = AESGCM(self.derive("wrapping"))

    def derive(self, use: str) -> bytes:
        """HKDF-SHA256 (RFC 5869) without salt, one key for each use."""
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"outreach {use}".encode()).derive(
            self._key
        )

    def wrap(self, secret: bytes, *, bound: bytes) -> bytes:
        """AES-256-GCM with a random nonce in front; `bound` says which secret it is."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._wrapping.encrypt(nonce, secret, bound)

    def unwrap(self, wrapped: bytes, *, bound: bytes) -> bytes:
        """Raises CannotOpen."""
        try:
            return self._wrapping.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], bound)
        except (InvalidTag, ValueError):
            raise CannotOpen("altered, or wrapped for another place") from None

    def line(self) -> str:
        return self._key.hex()


def new_master() -> Master:
    return Master(os.urandom(KEY_BYTES))


def make_key_file(path: Path) -> None:
    """Write a new master key that only its owner can read. Raises FileExistsError rather than replace one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with beside(path) as unfinished:
        _write(unfinished, [new_master()])
        finish(unfinished, path)


def replace_masters(path: Path, masters: Sequence[Master]) -> None:
    """Put these keys, the one in force first, in the place of those that are there: all of them or none."""
    with replace(path) as unfinished:
        _write(unfinished, masters)


def _write(file: Path, masters: Sequence[Master]) -> None:
    file.write_text("\n".join([HEADER, *(master.line() for master in masters)]) + "\n", encoding="ascii")


def read_masters(path: Path) -> list[Master]:
    """The keys of a file, the one in force first. Raises KeyFileError when missing, wrong or readable by others."""
    return [Master(_bytes(path, line)) for line in _lines(path) if not line.startswith("#")]


def is_of_first_format(path: Path) -> bool:
    """Whether it is from before there was a cabinet: everything was derived from the key itself."""
    return not _lines(path)[0].startswith("#")


def _lines(path: Path) -> list[str]:
    try:
        mode = path.stat().st_mode
        lines = path.read_text(encoding="ascii").split("\n")
    except FileNotFoundError:
        raise KeyFileError(
            f"there is no master key at {path}: put back the copy that you keep (`outreach init` makes one for a new home)"
        ) from None
    except (OSError, UnicodeDecodeError) as fault:
        raise KeyFileError(f"the master key at {path} can't be read: {fault}") from None
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyFileError(f"the master key at {path} can be read by others: run chmod 600 {path}")
    lines = [line.strip() for line in lines if line.strip()]
    if all(line.startswith("#") for line in lines):
        raise KeyFileError(f"the master key at {path} is not {KEY_BYTES * 2} hexadecimal digits")
    return lines


def _bytes(path: Path, line: str) -> bytes:
    try:
        key = bytes.fromhex(line)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyFileError(f"the master key at {path} is not {KEY_BYTES * 2} hexadecimal digits")
    return key
