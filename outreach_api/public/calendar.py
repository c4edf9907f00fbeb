"""The timetable as a calendar to subscribe to (RFC 5545), written by hand: the part of it we need is small."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import Any

from outreach_api.kernel.week import day_bounds_utc
from outreach_api.messages import Language, say
from schemas.vocabulary import TimetableStatus

_FOLD_OCTETS = 75
_NEVER = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
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


def calendar(views: Iterable[dict[str, Any]], *, name: str, lang: Language, today: dt.date) -> bytes:
    """VCALENDAR of entries as the timetable shows them.

    DTSTAMP is the day on which the calendar was made, for all entries alike: the time of their last change
    would show which of them were published together.
    """
    stamp = f"{day_bounds_utc(today)[0]:%Y%m%dT%H%M%SZ}"
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
        lines += _event(view, stamp, name, lang)
    lines.append("END:VCALENDAR")
    return b"".join(fold(line) for line in lines)


def text(value: str) -> str:
    """A value of type TEXT (RFC 5545, 3.3.11), without control characters and what programs take for line ends."""
    return _NEVER.sub("", value).translate(_ESCAPES)


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


def _event(view: dict[str, Any], stamp: str, name: str, lang: Language) -> Iterator[str]:
    off = view["status"] == TimetableStatus.CANCELLED
    place = (view["place_en"] if lang == "en" else None) or view["place"]
    yield "BEGIN:VEVENT"
    yield f"UID:{view['id']}"
    yield f"DTSTAMP:{stamp}"
    yield from _times(view)
    summary = say("calendar_summary", lang, {"name": name, "place": place})
    yield f"SUMMARY:{text(say('calendar_cancelled', lang) + ' ' + summary if off else summary)}"
    yield f"LOCATION:{text(place)}"
    if view["position"] is not None:
        yield f"GEO:{view['position']['lat']:.6f};{view['position']['lon']:.6f}"
    yield f"STATUS:{'CANCELLED' if off else 'CONFIRMED'}"
    yield f"SEQUENCE:{int(off)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _times(view: dict[str, Any]) -> Iterator[str]:
    """Local times, or the whole day where they are not known yet."""
    day: dt.date = view["local_day"]
    if view["opens"] is None or view["closes"] is None:
        yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
        return
    for property_name, time in (("DTSTART", view["opens"]), ("DTEND", view["closes"])):
        yield f"{property_name};TZID=Asia/Tokyo:{day:%Y%m%d}T{time:%H%M%S}"
