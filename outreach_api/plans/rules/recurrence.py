"""Which days a recurrence rule names (RFC 5545): the part of it that whole days need, each refusal by its code.

Left out on purpose: parts of a day, weeks and days of the year by number, and what the library reads otherwise than
the RFC (BYDAY that mixes "every" and "the nth", BYSETPOS in weeks).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from outreach_api.kernel.errors import Problem

MOST_TIMES = 1_000
MOST_INTERVAL = 366
LAST_DAY = dt.date(2199, 12, 31)

# The calendar repeats after 400 years. A rule that never fits is looked for until the year 9999: asked about the same
# days shortly before that, the library says "none" in a moment, not after eight thousand years of trying.
_YEARS_LATER = 7_600
_PATH = "/rrule"
_TOO_OFTEN = frozenset({"HOURLY", "MINUTELY", "SECONDLY"})
_FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_BY_DAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_WHOLE = re.compile(r"[+-]?[0-9]{1,4}", re.ASCII)
_UNTIL = re.compile(r"[0-9]{8}", re.ASCII)
_PART = re.compile(r"([A-Z]{2,12})=([A-Z0-9,+-]{1,120})", re.ASCII)


class _Wrong(Exception):
    """What is wrong with a rule; `recurrence` hands it back as a value."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule that was read. `by` are the arguments of dateutil's rrule besides its first day."""

    first_day: dt.date
    by: tuple[tuple[str, Any], ...]
    until: dt.date | None

    def days(self, from_day: dt.date, to_day: dt.date) -> list[dt.date]:
        """The days of a period that the rule names, in order; none before its first day, none after 2199."""
        first, last = max(from_day, self.first_day), min(to_day, self.until or LAST_DAY, LAST_DAY)
        if last < first:
            return []
        found = self._rule().between(_later(first), _later(last), inc=True)
        return [day.date().replace(year=day.year - _YEARS_LATER) for day in found]

    def names_a_day(self) -> bool:
        """False for a rule that no day fits, such as the 30th of February."""
        found = next(iter(self._rule()), None)
        last = self.until or LAST_DAY
        return found is not None and found <= _later(last)

    def _rule(self) -> Any:
        from dateutil import rrule  # where it is used: most requests ask for no rule

        return rrule.rrule(dtstart=_later(self.first_day), **dict(self.by))


def recurrence(text: str, first_day: dt.date) -> Recurrence | Problem:
    """Read a rule such as FREQ=MONTHLY;BYDAY=3SA, or say what is wrong with it."""
    try:
        return _read(text, first_day)
    except _Wrong as wrong:
        return wrong.problem


@cache
def _weekdays() -> Any:
    from dateutil import rrule

    return dict(
        zip(_WEEKDAYS, (rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU), strict=True)
    )


def _read(text: str, first_day: dt.date) -> Recurrence:
    parts: dict[str, str] = {}
    for number, said in enumerate(text.split(";"), 1):
        # What was sent is not said again: people type into the wrong field.
        found = _PART.fullmatch(said)
        if found is None:
            raise _Wrong(Problem(_PATH, "rule_malformed", {"number": number}))
        name, value = found.groups()
        if name not in _READERS and name not in ("FREQ", "UNTIL"):
            raise _Wrong(Problem(_PATH, "rule_part_unknown", {"number": number}))
        if name in parts:
            raise _Wrong(Problem(_PATH, "rule_part_twice", {"part": name}))
        parts[name] = value
    frequency = _frequency(parts.pop("FREQ", ""))
    _refuse_what_does_not_go_together(parts, frequency)
    until = _until(parts.pop("UNTIL", None))
    by = {_ARGUMENTS[name]: _READERS[name](name, value) for name, value in parts.items()}
    read = Recurrence(first_day, (("freq", _FREQUENCIES.index(frequency)), *by.items()), until)
    if not read.names_a_day():
        raise _Wrong(Problem(_PATH, "rule_without_days"))
    return read


def _frequency(said: str) -> str:
    if said in _TOO_OFTEN:
        raise _Wrong(Problem(_PATH, "rule_too_often", {"frequency": said}))
    if said not in _FREQUENCIES:
        raise _wrong_value("FREQ")
    return said


def _refuse_what_does_not_go_together(parts: dict[str, str], frequency: str) -> None:
    if "COUNT" in parts and "UNTIL" in parts:
        raise _Wrong(Problem(_PATH, "rule_count_or_until"))
    which = [
        bool(found[1]) for said in parts.get("BYDAY", "").split(",") if (found := _BY_DAY.fullmatch(said))
    ]
    if len(set(which)) > 1:
        raise _Wrong(Problem(_PATH, "rule_weekdays_mixed"))
    in_months = frequency in ("MONTHLY", "YEARLY")
    if not in_months:
        for name in ("BYMONTHDAY", "BYSETPOS"):
            if name in parts:
                raise _Wrong(Problem(_PATH, "rule_part_not_with", {"part": name, "frequency": frequency}))
        if any(which):
            raise _Wrong(Problem(_PATH, "rule_nth_not_with", {"frequency": frequency}))
    if "BYSETPOS" in parts and not {"BYDAY", "BYMONTHDAY"} & parts.keys():
        raise _Wrong(Problem(_PATH, "rule_setpos_alone"))


def _until(said: str | None) -> dt.date | None:
    if said is None:
        return None
    try:
        if not _UNTIL.fullmatch(said):
            raise ValueError(said)
        return dt.date(int(said[:4]), int(said[4:6]), int(said[6:]))
    except ValueError:
        raise _wrong_value("UNTIL") from None


def _wrong_value(part: str) -> _Wrong:
    return _Wrong(Problem(_PATH, "rule_value_wrong", {"part": part}))


def _later(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year + _YEARS_LATER, day.month, day.day)  # noqa: DTZ001 - whole days, in no zone


def _one(lowest: int, highest: int) -> Callable[[str, str], int]:
    def read(part: str, value: str) -> int:
        if not _WHOLE.fullmatch(value) or not lowest <= int(value) <= highest:
            raise _wrong_value(part)
        return int(value)

    return read


def _several(lowest: int, highest: int) -> Callable[[str, str], tuple[int, ...]]:
    """Numbers with commas; below zero counts from the end, where `lowest` is below zero. 0 is none of them."""
    one = _one(lowest, highest)

    def read(part: str, value: str) -> tuple[int, ...]:
        numbers = tuple(one(part, said) for said in value.split(","))
        if 0 in numbers or len(set(numbers)) < len(numbers):
            raise _wrong_value(part)
        return numbers

    return read


def _by_day(part: str, value: str) -> tuple[Any, ...]:
    days: list[Any] = []
    for said in value.split(","):
        found = _BY_DAY.fullmatch(said)
        if found is None or said in value.split(",")[: len(days)]:
            raise _wrong_value(part)
        weekday = _weekdays()[found[2]]
        days.append(weekday(int(found[1])) if found[1] else weekday)
    return tuple(days)


def _week_start(part: str, value: str) -> Any:
    if value not in _WEEKDAYS:
        raise _wrong_value(part)
    return _weekdays()[value]


_READERS: dict[str, Callable[[str, str], Any]] = {
    "INTERVAL": _one(1, MOST_INTERVAL),
    "COUNT": _one(1, MOST_TIMES),
    "BYDAY": _by_day,
    "BYMONTHDAY": _several(-31, 31),
    "BYMONTH": _several(1, 12),
    "BYSETPOS": _several(-31, 31),
    "WKST": _week_start,
}
_ARGUMENTS = {
    "INTERVAL": "interval",
    "COUNT": "count",
    "BYDAY": "byweekday",
    "BYMONTHDAY": "bymonthday",
    "BYMONTH": "bymonth",
    "BYSETPOS": "bysetpos",
    "WKST": "wkst",
}
