"""The page /when: where the van comes next, in easy words, for a phone and for paper. No script."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from outreach_api.messages import Language, say
from schemas.vocabulary import TimetableStatus

_WEEKDAYS = {"ja": "月火水木金土日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


def title(name: str, lang: Language) -> str:
    return html.escape(say("when_title", lang, {"name": name}))


def body(views: Iterable[dict[str, Any]], *, name: str, lang: Language, today: dt.date) -> str:
    """The inner HTML; every text from outside is escaped."""
    parts = [f"<h1>{title(name, lang)}</h1>", f"<p>{say('when_intro', lang)}</p>"]
    shown = False
    for day, entries in groupby(views, key=lambda view: view["local_day"]):
        shown = True
        items = "\n".join(_item(view, lang) for view in entries)
        parts.append(f"<h2>{_day(day, lang, today)}</h2>\n<ul>\n{items}\n</ul>")
    if not shown:
        parts.append(f"<p>{say('when_none', lang)}</p>")
    parts.append(f"<p>{say('when_weather', lang)}</p>")
    parts.append(
        f"<h2>{say('when_others', lang)}</h2>\n<ul>\n<li>{say('when_link', lang)}</li>\n<li>{say('when_line', lang)}</li>\n"
        f'</ul>\n<p><a href="/v1/public/timetable.ics">{say("when_calendar", lang)}</a><br>'
        f'<a href="/v1/public/timetable.json">{say("when_data", lang)}</a></p>'
    )
    return "\n".join(parts)


def _item(view: dict[str, Any], lang: Language) -> str:
    place = html.escape((view["place_en"] if lang == "en" else None) or view["place"])
    if view["area_only"]:
        place = f"{place} {say('when_area', lang)}"
    when = ""
    if view["opens"] is not None and view["closes"] is not None:
        times = f"{view['opens']:%H:%M}–{view['closes']:%H:%M}"
        when = f'<time datetime="{view["local_day"].isoformat()}T{view["opens"]:%H:%M}+09:00">{times}</time> '
    if view["status"] == TimetableStatus.CANCELLED:
        why = f" {say('when_' + view['cancel_reason'], lang)}" if view["cancel_reason"] else ""
        return f"<li><strong>{say('when_cancelled', lang)}{why}</strong> <s>{when}{place}</s></li>"
    return f"<li>{when}{place}</li>"


def _day(day: dt.date, lang: Language, today: dt.date) -> str:
    weekday = _WEEKDAYS[lang][day.weekday()]
    said = f"{day.month}月{day.day}日（{weekday}）" if lang == "ja" else f"{weekday} {day.isoformat()}"
    return f"{said} {say('when_today', lang)}" if day == today else said
