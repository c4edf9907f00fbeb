"""Plus codes (Open Location Code, Apache-2.0 specification): found in a text, decoded, completed near a place.

Own code, because the package of the authors comes as source only, which a locked installation can't build. All in
whole units of a code's last digit, so that no rounding moves a corner; compared with that package in 100,000 codes.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction

from outreach_api.kernel.errors import KernelError
from outreach_api.kernel.geo import Point

ALPHABET = "23456789CFGHJMPQRVWX"
_DIGIT = f"[{ALPHABET}]"
_CODE = re.compile(rf"(?<![0-9A-Z+])((?:{_DIGIT}{{2}}){{1,4}})\+({_DIGIT}{{2,7}})?(?![0-9A-Z+])")
_BEFORE_PLUS = 8
_PAIRS = 5
_GRID_ROWS, _GRID_COLUMNS = 5, 4
_FIRST_PLACE = 20  # degrees that the first digit of a pair counts


@dataclass(frozen=True, slots=True)
class PlusCode:
    """A code as it stood in a text; `short` ones leave out digits that a place nearby gives back."""

    before: str
    after: str

    @property
    def short(self) -> bool:
        return len(self.before) < _BEFORE_PLUS

    @property
    def digits(self) -> int:
        """Of the whole code: 8 is 275 m wide, 10 are 14 m, 11 are 3 m."""
        return _BEFORE_PLUS + len(self.after)

    def __str__(self) -> str:
        return f"{self.before}+{self.after}"


def plus_code_in(text: str) -> tuple[PlusCode, str] | None:
    """The first code in a text and the text without it; None if there is none."""
    folded = unicodedata.normalize("NFKC", text)
    found = _CODE.search(folded.upper()) if len(folded.upper()) == len(folded) else None
    if found is None:
        return None
    code = PlusCode(found[1], found[2] or "")
    if code.short and not code.after:
        return None
    rest = f"{folded[: found.start()]} {folded[found.end() :]}"
    return code, " ".join(rest.split())


def middle(code: PlusCode, near: Point | None = None) -> Point:
    """The middle of a code's area. A short one wants a place near it (25 km for four missing digits).

    Raises KernelError `plus_code_wants_place`, or `position_invalid` for a code of no place on earth.
    """
    if code.short and near is None:
        raise KernelError("plus_code_wants_place")
    missing = _BEFORE_PLUS - len(code.before)
    lat, lon = _inside(code, missing)
    if near is None or not missing:
        return Point(float(lat - 90), float(lon - 180))
    # The digits that are missing count whole steps of this many degrees: of all such places, the nearest one.
    step = Fraction(20) ** (2 - missing // 2)
    return Point(_nearest(lat - 90, near.lat, step), _nearest(lon - 180, near.lon, step))


def _inside(code: PlusCode, missing: int) -> tuple[Fraction, Fraction]:
    """Degrees of the middle from the south-west corner of what the missing digits would name."""
    digits = "2" * missing + code.before + code.after
    lat = lon = Fraction(0)
    high = wide = Fraction(_FIRST_PLACE)
    for place in range(0, min(len(digits), 2 * _PAIRS), 2):
        if place:
            high /= 20
            wide /= 20
        lat += ALPHABET.index(digits[place]) * high
        lon += ALPHABET.index(digits[place + 1]) * wide if place + 1 < len(digits) else 0
    for digit in digits[2 * _PAIRS :]:
        row, column = divmod(ALPHABET.index(digit), _GRID_COLUMNS)
        high /= _GRID_ROWS
        wide /= _GRID_COLUMNS
        lat += row * high
        lon += column * wide
    return lat + high / 2, lon + wide / 2


def _nearest(middle_of: Fraction, near: float, step: Fraction) -> float:
    steps = round((Fraction(near) - middle_of) / step)
    return float(middle_of + steps * step)
