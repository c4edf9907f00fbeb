"""The timetable as a calendar to subscribe to (RFC 5545), written by hand: the part of it we need is small."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import Any

from outreach_api.kernel import said_days
from outreach_api.kernel.text import without_direction
from outreach_api.kernel.week import TOKYO
from outreach_api.messages import Language, say
from schemas.vocabulary import TimetableStatus

_FOLD_OCTETS = 75
_NEVER = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_STATUS = {TimetableStatus.CANCELLED: "CANCELLED", TimetableStatus.UNDECIDED: "TENTATIVE"}
_MARKED = frozenset(_STATUS)
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
# Japan has had no summer time since 1952.
_ZONE = (
    "BEGIN:VTIMEZONE",
    "TZID:Asia/Tokyo",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0900",
    "TZOFFSETTO:+0900",
    "TZNAME:JST",
    "END:STANDARD",
    "END:VTIMEZONE",
)


def calendar(views: Iterable[dict[str, Any]], *, name: str, lang: Language, page: str) -> bytes:
    """VCALENDAR of entries as the timetable shows them; `page`: the address of the page, where it is known.

    An entry's times of change are those of its day: its own would show which were published together.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//kurukuru outreach//timetable//JA",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{text(name)}",
        "X-WR-TIMEZONE:Asia/Tokyo",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        *_ZONE,
    ]
    for view in views:
        lines += _event(view, name, lang, page)
    lines.append("END:VCALENDAR")
    return b"".join(fold(line) for line in lines)


def text(value: str) -> str:
    """A value of type TEXT (RFC 5545, 3.3.11), without control characters and what programs
    take for line ends or for a turn of the direction of writing.
    """
    return _NEVER.sub("", without_direction(value)).translate(_ESCAPES)


def fold(line: str) -> bytes:
    """One content line in UTF-8, folded to at most 75 octets, never inside a character (RFC 5545, 3.1)."""
    folded, room = b"", _FOLD_OCTETS
    for character in line:
        octets = character.encode()
        if len(octets) > room:
            folded += b"\r\n "
            room = _FOLD_OCTETS - 1
        folded += octets
        room -= len(octets)
    return folded + b"\r\n"


def _event(view: dict[str, Any], name: str, lang: Language, page: str) -> Iterator[str]:
    status = view["status"]
    place = (view["place_en"] if lang == "en" else None) or view["place"]
    if view["area_only"]:
        place = say("calendar_area", lang, {"place": place})
    changed = f"{view['updated_at']:%Y%m%dT%H%M%SZ}"
    yield "BEGIN:VEVENT"
    yield f"UID:{view['id']}"
    yield f"DTSTAMP:{changed}"
    yield f"LAST-MODIFIED:{changed}"
    yield from _times(view)
    summary = say("calendar_summary", lang, {"name": name, "place": place})
    marked = f"{say(f'calendar_{status}', lang)} {summary}" if status in _MARKED else summary
    yield f"SUMMARY:{text(marked)}"
    yield f"LOCATION:{text(place)}"
    yield f"DESCRIPTION:{text(_description(view, lang, page))}"
    if page:
        yield f"URL:{page}"
    if view["position"] is not None:
        yield f"GEO:{view['position']['lat']:.6f};{view['position']['lon']:.6f}"
    yield f"STATUS:{_STATUS.get(status, 'CONFIRMED')}"
    yield f"SEQUENCE:{view['sequence']}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _description(view: dict[str, Any], lang: Language, page: str) -> str:
    told = []
    if view["decided_at"] is not None:
        at = view["decided_at"].astimezone(TOKYO)
        day = said_days.japanese(at) if lang == "ja" else said_days.english(at.date())
        code = "calendar_undecided_until" if view["status"] in _MARKED else "calendar_weather"
        told.append(say(code, lang, {"when": f"{day} {said_days.clock(at.time())}"}))
    told.append(say("calendar_once_a_day", lang))
    return "\n".join([*told, page] if page else told)


def _times(view: dict[str, Any]) -> Iterator[str]:
    """Local times, or the whole day where they are not known yet."""
    day: dt.date = view["local_day"]
    if view["opens"] is None or view["closes"] is None:
        yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
        return
    for property_name, time in (("DTSTART", view["opens"]), ("DTEND", view["closes"])):
        yield f"{property_name};TZID=Asia/Tokyo:{day:%Y%m%d}T{time:%H%M%S}"
