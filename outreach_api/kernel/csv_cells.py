"""CSV that a spreadsheet opens as text and numbers, never as a formula that somebody typed into a name."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from outreach_api.kernel.errors import KernelError

Cell = str | int | float | Decimal | bool | date | datetime | None

BYTE_ORDER_MARK = "\ufeff"

_FORMULA_STARTS = frozenset("=+-@\u2212")
_STARTS_BEFORE_SPACES = frozenset("\t\r\n")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")


def neutralise(cell: Cell) -> str:
    """The text of a cell, with an apostrophe before it where a spreadsheet would read a formula.

    That is text whose first visible character is = + - @, also in full width (＝＋－＠), or that starts with
    a tab or a line break. Numbers stay numbers, written as such or as text ("-5"). None is an empty cell.
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float | Decimal):
        return str(cell)
    if isinstance(cell, date):  # datetime is one too
        return cell.isoformat()
    # Plain str: an enum member would otherwise be written by its repr in some places.
    text = str(cell)
    if _PLAIN_NUMBER.fullmatch(text):
        return text
    return "'" + text if _looks_like_formula(text) else text


def write_csv(rows: Iterable[Sequence[Cell]], header: Sequence[str], bom: bool) -> str:
    """A CSV text (RFC 4180: comma, CR LF, quotes where needed), every cell neutralised.

    `bom` puts U+FEFF first: Excel takes the file for UTF-8 only with it, scripts are happier without.
    Raises KernelError `csv_row_length` for a row that does not fit the header.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([neutralise(name) for name in header])
    for number, row in enumerate(rows, start=1):
        if len(row) != len(header):
            raise KernelError("csv_row_length", row=number, wanted=len(header), got=len(row))
        writer.writerow([neutralise(cell) for cell in row])
    return (BYTE_ORDER_MARK if bom else "") + out.getvalue()


def _looks_like_formula(text: str) -> bool:
    if text[:1] in _STARTS_BEFORE_SPACES:
        return True
    for character in text:
        # Spreadsheets skip spaces, controls and invisible marks before they look for a formula.
        if character.isspace() or unicodedata.category(character) in ("Cf", "Cc"):
            continue
        return unicodedata.normalize("NFKC", character)[:1] in _FORMULA_STARTS
    return False
