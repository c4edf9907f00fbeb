"""The tree of labelled figures that every form of a report is made of: none of them knows a figure by itself."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from outreach_api.kernel import said_days
from outreach_api.kernel.axis import axis
from outreach_api.kernel.text import printed
from outreach_api.kernel.week import TOKYO
from outreach_api.messages import Language, say
from outreach_api.reports.paper.grids import beside, grids
from outreach_api.reports.paper.parts import Cell, Paper, Row, Section, Series
from outreach_api.reports.rules.figures import CHARTED, FIGURES, HEADLINES, LISTED, Figure, described
from outreach_api.reports.rules.labels import figure_label, key_label, section_label, unit_label
from schemas.vocabulary import LateMeasure, ReportPeriodKind

_DIGITS = re.compile("[0-9]+")
_FIRST, _STEPS = "principles", "funnel"
MOST_PARTS = 30
_LATE_UNITS = {
    LateMeasure.VISITS: "visits",
    LateMeasure.ATTENDANCE: "延べ人",
    LateMeasure.CONTACTS: "contacts",
    LateMeasure.SALES_YEN: "yen",
    LateMeasure.RECEIPTS: "receipts",
    LateMeasure.TICKETS_ISSUED: "tickets",
    LateMeasure.TICKETS_REDEEMED: "tickets",
    LateMeasure.TILL_DIFFERENCE_YEN: "yen",
}
_BY_NAME = {figure.name: figure for figure in FIGURES}


def paper(report: Mapping[str, Any], organisation: str, lang: Language) -> Paper:
    """The tree of a report as GET /v1/reports/… answers it."""
    period, made_at = report["period"], report["as_of"]
    return Paper(
        lang=lang,
        title=say(f"report_title.{period['kind']}", lang),
        name=period["name"],
        said_name=_said_name(period["kind"], period["name"], lang),
        days=f"{_day(period['from'], lang)}{'〜' if lang == 'ja' else ' – '}{_day(period['to'], lang)}",
        organisation=printed(organisation),
        internal=say("report_internal", lang),
        as_of=say("report_as_of", lang, {"when": _when(made_at, lang)}),
        state=_state(report, lang),
        made_at=made_at,
        headlines=[row for name in HEADLINES for row in _rows(report, _BY_NAME[name], lang)],
        periods=[point["period"] for point in report["trend"]],
        trend=[
            Series(
                figure_label(figure, lang),
                figure.unit,
                [value for _, value, _ in described(report, figure)],
            )
            for figure in (_BY_NAME[name] for name in CHARTED)
        ],
        beside=beside(report, lang),
        steps=_section(report, _STEPS, lang),
        grids=list(grids(report, lang)),
        changed_title=say("report_what_changed", lang),
        changed=[printed(one[lang]) for one in report["what_changed"]],
        sections=list(_sections(report, lang)),
        method=[note[lang] for note in report["method"]],
    )


def shown(value: float | None, unit: str) -> str:
    """A number as people read it; a dash where it is unknown."""
    if value is None:
        return "—"
    if unit == "share":
        return f"{100 * value:.1f} %"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def said(cell: Cell) -> str:
    """A cell of a grid as people read it; a difference with its sign."""
    if not cell.signed or not cell.value:
        return shown(cell.value, cell.unit)
    return ("+" if cell.value > 0 else "−") + shown(abs(cell.value), cell.unit)


def cut(rows: Sequence[Row], lang: Language) -> Iterator[Row]:
    """For paper: of a figure's parts the first, and how many more there are. Lists may be as long as there are stops."""
    passed = 0
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        passed = passed + 1 if row.part else 0
        if passed <= MOST_PARTS:
            yield row
        elif following is None or not following.part:
            more = say("report_more", lang, {"count": passed - MOST_PARTS})
            yield Row(more, None, "", "", heading=True)


def _sections(report: Mapping[str, Any], lang: Language) -> Iterator[Section]:
    """What the principles say comes first, then what came late; then as the list of figures has them."""
    if late := _late(report, lang):
        yield Section(say("report_late", lang), late, leading=False)
    names = dict.fromkeys(figure.section for figure in FIGURES if figure.section not in (*LISTED, _STEPS))
    for name in sorted(names, key=lambda name: not name.startswith(_FIRST)):
        found = _section(report, name, lang)
        if found.rows:
            yield found


def _section(report: Mapping[str, Any], name: str, lang: Language) -> Section:
    rows = [row for figure in FIGURES if figure.section == name for row in _rows(report, figure, lang)]
    if name == "stamp_cards" and report[name].get("unknown_because"):
        why = say(f"report_unknown.{report[name]['unknown_because']}", lang)
        rows.append(Row(why, None, "", "", heading=True))
    return Section(section_label(name, lang), rows, name.startswith(_FIRST))


def _rows(report: Mapping[str, Any], figure: Figure, lang: Language) -> Iterator[Row]:
    """A figure's lines. Of parts only those that are something; a figure all of whose parts are nothing stays away."""
    label, unit = figure_label(figure, lang), unit_label(figure.unit, lang)
    lines = list(described(report, figure))
    if [key for key, _, _ in lines] == [""]:
        if lines[0][1] is not None or not _is_split(figure):
            yield Row(label, lines[0][1], figure.unit, unit)
        return
    parts = [
        Row(printed(key_label(figure, key, says, lang)), value, figure.unit, unit, part=True)
        for key, value, says in lines
        if value or figure.value
    ]
    if parts:
        yield Row(label, None, figure.unit, "", heading=True)
        yield from parts


def _is_split(figure: Figure) -> bool:
    return bool(figure.words or figure.value)


def _said_name(kind: str, name: str, lang: Language) -> str:
    """2026-W48 as people say it."""
    year, *part = _DIGITS.findall(name)
    return say(f"report_name.{kind}", lang, {"year": year, "part": int(part[0]) if part else ""})


def ticks(whole: Series) -> list[float]:
    """What the axis of a chart says."""
    return axis(max([*whole.values, 0]))


def _late(report: Mapping[str, Any], lang: Language) -> list[Row]:
    """Of a closed week, what visits add by now that they did not when it was closed."""
    rows = []
    for line in report.get("late", ()):
        said = (
            _day(line["local_day"], lang),
            printed(line["stop_code"] or ""),
            _measure(line["measure"], lang),
        )
        unit = _LATE_UNITS[line["measure"]]
        label = " ".join(word for word in said if word)
        rows.append(Row(label, line["change"], unit, unit_label(unit, lang), part=True))
    return rows


def _measure(measure: str, lang: Language) -> str:
    return say(f"report_late.{measure}", lang)


def _state(report: Mapping[str, Any], lang: Language) -> str:
    """How far the period has come, where the report says it."""
    state = report.get("state")
    if state is None:
        return ""
    live = state["newest_version"] and not state["version"]
    name = "live" if live else state["name"]
    words = [say(f"report_state.{name}", lang, {"version": state["version"]})]
    if state["reason"]:
        words.append(say(f"report_reason.{state['reason']}", lang))
    if state["differs_from_live"]:
        words.append(say("report_state.differs", lang))
    if report["period"]["kind"] != ReportPeriodKind.WEEK:
        for name in ("weeks_not_closed", "weeks_with_late_data"):
            if state[name]:
                words.append(say(f"report_state.{name}", lang, {"count": len(state[name])}))
    return (" · " if lang == "en" else "・").join(words)


def _day(day: dt.date, lang: Language) -> str:
    return f"{day.year}年{said_days.japanese(day)}" if lang == "ja" else said_days.english(day)


def _when(instant: dt.datetime, lang: Language) -> str:
    local = instant.astimezone(TOKYO)
    return f"{_day(local.date(), lang)} {local:%H:%M}"
