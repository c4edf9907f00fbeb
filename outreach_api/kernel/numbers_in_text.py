"""Phone numbers, postal codes and individual numbers, however their digits are spaced, dotted or broken.

Reads the digits of a note folded by text.py. A row of digits is cut into its groups, and a rule looks at how many
digits and which groups there are: 7/4 10:00 and 児童 0 3 5 12 are rows, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# What people put between the digits of one number; the prolonged sound mark ー stands in for a dash.
_BETWEEN = r"[-ー・.\s()_/,、の\[\]【】]"
_ROW = re.compile(rf"\d+(?:{_BETWEEN}{{1,3}}\d+)*")
_GROUP = re.compile(r"\d+")
_MOST_GROUPS = 5
_SHORTEST = 7
_LONGEST = 15
"""Digits of an international number, at most (ITU-T E.164)."""
_NEAR = 12
"""Characters within which words say what a number is."""

# 090, 080, 070, 050, 0800 and their like have a 0 third and 11 digits; other numbers have 10. No area begins with 00.
_MOBILE = re.compile(r"0[5-9]0\d{8}")
_LANDLINE = re.compile(r"0[1-9]\d{8}")
_ABROAD = re.compile(r"81(?:0?[1-9]\d{8,9})|(?!81)[1-9]\d{8,13}")
_FROM_ABROAD = re.compile(r"0081(?:0?[1-9]\d{8,9})")
_SAID_TO_BE_PHONE = re.compile(r"(?:電話|でんわ|デンワ|tel|☎|℡|携帯|ケータイ|けいたい)[^\d。\n]{0,6}$")
_WITHOUT_AREA = re.compile(r"\d{2,4}[-ー]\d{4}|[789]0\d{8}")
_BETWEEN_LANDLINES = re.compile(r"[-ー・.\s()_\[\]【】]*")

_POSTAL_MARK = re.compile(r"〒(?:\s{0,2}\d{3}[-ー\s]{0,2}\d{4})?")
_SAID_TO_BE_POSTAL = re.compile(r"(?:郵便|ゆうびん)番号[^\d。\n]{0,4}$")
_SAID_AFTERWARDS = re.compile(r"\s?\(?(?:郵便|ゆうびん)番号")
_POSTAL = re.compile(r"\d{3}[-ー]\d{4}")
_POSTAL_LOOSE = re.compile(r"\d{3}[-ー\sの]{0,2}\d{4}")
# Yen, and numbers of things that are counted or sold.
_CODE_BEFORE = re.compile(r"(?:[¥\-ー.a-z#@:]|(?<!郵便)番号?|品番|型番|伝票)\s?$")
_AMOUNT_AFTER = re.compile(r"\s?(?:円|人|名|年|個|枚|本|食|g|ml|kcal|m(?!ail))")


@dataclass(frozen=True, slots=True)
class Number:
    """Some neighbouring groups of a row of digits."""

    start: int
    end: int
    groups: tuple[str, ...]
    digits: str
    written: str
    before: str
    after: str
    whole_row: bool

    @property
    def said_to_be_phone(self) -> bool:
        return _SAID_TO_BE_PHONE.search(self.before) is not None

    @property
    def said_to_be_postal(self) -> bool:
        return bool(_SAID_TO_BE_POSTAL.search(self.before) or _SAID_AFTERWARDS.match(self.after))


def numbers(digits: str) -> Iterator[Number]:
    """Each few neighbouring groups, and each number of single digits, the longest from each place first.

    A row of counts (0 3 5 12 8 10) is neither.
    """
    for row in _ROW.finditer(digits):
        groups = list(_GROUP.finditer(row[0]))
        for first in range(len(groups)):
            for end in reversed(_ends(groups, first)):
                chosen = tuple(group[0] for group in groups[first:end])
                start, stop = row.start() + groups[first].start(), row.start() + groups[end - 1].end()
                yield Number(
                    start,
                    stop,
                    chosen,
                    "".join(chosen),
                    digits[start:stop],
                    digits[max(0, start - _NEAR) : start],
                    digits[stop : stop + _NEAR],
                    len(chosen) == len(groups),
                )


def phones(found: Iterable[Number]) -> Iterator[tuple[int, int]]:
    """The [start, end) of what can be dialled from home or abroad; 110, 119, 189 and #8000 are meant for everybody."""
    return ((number.start, number.end) for number in found if _is_phone(number))


def postal_codes(digits: str, found: Iterable[Number]) -> Iterator[tuple[int, int]]:
    """The [start, end) of each 〒, and of seven digits that are written as a postal code or said to be one."""
    yield from (match.span() for match in _POSTAL_MARK.finditer(digits))
    yield from ((number.start, number.end) for number in found if _is_postal_code(number))


def my_numbers(found: Iterable[Number]) -> Iterator[tuple[int, int]]:
    """The [start, end) of twelve digits with the check digit of an individual number."""
    return ((number.start, number.end) for number in found if is_my_number(number.digits))


def is_my_number(digits: str) -> bool:
    """Whether twelve digits carry the check digit of an individual number.

    Ministerial ordinance No. 85 of 2014, art. 5: 11 - (Σ Pn·Qn mod 11), 0 where the remainder is 0 or 1; P1
    is the last digit before the check digit, Qn = n + 1 for n ≤ 6 and n - 5 above.
    """
    if len(digits) != 12 or len(set(digits)) == 1:
        return False
    weighted = sum(
        int(digit) * (n + 1 if n <= 6 else n - 5) for n, digit in enumerate(reversed(digits[:11]), start=1)
    )
    rest = weighted % 11
    return int(digits[11]) == (0 if rest <= 1 else 11 - rest)


def _is_phone(number: Number) -> bool:
    if _MOBILE.fullmatch(number.digits) or _FROM_ABROAD.fullmatch(number.digits):
        return True
    if number.before.endswith("+"):
        return _ABROAD.fullmatch(number.digits) is not None
    if _LANDLINE.fullmatch(number.digits):
        return number.said_to_be_phone or _grouped_as_landline(number)
    return _WITHOUT_AREA.fullmatch(number.written) is not None and number.said_to_be_phone


def _grouped_as_landline(number: Number) -> bool:
    """047-000-1234, not 07/04・2026/07: the area first, three or four digits last, nothing odd in between."""
    if len(number.groups) == len(number.digits) or "\n" in number.written:
        return True
    return (
        len(number.groups[0]) >= 2
        and len(number.groups) <= 3
        and len(number.groups[-1]) >= 3
        and _BETWEEN_LANDLINES.fullmatch("".join(_GROUP.split(number.written))) is not None
    )


def _is_postal_code(number: Number) -> bool:
    if _POSTAL_LOOSE.fullmatch(number.written) and number.said_to_be_postal:
        return True
    return (
        _POSTAL.fullmatch(number.written) is not None
        and number.whole_row
        and not _CODE_BEFORE.search(number.before)
        and not _AMOUNT_AFTER.match(number.after)
    )


def _ends(groups: list[re.Match[str]], first: int) -> list[int]:
    """Up to which group (exclusive) a number may go that begins with this one."""
    ends = []
    length = 0
    for end in range(first + 1, len(groups) + 1):
        length += len(groups[end - 1][0])
        size = end - first
        if length > _LONGEST or (size > _MOST_GROUPS and size != length):
            break
        if length >= _SHORTEST:
            ends.append(end)
    return ends
