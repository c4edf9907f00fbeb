"""PINs of a shift: who on a shared phone acts. Four digits for a day; the last one finds out a slip of the finger.

A PIN opens nothing: the phone's token does. It says which member of the shift it was, so it need not be long, but
guesses must be counted (access.acting).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import uuid
from collections.abc import Sequence

_FORM = re.compile(r"[0-9]{4}", re.ASCII)
_FREE = 1_000
# H. M. Damm, "Total anti-symmetrische Quasigruppen" (2004), p. 111: every single wrong digit and every swap of
# neighbours is found.
_DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip


def check_digit(digits: str) -> str:
    """By Damm's algorithm."""
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return str(interim)


def is_pin(text: str) -> bool:
    """Whether it has the form of a PIN, its last digit included."""
    return _FORM.fullmatch(text) is not None and check_digit(text[:3]) == text[3]


def pins_of(key: bytes, van_id: uuid.UUID, day: dt.date, people: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The PINs of a van's day, each another one.

    They follow from the key, so none is stored. Who comes later in `people` never changes the PIN of who came before.
    """
    pins: dict[uuid.UUID, str] = {}
    taken: set[int] = set()
    for person_id in people:
        if person_id in pins:
            continue
        place = f"{van_id}/{day.isoformat()}/{person_id}".encode()
        number = int.from_bytes(hashlib.blake2b(place, key=key, digest_size=8).digest()) % _FREE
        while number in taken:
            number = (number + 1) % _FREE
        taken.add(number)
        digits = f"{number:03}"
        pins[person_id] = digits + check_digit(digits)
    return pins
