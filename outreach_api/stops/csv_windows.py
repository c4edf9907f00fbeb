"""Reads opening windows as people write them in a cell: "mon 10:00-12:00; 第3土 13:00-16:00; 2026-12-03 休み"."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping


class CellFault(ValueError):
    """Why a cell can't be read: a code whose text is in messages, and the numbers or words of that text."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, object] = params


_WEEKDAYS = {
    said: number
    for number, names in enumerate(
        (
            "月 mon monday",
            "火 tue tuesday",
            "水 wed wednesday",
            "木 thu thursday",
            "金 fri friday",
            "土 sat saturday",
            "日 sun sunday",
        )
    )
    for said in names.split()
}
_SHUT = frozenset({"休み", "休", "不可", "closed", "shut"})
_DAY = re.compile(r"([0-9]{4})(?:-|/|\.|年)([0-9]{1,2})(?:-|/|\.|月)([0-9]{1,2})日?")
_PART = re.compile(r"([0-9]{4}[^0-9][0-9]{1,2}[^0-9][0-9]{1,2}日?|[^0-9\s]+)\s*(.*)")
_TIMES = re.compile(r"([0-9]{1,2}):([0-9]{2})[-~]([0-9]{1,2}):([0-9]{2})")
# 第3土曜, 第1・第3土曜, 3rd sat, last fri: which of a month, before the weekday.
_NTH = re.compile(
    r"(?:第(?P<ja>[1-5一二三四五](?:・第?[1-5一二三四五])*)"
    r"|(?P<en>[1-5])(?:st|nd|rd|th)\s+|(?P<last>最終|最後の|last\s+))(?P<rest>[^0-9\s].*)"
)
_KANJI = str.maketrans("一二三四五", "12345")
_LAST = -1
_DASHES = str.maketrans(dict.fromkeys("〜–—‐‑−ー", "~"))


def read_windows(cell: str) -> list[dict[str, object]]:
    """Windows as StopIn has them. Raises CellFault `not_window`, which names the part that can't be read."""
    folded = unicodedata.normalize("NFKC", cell).lower().replace("\n", ";").replace("、", ";")
    return [window for part in folded.split(";") if part.strip() for window in _windows(part.strip())]


def as_day(said: str) -> dt.date | None:
    """A date as 2026-12-03, 2026/12/3 (as spreadsheets rewrite it) or 2026年12月3日."""
    found = _DAY.fullmatch(said)
    if found is None:
        return None
    try:
        return dt.date(*(int(number) for number in found.groups()))
    except ValueError:
        return None


def _windows(part: str) -> list[dict[str, object]]:
    """The windows of one part: several where it names several of a month (第1・第3土 10:00-12:00)."""
    found = _NTH.fullmatch(part)
    if found is None:
        return [_window(part, part)]
    if found["last"]:
        which = [_LAST]
    else:
        which = [int(digit) for digit in (found["ja"] or found["en"]).translate(_KANJI) if digit.isdigit()]
    return [{**_window(found["rest"], part, shut_weekday=True), "nth": nth} for nth in which]


def _window(said: str, part: str, *, shut_weekday: bool = False) -> dict[str, object]:
    """One window. `shut_weekday`: a weekday may be shut, because it is one of a month and not each of them."""
    fault = CellFault("not_window", part=part[:40])
    split = _PART.fullmatch(said)
    if split is None:
        raise fault
    when, times = split.groups()
    day, weekday = as_day(when), _WEEKDAYS.get(re.sub("曜日?$", "", when))
    if day is None and weekday is None:
        raise fault
    made: dict[str, object] = {"weekday": weekday} if day is None else {"on_day": day.isoformat()}
    times = "".join(times.translate(_DASHES).split())
    if times in _SHUT and (day is not None or shut_weekday):
        return made
    found = _TIMES.fullmatch(times)
    if found is None:
        raise fault
    opens_hour, opens_minute, closes_hour, closes_minute = found.groups()
    return {
        **made,
        "opens": f"{int(opens_hour):02d}:{opens_minute}",
        "closes": f"{int(closes_hour):02d}:{closes_minute}",
    }
