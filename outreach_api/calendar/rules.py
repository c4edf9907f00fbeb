"""What kind of day a day is, and which school holidays hold for an area."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Protocol, TypeVar

from outreach_api.kernel.holidays import public_holiday
from schemas.vocabulary import DayKind

_SATURDAY = 5


class SchoolDays(Protocol):
    @property
    def from_day(self) -> dt.date: ...
    @property
    def to_day(self) -> dt.date: ...
    @property
    def area(self) -> str | None: ...


Days = TypeVar("Days", bound=SchoolDays)


def school_holidays_on(holidays: Iterable[Days], day: dt.date) -> list[Days]:
    """Those that the day lies in, its first and last day included."""
    return [one for one in holidays if one.from_day <= day <= one.to_day]


def holding_for(holidays: Iterable[Days], area: str | None) -> list[Days]:
    """Those of one area's schools with those of all; without an area, those of all alone."""
    return [one for one in holidays if one.area is None or one.area == area]


def is_weekend(day: dt.date) -> bool:
    return day.weekday() >= _SATURDAY


def kind_of(day: dt.date, *, school_holiday: bool) -> DayKind:
    """The one word for a day: what closes most comes first."""
    if public_holiday(day) is not None:
        return DayKind.PUBLIC_HOLIDAY
    if school_holiday:
        return DayKind.SCHOOL_HOLIDAY
    return DayKind.WEEKEND if is_weekend(day) else DayKind.WEEKDAY
