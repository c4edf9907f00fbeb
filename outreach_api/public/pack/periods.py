"""Which periods stand beside the one that a pack is of."""

from __future__ import annotations

from collections.abc import Sequence

from outreach_api.kernel.week import FiscalQuarter, FiscalYear, IsoWeek, Month, Period
from schemas.vocabulary import ReportPeriodKind

_WEEKS, _OTHERS = 8, 6
_MONTHS_OF_YEAR = 12


def kind_of(period: Period) -> ReportPeriodKind:
    match period:
        case IsoWeek():
            return ReportPeriodKind.WEEK
        case Month():
            return ReportPeriodKind.MONTH
        case FiscalQuarter():
            return ReportPeriodKind.QUARTER
    return ReportPeriodKind.FISCAL_YEAR


def trend(period: Period) -> Sequence[Period]:
    """What the chart shows, oldest first: of a year its months, else the last ones with the period itself."""
    if isinstance(period, FiscalYear):
        april = Month.of(period.first_day)
        return [april.next(n) for n in range(_MONTHS_OF_YEAR)]
    count = _WEEKS if isinstance(period, IsoWeek) else _OTHERS
    return [period.previous(n) for n in reversed(range(count))]
