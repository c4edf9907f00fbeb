"""What a period stands beside: the one before, the weeks before, the year before, and its own months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from outreach_api.kernel.week import Period
from outreach_api.reports.reads import sections, stays, totals
from outreach_api.reports.reads.stays import Outings
from outreach_api.reports.reads.totals import Sums
from outreach_api.reports.rules import periods
from outreach_api.reports.rules.figures import MAIN
from outreach_api.reports.rules.periods import Span
from schemas.vocabulary import Against


class Beside(NamedTuple):
    """The sums and outings of a report's trend and of all that it is compared with."""

    sums: Mapping[Period, Sums]
    outings: Mapping[Period, Outings]
    compared: list[dict[str, Any]]


def beside(session: Session, span: Span) -> Beside:
    """All of it in four queries and one more for the day on which records begin."""
    against = periods.compared(span.period)
    near = [one for one in against if one.against is not Against.YEAR_BEFORE]
    reached = {*span.trend, *(period for one in near for period in one.periods)}
    wide = Span(span.kind, span.period, tuple(sorted(reached, key=lambda p: p.first_day)), span.today)
    sums, outings = totals.sums(session, wide), stays.outings(session, wide)
    points = {period: sections.trend_point(period, sums[period], outings[period]) for period in wide.trend}
    for one in against:
        if one.against is Against.YEAR_BEFORE:
            past = one.periods[0]
            alone = Span(span.kind, past, one.periods, span.today)
            told = totals.sums(session, alone)[past], stays.outings(session, alone)[past]
            points |= {past: sections.trend_point(past, *told)}
    began = stays.began(session, span.today)
    lines = [
        {"against": one.against, "period": one.name, **_mean([points[p] for p in _told(one.periods, began)])}
        for one in against
    ]
    return Beside(sums, outings, lines)


def months(session: Session, span: Span) -> list[dict[str, Any]]:
    """The months of a quarter or fiscal year so far, each as a point of the trend."""
    found = periods.months(span)
    if not found:
        return []
    by_month = Span("month", found[-1], found, span.today)
    sums, outings = totals.sums(session, by_month), stays.outings(session, by_month)
    return [sections.trend_point(month, sums[month], outings[month]) for month in found]


def _told(known: Sequence[Period], began: dt.date | None) -> list[Period]:
    """Those of which there may be records: before the first visit nobody counted, and that is no nought."""
    return [period for period in known if began is not None and period.last_day >= began]


def _mean(points: Sequence[Mapping[str, Any]]) -> dict[str, float | None]:
    """Of one point itself; of several the mean, to one decimal; of none nothing."""
    if len(points) == 1:
        return {name: points[0][name] for name in MAIN}
    return {
        name: round(sum(point[name] for point in points) / len(points), 1) if points else None
        for name in MAIN
    }
