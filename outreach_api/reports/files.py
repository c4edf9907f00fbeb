"""Answers with a report as a file. Rendering comes after the transaction: whoever waits for a file holds no database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from outreach_api.kernel.csv_cells import write_csv
from outreach_api.messages import Language
from outreach_api.reports.paper.page import STYLE_SOURCE, page
from outreach_api.reports.paper.tree import paper
from outreach_api.reports.paper.typeset import pdf
from outreach_api.reports.paper.workbook import workbook
from outreach_api.reports.rules import figures, labels
from outreach_api.web.every_request import POLICY
from outreach_api.web.problems import language
from outreach_api.web.services import services
from schemas.vocabulary import ReportForm

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


def _file(content: str | bytes, name: str, kind: str) -> Response:
    return Response(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
