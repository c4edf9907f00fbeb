"""A receipt as lines of text of one width, for a printer with fixed letters (80 mm are 48 narrow ones)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from outreach_api.kernel.text import without_direction
from outreach_api.sales.paper.wording import Paper, Row


def receipt_text(paper: Paper, columns: int) -> str:
    """A wide letter (kana, kanji) takes two columns; what does not fit goes on in the next line."""
    lines = [*_centred(paper.title, columns), ""]
    for words in paper.head:
        lines += _folded(words, columns)
    if paper.notice is not None:
        lines += ["", *_folded(f"*** {paper.notice} ***", columns)]
    for block in paper.blocks:
        lines.append("-" * columns)
        for row in block:
            lines += _row(row, columns)
    lines.append("-" * columns)
    for words in paper.foot:
        lines += _folded(words, columns)
    return "\n".join(lines) + "\n"


def width(text: str) -> int:
    return sum(_width(letter) for letter in text)


def _width(letter: str) -> int:
    if unicodedata.combining(letter) or unicodedata.category(letter) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WFA" else 1


def _row(row: Row, columns: int) -> Iterator[str]:
    """The amount stands at the right end of the last line of its words, or below them."""
    *above, last = list(_folded(row.words, columns)) or [""]
    yield from above
    gap = columns - width(last) - width(row.amount)
    if gap >= 1 or not row.amount:
        yield (last + " " * max(0, gap) + row.amount).rstrip()
    else:
        yield last
        yield " " * (columns - width(row.amount)) + row.amount


def _folded(text: str, columns: int) -> Iterator[str]:
    line, used = "", 0
    for letter in without_direction(text):
        wide = _width(letter)
        if used + wide > columns:
            yield line
            line, used = "", 0
        line, used = line + letter, used + wide
    yield line


def _centred(text: str, columns: int) -> Iterator[str]:
    for line in _folded(text, columns):
        yield " " * ((columns - width(line)) // 2) + line
