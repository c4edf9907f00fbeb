"""Days and times as families read them; in Japanese with their readings, which are irregular."""

from __future__ import annotations

import datetime as dt

_UNITS = ("", "いち", "に", "さん", "し", "ご", "ろく", "しち", "はち", "く")
_TENS = ("", "じゅう", "にじゅう", "さんじゅう")
_OWN_READING = {
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
    20: "はつか",
    24: "にじゅうよっか",
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
    """[11月|じゅういちがつ][28日|にじゅうはちにち]（[土|ど]）, for kernel.furigana."""
    weekday, read = _WEEKDAYS[day.weekday()]
    month = f"[{day.month}月|{_number(day.month)}がつ]"
    return (
        f"{month}[{day.day}日|{_OWN_READING.get(day.day) or _number(day.day) + 'にち'}]（[{weekday}|{read}]）"
    )


def _number(number: int) -> str:
    """1 to 39 as it is read before a counter."""
    return _TENS[number // 10] + _UNITS[number % 10]


def japanese(day: dt.date) -> str:
    return f"{day.month}月{day.day}日（{_WEEKDAYS[day.weekday()][0]}）"


def english(day: dt.date) -> str:
    return f"{_WEEKDAYS_EN[day.weekday()]} {day.isoformat()}"


def times(opens: dt.time | None, closes: dt.time | None, dash: str) -> str:
    """As 9:30〜13:00; empty where they are not known yet."""
    return "" if opens is None or closes is None else f"{clock(opens)}{dash}{clock(closes)}"


def clock(time: dt.time) -> str:
    return f"{time.hour}:{time.minute:02d}"
