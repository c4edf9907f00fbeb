"""Local days, ISO weeks and fiscal periods: Monday morning in Matsudo is Monday."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach_api.kernel.errors import KernelError
from outreach_api.kernel.week import (
    FiscalQuarter,
    FiscalYear,
    IsoWeek,
    Month,
    day_bounds_utc,
    local_day,
)

DAYS = st.dates(date(1970, 1, 5), date(2900, 1, 1))


def test_monday_at_eight_in_tokyo_belongs_to_monday_although_utc_says_sunday() -> None:
    monday_8 = datetime(2026, 2, 8, 23, 0, tzinfo=UTC)
    assert monday_8.isoweekday() == 7
    assert local_day(monday_8) == date(2026, 2, 9)
    assert IsoWeek.of(local_day(monday_8)) == IsoWeek(2026, 7)


def test_a_time_without_a_zone_has_no_local_day() -> None:
    with pytest.raises(KernelError, match="time_without_zone"):
        local_day(datetime(2026, 2, 9))  # noqa: DTZ001
    with pytest.raises(KernelError, match="time_out_of_range"):
        local_day(datetime(9999, 12, 31, 23, tzinfo=UTC))


@given(DAYS)
def test_every_instant_of_a_local_day_lies_within_its_utc_bounds(day: date) -> None:
    start, end = day_bounds_utc(day)
    assert end - start == timedelta(days=1)
    assert local_day(start) == local_day(end - timedelta(microseconds=1)) == day
    assert local_day(end) == day + timedelta(days=1)


def test_the_days_around_new_year_belong_to_the_week_of_their_thursday() -> None:
    assert IsoWeek.of(date(2027, 1, 3)) == IsoWeek(2026, 53)
    assert IsoWeek.of(date(2024, 12, 30)) == IsoWeek(2025, 1)
    assert str(IsoWeek.of(date(2026, 2, 9))) == "2026-W07"


@pytest.mark.parametrize(
    "text",
    [
        "2025-W53",
        "2026-W00",
        "2026-W54",
        "2026-W7",
        "2026W07",
        "26-W07",
        "2026-w07",
        "２０２６-W07",
        "0001-W01",
        "",
    ],
)
def test_a_week_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(KernelError, match="week_invalid"):
        IsoWeek.parse(text)


def test_week_53_exists_in_a_long_year() -> None:
    assert IsoWeek.parse("2026-W53").sunday == date(2027, 1, 3)


@given(DAYS)
def test_a_week_survives_text_number_and_both_ends(day: date) -> None:
    week = IsoWeek.of(day)
    assert week == IsoWeek.parse(str(week)) == IsoWeek.from_int(week.as_int)
    assert week.monday.isoweekday() == 1
    assert week.sunday == week.monday + timedelta(days=6)
    assert len(week.days) == 7
    assert day in week
    assert week.next().previous() == week
    assert week.previous() < week < week.next()
    assert week.previous().as_int < week.as_int
    assert week.next().monday - week.sunday == timedelta(days=1)


def test_weeks_are_counted_across_new_year() -> None:
    assert IsoWeek(2026, 2).previous(4) == IsoWeek(2025, 50)
    assert IsoWeek(2026, 52).next(2) == IsoWeek(2027, 1)


def test_a_week_begins_on_sunday_afternoon_in_utc() -> None:
    assert IsoWeek(2026, 7).bounds_utc == (
        datetime(2026, 2, 8, 15, tzinfo=UTC),
        datetime(2026, 2, 15, 15, tzinfo=UTC),
    )


def test_a_fiscal_year_runs_from_april_to_march() -> None:
    year = FiscalYear.of(date(2027, 3, 31))
    assert (str(year), year.first_day, year.last_day) == ("FY2026", date(2026, 4, 1), date(2027, 3, 31))
    assert FiscalYear.of(date(2027, 4, 1)) == year.next()
    assert FiscalYear.parse("2026") == FiscalYear.parse("FY2026") == year


@given(DAYS)
def test_four_quarters_and_twelve_months_fill_their_fiscal_year(day: date) -> None:
    year = FiscalYear.of(day)
    assert day in year
    assert [one for quarter in year.quarters for one in quarter.days] == list(year.days)
    quarter = FiscalQuarter.of(day)
    assert day in quarter
    assert quarter in year.quarters
    assert FiscalQuarter.parse(str(quarter)) == quarter
    assert quarter.next().first_day == quarter.last_day + timedelta(days=1)
    assert quarter.next().previous() == quarter
    month = Month.of(day)
    assert day in month
    assert Month.parse(str(month)) == month
    assert month.next().first_day == month.last_day + timedelta(days=1)
    assert month.next(12).previous(12) == month


@pytest.mark.parametrize(
    ("period", "text", "code"),
    [
        (Month, "2026-13", "month_invalid"),
        (Month, "2026-00", "month_invalid"),
        (Month, "2026-7", "month_invalid"),
        (FiscalQuarter, "2026-Q5", "quarter_invalid"),
        (FiscalQuarter, "2026Q1", "quarter_invalid"),
        (FiscalYear, "26", "fiscal_year_invalid"),
        (FiscalYear, "0000", "fiscal_year_invalid"),
    ],
)
def test_other_periods_that_do_not_exist_are_refused(
    period: type[Month] | type[FiscalQuarter] | type[FiscalYear], text: str, code: str
) -> None:
    with pytest.raises(KernelError, match=code):
        period.parse(text)
