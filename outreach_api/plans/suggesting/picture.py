"""A suggestion as a picture that is printed on A4: the days of a period as a calendar, or one day along its hours.

Pure. SVG 1.1 with nothing from outside; black on white, so that a copier keeps it; every word is escaped.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import escape

from outreach_api.kernel.geo import Point, metres_per_degree
from outreach_api.kernel.text import without_direction
from outreach_api.messages import Language, say

Day = Mapping[str, Any]

# A4 in tenths of a millimetre.
SHORT, LONG = 2100, 2970
_MARGIN = 120
_ROOM = 160
_FONT = "'Hiragino Kaku Gothic ProN','Yu Gothic','Noto Sans CJK JP','IPAexGothic',sans-serif"


def month_svg(
    days: Sequence[Day],
    first: dt.date,
    last: dt.date,
    organisation: str,
    lang: Language,
    holidays: Mapping[dt.date, str],
) -> str:
    """The weeks of a period, Monday first, on a page that lies; each day with its holiday, its vans and stays."""
    weeks = _weeks(first, last)
    width = (LONG - 2 * _MARGIN) // 7
    top, bottom = 330, SHORT - _MARGIN
    height = (bottom - top) // len(weeks)
    drawn = [_text(_MARGIN, 200, organisation, 60), _text(LONG - _MARGIN, 200, _span(first, last), 60, "end")]
    names = say("picture.weekdays", lang).split()
    drawn += [
        _text(_MARGIN + i * width + width // 2, 300, name, 44, "middle") for i, name in enumerate(names)
    ]
    several = len({one["van_id"] for one in days}) > 1
    by_day: dict[dt.date, list[Day]] = {}
    for one in days:
        by_day.setdefault(one["local_day"], []).append(one)
    for row, monday in enumerate(weeks):
        for column in range(7):
            day = monday + dt.timedelta(days=column)
            box = (_MARGIN + column * width, top + row * height, width, height)
            inside = first <= day <= last
            drawn += _cell(
                box, day, holidays.get(day, ""), by_day.get(day, []), inside=inside, several=several
            )
    return _page(LONG, SHORT, drawn)


def day_svg(day: Day, places: Mapping[Any, Point], organisation: str, lang: Language) -> str:
    """One van's day: its hours from top to bottom, and the way between the places, north above."""
    local_day: dt.date = day["local_day"]
    weekday = say("picture.weekdays", lang).split()[local_day.weekday()]
    title = f"{local_day.isoformat()} ({weekday}) {day['van_name']}"
    drive = say("picture.drive", lang, {"minutes": day["drive_minutes"]})
    drawn = [
        _text(_MARGIN, 190, organisation, 48),
        _text(_MARGIN, 280, title, 72),
        _text(SHORT - _MARGIN, 190, _times(day["leaves"], day["back"]), 48, "end"),
        _text(SHORT - _MARGIN, 280, drive, 48, "end"),
    ]
    begins, ends = _hour(day["leaves"], 0), _hour(day["back"], 1)
    top, bottom = 360, 2000
    scale = (bottom - top) / max(60, ends - begins)

    def y(time: dt.time) -> float:
        return top + (time.hour * 60 + time.minute - begins) * scale

    for hour in range(begins // 60, ends // 60 + 1):
        at = top + (hour * 60 - begins) * scale
        drawn.append(_line(_MARGIN + 150, at, SHORT - _MARGIN, at, 2, "#bbb"))
        drawn.append(_text(_MARGIN + 130, at + 16, f"{hour:02}:00", 44, "end"))
    left, right = _MARGIN + 190, SHORT - _MARGIN
    drawn.append(_line(left + 30, y(day["leaves"]), left + 30, y(day["back"]), 14, "#000"))
    if day["pause_from"] is not None:
        words = f"{say('picture.pause', lang)} {_times(day['pause_from'], day['pause_to'])}"
        drawn += _band(left, right, y(day["pause_from"]), y(day["pause_to"]), words, "#fff", 1)
    for number, stay in enumerate(day["stays"], 1):
        words = f"{number}. {_times(stay['arrive'], stay['depart'])}  {stay['stop_code']} {stay['stop_name']}"
        drawn += _band(left, right, y(stay["arrive"]), y(stay["depart"]), words, "#eee", 4)
    drawn += _way(
        [places[stay["stop_id"]] for stay in day["stays"]], (_MARGIN, 2060, SHORT - 2 * _MARGIN, 780)
    )
    return _page(SHORT, LONG, drawn)


def _times(begins: dt.time, ends: dt.time) -> str:
    return f"{begins:%H:%M}–{ends:%H:%M}"


def _weeks(first: dt.date, last: dt.date) -> list[dt.date]:
    monday = first - dt.timedelta(days=first.weekday())
    return [monday + dt.timedelta(days=7 * n) for n in range((last - monday).days // 7 + 1)]


def _cell(
    box: tuple[int, int, int, int],
    day: dt.date,
    holiday: str,
    vans: Sequence[Day],
    *,
    inside: bool,
    several: bool,
) -> list[str]:
    """`several`: the period has more than one van, so each is named, also where it is out alone."""
    x, y, width, height = box
    grey = "#000" if inside else "#999"
    drawn = [_box(x, y, width, height, "#fff" if inside else "#f2f2f2", 3)]
    drawn.append(_text(x + 14, y + 46, f"{day.month}/{day.day}", 40, colour=grey))
    if holiday:
        drawn.append(_text(x + 124, y + 44, _cut(holiday, (width - 134) / 28), 28, colour=grey))
    words = []
    for one in vans:
        if several:
            words.append(str(one["van_name"]))
        words += [f"{stay['arrive']:%H:%M} {stay['stop_name']}" for stay in one["stays"]]
    room, ems = max(1, (height - 60) // 38), (width - 24) / 31
    lines = [line for one in words for line in _on_two_lines(one, ems)]
    if len(lines) > room:
        lines = [_cut(one, ems) for one in words]
    if len(lines) > room:
        lines = [*lines[: room - 1], f"… +{len(lines) - room + 1}"]
    drawn += [_text(x + 14, y + 92 + 38 * number, line, 31) for number, line in enumerate(lines)]
    return drawn


def _way(points: Sequence[Point], box: tuple[int, int, int, int]) -> list[str]:
    """The order of the places on the ground: straight lines, both axes in the same scale."""
    if not points:
        return []
    x, y, width, height = box
    per_lat, per_lon = metres_per_degree(sum(p.lat for p in points) / len(points))
    east = [p.lon * per_lon for p in points]
    north = [p.lat * per_lat for p in points]
    scale = min(
        (width - _ROOM) / max(1.0, max(east) - min(east)),
        (height - _ROOM) / max(1.0, max(north) - min(north)),
    )
    middle = ((max(east) + min(east)) / 2, (max(north) + min(north)) / 2)
    at = [
        (x + width / 2 + (e - middle[0]) * scale, y + height / 2 - (n - middle[1]) * scale)
        for e, n in zip(east, north, strict=True)
    ]
    drawn = [_box(x, y, width, height, "#fff", 3)]
    drawn += [_line(*a, *b, 8, "#666") for a, b in pairwise(at)]
    for number, (px, py) in enumerate(at, 1):
        drawn.append(
            f'<circle cx="{px:.0f}" cy="{py:.0f}" r="34" fill="#fff" stroke="#000" stroke-width="6"/>'
        )
        drawn.append(_text(px, py + 16, str(number), 44, "middle"))
    return drawn


def _band(
    left: float, right: float, top: float, bottom: float, words: str, fill: str, line: int
) -> list[str]:
    size = min(54.0, max(26.0, (bottom - top) * 0.6))
    return [
        _box(left, top, right - left, bottom - top, fill, line),
        _text(left + 80, (top + bottom) / 2 + size * 0.36, _cut(words, (right - left - 110) / size), size),
    ]


def _on_two_lines(words: str, ems: float) -> list[str]:
    fits = _fitting(words, ems)
    return [words] if fits == len(words) else [words[:fits], _cut("　" + words[fits:].strip(), ems)]


def _cut(words: str, ems: float) -> str:
    fits = _fitting(words, ems)
    return words if fits == len(words) else words[: max(0, fits - 1)] + "…"


def _fitting(words: str, ems: float) -> int:
    """How many letters fit into a width: wide ones take one em, others a little more than half."""
    used = 0.0
    for number, letter in enumerate(words):
        used += 1.0 if unicodedata.east_asian_width(letter) in "WFA" else 0.58
        if used > ems:
            return number
    return len(words)


def _hour(time: dt.time, later: int) -> int:
    """The full hour before, or after, in minutes."""
    return (time.hour + (1 if later and time.minute else 0)) * 60


def _span(first: dt.date, last: dt.date) -> str:
    return f"{first.isoformat()} – {last.isoformat()}"


def _text(x: float, y: float, words: str, size: float, anchor: str = "start", *, colour: str = "#000") -> str:
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size:.0f}" text-anchor="{anchor}" fill="{colour}">'
        f"{escape(without_direction(words))}</text>"
    )


def _line(x1: float, y1: float, x2: float, y2: float, width: int, colour: str) -> str:
    return (
        f'<line x1="{x1:.0f}" y1="{y1:.0f}" x2="{x2:.0f}" y2="{y2:.0f}" stroke="{colour}" '
        f'stroke-width="{width}"/>'
    )


def _box(x: float, y: float, width: float, height: float, fill: str, line: int) -> str:
    return (
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="{max(0, height):.0f}" fill="{fill}" '
        f'stroke="#000" stroke-width="{line}"/>'
    )


def _page(width: int, height: int, drawn: Iterable[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width // 10}mm" height="{height // 10}mm" '
        f'viewBox="0 0 {width} {height}" font-family="{_FONT}">'
        f'<rect width="{width}" height="{height}" fill="#fff"/>{"".join(drawn)}</svg>'
    )
