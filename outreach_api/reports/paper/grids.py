"""Figures that stand in rows and columns: periods side by side, the months of a year, the eight programmes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from outreach_api.messages import Language, say
from outreach_api.reports.paper.parts import Cell, Grid, Line
from outreach_api.reports.rules.figures import FIGURES, MAIN, Figure, described
from outreach_api.reports.rules.labels import figure_label, key_label, section_label
from schemas.vocabulary import Against

GRIDS = ("programmes", "months")
_BY_NAME = {figure.name: figure for figure in FIGURES}


def beside(report: Mapping[str, Any], lang: Language) -> Grid:
    """The periods of the trend, and what the last of them is compared with, as far as anything is known of that."""
    trend = report["trend"]
    compared = [one for one in report["compared"] if any(one[name] is not None for name in MAIN)]
    before = next((one for one in compared if one["against"] == Against.BEFORE), None)
    others = [one for one in compared if one is not before]
    columns = [point["period"] for point in trend]
    if before:
        columns.append(say("report_against.difference", lang))
    columns += [say(f"report_against.{one['against']}", lang, {"period": one["period"]}) for one in others]
    lines = []
    for name, unit in MAIN.items():
        cells = [Cell(point[name], unit) for point in trend]
        if before:
            now, then = trend[-1][name], before[name]
            change = None if now is None or then is None else now - then
            cells.append(Cell(change, unit, signed=True))
        cells += [Cell(one[name], unit) for one in others]
        lines.append(Line(figure_label(_BY_NAME[f"trend.{name}"], lang), cells))
    return Grid(section_label("compared", lang), columns, lines)


def grids(report: Mapping[str, Any], lang: Language) -> Iterator[Grid]:
    """A line each month and programme, with the section's figures as columns; none of what the report lacks."""
    for section in GRIDS:
        figures = [figure for figure in FIGURES if figure.section == section]
        told = [list(described(report, figure)) for figure in figures]
        if told[0]:
            yield Grid(
                section_label(section, lang),
                [figure_label(figure, lang) for figure in figures],
                [_line(figures, row, lang) for row in zip(*told, strict=True)],
            )


def _line(figures: Sequence[Figure], row: Sequence[tuple[str, Any, str]], lang: Language) -> Line:
    key = row[0][0]
    cells = [Cell(value, figure.unit) for figure, (_, value, _) in zip(figures, row, strict=True)]
    return Line(key_label(figures[0], key, "", lang), cells)
