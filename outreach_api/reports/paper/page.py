"""A report as a page: to be read on a phone and printed on A4. No script, nothing from outside."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files

from outreach_api.messages import say
from outreach_api.reports.paper.parts import Grid, Paper, Row, Section, Series
from outreach_api.reports.paper.tree import cut, said, shown, ticks

_STYLE = files(__package__).joinpath("page.css").read_text(encoding="utf-8")
STYLE_SOURCE = f"'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"
"""What the page's own style is allowed by, in its Content-Security-Policy."""

_WIDE, _TALL, _BESIDE, _BELOW, _ABOVE = 640, 200, 46, 26, 24


def page(paper: Paper) -> str:
    """The whole page; every word from outside is escaped."""
    title = html.escape(f"{paper.title} {paper.said_name}")
    leading = [section for section in paper.sections if section.leading]
    others = [section for section in paper.sections if not section.leading]
    body = "\n".join(
        [
            *_masthead(paper, title),
            f'<ul class="cards">{"".join(_card(row) for row in paper.headlines)}</ul>',
            f"<section><h2>{html.escape(say('report_chart', paper.lang))}</h2>",
            _chart(paper),
            _grid(paper.beside),
            "</section>",
            f'<div class="leading">{"".join(_section(section, paper) for section in leading)}</div>',
            _changed(paper),
            f'<section class="steps"><h2>{html.escape(paper.steps.title)}</h2>{_steps(paper.steps.rows)}</section>',
            *(f"<section><h2>{html.escape(grid.title)}</h2>{_grid(grid)}</section>" for grid in paper.grids),
            f'<div class="sections">{"".join(_section(section, paper) for section in others)}</div>',
            f'<section class="method"><h2>{html.escape(say("report_section.method", paper.lang))}</h2>',
            *(f"<p>{html.escape(note)}</p>" for note in paper.method),
            "</section>",
        ]
    )
    return (
        f'<!doctype html>\n<html lang="{paper.lang}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
        f"<style>{_STYLE}</style></head>\n<body><main>\n{body}\n</main></body></html>\n"
    )


def _masthead(paper: Paper, title: str) -> Iterator[str]:
    internal = f'<span class="internal">{html.escape(paper.internal)}</span>'
    yield f'<header><p class="who"><bdi>{html.escape(paper.organisation)}</bdi> {internal}</p><h1>{title}</h1>'
    yield f'<p class="days">{html.escape(paper.days)}</p>'
    stand = "　".join(word for word in (paper.state, paper.as_of) if word)
    yield f'<p class="stand">{html.escape(stand)}</p></header>'


def _changed(paper: Paper) -> str:
    lines = "".join(f"<li><bdi>{html.escape(line)}</bdi></li>" for line in paper.changed)
    title = html.escape(paper.changed_title)
    return f'<section class="changed"><h2>{title}</h2><ul>{lines}</ul></section>' if lines else ""


def _amount(row: Row) -> str:
    unit = (
        "" if row.unit == "share" or row.value is None else f" <small>{html.escape(row.unit_label)}</small>"
    )
    return f"<b>{shown(row.value, row.unit)}</b>{unit}"


def _card(row: Row) -> str:
    return f"<li><span>{html.escape(row.label)}</span> {_amount(row)}</li>"


def _section(section: Section, paper: Paper) -> str:
    lines = "".join(_line(row) for row in cut(section.rows, paper.lang))
    return f"<section><h2>{html.escape(section.title)}</h2><table><tbody>{lines}</tbody></table></section>"


def _line(row: Row) -> str:
    label = f"<bdi>{html.escape(row.label)}</bdi>"
    if row.heading:
        return f'<tr class="heading"><th scope="rowgroup" colspan="2">{label}</th></tr>'
    kind = ' class="part"' if row.part else ""
    return f'<tr{kind}><th scope="row">{label}</th><td>{_amount(row)}</td></tr>'


def _grid(grid: Grid) -> str:
    head = "".join(f'<th scope="col">{html.escape(column)}</th>' for column in grid.columns)
    lines = "".join(
        f'<tr><th scope="row">{html.escape(line.label)}</th>'
        + "".join(f"<td>{said(cell)}</td>" for cell in line.cells)
        + "</tr>"
        for line in grid.lines
    )
    table = f'<table class="trend"><thead><tr><td></td>{head}</tr></thead><tbody>{lines}</tbody></table>'
    # It is wider than a phone: whoever has no mouse moves it with the keys.
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{html.escape(grid.title)}">{table}</div>'
    )


def _steps(rows: Sequence[Row]) -> str:
    """A bar each, as long as there were many; the numbers stand beside them."""
    most = max([*(row.value or 0 for row in rows), 1])
    lines = "".join(
        f'<tr><th scope="row">{html.escape(row.label)}</th><td class="bar"><svg viewBox="0 0 100 6" '
        f'preserveAspectRatio="none" aria-hidden="true"><rect class="part" '
        f'width="{max(0.4, 100 * (row.value or 0) / most):.1f}" height="6"/></svg></td><td>{_amount(row)}</td></tr>'
        for row in rows
    )
    return f"<table><tbody>{lines}</tbody></table>"


def _chart(paper: Paper) -> str:
    """Bars of the first charted series with the second, which is a part of it, inside."""
    whole, part = paper.trend
    words = {"periods": "・".join(paper.periods), "whole": whole.label, "part": part.label}
    alt = html.escape(say("report_chart_alt", paper.lang, words))
    keys = "".join(
        f'<span><svg class="key" viewBox="0 0 10 10" aria-hidden="true"><rect class="{kind}" width="10" '
        f'height="10"/></svg>{html.escape(series.label)}</span>'
        for kind, series in (("whole", whole), ("part", part))
    )
    drawn = "".join(_bars(whole, part, paper.periods))
    height = _ABOVE + _TALL + _BELOW
    return (
        f'<figure><svg viewBox="0 0 {_WIDE} {height}" role="img" aria-label="{alt}">{drawn}</svg>'
        f"<figcaption>{keys}</figcaption></figure>"
    )


def _bars(whole: Series, part: Series, periods: Iterable[str]) -> Iterator[str]:
    axis = ticks(whole)
    top, ground = axis[-1], _ABOVE + _TALL
    for tick in axis:
        y = ground - _TALL * tick / top
        yield f'<line x1="{_BESIDE}" x2="{_WIDE}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="axis" x="{_BESIDE - 6}" y="{y + 4:.1f}">{tick:,g}</text>'
    step = (_WIDE - _BESIDE) / len(whole.values)
    width = min(step * 0.46, 90)
    for number, (period, all_, some) in enumerate(zip(periods, whole.values, part.values, strict=True)):
        middle = _BESIDE + step * (number + 0.5)
        for kind, value in (("whole", all_), ("part", min(some, all_))):
            tall = _TALL * max(value, 0) / top
            yield (
                f'<rect class="{kind}" x="{middle - width / 2:.1f}" y="{ground - tall:.1f}" '
                f'width="{width:.1f}" height="{tall:.1f}" rx="2"/>'
            )
            if kind == "whole" or tall > 22:
                y = ground - tall + (-7 if kind == "whole" else 17)
                yield f'<text class="on-{kind}" x="{middle:.1f}" y="{y:.1f}">{shown(value, whole.unit)}</text>'
        yield f'<text class="period" x="{middle:.1f}" y="{ground + 18}">{html.escape(period)}</text>'
