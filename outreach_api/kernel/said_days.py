"""Days and times as families read them; in Japanese with their readings, which are irregular."""

from __future__ import annotations

import datetime as dt

# How a number is read before 月 and 日 where it is not read as by itself.
_MONTHS = {4: "しがつ", 7: "しちがつ", 9: "くがつ"}
_DAYS = {
    1: "ついたち",
    2: "ふつか",
    3: "みっか",
    4: "よっか",
    5: "いつか",
    6: "むいか",
    7: "なのか",
    8: "ようか",
    9: "ここのか",
    10: "とおか",
    14: "じゅうよっか",
    17: "じゅうしちにち",
    19: "じゅうくにち",
    20: "はつか",
    24: "にじゅうよっか",
    27: "にじゅうしちにち",
    29: "にじゅうくにち",
}
_WEEKDAYS = (
    ("月", "げつ"),
    ("火", "か"),
    ("水", "すい"),
    ("木", "もく"),
    ("金", "きん"),
    ("土", "ど"),
    ("日", "にち"),
)
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def marked(day: dt.date) -> str:
    """11[月|がつ][24日|にじゅうよっか]（[火|か]）, for kernel.furigana: over digits only what children could not guess."""
    weekday, read = _WEEKDAYS[day.weekday()]
    month = f"[{day.month}月|{_MONTHS[day.month]}]" if day.month in _MONTHS else f"{day.month}[月|がつ]"
    of_month = f"[{day.day}日|{_DAYS[day.day]}]" if day.day in _DAYS else f"{day.day}[日|にち]"
    return f"{month}{of_month}（[{weekday}|{read}]）"


def japanese(day: dt.date) -> str:
    return f"{day.month}月{day.day}日（{_WEEKDAYS[day.weekday()][0]}）"


def english(day: dt.date) -> str:
    return f"{_WEEKDAYS_EN[day.weekday()]} {day.isoformat()}"


def times(opens: dt.time | None, closes: dt.time | None, dash: str) -> str:
    """As 9:30〜13:00; empty where they are not known yet."""
    return "" if opens is None or closes is None else f"{clock(opens)}{dash}{clock(closes)}"


def clock(time: dt.time) -> str:
    return f"{time.hour}:{time.minute:02d}"
