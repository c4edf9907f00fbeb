"""What changed and why, as sentences. Whoever may not know where stops are gets how many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from outreach_api.messages import Language, say
from outreach_api.reports.rules.figures import MAIN
from outreach_api.reports.rules.labels import LANGUAGES, unit_label
from schemas.vocabulary import Against, ChangeCause


def told(changes: Iterable[Mapping[str, Any]], *, places: bool) -> list[dict[str, Any]]:
    """Changes with their sentences in both languages; without `places` no cause names one."""
    found = []
    said: dict[Language, set[str]] = {lang: set() for lang in LANGUAGES}
    for change in changes:
        causes = [{**cause, "stops": cause["stops"] if places else None} for cause in change["causes"]]
        shown = {**change, "causes": causes}
        sentences = {str(lang): _sentence(shown, lang, said[lang]) for lang in LANGUAGES}
        found.append({**shown, **sentences})
    return found


def since_then(kept: Mapping[str, Any], live: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Main figures that a kept version tells otherwise than what is known now."""
    late: dict[str, Any] = {
        "cause": ChangeCause.LATE,
        **dict.fromkeys(("count", "reason", "before", "amount")),
        "stops": [],
    }
    return [
        {"figure": name, "against": Against.LIVE, "now": kept[name], "then": live[name], "causes": [late]}
        for name in MAIN
        if kept[name] is not None and kept[name] != live[name]
    ]


def _sentence(change: Mapping[str, Any], lang: Language, earlier: set[str]) -> str:
    """`earlier`: causes that a sentence before it told; these are not told over again."""
    now, then = change["now"], change["then"]
    params = {
        "figure": say(f"report_figure.trend.{change['figure']}", lang),
        "unit": unit_label(MAIN[change["figure"]], lang),
        "now": _number(now),
        "then": _number(then),
        "change": f"{'+' if now > then else '−'}{_number(abs(now - then))}",
    }
    causes = [_cause(cause, lang) for cause in change["causes"]]
    new = [cause for cause in causes if cause not in earlier]
    if len(new) < len(causes):
        new.append(say("report_changed.as_above", lang))
    earlier.update(causes)
    said = say(f"report_changed.{change['against']}", lang, params)
    why = new or [say("report_changed.unknown", lang)]
    return f"{said}：{'、'.join(why)}。" if lang == "ja" else f"{said}: {'; '.join(why)}."


def _cause(cause: Mapping[str, Any], lang: Language) -> str:
    names = [f"{stop['code']} {stop['name']}" for stop in cause["stops"] or ()]
    listed = ("、" if lang == "ja" else ", ").join(names)
    more = "…" if names and len(names) < cause["count"] else ""
    people = cause["amount"]
    return say(
        f"report_cause.{cause['cause']}",
        lang,
        {
            "count": cause["count"],
            "before": cause["before"],
            "reason": say(f"report_word.reason.{cause['reason']}", lang) if cause["reason"] else "",
            "stops": (f"（{listed}{more}）" if lang == "ja" else f" ({listed}{more})") if names else "",
            "people": "" if people is None else say("report_cause_people", lang, {"people": _number(people)}),
        },
    )


def _number(value: float) -> str:
    return f"{value:,.1f}" if value % 1 else f"{value:,.0f}"
