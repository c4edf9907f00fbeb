"""Answers with a report as a file. Rendering comes after the transaction: whoever waits for a file holds no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response

from outreach_api.kernel.csv_cells import write_csv
from outreach_api.messages import Language, say
from outreach_api.reports.paper.page import STYLE_SOURCE, page
from outreach_api.reports.paper.tree import paper
from outreach_api.reports.paper.typeset import pdf
from outreach_api.reports.paper.workbook import workbook
from outreach_api.reports.rules import figures, labels, visit_rows
from outreach_api.web.every_request import POLICY
from outreach_api.web.problems import language
from outreach_api.web.services import services
from schemas.vocabulary import Band, ReportForm

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PDF = "application/pdf"
OFFERED = {
    "text/csv": ReportForm.CSV,
    _XLSX: ReportForm.XLSX,
    _PDF: ReportForm.PDF,
    "text/html": ReportForm.HTML,
}
"""What may be asked for by Accept, beside JSON."""
DESCRIBED: dict[str, Any] = {
    "text/csv": {"type": "string"},
    _XLSX: {"type": "string", "contentMediaType": _XLSX},
    _PDF: {"type": "string", "contentMediaType": _PDF},
    "text/html": {"type": "string"},
}


def answer(form: ReportForm, report: Mapping[str, Any], *, bom: bool) -> Response:
    """The file that was asked for."""
    lang: Language = language()
    name = f"report-{report['period']['kind']}-{report['period']['name']}"
    if form is ReportForm.CSV:
        text = write_csv(labels.rows(report), figures.HEADER, bom=bom)
        return _file(text, f"{name}.csv", "text/csv; charset=utf-8")
    made = paper(report, services().settings.organisation, lang)
    if form is ReportForm.HTML:
        response = Response(page(made), content_type="text/html; charset=utf-8")
        response.headers["Content-Security-Policy"] = f"{POLICY}; style-src {STYLE_SOURCE}"
    elif form is ReportForm.PDF:
        response = _file(pdf(made), f"{name}.pdf", _PDF)
    else:
        response = _file(workbook(made, report), f"{name}.xlsx", _XLSX)
    response.headers["Content-Language"] = lang
    return response


def visits(rows: Iterable[visit_rows.Cells], name: str, *, bom: bool) -> Response:
    """One row a visit. For people with words, in their language; without a byte order mark, for scripts, with codes."""
    columns, lang = visit_rows.COLUMNS, language()
    header, cells = columns, [[row.get(column) for column in columns] for row in rows]
    if bom:
        header = tuple(_column(column, lang) for column in columns)
        cells = [[say(f"report_visits_row.{row}", lang), *others] for row, *others in cells]
    response = _file(write_csv(cells, header, bom=bom), name, "text/csv; charset=utf-8")
    if bom:
        response.headers["Content-Language"] = lang
    return response


def _column(column: str, lang: Language) -> str:
    band = column in {band.value for band in Band}
    return say(f"report_word.band.{column}" if band else f"report_visits.{column}", lang)


def _file(content: str | bytes, name: str, kind: str) -> Response:
    return Response(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
