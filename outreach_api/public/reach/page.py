"""The page /reach: where the van has been, in easy words and numbers, for a phone and for paper. No script."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from outreach_api.kernel import said_days
from outreach_api.kernel.week import FiscalYear, IsoWeek, Month, Period
from outreach_api.messages import say as say_plain
from outreach_api.public.reach import drawing
from outreach_api.public.reach.periods import Span
from outreach_api.public.reach.reads import Released
from outreach_api.public.reach.tables import cell_table, census_counts, group_table, number, quarter_table
from outreach_api.public.readings import Reader

_OFFERED = 6
"""Of each kind of period, the latest."""
_KEY = '<svg class="key" viewBox="0 0 34 22" aria-hidden="true">'


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page is made of: the figures as the JSON tells them."""

    reach: dict[str, Any]
    span: Span
    out: Released | None
    name: str


def title(name: str, reader: Reader) -> str:
    """Escaped, for the head of the page: without readings."""
    return Reader(reader.lang, furigana=False).say("reach_title", name=html.escape(name))


def no_such_period(name: str, out: Released | None, reader: Reader) -> str:
    """The inner HTML for who asked for a period that is none: the periods that there are, each a link."""
    said = "reach_none" if out is None else "reach_no_such_period"
    parts = [
        f"<h1>{reader.say('reach_title', name=reader.name(name, None))}</h1>",
        f'<p class="lead">{reader.say(said)}</p>',
        *([] if out is None else [_periods(None, out, reader)]),
        _when(reader),
    ]
    return "\n".join(parts)


def body(shown: Shown, reader: Reader) -> str:
    """The inner HTML; every text from outside is escaped."""
    say = reader.say
    parts = [
        f"<h1>{say('reach_title', name=reader.name(shown.name, None))}</h1>",
        _switches(shown, reader),
        f'<p class="lead">{say("reach_intro")}</p>',
    ]
    if shown.out is None:
        return "\n".join([*parts, f"<p>{say('reach_none')}</p>", _when(reader)])
    reach, drawn = shown.reach, drawing.grid(shown.reach["cells"])
    parts += [
        *_times(shown, shown.out, reader),
        _tiles(reach, reader),
        f"<p>{say('reach_how_counted')}</p>",
        _periods(shown.span, shown.out, reader),
    ]
    if drawn is not None:
        parts += _map(reach, drawn, reader)
        parts += [f"<h2>{say('reach_table')}</h2>", cell_table(reach, drawn, reader)]
    parts += [f"<h2>{say('reach_groups')}</h2>", group_table(reach["attendance"], reader)]
    if reach["quarters"]:
        parts += [f"<h2>{say('reach_quarters')}</h2>", quarter_table(reach["quarters"], reader)]
    methods = ("once", "round", "small", "places")
    parts += [
        f"<h2>{say('reach_method')}</h2>",
        "<ul>",
        *(f"<li>{say(f'reach_method_{method}')}</li>" for method in methods),
        "</ul>",
        _data(shown, reader),
        _when(reader),
    ]
    return "\n".join(parts)


def _address(shown: Shown, reader: Reader, *, lang: str | None = None, furigana: bool | None = None) -> str:
    """This page with something else wished for; escaped."""
    ruby = reader.furigana if furigana is None else furigana
    return _with_wishes(str(shown.span.first), _until(shown.span), lang or reader.lang, furigana=ruby)


def _until(span: Span) -> str:
    return "" if span.first == span.last else str(span.last)


def _with_wishes(period: str, until: str, lang: str, *, furigana: bool) -> str:
    more = f"&amp;until={until}" if until else ""
    return f"/reach?period={period}{more}&amp;lang={lang}{'&amp;furigana=1' if furigana else ''}"


def _switches(shown: Shown, reader: Reader) -> str:
    if reader.lang == "en":
        to = _address(shown, reader, lang="ja")
        switches = [f'<a href="{to}" lang="ja" hreflang="ja">日本語</a>']
    else:
        code = "when_furigana_off" if reader.furigana else "when_furigana"
        turned = _address(shown, reader, furigana=not reader.furigana)
        to = _address(shown, reader, lang="en")
        switches = [
            f'<a href="{turned}">{reader.say(code)}</a>',
            f'<a href="{to}" lang="en" hreflang="en">English</a>',
        ]
    return f'<ul class="switches no-print">{"".join(f"<li>{one}</li>" for one in switches)}</ul>'


def _times(shown: Shown, out: Released, reader: Reader) -> Iterable[str]:
    first, last = (_day(day, reader) for day in (shown.span.from_day, shown.span.to_day))
    yield f'<p class="lead"><strong>{reader.say("reach_span", first=first, last=last)}</strong></p>'
    through = reader.say("reach_through", day=_day(out.through.last_day, reader))
    unfinished = "" if shown.reach["complete"] else f" {reader.say('reach_unfinished')}"
    yield f"<p>{through}{unfinished}</p>"


def _day(day: Any, reader: Reader) -> str:
    if reader.lang == "en":
        return said_days.english(day)
    return f"{day.year}{reader.own('[年|ねん]')}{reader.own(said_days.marked(day))}"


def _tiles(reach: dict[str, Any], reader: Reader) -> str:
    visited = sum(cell["visits"] > 0 for cell in reach["cells"])
    tiles = (
        ("reach_people", "reach_people_unit", reach["attendance"]["total"]),
        ("reach_children", "reach_people_unit", reach["attendance"]["children"]),
        ("reach_visits", "reach_visits_unit", reach["visits"]),
        ("reach_cells", "reach_cells_unit", visited),
    )
    return (
        '<ul class="tiles">'
        + "".join(
            f"<li>{reader.say(code)} <b>{reader.say(unit, count=number(count))}</b></li>"
            for code, unit, count in tiles
        )
        + "</ul>"
    )


def _periods(current: Span | None, out: Released, reader: Reader) -> str:
    """Links to other periods: the latest ones of each kind in which anything was released."""
    last = out.through.last_day
    kinds: tuple[tuple[str, Period], ...] = (
        ("reach_fiscal_years", FiscalYear.of(last)),
        ("reach_months", Month.of(last)),
        ("reach_weeks", out.through),
    )
    lines = [
        f"<dt>{reader.say(code)}</dt><dd>{_links(_latest(latest, out.first), current, reader)}</dd>"
        for code, latest in kinds
    ]
    return (
        f'<h2 class="no-print">{reader.say("reach_periods")}</h2>'
        f'<dl class="periods-of no-print">{"".join(lines)}</dl>'
    )


def _latest(latest: Period, first: IsoWeek) -> Sequence[Period]:
    found = (latest.previous(n) for n in reversed(range(_OFFERED)))
    return [period for period in found if period.last_day >= first.first_day]


def _links(periods: Sequence[Period], current: Span | None, reader: Reader) -> str:
    links = []
    for period in periods:
        if Span(period, period) == current:
            links.append(f'<li><strong aria-current="page">{_called(period, reader)}</strong></li>')
        else:
            to = _with_wishes(str(period), "", reader.lang, furigana=reader.furigana)
            links.append(f'<li><a href="{to}">{_called(period, reader)}</a></li>')
    return f'<ul class="periods">{"".join(links)}</ul>'


def _called(period: Period, reader: Reader) -> str:
    """A period as people call it, who know no numbers of weeks."""
    first = period.first_day
    match period:
        case FiscalYear():
            return reader.say("reach_fiscal_year_name", year=str(first.year))
        case Month():
            return reader.say("reach_month_name", year=str(first.year), month=f"{first.month}")
    day = first.isoformat() if reader.lang == "en" else reader.own(said_days.marked(first))
    return reader.say("reach_week_name", day=day)


def _map(reach: dict[str, Any], drawn: drawing.Grid, reader: Reader) -> Iterable[str]:
    say, cells = reader.say, [square.cell for square in drawn.squares]
    visited = sum(cell["visits"] > 0 for cell in cells)
    alt = say_plain("reach_map_alt", reader.lang, {"visited": visited})
    yield f"<h2>{say('reach_map')}</h2><p>{say('reach_map_intro')}</p>"
    yield f"<figure>{drawing.svg(drawn, alt)}<figcaption>{_legend(reach, cells, reader)}</figcaption></figure>"
    known = [cell for cell in reach["cells"] if cell["census"] is not None]
    everybody = sum(cell["census"] for cell in known)
    if everybody:
        left = sum(cell["census"] for cell in known if cell["weeks_since_visit"] is None)
        who = census_counts(reach, reader)
        share = f"{100 * left / everybody:.0f}%"
        yield f"<p><strong>{say('reach_unvisited', who=who, count=number(left), share=share)}</strong></p>"
        label = reader.name(reach["census"]["label"], None)
        yield f'<p class="small">{say("reach_census_source", label=label)}</p>'


def _legend(reach: dict[str, Any], cells: Sequence[dict[str, Any]], reader: Reader) -> str:
    step, say = drawing.shade_step(cells), reader.say
    shades = [f"{_key(f'square shade{n}')}{_range(n, step)}" for n in range(1, drawing.SHADES + 1)]
    lines = [
        f"{_key('square recent')}{say('reach_legend_recent')}",
        f"{_key('square past')}{say('reach_legend_past')}",
    ]
    most = max((cell["census"] or 0 for cell in cells), default=0)
    if most:
        circle = '<svg class="key" viewBox="0 0 34 22" aria-hidden="true"><circle class="census" cx="17" cy="11" r="9"/></svg>'
        lines.append(
            f"{circle}{say('reach_legend_census', who=census_counts(reach, reader), most=number(most))}"
        )
    people = f"{say('reach_legend_people')}"
    return (
        f"<ul><li>{people}</li>{''.join(f'<li>{one}</li>' for one in shades)}</ul>"
        f"<ul>{''.join(f'<li>{one}</li>' for one in lines)}</ul>"
    )


def _range(shade: int, step: int) -> str:
    low = 0 if shade == 1 else (shade - 1) * step + 5
    return f"{number(low)}–{number(shade * step)}" if shade < drawing.SHADES else f"{number(low)}–"


def _key(kinds: str) -> str:
    return f'{_KEY}<rect class="{kinds}" x="2" y="2" width="30" height="18"/></svg>'


def _data(shown: Shown, reader: Reader) -> str:
    until = _until(shown.span)
    asked = f"?period={shown.span.first}{f'&amp;until={until}' if until else ''}"
    forms = (("reach_csv", ".csv"), ("reach_geojson", ".geojson"), ("reach_json", ""))
    links = "".join(
        f'<li><a href="/v1/public/reach{end}{asked}">{reader.say(code)}</a></li>' for code, end in forms
    )
    return f'<h2 class="no-print">{reader.say("reach_data")}</h2><ul class="no-print">{links}</ul>'


def _when(reader: Reader) -> str:
    to = f"/when?lang={reader.lang}{'&amp;furigana=1' if reader.furigana else ''}"
    return f'<p class="no-print"><a href="{to}">{reader.say("reach_when")}</a></p>'
