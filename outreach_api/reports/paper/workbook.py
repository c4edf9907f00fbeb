"""A report as an Excel workbook: one sheet to print on A4 with a chart, one with every figure in rows to reckon with."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from outreach_api.kernel.text import printed
from outreach_api.messages import say
from outreach_api.reports.paper.parts import Cell, Grid, Paper, Row
from outreach_api.reports.paper.styles import FILL, INK, LINE, PALE, SOFT, STRONG, Styles
from outreach_api.reports.paper.tree import cut
from outreach_api.reports.rules.figures import FIGURES, described
from outreach_api.reports.rules.labels import figure_label, key_label, section_label, unit_label

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

_A4 = 9
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
    styles = Styles(book)
    _front(book, styles, paper)
    _all_figures(book, styles, paper, report)
    book.close()
    return held.getvalue()


def _front(book: Workbook, styles: Styles, paper: Paper) -> None:
    sheet = book.add_worksheet(paper.title)
    sheet.hide_gridlines(2)
    _paper_form(sheet, paper)
    last = max(5, *(len(grid.columns) for grid in (paper.beside, *paper.grids)))
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, last, 11)
    sheet.write_string(0, 0, paper.organisation, styles.text(font_color=SOFT))
    sheet.set_row(1, 30)
    sheet.write_string(1, 0, f"{paper.title} {paper.said_name}", styles.text(font_size=20, bold=True))
    sheet.write_string(2, 0, paper.days, styles.text(font_size=11))
    stand = " · ".join(word for word in (paper.internal, paper.state, paper.as_of) if word)
    sheet.write_string(3, 0, stand, styles.text(font_color=SOFT))
    row = _headlines(sheet, styles, paper, 5)
    row = _trend(book, sheet, styles, paper, row + 1)
    if paper.changed:
        row = _title(sheet, styles, paper.changed_title, row + 1)
        row = _texts(sheet, styles, paper.changed, row, paper.lang)
    for grid in paper.grids:
        row = _grid(sheet, styles, grid, _title(sheet, styles, grid.title, row + 1))
    for section in (paper.steps, *paper.sections):
        row = _title(sheet, styles, section.title, row + 1)
        for line in cut(section.rows, paper.lang):
            _line(sheet, styles, line, row)
            row += 1
    row = _title(sheet, styles, say("report_section.method", paper.lang), row + 1)
    row = _texts(sheet, styles, paper.method, row, paper.lang)
    sheet.print_area(0, 0, row, last)


def _texts(sheet: Worksheet, styles: Styles, texts: Sequence[str], row: int, lang: str) -> int:
    for text in texts:
        sheet.set_row(row, 15 * (1 + len(text) // (52 if lang == "ja" else 104)))
        sheet.merge_range(row, 0, row, 5, "", styles())
        sheet.write_string(
            row, 0, text, styles.text(text_wrap=True, valign="top", font_size=9, font_color=SOFT)
        )
        row += 1
    return row


def _paper_form(sheet: Worksheet, paper: Paper) -> None:
    sheet.set_paper(_A4)
    sheet.set_portrait()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.8)
    # In a footer & begins a command.
    who = f"{paper.organisation} · {paper.title} {paper.name}".replace("&", "&&")
    sheet.set_footer(f"&L&8{who[:120]}&R&8&P / &N")


def _title(sheet: Worksheet, styles: Styles, title: str, row: int) -> int:
    for column in range(6):
        sheet.write_blank(row, column, None, styles(bottom=2, bottom_color=STRONG))
    sheet.set_row(row, 22)
    sheet.write_string(
        row,
        0,
        title,
        styles.text(bold=True, font_size=12, font_color=STRONG, bottom=2, bottom_color=STRONG),
    )
    return row + 1


def _headlines(sheet: Worksheet, styles: Styles, paper: Paper, row: int) -> int:
    row = _title(sheet, styles, say("report_key_figures", paper.lang), row)
    for line in paper.headlines:
        sheet.set_row(row, 24)
        sheet.write_string(row, 0, line.label, styles.text(font_size=12))
        _value(sheet, styles, line, row, font_size=16, bold=True)
        _unit(sheet, styles, line, row)
        row += 1
    return row


def _line(sheet: Worksheet, styles: Styles, line: Row, row: int) -> None:
    under = {"bottom": 4, "bottom_color": LINE}
    if line.heading:
        sheet.write_string(row, 0, line.label, styles.text(font_color=SOFT))
        return
    indent = 2 if line.part else 0
    sheet.write_string(row, 0, line.label, styles.text(indent=indent, **under))
    _value(sheet, styles, line, row, **under)
    _unit(sheet, styles, line, row)


def _value(sheet: Worksheet, styles: Styles, line: Row, row: int, **properties: Any) -> None:
    if line.value is None:
        sheet.write_string(row, 1, "—", styles.text(align="right", font_color=SOFT, **properties))
    else:
        sheet.write_number(row, 1, line.value, styles.number(line.unit, line.value, **properties))


def _unit(sheet: Worksheet, styles: Styles, line: Row, row: int) -> None:
    if line.unit != "share":
        sheet.write_string(row, 2, line.unit_label, styles.text(font_color=SOFT, font_size=9))


def _trend(book: Workbook, sheet: Worksheet, styles: Styles, paper: Paper, row: int) -> int:
    """The chart, and under it the numbers that it draws, with what they are compared with."""
    row = _title(sheet, styles, say("report_section.trend", paper.lang), row)
    chart_row, row = row, row + 14
    end = _grid(sheet, styles, paper.beside, row)
    chart = book.add_chart({"type": "column"})
    labels = [line.label for line in paper.beside.lines]
    for series in paper.trend:
        number = row + 1 + labels.index(series.label)
        chart.add_series(
            {
                "name": [sheet.name, number, 0],
                "categories": [sheet.name, row, 1, row, len(paper.periods)],
                "values": [sheet.name, number, 1, number, len(paper.periods)],
                "fill": {"color": PALE if chart.series else STRONG},
                "gap": 70,
                "overlap": -5,
                "data_labels": {"value": True, "font": {"size": 9, "color": INK}},
            }
        )
    chart.set_title(
        {"name": say("report_chart", paper.lang), "name_font": {"size": 11, "bold": False, "color": INK}}
    )
    chart.set_legend({"position": "bottom"})
    chart.set_y_axis({"major_gridlines": {"visible": True, "line": {"color": LINE}}, "line": {"none": True}})
    chart.set_x_axis({"line": {"color": LINE}})
    chart.set_chartarea({"border": {"none": True}})
    chart.set_size({"width": 640, "height": 270})
    sheet.insert_chart(
        chart_row, 0, chart, {"x_offset": 6, "y_offset": 6, "description": say("report_chart", paper.lang)}
    )
    return end


def _grid(sheet: Worksheet, styles: Styles, grid: Grid, row: int) -> int:
    """Its columns' heads and its lines; the row after them."""
    head = styles.text(align="right", font_color=SOFT, text_wrap=True, bottom=1, bottom_color=LINE)
    for column, label in enumerate(grid.columns, 1):
        sheet.write_string(row, column, label, head)
    under = {"bottom": 4, "bottom_color": LINE}
    for number, line in enumerate(grid.lines, row + 1):
        sheet.write_string(number, 0, line.label, styles.text(**under))
        for column, cell in enumerate(line.cells, 1):
            _number(sheet, styles, number, column, cell)
    return row + 1 + len(grid.lines)


def _number(sheet: Worksheet, styles: Styles, row: int, column: int, cell: Cell) -> None:
    under = {"bottom": 4, "bottom_color": LINE}
    if cell.value is None:
        sheet.write_string(row, column, "—", styles.text(align="right", font_color=SOFT, **under))
        return
    form = "+#,##0;-#,##0;0" if cell.signed else None
    sheet.write_number(row, column, cell.value, styles.number(cell.unit, cell.value, form, **under))


def _all_figures(book: Workbook, styles: Styles, paper: Paper, report: Mapping[str, Any]) -> None:
    """Every figure, also those that are nothing, one a row; numbers are numbers, so that they can be filtered and summed."""
    sheet = book.add_worksheet(say("report_all_figures", paper.lang))
    _paper_form(sheet, paper)
    head = styles.text(bold=True, bg_color=FILL, bottom=1, bottom_color=LINE)
    for column, name in enumerate(_COLUMNS):
        sheet.write_string(0, column, say(f"report_column.{name}", paper.lang), head)
    row = 0
    for figure in FIGURES:
        for key, value, says in described(report, figure):
            row += 1
            label = printed(key_label(figure, key, says, paper.lang)) if key else ""
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


def _words(sheet: Worksheet, styles: Styles, row: int, column: int, words: Sequence[str]) -> None:
    for number, word in enumerate(words, column):
        sheet.write_string(row, number, word, styles.text())
