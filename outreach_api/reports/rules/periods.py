"""The periods that a report may cover, by the words in its address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from outreach_api.kernel.errors import KernelError, Refusal
from outreach_api.kernel.week import FiscalQuarter, FiscalYear, IsoWeek, Month, Period

TREND = 4
"""Periods in a report's trend, its own included."""
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


def recapture_days(span: Span) -> tuple[dt.date, dt.date]:
    """First days of the two samples of stamp cards; the second ends with the period.

    A stop comes round every 28 or 35 days, so one week hardly ever sees the cards of the week before: for a week
    the samples are four weeks each. For longer periods they are the period and the one before it.
    """
    if isinstance(span.period, IsoWeek):
        second = span.period.previous(3).first_day
        return second - dt.timedelta(weeks=4), second
    return span.period.previous().first_day, span.period.first_day
