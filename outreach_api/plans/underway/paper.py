"""The run sheet on A4 paper: a page of its own, without a script and with nothing from outside.

Paper lies about: hosts' contacts are left to the screens of those who may see them.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import html
from collections.abc import Iterable, Sequence
from typing import Any

from outreach_api.kernel.text import without_direction
from outreach_api.messages import Language, say
from schemas.vocabulary import LegBasis, Promise, StayState

_STYLE = """@page { size: A4; margin: 12mm; }
* { box-sizing: border-box; }
body { font: 11pt/1.45 'Hiragino Kaku Gothic ProN','Yu Gothic','Noto Sans CJK JP','IPAexGothic',sans-serif;
 color: #000; background: #fff; max-width: 186mm; margin: 0 auto; }
h1 { font-size: 16pt; margin: 0 0 1mm; }
h2 { font-size: 13pt; margin: 0; }
p { margin: 0; }
.drive { border-left: 2mm dotted #666; margin: 1mm 0 1mm 4mm; padding: 1mm 3mm; color: #333; }
section { border: .4mm solid #000; border-radius: 1.5mm; padding: 2mm 3mm; margin: 0 0 1mm;
 break-inside: avoid; }
.off h2 { text-decoration: line-through; }
.times { font-size: 12pt; font-weight: 700; }
.late { font-weight: 700; border: .4mm solid #000; padding: 0 1.5mm; display: inline-block; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 3mm; margin: 1mm 0 0; }
dt { color: #333; }
dd { margin: 0; overflow-wrap: anywhere; }
@media screen { body { padding: 3mm; } }
.box { display: inline-block; width: 3.2mm; height: 3.2mm; border: .3mm solid #000; margin-right: 1mm; }
"""
STYLE_SOURCE = f"'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"
"""What the page's own style is allowed by, in its Content-Security-Policy."""

_WEEKDAYS = {"ja": "月火水木金土日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
_THERE = ("toilet", "water", "power", "drain", "shelter")
_TOLD = (
    "address",
    "surface",
    "noise_limit",
    "rubbish_rule",
    "neighbour_notes",
    "nearest_aed",
    "emergency_contact",
    "indoor_alternative",
)


def sheet_page(sheet: dict[str, Any], causes: Sequence[str], organisation: str, lang: Language) -> str:
    """The whole page; every word from outside is escaped. `causes` are what check says, in that language."""
    day: dt.date = sheet["local_day"]
    weekday = _WEEKDAYS[lang][day.weekday()]
    when = f"{day.year}年{day.month}月{day.day}日（{weekday}）" if lang == "ja" else f"{weekday} {day}"
    title = f"{html.escape(sheet['van_name'])} {when}"
    parts = [f"<h1>{title}</h1>", f"<p>{html.escape(' · '.join(_head(sheet, organisation)))}</p>"]
    if causes:
        parts.append(_list(causes))
    if sheet["leave_base"] is not None:
        parts.append(_drive(say("sheet_leave_base", lang, {"time": _clock(sheet["leave_base"])})))
    rest = sheet["work_break"]
    if rest is not None and not rest["kept"]:
        parts.append(_drive(say("sheet_no_break", lang, _rest(rest))))
    for number, stay in enumerate(sheet["stays"], 1):
        if rest is not None and rest["kept"] and rest["before_plan_stop_id"] == stay["plan_stop_id"]:
            parts.append(_drive(say("sheet_break", lang, _rest(rest))))
        if stay["drive"] is not None:
            parts.append(_drive(_way(stay["drive"], lang)))
        parts.append(_stay(number, stay, lang))
    if sheet["back_at_base"] is not None:
        parts.append(_drive(say("sheet_back", lang, {"time": _clock(sheet["back_at_base"])})))
    # Names stand beside our words and times: none may turn a line round.
    title, body = without_direction(title), without_direction("\n".join(parts))
    return (
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
        f"<style>{_STYLE}</style></head>\n<body><main>\n{body}\n</main></body></html>\n"
    )


def _head(sheet: dict[str, Any], organisation: str) -> list[str]:
    return [word for word in (organisation, sheet["title"]) if word]


def _stay(number: int, stay: dict[str, Any], lang: Language) -> str:
    brief = stay["brief"]
    name = (brief["name_en"] if lang == "en" else None) or brief["name"]
    off = stay["state"] is StayState.CANCELLED
    lines = [f"<h2>{number}. {html.escape(name)} <small>{html.escape(brief['code'])}</small></h2>"]
    times = {
        "set_up": _clock(stay["set_up_from"]),
        "arrive": _clock(stay["arrive"]),
        "depart": _clock(stay["depart"]),
        "packed": _clock(stay["packed_by"]),
    }
    lines.append(f'<p class="times">{say("sheet_times", lang, times)}</p>')
    news = _news(stay, lang)
    if news:
        lines.append(f'<p class="late">{html.escape(news)}</p>')
    if not off:
        if stay["leave_by"] is not None:
            lines.append(f"<p>{say('sheet_leave_by', lang, {'time': _clock(stay['leave_by'])})}</p>")
        lines.append(_facts(brief, lang))
    return f'<section class="{"off" if off else "on"}">{"".join(lines)}</section>'


def _news(stay: dict[str, Any], lang: Language) -> str:
    """What is not as planned, if anything."""
    if stay["state"] is StayState.CANCELLED:
        return say("sheet_cancelled", lang)
    if stay["skipped"]:
        return say("sheet_skipped", lang)
    if stay["missed"]:
        return say("sheet_missed", lang)
    if stay["opened"] is not None:
        numbers = {"time": _clock(stay["opened"]), "minutes": stay["late_minutes"]}
        return say("sheet_opened_late" if stay["late_minutes"] > 0 else "sheet_opened", lang, numbers)
    if stay["expected_late_minutes"]:
        numbers = {"time": _clock(stay["expected_open"]), "minutes": stay["expected_late_minutes"]}
        return say("sheet_expected", lang, numbers)
    return ""


def _facts(brief: dict[str, Any], lang: Language) -> str:
    rows = [(say(f"sheet_{name}", lang), html.escape(brief[name])) for name in _TOLD if brief[name]]
    there = [say(f"sheet_{name}", lang) for name in _THERE if brief[name]]
    rows.append(
        (say("sheet_there", lang), html.escape("・".join(there) if lang == "ja" else ", ".join(there)) or "–")
    )
    rules = []
    if not brief["idling_allowed"]:
        rules.append(say("sheet_no_idling", lang))
    for name in ("max_width_cm", "max_height_cm"):
        if brief[name] is not None:
            rules.append(say(f"sheet_{name}", lang, {"cm": brief[name]}))
    if rules:
        rows.append((say("sheet_rules", lang), html.escape(" / ".join(rules))))
    for leave in brief["permissions"]:
        words = [word for word in (leave["number"], leave["conditions"]) if word]
        if words:
            rows.append((say("sheet_permission", lang), html.escape(" / ".join(words))))
    rows += [(say("sheet_promise", lang), _promise(one, lang)) for one in brief["follow_ups"]]
    return f"<dl>{''.join(f'<dt>{word}</dt><dd>{said}</dd>' for word, said in rows)}</dl>"


def _promise(one: dict[str, Any], lang: Language) -> str:
    words = [say(f"sheet_promise_{Promise(one['promise']).value}", lang)]
    if one["card_word"]:
        words.append(f"「{one['card_word']}」")
    if one["overdue"]:
        words.append(say("sheet_overdue", lang, {"day": one["due_day"].isoformat()}))
    return f'<span class="box"></span>{html.escape(" ".join(words))}'


def _way(drive: dict[str, Any], lang: Language) -> str:
    basis = "" if drive["basis"] is LegBasis.ROAD else say("sheet_estimate", lang)
    return say("sheet_drive", lang, {"minutes": drive["minutes"], "basis": basis}).strip()


def _drive(words: str) -> str:
    return f'<p class="drive">{html.escape(words)}</p>'


def _rest(rest: dict[str, Any]) -> dict[str, int | str]:
    return {
        "minutes": rest["owed_minutes"],
        "longest": rest["longest_minutes"],
        "begins": _clock(rest["begins"]),
        "ends": _clock(rest["ends"]),
    }


def _list(words: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{html.escape(one)}</li>' for one in words)}</ul>"


def _clock(time: dt.time | None) -> str:
    return "–" if time is None else f"{time:%H:%M}"
