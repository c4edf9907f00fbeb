"""A report as a PDF on A4: what stands where is in report.typ, what is said comes from the tree."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from outreach_api.messages import say
from outreach_api.reports.paper.parts import Grid, Paper, Row, Series
from outreach_api.reports.paper.tree import cut, said, shown, ticks
from outreach_api.web.typesetting import set_pages


def pdf(paper: Paper) -> bytes:
    """The file. The same report gives the same bytes. Raises Refused when others' pages take too long."""
    return set_pages(_template(), _data(paper), paper.made_at)


@cache
def _template() -> bytes:
    return files(__package__).joinpath("report.typ").read_bytes()


def _data(paper: Paper) -> dict[str, Any]:
    """Everything that is said, as plain JSON; numbers also as people read them."""
    return {
        **{
            name: getattr(paper, name)
            for name in (
                *("lang", "title", "name", "said_name", "days", "organisation", "internal", "as_of", "state"),
                *("periods", "method", "changed", "changed_title"),
            )
        },
        "headlines": _rows(paper.headlines),
        "charted": [_series(series) for series in paper.trend],
        "beside": _grid(paper.beside),
        "steps": {"title": paper.steps.title, "rows": _rows(paper.steps.rows)},
        "grids": [_grid(grid) for grid in paper.grids],
        "leading": _sections(paper, leading=True),
        "sections": _sections(paper, leading=False),
        "ticks": [{"value": tick, "shown": f"{tick:,g}"} for tick in ticks(paper.trend[0])],
        "chart_title": say("report_chart", paper.lang),
        "method_title": say("report_section.method", paper.lang),
    }


def _sections(paper: Paper, *, leading: bool) -> list[dict[str, Any]]:
    return [
        {"title": section.title, "rows": _rows(cut(section.rows, paper.lang))}
        for section in paper.sections
        if section.leading is leading
    ]


def _grid(grid: Grid) -> dict[str, Any]:
    return {
        "title": grid.title,
        "columns": grid.columns,
        "lines": [{"label": line.label, "shown": [said(cell) for cell in line.cells]} for line in grid.lines],
    }


def _rows(rows: Iterable[Row]) -> list[dict[str, Any]]:
    return [
        {
            "label": row.label,
            "value": row.value,
            "shown": shown(row.value, row.unit),
            "unit": "" if row.unit == "share" or row.value is None else row.unit_label,
            "part": row.part,
            "heading": row.heading,
        }
        for row in rows
    ]


def _series(series: Series) -> dict[str, Any]:
    return {
        "label": series.label,
        "values": series.values,
        "shown": [shown(value, series.unit) for value in series.values],
    }
