"""Reading notes for what must not be in them: phone numbers, addresses, names. It warns; the sender decides.

Only places are reported, never the matched words, so that a log of hits holds nobody's data.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from outreach_api.kernel.names_in_text import names, schools


class PersonalData(StrEnum):
    PHONE = "phone"
    EMAIL = "email"
    POSTAL_CODE = "postal_code"
    ADDRESS = "address"
    NAME = "name"
    SCHOOL = "school"
    LINE_ID = "line_id"
    MY_NUMBER = "my_number"


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """A place in the text as it was given, [start, end) in code points."""

    start: int
    end: int
    kind: PersonalData


COARSE_PATTERNS: dict[PersonalData, str] = {
    PersonalData.PHONE: r"0[0-9]{1,4}[-ー・ ]?[0-9]{1,4}[-ー・ ]?[0-9]{3,4}",
    PersonalData.EMAIL: r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+",
    PersonalData.POSTAL_CODE: r"〒|[0-9]{3}-[0-9]{4}",
    PersonalData.ADDRESS: r"[0-9０-９一二三四五六七八九十]+(丁目|番地)",
    PersonalData.NAME: r"[一-龥々ァ-ヺー]{1,6}(さん|くん|ちゃん|様|君)",
    PersonalData.SCHOOL: r"[一-龥々ァ-ヺぁ-ゖ]{1,8}(小学校|中学校|高校|保育園|幼稚園)",
    PersonalData.LINE_ID: r"(LINE|Line|line|ライン)[^一-龥ぁ-ゖ]{0,6}[A-Za-z0-9._-]{4,}",
}
"""For phones without a network: regular expressions that any language reads. `personal_data_hits` looks closer."""

_DASHES = frozenset("-‐‑‒–—―−﹣－~〜～")
_VOICED_MARKS = frozenset("ﾞﾟ\u3099\u309a")
_KANJI_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")

# What people put between the digits of one number; the prolonged sound mark ー stands in for a dash.
_GAP = r"[-ー・.\s()_]{0,3}"
_PHONE = re.compile(
    rf"(?<!\d)(?:\+81{_GAP}(?:\(0\))?{_GAP}[1-9](?:{_GAP}\d){{8,9}}"
    rf"|0{_GAP}[5-9]{_GAP}0(?:{_GAP}\d){{8}}"
    rf"|0{_GAP}[1-9](?:{_GAP}\d){{8}})(?!\d)"
)
_TWELVE_DIGITS = re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{11}}(?!\d)")
_MAX_GAPS = 4
_EMAIL = re.compile(
    r"[a-z0-9][a-z0-9._%+-]*\s{0,2}(?:@|\(at\)|\[at\]|アットマーク|あっと)\s{0,2}"
    r"[a-z0-9-]+(?:\s?(?:\.|ドット)\s?[a-z0-9-]+)*"
    r"\s?(?:\.|ドット)\s?[a-z]{2,}"
)
_POSTAL = re.compile(
    r"〒(?:\s{0,2}\d{3}[-ー\s]{0,2}\d{4})?|(?<![\d\-ー¥.])\d{3}[-ー]\d{4}(?![\d\-ー]|\s?円|人|年)"
)
_ADDRESS = re.compile(
    r"[\d十百]{1,4}\s?丁目(?:\s?[\d十百]{1,5}(?:\s?(?:番地?|号|[-ーの])\s?[\d十百]{0,5}){0,3})?"
    r"|[\d十百]{1,5}\s?番地|\d{1,4}\s?番\s?\d{1,4}\s?号|\d{2,4}\s?号室"
    r"|(?<=[一-龥々ヶ])\d{1,2}[-ーの]\d{1,4}[-ーの]\d{1,4}(?![\d\-])"
)
_LINE_ID = re.compile(
    r"(?:(?<![a-z])line|ライン)\s?(?:の)?\s?(?:(?:id|アイディー|アカウント)\s?(?:は|が|:|=|→|「)?|は|:|=|→)\s?「?\s?"
    r"(?=[@\d._-]*[a-z])@?[a-z0-9][a-z0-9._-]{3,19}"
)


def normalise(text: str) -> str:
    """The one spelling of a text, for comparing and searching (not for showing).

    NFKC, no invisible marks, runs of white space as one space, trimmed.
    """
    visible = "".join(character for character in text if unicodedata.category(character) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", visible).split())


def personal_data_hits(text: str) -> list[Hit]:
    """Where a note seems to hold personal data, in order of place; see PersonalData for the kinds.

    Looks at a folded copy (NFKC, lower case, one dash, kanji numerals as digits) and answers with places in
    the text as given. What overlaps a surer hit is not told twice.
    """
    folded, spans = _fold(text)
    digits = folded.translate(_KANJI_DIGITS)
    found: list[tuple[PersonalData, int, int]] = []
    for kind, start, end in _all(folded, digits):
        if not any(start < other_end and other_start < end for _, other_start, other_end in found):
            found.append((kind, start, end))
    return sorted(Hit(spans[start][0], spans[end - 1][1], kind) for kind, start, end in found)


def _all(folded: str, digits: str) -> Iterator[tuple[PersonalData, int, int]]:
    """Every finding in the folded text, the surer kinds first."""
    for match in _EMAIL.finditer(folded):
        yield PersonalData.EMAIL, match.start(), match.end()
    for match in _LINE_ID.finditer(folded):
        yield PersonalData.LINE_ID, match.start(), match.end()
    for match in _TWELVE_DIGITS.finditer(digits):
        if _written_as_one(match[0]) and is_my_number(re.sub(r"\D", "", match[0])):
            yield PersonalData.MY_NUMBER, match.start(), match.end()
    for match in _PHONE.finditer(digits):
        if _written_as_one(match[0]):
            yield PersonalData.PHONE, match.start(), match.end()
    for match in _POSTAL.finditer(digits):
        yield PersonalData.POSTAL_CODE, match.start(), match.end()
    for match in _ADDRESS.finditer(digits):
        yield PersonalData.ADDRESS, match.start(), match.end()
    for start, end in schools(folded):
        yield PersonalData.SCHOOL, start, end
    for start, end in names(folded):
        yield PersonalData.NAME, start, end


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


def _written_as_one(match: str) -> bool:
    """A few groups, or every digit on its own; a row of counts (0 3 5 12 8 10 20) is neither."""
    groups = re.findall(r"\d+", match)
    return len(groups) <= _MAX_GAPS + 1 or all(len(group) == 1 for group in groups)


def _fold(text: str) -> tuple[str, list[tuple[int, int]]]:
    """A copy to search in, and for each of its characters the [start, end) it came from."""
    characters: list[str] = []
    spans: list[tuple[int, int]] = []
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and text[end] in _VOICED_MARKS:  # ﾊ and ﾞ are one ば only together
            end += 1
        for character in unicodedata.normalize("NFKC", text[start:end]).lower():
            if unicodedata.category(character) == "Cf":
                continue
            if character in _DASHES:
                character = "-"
            elif character in "\r\n\v\f\u0085\u2028\u2029":
                character = "\n"
            elif character.isspace():
                character = " "
            characters.append(character)
            spans.append((start, end))
        start = end
    return "".join(characters), spans
