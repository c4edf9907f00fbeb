"""Days, ISO weeks, months and fiscal periods as Matsudo counts them: in local time, never in UTC."""

from __future__ import annotations

import contextlib
import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Self

from outreach_api.kernel.errors import KernelError

# Japan has kept +09:00 without summer time since 1952, so this needs no time zone database on the machine.
TOKYO = timezone(timedelta(hours=9), "Asia/Tokyo")

FIRST_YEAR = 1952
LAST_YEAR = 2999
FISCAL_YEAR_STARTS_IN = 4
# Of the days that travel on the wire; so a year before and a week beside them still exist.
_FIRST_ON_WIRE, _LAST_ON_WIRE = date(2000, 1, 1), date(2199, 12, 31)

_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_QUARTER = re.compile(r"(?:FY)?([0-9]{4})-Q([1-4])")
_FISCAL_YEAR = re.compile(r"(?:FY)?([0-9]{4})")


def local_day(utc: datetime) -> date:
    """The date in Tokyo at an instant: Monday 08:00 there is still Sunday in UTC. Refuses naive times."""
    if utc.tzinfo is None:
        raise KernelError("time_without_zone")
    try:
        return utc.astimezone(TOKYO).date()
    except OverflowError:
        raise KernelError("time_out_of_range") from None


def day_bounds_utc(day: date) -> tuple[datetime, datetime]:
    """The instants [start, end) of a local day, in UTC."""
    start = datetime.combine(day, time(0), TOKYO).astimezone(UTC)
    return start, start + timedelta(days=1)


def _checked_year(year: int, code: str) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise KernelError(code, year=year)


def _numbers(pattern: re.Pattern[str], text: str, code: str) -> tuple[int, ...]:
    found = pattern.fullmatch(text)
    if not found:
        raise KernelError(code)
    return tuple(int(group) for group in found.groups())


class Period(ABC):
    """What all periods share: they are runs of whole local days, one after the other."""

    __slots__ = ()

    @property
    @abstractmethod
    def first_day(self) -> date: ...

    @property
    @abstractmethod
    def last_day(self) -> date: ...

    @abstractmethod
    def next(self, count: int = 1) -> Self:
        """The period `count` periods later."""

    def previous(self, count: int = 1) -> Self:
        """The period `count` periods earlier."""
        return self.next(-count)

    @property
    def days(self) -> tuple[date, ...]:
        """Every local day of the period, in order."""
        count = (self.last_day - self.first_day).days + 1
        return tuple(self.first_day + timedelta(days=n) for n in range(count))

    @property
    def bounds_utc(self) -> tuple[datetime, datetime]:
        """The instants [start, end) of the period, in UTC."""
        return day_bounds_utc(self.first_day)[0], day_bounds_utc(self.last_day)[1]

    def __contains__(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True, slots=True, order=True)
class IsoWeek(Period):
    """A week of ISO 8601, Monday to Sunday. Raises KernelError `week_invalid` for one that does not exist."""

    year: int
    week: int

    def __post_init__(self) -> None:
        _checked_year(self.year, "week_invalid")
        try:
            date.fromisocalendar(self.year, self.week, 1)
        except ValueError:
            raise KernelError("week_invalid", year=self.year, week=self.week) from None

    @classmethod
    def parse(cls, text: str) -> Self:
        """From "2026-W07"."""
        return cls(*_numbers(_WEEK, text, "week_invalid"))

    @classmethod
    def of(cls, day: date) -> Self:
        """The week that a local day belongs to; in the days around New Year its year may be another one."""
        year, week, _ = day.isocalendar()
        return cls(year, week)

    @classmethod
    def from_int(cls, number: int) -> Self:
        """From 202607, the form in which facts carry it."""
        return cls(*divmod(number, 100))

    @property
    def as_int(self) -> int:
        """202607: sorts like the week does."""
        return self.year * 100 + self.week

    @property
    def monday(self) -> date:
        return date.fromisocalendar(self.year, self.week, 1)

    @property
    def sunday(self) -> date:
        return date.fromisocalendar(self.year, self.week, 7)

    first_day = monday
    last_day = sunday

    def next(self, count: int = 1) -> Self:
        try:
            return type(self).of(self.monday + timedelta(weeks=count))
        except OverflowError:
            raise KernelError("week_invalid") from None

    def __str__(self) -> str:
        return f"{self.year:04d}-W{self.week:02d}"


@dataclass(frozen=True, slots=True, order=True)
class Month(Period):
    """A calendar month. Raises KernelError `month_invalid`."""

    year: int
    month: int

    def __post_init__(self) -> None:
        _checked_year(self.year, "month_invalid")
        if not 1 <= self.month <= 12:
            raise KernelError("month_invalid", year=self.year, month=self.month)

    @classmethod
    def parse(cls, text: str) -> Self:
        """From "2026-07"."""
        return cls(*_numbers(_MONTH, text, "month_invalid"))

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, day.month)

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return date(self.year + self.month // 12, self.month % 12 + 1, 1) - timedelta(days=1)

    def next(self, count: int = 1) -> Self:
        year, month0 = divmod(self.year * 12 + self.month - 1 + count, 12)
        return type(self)(year, month0 + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True, slots=True, order=True)
class FiscalQuarter(Period):
    """A quarter of the fiscal year: Q1 is April to June. Raises KernelError `quarter_invalid`."""

    fiscal_year: int
    quarter: int

    def __post_init__(self) -> None:
        _checked_year(self.fiscal_year, "quarter_invalid")
        if not 1 <= self.quarter <= 4:
            raise KernelError("quarter_invalid", year=self.fiscal_year, quarter=self.quarter)

    @classmethod
    def parse(cls, text: str) -> Self:
        """From "FY2026-Q1" or "2026-Q1"; both mean April to June 2026."""
        return cls(*_numbers(_QUARTER, text, "quarter_invalid"))

    @classmethod
    def of(cls, day: date) -> Self:
        months = day.year * 12 + day.month - FISCAL_YEAR_STARTS_IN
        return cls(months // 12, months % 12 // 3 + 1)

    @property
    def first_day(self) -> date:
        start = Month(self.fiscal_year, FISCAL_YEAR_STARTS_IN)
        return start.next(3 * (self.quarter - 1)).first_day

    @property
    def last_day(self) -> date:
        return Month.of(self.first_day).next(2).last_day

    def next(self, count: int = 1) -> Self:
        year, quarter0 = divmod(self.fiscal_year * 4 + self.quarter - 1 + count, 4)
        return type(self)(year, quarter0 + 1)

    def __str__(self) -> str:
        return f"FY{self.fiscal_year:04d}-Q{self.quarter}"


@dataclass(frozen=True, slots=True, order=True)
class FiscalYear(Period):
    """April of `year` to March of the next. Raises KernelError `fiscal_year_invalid`."""

    year: int

    def __post_init__(self) -> None:
        _checked_year(self.year, "fiscal_year_invalid")

    @classmethod
    def parse(cls, text: str) -> Self:
        """From "FY2026" or "2026"."""
        return cls(*_numbers(_FISCAL_YEAR, text, "fiscal_year_invalid"))

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year - (day.month < FISCAL_YEAR_STARTS_IN))

    @property
    def first_day(self) -> date:
        return date(self.year, FISCAL_YEAR_STARTS_IN, 1)

    @property
    def last_day(self) -> date:
        return date(self.year + 1, FISCAL_YEAR_STARTS_IN, 1) - timedelta(days=1)

    @property
    def quarters(self) -> tuple[FiscalQuarter, ...]:
        return tuple(FiscalQuarter(self.year, quarter) for quarter in range(1, 5))

    def next(self, count: int = 1) -> Self:
        return type(self)(self.year + count)

    def __str__(self) -> str:
        return f"FY{self.year:04d}"


def parse_period(text: str) -> Period:
    """A week, month, quarter or fiscal year, told by its form. Raises KernelError `period_unknown`."""
    kinds: tuple[Callable[[str], Period], ...] = (
        IsoWeek.parse,
        Month.parse,
        FiscalQuarter.parse,
        FiscalYear.parse,
    )
    for parse in kinds:
        with contextlib.suppress(KernelError):
            period = parse(text)
            if period.first_day >= _FIRST_ON_WIRE and period.last_day <= _LAST_ON_WIRE:
                return period
    raise KernelError("period_unknown")


def weeks_of(period: Period) -> list[IsoWeek]:
    """Every week that has a day in a period."""
    first, last = IsoWeek.of(period.first_day), IsoWeek.of(period.last_day)
    return [first.next(n) for n in range((last.monday - first.monday).days // 7 + 1)]


def year_before(period: Period) -> Period:
    """The same period a year earlier; of a week 53, which most years have not, the week 52."""
    match period:
        case IsoWeek():
            return IsoWeek(period.year - 1, min(period.week, 52))
        case Month():
            return period.previous(12)
        case FiscalQuarter():
            return period.previous(4)
    return period.previous()
