"""A report as an Excel workbook: one sheet to print on A4 with a chart, one with every figure in rows to reckon with."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from outreach_api.messages import say
from outreach_api.reports.paper.tree import Paper, Row, cut, plain
from outreach_api.reports.rules.figures import FIGURES, described
from outreach_api.reports.rules.labels import figure_label, key_label, section_label, unit_label

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_A4 = 9
_INK, _SOFT, _LINE, _FILL = "#22303C", "#66737F", "#C9D1D8", "#EEF3F6"
_STRONG, _PALE = "#2F6F8F", "#F0A04B"
_NUMBERS = {"share": "0.0%", "yen": "#,##0;[Red]-#,##0;0"}
_WHOLE, _BROKEN = "#,##0", "#,##0.0"
_COLUMNS = ("section", "figure", "key", "value", "unit", "period", "code")


def workbook(paper: Paper, report: Mapping[str, Any]) -> bytes:
    """The file. The same report gives the same bytes: it says as its time of making when its figures were known."""
    # Loaded only here: most processes never make one.
    import xlsxwriter

    held = io.BytesIO()
    book = xlsxwriter.Workbook(
        held,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    made_at = paper.made_at.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
    book.set_properties(
        {"title": f"{paper.title} {paper.name}", "author": paper.organisation, "created": made_at}
    )
    styles = _Styles(book)
    _front(book, styles, paper)
    _all_figures(book, styles, paper, report)
    book.close()
    return held.getvalue()


class _Styles:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def __call__(self, **properties: Any) -> Format:
        wanted = {
            "font_name": "Yu Gothic",
            "font_size": 10,
            "font_color": _INK,
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

    def number(self, unit: str, value: float | None, **properties: Any) -> Format:
        form = _NUMBERS.get(unit) or (_BROKEN if isinstance(value, float) else _WHOLE)
        return self(num_format=form, align="right", **properties)


def _front(book: Workbook, styles: _Styles, paper: Paper) -> None:
    sheet = book.add_worksheet(paper.title)
    sheet.hide_gridlines(2)
    _paper_form(sheet, paper)
    last = 1 + len(paper.periods)
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, max(last, 6), 11)
    sheet.write_string(0, 0, paper.organisation, styles.text(font_color=_SOFT))
    sheet.set_row(1, 30)
    sheet.write_string(1, 0, f"{paper.title} {paper.said_name}", styles.text(font_size=20, bold=True))
    sheet.write_string(2, 0, paper.days, styles.text(font_size=11))
    stand = " · ".join(word for word in (paper.internal, paper.state, paper.as_of) if word)
    sheet.write_string(3, 0, stand, styles.text(font_color=_SOFT))
    row = _headlines(sheet, styles, paper, 5)
    row = _trend(book, sheet, styles, paper, row + 1)
    for section in paper.sections:
        row = _title(sheet, styles, section.title, row + 1)
        for line in cut(section.rows, paper.lang):
            _line(sheet, styles, line, row)
            row += 1
    row = _title(sheet, styles, say("report_section.method", paper.lang), row + 1)
    for note in paper.method:
        sheet.set_row(row, 15 * (1 + len(note) // (52 if paper.lang == "ja" else 104)))
        sheet.merge_range(row, 0, row, 5, "", styles())
        sheet.write_string(
            row, 0, note, styles.text(text_wrap=True, valign="top", font_size=9, font_color=_SOFT)
        )
        row += 1
    sheet.print_area(0, 0, row, 5)


def _paper_form(sheet: Worksheet, paper: Paper) -> None:
    sheet.set_paper(_A4)
    sheet.set_portrait()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.8)
    # In a footer & begins a command.
    who = f"{paper.organisation} · {paper.title} {paper.name}".replace("&", "&&")
    sheet.set_footer(f"&L&8{who[:120]}&R&8&P / &N")


def _title(sheet: Worksheet, styles: _Styles, title: str, row: int) -> int:
    for column in range(6):
        sheet.write_blank(row, column, None, styles(bottom=2, bottom_color=_STRONG))
    sheet.set_row(row, 22)
    sheet.write_string(
        row,
        0,
        title,
        styles.text(bold=True, font_size=12, font_color=_STRONG, bottom=2, bottom_color=_STRONG),
    )
    return row + 1


def _headlines(sheet: Worksheet, styles: _Styles, paper: Paper, row: int) -> int:
    row = _title(sheet, styles, say("report_key_figures", paper.lang), row)
    for line in paper.headlines:
        sheet.set_row(row, 24)
        sheet.write_string(row, 0, line.label, styles.text(font_size=12))
        _value(sheet, styles, line, row, font_size=16, bold=True)
        _unit(sheet, styles, line, row)
        row += 1
    return row


def _line(sheet: Worksheet, styles: _Styles, line: Row, row: int) -> None:
    under = {"bottom": 4, "bottom_color": _LINE}
    if line.heading:
        sheet.write_string(row, 0, line.label, styles.text(font_color=_SOFT))
        return
    indent = 2 if line.part else 0
    sheet.write_string(row, 0, line.label, styles.text(indent=indent, **under))
    _value(sheet, styles, line, row, **under)
    _unit(sheet, styles, line, row)


def _value(sheet: Worksheet, styles: _Styles, line: Row, row: int, **properties: Any) -> None:
    if line.value is None:
        sheet.write_string(row, 1, "—", styles.text(align="right", font_color=_SOFT, **properties))
    else:
        sheet.write_number(row, 1, line.value, styles.number(line.unit, line.value, **properties))


def _unit(sheet: Worksheet, styles: _Styles, line: Row, row: int) -> None:
    if line.unit != "share":
        sheet.write_string(row, 2, line.unit_label, styles.text(font_color=_SOFT, font_size=9))


def _trend(book: Workbook, sheet: Worksheet, styles: _Styles, paper: Paper, row: int) -> int:
    """The chart, and under it the numbers that it draws."""
    row = _title(sheet, styles, say("report_section.trend", paper.lang), row)
    chart_row, row = row, row + 14
    head = styles.text(align="right", font_color=_SOFT, bottom=1, bottom_color=_LINE)
    for column, period in enumerate(paper.periods, 1):
        sheet.write_string(row, column, period, head)
    first, last = 1, len(paper.periods)
    chart = book.add_chart({"type": "column"})
    for number, series in enumerate(paper.trend, row + 1):
        sheet.write_string(number, 0, series.label, styles.text(bottom=4, bottom_color=_LINE))
        for column, value in enumerate(series.values, 1):
            form = styles.number(series.unit, value, bottom=4, bottom_color=_LINE)
            sheet.write_number(number, column, value, form)
        if series.charted:
            chart.add_series(
                {
                    "name": [sheet.name, number, 0],
                    "categories": [sheet.name, row, first, row, last],
                    "values": [sheet.name, number, first, number, last],
                    "fill": {"color": _PALE if chart.series else _STRONG},
                    "gap": 70,
                    "overlap": -5,
                    "data_labels": {"value": True, "font": {"size": 9, "color": _INK}},
                }
            )
    chart.set_title(
        {"name": say("report_chart", paper.lang), "name_font": {"size": 11, "bold": False, "color": _INK}}
    )
    chart.set_legend({"position": "bottom"})
    chart.set_y_axis({"major_gridlines": {"visible": True, "line": {"color": _LINE}}, "line": {"none": True}})
    chart.set_x_axis({"line": {"color": _LINE}})
    chart.set_chartarea({"border": {"none": True}})
    chart.set_size({"width": 640, "height": 270})
    sheet.insert_chart(
        chart_row, 0, chart, {"x_offset": 6, "y_offset": 6, "description": say("report_chart", paper.lang)}
    )
    return row + 1 + len(paper.trend)


def _all_figures(book: Workbook, styles: _Styles, paper: Paper, report: Mapping[str, Any]) -> None:
    """Every figure, also those that are nothing, one a row; numbers are numbers, so that they can be filtered and summed."""
    sheet = book.add_worksheet(say("report_all_figures", paper.lang))
    _paper_form(sheet, paper)
    head = styles.text(bold=True, bg_color=_FILL, bottom=1, bottom_color=_LINE)
    for column, name in enumerate(_COLUMNS):
        sheet.write_string(0, column, say(f"report_column.{name}", paper.lang), head)
    row = 0
    for figure in FIGURES:
        for key, value, says in described(report, figure):
            row += 1
            label = plain(key_label(figure, key, says, paper.lang)) if key else ""
            words = (section_label(figure.section, paper.lang), figure_label(figure, paper.lang), label)
            _words(sheet, styles, row, 0, words)
            if value is not None:
                sheet.write_number(row, 3, value, styles.number(figure.unit, value))
            _words(sheet, styles, row, 4, (unit_label(figure.unit, paper.lang), paper.name, figure.name))
    for column, width in enumerate((28, 34, 34, 12, 14, 14, 40)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, row, len(_COLUMNS) - 1)
    sheet.repeat_rows(0)
    sheet.print_area(0, 0, row, len(_COLUMNS) - 1)


def _words(sheet: Worksheet, styles: _Styles, row: int, column: int, words: Sequence[str]) -> None:
    for number, word in enumerate(words, column):
        sheet.write_string(row, number, word, styles.text())
