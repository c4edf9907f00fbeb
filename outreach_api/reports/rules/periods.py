"""The periods that a report may cover, by the words in its address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from outreach_api.kernel.errors import KernelError, Refusal
from outreach_api.kernel.week import FiscalQuarter, FiscalYear, IsoWeek, Month, Period
from schemas.vocabulary import Against

TREND = 4
"""Periods in a report's trend, its own included."""
MEAN_WEEKS = 4
"""Weeks before a week, to whose mean it is compared."""
FIRST_YEAR, LAST_YEAR = 2000, 2199  # as days on the wire

_PARSERS = {
    "week": IsoWeek.parse,
    "month": Month.parse,
    "quarter": FiscalQuarter.parse,
    "fiscal-year": FiscalYear.parse,
}
KINDS = tuple(_PARSERS)
_FORMS: Mapping[str, str] = {
    "week": "2026-W48",
    "month": "2026-11",
    "quarter": "FY2026-Q3",
    "fiscal-year": "FY2026",
}


@dataclass(frozen=True, slots=True)
class Span:
    """A period and those before it that its trend shows, oldest first; `today` is the local day of asking."""

    kind: str
    period: Period
    trend: tuple[Period, ...]
    today: dt.date

    @property
    def reference_day(self) -> dt.date:
        """The day up to which places are judged: the period's last one, or today while it isn't over."""
        return min(self.period.last_day, self.today)

    @property
    def first_day(self) -> dt.date:
        """First day of the whole trend."""
        return self.trend[0].first_day

    @property
    def last_day(self) -> dt.date:
        return self.period.last_day


def parse(kind: str, text: str) -> Period | Refusal:
    """The period of a kind that a text names, or why there is none."""
    if kind not in _PARSERS:
        return Refusal("not_found", 404)
    unknown = Refusal("report_period_unknown", 404, {"kind": kind, "example": _FORMS[kind]})
    try:
        period = _PARSERS[kind](text)
    except KernelError:
        return unknown
    in_reach = period.first_day.year > FIRST_YEAR and period.last_day.year < LAST_YEAR
    return period if in_reach else unknown


def span(kind: str, period: Period, today: dt.date, count: int = TREND) -> Span:
    """The period with the `count` - 1 before it."""
    return Span(kind, period, tuple(period.previous(n) for n in reversed(range(count))), today)


class Compared(NamedTuple):
    """What a period is held against: one period, or the mean of several, oldest first."""

    against: Against
    periods: tuple[Period, ...]

    @property
    def name(self) -> str:
        return "..".join(dict.fromkeys((str(self.periods[0]), str(self.periods[-1]))))


def compared(period: Period) -> list[Compared]:
    """The period before it, the mean of the four weeks before a week, and the same period a year before."""
    found = [Compared(Against.BEFORE, (period.previous(),))]
    if isinstance(period, IsoWeek):
        weeks = tuple(period.previous(n) for n in reversed(range(1, MEAN_WEEKS + 1)))
        found.append(Compared(Against.MEAN, weeks))
    earlier = _year_before(period)
    return found if earlier is None else [*found, Compared(Against.YEAR_BEFORE, (earlier,))]


def _year_before(period: Period) -> Period | None:
    """The period of the same number; of a week 53 that the year before lacks, the week 52 weeks earlier."""
    if isinstance(period, IsoWeek):
        try:
            return IsoWeek(period.year - 1, period.week)
        except KernelError:
            return period.previous(52)
    if isinstance(period, Month):
        return period.previous(12)
    return (
        period.previous(4) if isinstance(period, FiscalQuarter) else None
    )  # a year has it as the one before


def months(span: Span) -> tuple[Month, ...]:
    """The months of a quarter or fiscal year that have begun."""
    if isinstance(span.period, IsoWeek | Month):
        return ()
    first, last = Month.of(span.period.first_day), Month.of(span.reference_day)
    return tuple(first.next(n) for n in range((last.year - first.year) * 12 + last.month - first.month + 1))


def recapture_days(span: Span) -> tuple[dt.date, dt.date]:
    """First days of the two samples of stamp cards; the second ends with the period.

    A stop comes round every 28 or 35 days, so one week hardly ever sees the cards of the week before: for a week
    the samples are four weeks each. For longer periods they are the period and the one before it.
    """
    if isinstance(span.period, IsoWeek):
        second = span.period.previous(3).first_day
        return second - dt.timedelta(weeks=4), second
    return span.period.previous().first_day, span.period.first_day
