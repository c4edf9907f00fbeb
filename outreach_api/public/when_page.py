"""The page /when: where the van comes next, in easy words, for a phone and for paper. No script."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from outreach_api.kernel import said_days
from outreach_api.kernel.week import TOKYO
from outreach_api.public.readings import Reader
from schemas.vocabulary import DestinationKind, TimetableStatus

_LINKS = ((DestinationKind.LINK, "when_link"), (DestinationKind.LINE, "when_line"))


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page is made of. `address`: where it is read on the net, where that is known."""

    views: Sequence[dict[str, Any]]
    today: dt.date
    name: str
    name_kana: str
    links: Mapping[str, str]
    address: str


def title(shown: Shown, reader: Reader) -> str:
    """Escaped, for the head of the page: without readings."""
    return Reader(reader.lang, furigana=False).say("when_title", name=html.escape(shown.name))


def body(shown: Shown, reader: Reader) -> str:
    """The inner HTML; every text from outside is escaped."""
    say = reader.say
    parts = [
        f"<h1>{say('when_title', name=reader.name(shown.name, shown.name_kana))}</h1>",
        _switches(reader),
        f"<p>{say('when_intro')}</p>",
        *_days(shown, reader),
    ]
    if not shown.views:
        parts.append(f"<p>{say('when_none')}</p>")
    parts.append(f"<p>{say('when_weather')}</p>")
    if shown.address:
        address = html.escape(shown.address)
        parts.append(f'<p class="only-print">{say("when_address", url=address)}</p>')
    parts += [
        f"<h2>{say('when_others')}</h2>",
        "<ul>",
        *(f"<li>{_link(shown.links.get(kind), say(code))}</li>" for kind, code in _LINKS),
        "</ul>",
        f'<h2 class="no-print">{say("when_calendar_title")}</h2>',
        f'<p class="no-print"><a href="/v1/public/timetable.ics">{say("when_calendar")}</a></p>',
        f'<p class="no-print">{say("when_once_a_day")}</p>',
        f'<p class="small no-print"><a href="/v1/public/timetable.json">{say("when_data")}</a></p>',
    ]
    return "\n".join(parts)


def _switches(reader: Reader) -> str:
    """Links to the same page in the other language, and with readings or without."""
    lang, ruby = reader.lang, "&amp;furigana=1" if reader.furigana else ""
    switches = []
    if lang == "ja":
        to, code = (
            ("/when?lang=ja", "when_furigana_off")
            if ruby
            else ("/when?lang=ja&amp;furigana=1", "when_furigana")
        )
        switches.append(f'<li><a href="{to}">{reader.say(code)}</a></li>')
        switches.append(f'<li><a href="/when?lang=en{ruby}" lang="en" hreflang="en">English</a></li>')
    else:
        switches.append(f'<li><a href="/when?lang=ja{ruby}" lang="ja" hreflang="ja">日本語</a></li>')
    return f'<ul class="switches no-print">{"".join(switches)}</ul>'


def _days(shown: Shown, reader: Reader) -> Iterable[str]:
    for day, found in groupby(shown.views, key=lambda view: view["local_day"]):
        views = list(found)
        today = f" <strong>{reader.say('when_today')}</strong>" if day == shown.today else ""
        yield f'<h2 class="day"><time datetime="{day.isoformat()}">{_day(day, reader)}</time>{today}</h2>'
        yield '<ul class="stays">'
        yield from (_stay(view, reader) for view in views)
        yield "</ul>"
        at = _moment(views[0]["updated_at"], reader)
        yield f'<p class="small">{reader.say("when_updated", when=at)}</p>'


def _stay(view: dict[str, Any], reader: Reader) -> str:
    status, say = view["status"], reader.say
    foreign = reader.lang == "en" and view["place_en"]
    place = reader.name(view["place_en"] if foreign else view["place"], view["place_kana"])
    if view["area_only"]:
        place = say("when_area", place=place)
    time = _time(view, reader)
    off = status == TimetableStatus.CANCELLED
    lines = [_state(view, reader)]
    if time:
        lines.append(f'<p class="time">{f"<s>{time}</s>" if off else time}</p>')
    lines.append(f'<p class="place">{f"<s>{place}</s>" if off else place}</p>')
    if view["decided_at"] is not None:
        at = _moment(view["decided_at"], reader)
        code = "when_decided" if status == TimetableStatus.UNDECIDED else "when_weather_until"
        lines.append(f'<p class="small">{say(code, when=at)}</p>')
    return f'<li class="{status}">{"".join(lines)}</li>'


def _state(view: dict[str, Any], reader: Reader) -> str:
    why = f" {reader.say('when_' + view['cancel_reason'])}" if view["cancel_reason"] else ""
    return f'<p class="state">{reader.say("when_" + view["status"])}{why}</p>'


def _time(view: dict[str, Any], reader: Reader) -> str:
    if view["opens"] is None or view["closes"] is None:
        return ""
    said = said_days.times(view["opens"], view["closes"], "〜" if reader.lang == "ja" else "–")
    return f'<time datetime="{view["local_day"].isoformat()}T{view["opens"]:%H:%M}+09:00">{said}</time>'


def _day(day: dt.date, reader: Reader) -> str:
    return reader.own(said_days.marked(day)) if reader.lang == "ja" else said_days.english(day)


def _moment(at: dt.datetime, reader: Reader) -> str:
    local = at.astimezone(TOKYO)
    return (
        f'<time datetime="{local:%Y-%m-%dT%H:%M}+09:00">'
        f"{_day(local.date(), reader)} {said_days.clock(local.time())}</time>"
    )


def _link(url: str | None, said: str) -> str:
    return f'<a href="{html.escape(url)}">{said}</a>' if url and url.startswith("https://") else said
