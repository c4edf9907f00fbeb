"""A pack on A4: what stands where is in pack.typ, what is said comes from here as plain data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial
from importlib.resources import files
from typing import Any

from outreach_api.kernel import said_days
from outreach_api.kernel.text import printed
from outreach_api.kernel.week import TOKYO, FiscalQuarter, FiscalYear, IsoWeek, Month, parse_period
from outreach_api.messages import Language, say
from outreach_api.public.pack.drawn import chart, map_svg, qr_svg
from outreach_api.public.pack.tree import HEADS, NEED
from outreach_api.public.reach import drawing
from outreach_api.web.typesetting import set_pages
from schemas.vocabulary import AgeGroup, PublishedStep, RareFigure, ReportPeriodKind

MOST_LINES = 40
"""Of a table on paper; the CSV has all."""
_MOST_NAMED = 6
"""Weeks that are named one by one."""
_NEVER = dt.date(2000, 1, 1)
"""The time of making of a pack before anything was released."""

_BESIDE = ("before", "year_before")
"""Of a fiscal year these are one."""

Data = dict[str, Any]


def pdf(pack: Mapping[str, Any], organisation: str, lang: Language) -> bytes:
    """The file. The same pack gives the same bytes. Raises Refused when others' pages take too long."""
    made_on = pack["released_on"] or _NEVER
    made_at = dt.datetime.combine(made_on, dt.time(0), TOKYO)
    return set_pages(_template(), data(pack, organisation, lang), made_at)


@cache
def _template() -> bytes:
    return files(__package__).joinpath("pack.typ").read_bytes()


def data(pack: Mapping[str, Any], organisation: str, lang: Language) -> Data:
    """Everything that is said on the pages."""
    words = partial(say, language=lang)
    drawn = drawing.grid(pack["cells"])
    return {
        "lang": lang,
        "organisation": printed(organisation),
        "title": words("pack_title"),
        "lead": words("pack_lead"),
        "name": _said_name(pack["period"], lang),
        "days": words("pack_to", params=_days(pack["from_day"], pack["to_day"], lang)),
        "stand": _stand(pack, lang),
        "unfinished": _unfinished(pack, lang),
        "cards": list(_cards(pack, lang)),
        "chart": {"title": words("pack_chart"), **chart([_point(one, lang) for one in pack["trend"]])},
        "compared": _compared(pack, lang),
        "groups": {
            "title": words("pack_section.attendance"),
            "rows": [
                _share(words(f"pack_figure.{group}"), pack["attendance"]["by_group"][group], pack)
                for group in AgeGroup
            ],
        },
        "map": None if drawn is None else {"svg": map_svg(drawn), "caption": _caption(pack, drawn, lang)},
        "places": _places(pack, drawn, lang),
        "need": _need(pack, drawn, lang),
        "quarters": _quarters(pack, lang),
        "issues": _issues(pack, lang),
        "links": {
            "title": words("pack_section.link"),
            "rows": [
                {
                    "label": words(f"pack_link.{link['kind']}"),
                    "url": printed(link["url"]),
                    "qr": qr_svg(link["url"]),
                }
                for link in pack["links"]
            ],
        },
        "method": {
            "title": words("pack_section.method"),
            "notes": [note[lang] for note in pack["method"]],
        },
    }


def _said_name(name: str, lang: Language) -> str:
    """2026-W48 as people say it."""
    match period := parse_period(name):
        case IsoWeek():
            kind, year, part = ReportPeriodKind.WEEK, period.year, period.week
        case Month():
            kind, year, part = ReportPeriodKind.MONTH, period.year, period.month
        case FiscalQuarter():
            kind, year, part = ReportPeriodKind.QUARTER, period.fiscal_year, period.quarter
        case _:
            kind, year, part = ReportPeriodKind.FISCAL_YEAR, FiscalYear.of(period.first_day).year, 0
    return say(f"report_name.{kind}", lang, {"year": year, "part": part})


def _day(day: dt.date, lang: Language) -> str:
    return f"{day.year}年{said_days.japanese(day)}" if lang == "ja" else said_days.english(day)


def _days(first: dt.date, last: dt.date, lang: Language) -> dict[str, object]:
    return {"first": _day(first, lang), "last": _day(last, lang)}


def _stand(pack: Mapping[str, Any], lang: Language) -> str:
    through = pack["released_through"]
    if through is None:
        return say("pack_none", lang)
    on = {"day": _day(through.last_day, lang), "on": _day(pack["released_on"], lang)}
    return say("pack_through", lang, on)


def _unfinished(pack: Mapping[str, Any], lang: Language) -> str:
    missing = [str(week) for week in pack["missing_weeks"]]
    if not missing:
        return ""
    weeks = ("・" if lang == "ja" else ", ").join(missing)
    if len(missing) > _MOST_NAMED:
        run = {"first": missing[0], "last": missing[-1], "count": len(missing)}
        weeks = say("pack_weeks_more", lang, run)
    return say("pack_unfinished", lang, {"weeks": weeks})


def number(count: int | None) -> str:
    """As people read it; a dash where nothing is known."""
    return "—" if count is None else f"{count:,}"


def _point(figures: Mapping[str, Any], lang: Language) -> Data:
    """A bar: short enough to stand under it."""
    match period := parse_period(figures["period"]):
        case IsoWeek():
            name = f"{period.monday.month}/{period.monday.day}〜"
        case Month():
            name = f"{period.month}月" if lang == "ja" else str(period)
        case _:
            name = str(period)
    return {"name": name, "whole": figures["attendance"], "part": figures["children"]}


def _cards(pack: Mapping[str, Any], lang: Language) -> Iterator[Data]:
    for name in HEADS:
        unit = "visits" if name == "visits" else "people"
        value = pack["compared"][0][name]
        notes = [
            say(
                "pack_change",
                lang,
                {"than": say(f"pack_than.{of}", lang), "change": f"{value - other[name]:+,}"},
            )
            for of, other in zip(_BESIDE, pack["compared"][1:], strict=False)
            if pack["compared"][0]["whole"] and other["whole"]
        ]
        yield _card(f"pack_figure.{name}", value, unit, notes, lang)
    squares = sum(cell["visits"] > 0 for cell in pack["cells"]) if _is_told(pack) else None
    yield _card("pack_figure.squares", squares, "squares", [], lang)


def _card(label: str, value: int | None, unit: str, notes: Iterable[str], lang: Language) -> Data:
    says_unit = lang == "ja" and value is not None
    return {
        "label": say(label, lang),
        "shown": number(value),
        "unit": say(f"pack_unit.{unit}", lang) if says_unit else "",
        "notes": list(notes),
    }


def _is_told(pack: Mapping[str, Any]) -> bool:
    """Whether anything of the period was released; else a 0 would say that nobody came."""
    return pack["compared"][0]["attendance"] is not None


def _compared(pack: Mapping[str, Any], lang: Language) -> Data:
    named = zip(("this", *_BESIDE), pack["compared"], strict=False)
    return {
        "title": say("pack_section.compared", lang),
        "head": ["", *(f"{say(f'pack_column.{of}', lang)}\n{one['period']}" for of, one in named)],
        "rows": [
            [say(f"pack_figure.{name}", lang), *(number(one[name]) for one in pack["compared"])]
            for name in HEADS
        ],
        "empty": "",
        "notes": [],
    }


def _share(label: str, value: int, pack: Mapping[str, Any]) -> Data:
    total = max(1, pack["attendance"]["total"])
    shown = number(value if _is_told(pack) else None)
    return {"label": label, "shown": shown, "share": min(1.0, max(0, value) / total)}


def _caption(pack: Mapping[str, Any], drawn: drawing.Grid, lang: Language) -> str:
    if pack["census"] is None:
        return say("pack_map_alone", lang)
    most = max((square.cell["census"] or 0 for square in drawn.squares), default=0)
    return say("pack_map", lang, {"who": _counted(pack, lang), "most": number(most)})


def _counted(pack: Mapping[str, Any], lang: Language) -> str:
    return say(f"pack_counts.{pack['census']['counts']}", lang)


def _names(drawn: drawing.Grid | None) -> dict[int, str]:
    return {} if drawn is None else {square.cell["mesh1000"]: square.name for square in drawn.squares}


def _places(pack: Mapping[str, Any], drawn: drawing.Grid | None, lang: Language) -> Data:
    names = _names(drawn)
    visited = [cell for cell in pack["cells"] if cell["visits"] > 0]
    visited.sort(key=lambda cell: (-cell["attendance"]["total"], cell["mesh1000"]))
    own, between = ("places", "、") if lang == "ja" else ("places_en", ", ")
    rows = [
        [
            names.get(cell["mesh1000"], str(cell["mesh1000"])),
            printed(between.join(cell[own])),
            *(number(cell["attendance"][name]) for name in ("total", "children")),
            number(cell["visits"]),
        ]
        for cell in visited
    ]
    hidden = pack["not_on_map"]
    if hidden["total"]:
        rows.append(
            [
                "",
                say("pack_section.not_on_map", lang),
                number(hidden["total"]),
                number(hidden["children"]),
                "—",
            ]
        )
    return _table(
        "place",
        ["pack_column.square", *(f"pack_figure.{name}" for name in ("places", *HEADS))],
        rows,
        "pack_no_visits",
        lang,
    )


def _table(section: str, head: Iterable[str], rows: list[list[str]], empty: str, lang: Language) -> Data:
    left = len(rows) - MOST_LINES
    return {
        "title": say(f"pack_section.{section}", lang),
        "head": [say(code, lang) for code in head],
        "rows": rows[:MOST_LINES],
        "empty": "" if rows else say(empty, lang),
        "notes": [say("pack_more", lang, {"count": left})] if left > 0 else [],
    }


def _need(pack: Mapping[str, Any], drawn: drawing.Grid | None, lang: Language) -> Data | None:
    need = pack["need"]
    if need is None:
        return None
    names = _names(drawn)
    everybody = max(1, need["people"])
    return {
        "title": say("pack_section.need", lang),
        "who": say(
            "pack_who", lang, {"who": _counted(pack, lang), "label": printed(pack["census"]["label"])}
        ),
        "rows": [
            {
                "label": say(f"pack_figure.{name}", lang),
                "shown": number(need[name]),
                "share": need[name] / everybody,
                "percent": f"{100 * need[name] / everybody:.0f} %",
            }
            for name in NEED
        ],
        "cells_title": say("pack_section.need_cell", lang),
        "cells": [
            [
                names.get(cell["mesh1000"]) or say("pack_square", lang, {"mesh": cell["mesh1000"]}),
                number(cell["people"]),
            ]
            for cell in need["largest_unvisited"]
        ],
    }


def _quarters(pack: Mapping[str, Any], lang: Language) -> Data:
    rows = [
        [_said_name(one["quarter"], lang), *(number(one[figure]) for figure in RareFigure)]
        for one in pack["quarters"]
    ]
    head = ["pack_column.quarter", *(f"pack_figure.{figure}" for figure in RareFigure)]
    return _table("quarter", head, rows, "pack_no_quarters", lang)


def _issues(pack: Mapping[str, Any], lang: Language) -> Data:
    rows = [[_step(issue[step], lang) for step in PublishedStep] for issue in pack["issues"]]
    head = [f"pack_figure.{step}" for step in PublishedStep]
    return _table("issue", head, rows, "pack_no_issues", lang)


def _step(said: Mapping[str, Any] | None, lang: Language) -> str:
    if said is None:
        return ""
    text = said["text_en"] if lang == "en" and said["text_en"] else said["text"]
    return f"{printed(text)}\n{_day(said['on_day'], lang)}"
