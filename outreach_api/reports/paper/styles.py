"""What a workbook's cells look like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

INK, SOFT, LINE, FILL = "#22303C", "#66737F", "#C9D1D8", "#EEF3F6"
STRONG, PALE = "#2F6F8F", "#F0A04B"
_NUMBERS = {"share": "0.0%", "yen": "#,##0;[Red]-#,##0;0"}
_WHOLE, _BROKEN = "#,##0", "#,##0.0"


class Styles:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def __call__(self, **properties: Any) -> Format:
        wanted = {
            "font_name": "Yu Gothic",
            "font_size": 10,
            "font_color": INK,
            "valign": "vcenter",
            **properties,
        }
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(wanted)
        return self._made[key]

    def text(self, **properties: Any) -> Format:
        """For words: `quote_prefix` keeps them words also after somebody edits the cell."""
        return self(quote_prefix=True, **properties)

    def number(
        self, unit: str, value: int | float | None, form: str | None = None, **properties: Any
    ) -> Format:
        form = form or _NUMBERS.get(unit) or (_BROKEN if isinstance(value, float) else _WHOLE)
        return self(num_format=form, align="right", **properties)
