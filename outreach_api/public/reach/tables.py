"""The tables of the page /reach: all that the map shows, and ages and quarters beside it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from outreach_api.kernel.week import FiscalQuarter
from outreach_api.public.reach.drawing import Grid, Square
from outreach_api.public.readings import Reader
from schemas.vocabulary import AgeGroup, RareFigure

_UNVISITED_MOST = 15
"""Squares where the van never was, those with the most people first: the rest is in the data."""


def number(count: int) -> str:
    return f"{count:,}"


def cell_table(reach: dict[str, Any], drawn: Grid, reader: Reader) -> str:
    """Squares that were visited, then the largest that never were; the last lines add up to all."""
    say = reader.say
    visited = [one for one in drawn.squares if one.cell["weeks_since_visit"] is not None]
    never = [one for one in drawn.squares if one.cell["weeks_since_visit"] is None and one.cell["census"]]
    visited.sort(key=lambda one: (-one.cell["attendance"]["total"], one.row, one.column))
    never.sort(key=lambda one: (-one.cell["census"], one.row, one.column))
    knows = reach["census"] is not None
    lines = [_line(one, reader, knows=knows) for one in [*visited, *never[:_UNVISITED_MOST]]]
    hidden, everybody = reach["not_on_map"], reach["attendance"]
    lines.append(_sum_line(say("reach_not_on_map"), "", hidden, reader, knows=knows))
    lines.append(
        _sum_line(say("reach_all"), number(reach["visits"]), everybody, reader, knows=knows, kind="sum")
    )
    codes = [
        "reach_square",
        "reach_places",
        "reach_visits",
        "reach_people",
        "reach_children",
        "reach_weeks_since",
    ]
    left = len(never) - _UNVISITED_MOST
    more = f'<p class="small">{say("reach_more_cells", count=number(left))}</p>' if left > 0 else ""
    heads = [say(code) for code in codes]
    if knows:
        heads.append(say("reach_census", who=census_counts(reach, reader)))
    return _table(heads, lines, words=2) + more


def census_counts(reach: dict[str, Any], reader: Reader) -> str:
    """Whom the census counts, in words."""
    return reader.say(f"reach_counts_{reach['census']['counts']}")


def _line(square: Square, reader: Reader, *, knows: bool) -> str:
    cell = square.cell
    between = "、" if reader.lang == "ja" else ", "
    places = between.join(
        reader.name(place, None) for place in cell["places_en" if reader.lang == "en" else "places"]
    )
    came = cell["visits"] > 0
    values = [
        number(cell["visits"]) if came else "–",
        number(cell["attendance"]["total"]) if came else "–",
        number(cell["attendance"]["children"]) if came else "–",
        _since(cell["weeks_since_visit"], reader),
    ]
    if knows:
        values.append("" if cell["census"] is None else number(cell["census"]))
    return f'<tr><th scope="row">{square.name}</th><td class="places">{places}</td>{_numbers(values)}</tr>'


def _since(weeks: int | None, reader: Reader) -> str:
    if weeks is None:
        return reader.say("reach_never")
    if weeks <= 1:
        return reader.say("reach_week_ago" if weeks else "reach_this_week")
    return reader.say("reach_weeks_ago", count=str(weeks))


def _sum_line(
    name: str, visits: str, heads: dict[str, Any], reader: Reader, *, knows: bool, kind: str = ""
) -> str:
    values = [visits, number(heads["total"]), number(heads["children"]), "", *([""] if knows else [])]
    return f'<tr class="{kind}"><th scope="row" colspan="2">{name}</th>{_numbers(values)}</tr>'


def group_table(heads: dict[str, Any], reader: Reader) -> str:
    """Heads by age; the bars only repeat the numbers."""
    total = max(1, heads["total"])
    lines = []
    for group in AgeGroup:
        count = heads["by_group"][group]
        bar = (
            '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
            f'<rect x="0" y="0" width="{100 * max(0, count) / total:.1f}" height="10"/></svg>'
        )
        lines.append(
            f'<tr><th scope="row">{reader.say(f"reach_{group}")}</th>'
            f'<td class="number">{number(count)}</td><td class="bars">{bar}</td></tr>'
        )
    lines.append(
        f'<tr class="sum"><th scope="row">{reader.say("reach_all")}</th>'
        f'<td class="number">{number(heads["total"])}</td><td class="bars"></td></tr>'
    )
    head = (
        f'<th scope="col">{reader.say("reach_group")}</th>'
        f'<th scope="col" class="number">{reader.say("reach_people")}</th><th class="bars"></th>'
    )
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'


def quarter_table(quarters: Iterable[dict[str, Any]], reader: Reader) -> str:
    lines = [
        f'<tr><th scope="row">{_quarter(one["quarter"], reader)}</th>'
        f"{_numbers([number(one[figure]) for figure in RareFigure])}</tr>"
        for one in quarters
    ]
    heads = ["reach_quarter", *(f"reach_{figure}" for figure in RareFigure)]
    return _table([reader.say(code) for code in heads], lines, words=1)


def _quarter(name: str, reader: Reader) -> str:
    quarter = FiscalQuarter.parse(name)
    months = {"first": str(quarter.first_day.month), "last": str(quarter.last_day.month)}
    return reader.say("reach_quarter_name", year=str(quarter.fiscal_year), **months)


def _numbers(values: Iterable[str]) -> str:
    return "".join(f'<td class="number">{value}</td>' for value in values)


def _table(heads: list[str], lines: Iterable[str], *, words: int) -> str:
    """`words`: so many columns hold words, the rest numbers."""
    columns = "".join(
        f'<th scope="col"{"" if n < words else " class=number"}>{head}</th>' for n, head in enumerate(heads)
    )
    return (
        f'<div class="scroll"><table><thead><tr>{columns}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )
