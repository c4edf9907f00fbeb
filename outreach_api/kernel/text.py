"""One spelling for texts: for comparing and searching, and for looking closer at what a note holds."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_DASHES = frozenset("-‐‑‒–—―−﹣－~〜～")
_LINE_ENDS = frozenset("\r\n\v\f\u0085\u2028\u2029")
_VOICED_MARKS = frozenset("ﾞﾟ\u3099\u309a")
_KANJI_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")

_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def normalise(text: str) -> str:
    """The one spelling of a text, for comparing and searching (not for showing).

    NFKC, no invisible marks, runs of white space as one space, trimmed.
    """
    visible = "".join(character for character in text if unicodedata.category(character) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", visible).split())


def without_direction(text: str) -> str:
    """Without the marks that turn the direction of writing: a name must not turn round what stands beside it."""
    return _DIRECTION.sub("", text)


def printed(text: str) -> str:
    """A text from outside for paper: without controls and without marks that would turn what stands beside it."""
    return "".join(
        " " if unicodedata.category(one) in ("Cc", "Cs") else one for one in without_direction(text)
    )


@dataclass(frozen=True, slots=True)
class Folded:
    """A copy to search in: NFKC, lower case, no invisible marks, one dash, one line end; as long as `digits`."""

    letters: str
    digits: str
    """The same with kanji numerals as digits: 〇九〇 is 090, 十 stays."""
    spans: tuple[tuple[int, int], ...]
    """For each character the [start, end) in the text as given that it came from."""


def fold(text: str) -> Folded:
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
            characters.append(_plain(character))
            spans.append((start, end))
        start = end
    letters = "".join(characters)
    return Folded(letters, letters.translate(_KANJI_DIGITS), tuple(spans))


def _plain(character: str) -> str:
    if character in _DASHES:
        return "-"
    if character in _LINE_ENDS:
        return "\n"
    return " " if character.isspace() else character
