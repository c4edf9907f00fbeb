"""The PIN of the shift that names who holds this phone: its last digit finds out a slip of the finger, without a network."""

from __future__ import annotations

import re

# H. M. Damm, "Total anti-symmetrische Quasigruppen" (2004), p. 111.
_DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip


def is_pin(text: str) -> bool:
    """Four digits, of which the last one follows from the others."""
    if not re.fullmatch(r"[0-9]{4}", text, re.ASCII):
        return False
    interim = 0
    for digit in text[:3]:
        interim = int(_DAMM[interim][int(digit)])
    return str(interim) == text[3]
