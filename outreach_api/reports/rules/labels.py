"""What figures, their keys and their units are called. All forms of a report ask here, so that all say the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from outreach_api.messages import Language, say
from outreach_api.reports.rules.figures import FIGURES, Figure, described

LANGUAGES: tuple[Language, ...] = ("ja", "en")


def section_label(section: str, lang: Language) -> str:
    return say(f"report_section.{section}", lang)


def figure_label(figure: Figure, lang: Language) -> str:
    return say(f"report_figure.{figure.name}", lang)


def unit_label(unit: str, lang: Language) -> str:
    return say(f"report_unit.{unit}", lang)


def key_label(figure: Figure, key: str, says: str, lang: Language) -> str:
    """A word of the figure's vocabulary; of a stop its code and name; else the key itself (a mesh code, a rate)."""
    *first, last = key.split("/")
    if figure.words:
        last = say(f"report_word.{figure.words}.{last}", lang)
    code = [*first, last]
    return " ".join([code[0], says, *code[1:]] if says else code)


def rows(report: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """One row a figure and key, as figures.HEADER says. A figure that is unknown has an empty value."""
    period = report["period"]["name"]
    for figure in FIGURES:
        labels = [figure_label(figure, lang) for lang in LANGUAGES]
        units = [unit_label(figure.unit, lang) for lang in LANGUAGES]
        for key, value, says in described(report, figure):
            keys = [key_label(figure, key, says, lang) if key else "" for lang in LANGUAGES]
            yield period, figure.name, key, value, figure.unit, figure.section, *labels, *keys, *units
    for change in report["what_changed"]:
        key = f"{change['figure']}/{change['against']}"
        titles = [say("report_what_changed", lang) for lang in LANGUAGES]
        for lang in LANGUAGES:
            yield period, "what_changed", key, change[lang], lang, "what_changed", *titles, *[""] * 4
    for note in report["method"]:
        for lang in LANGUAGES:
            labels = [section_label("method", each) for each in LANGUAGES]
            yield period, "method", note["code"], note[lang], lang, "method", *labels, *[""] * 4
