"""When a stop is open: weekdays, the nth of a month, dates and holidays, against a slow and obvious reckoning."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach_api.kernel.holidays import public_holiday
from outreach_api.plans.rules.facts import Opening
from outreach_api.stops.rules import is_nth, windows_on

MORNING = {"opens": dt.time(10), "closes": dt.time(12)}
AFTERNOON = {"opens": dt.time(13), "closes": dt.time(16)}
THIRD_SATURDAY, FOURTH_SATURDAY = dt.date(2026, 11, 21), dt.date(2026, 11, 28)
HOLIDAY = dt.date(2026, 11, 23)  # a Monday

days = st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31))
times = st.sampled_from([{}, MORNING, AFTERNOON])
weekly = st.builds(
    lambda weekday, when: Opening(weekday=weekday, **(when or MORNING)), st.integers(0, 6), times
)
monthly = st.builds(
    lambda weekday, nth, when: Opening(weekday=weekday, nth=nth, **when),
    st.integers(0, 6),
    st.sampled_from([1, 2, 3, 4, 5, -1]),
    times,
)
dated = st.builds(lambda day, when: Opening(on_day=day, **when), days, times)


def of_its_weekday_in_the_month(day: dt.date) -> list[dt.date]:
    """All days of its month that are of its weekday, found by walking through the month."""
    walk = [day.replace(day=1) + dt.timedelta(days=n) for n in range(31)]
    return [one for one in walk if one.month == day.month and one.weekday() == day.weekday()]


@given(days)
def test_the_nth_of_a_month_is_where_a_walk_through_it_finds_it(day: dt.date) -> None:
    same = of_its_weekday_in_the_month(day)
    for nth in (1, 2, 3, 4, 5, -1):
        expected = nth <= len(same) and same[nth - 1 if nth > 0 else nth] == day
        assert is_nth(day, nth) == expected, nth


def slow(
    windows: Sequence[Opening], day: dt.date, shut_on_holidays: bool
) -> set[tuple[dt.time, dt.time]] | None:
    """Said as a person would: whatever is most exact about the day decides alone."""
    about_the_date = [w for w in windows if w.on_day == day]
    same = of_its_weekday_in_the_month(day)
    about_the_nth = [
        w
        for w in windows
        if w.nth is not None
        and w.weekday == day.weekday()
        and day in (same[w.nth - 1 if w.nth > 0 else -1 :][:1])
    ]
    about_the_weekday = [w for w in windows if w.nth is None and w.weekday == day.weekday()]
    if not about_the_date:
        if shut_on_holidays and public_holiday(day):
            return set()
        if not windows:
            return None
    decides = about_the_date or about_the_nth or about_the_weekday
    return {(w.opens, w.closes) for w in decides if w.opens and w.closes}


@given(st.lists(weekly | monthly | dated, max_size=8), days, st.booleans())
def test_what_is_said_most_exactly_of_a_day_decides(
    windows: list[Opening], day: dt.date, shut_on_holidays: bool
) -> None:
    found = windows_on(windows, day, closed_on_holidays=shut_on_holidays)
    assert (None if found is None else set(found)) == slow(windows, day, shut_on_holidays)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (THIRD_SATURDAY, [(dt.time(13), dt.time(16))]),
        (FOURTH_SATURDAY, [(dt.time(10), dt.time(12))]),
        (dt.date(2026, 12, 19), []),  # the third Saturday too, but that date is shut
    ],
)
def test_the_third_saturday_has_hours_of_its_own(
    day: dt.date, expected: list[tuple[dt.time, dt.time]]
) -> None:
    windows = (
        Opening(weekday=5, **MORNING),
        Opening(weekday=5, nth=3, **AFTERNOON),
        Opening(on_day=dt.date(2026, 12, 19)),
    )
    assert windows_on(windows, day, closed_on_holidays=False) == expected


def test_a_holiday_shuts_a_stop_that_says_so_unless_its_date_has_hours() -> None:
    mondays = (Opening(weekday=0, **MORNING),)
    assert windows_on(mondays, HOLIDAY, closed_on_holidays=False) != []
    assert windows_on(mondays, HOLIDAY, closed_on_holidays=True) == []
    assert windows_on((), HOLIDAY, closed_on_holidays=True) == []
    assert windows_on((), FOURTH_SATURDAY, closed_on_holidays=True) is None
    on_the_day = (*mondays, Opening(on_day=HOLIDAY, **AFTERNOON))
    assert windows_on(on_the_day, HOLIDAY, closed_on_holidays=True) == [(dt.time(13), dt.time(16))]
