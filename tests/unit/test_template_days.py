"""What becomes of each day that a template names, against a slow reckoning that looks at every day of two years."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach_api.kernel.holidays import PublicHoliday, public_holiday
from outreach_api.plans.rules.recurrence import Recurrence, recurrence
from outreach_api.plans.rules.template_days import (
    MOST_DAYS_MOVED,
    DayRules,
    SchoolHolidayOf,
    school_holiday_of,
    template_days,
)
from schemas.vocabulary import DayOutcome, HolidayRule

START, END = dt.date(2026, 1, 1), dt.date(2027, 12, 31)
DAYS = [START + dt.timedelta(days=n) for n in range((END - START).days + 1)]
WINTER = PublicHoliday("冬休み", "Winter holidays")


def rule(text: str, first: dt.date = START) -> Recurrence:
    read = recurrence(text, first)
    assert isinstance(read, Recurrence), read
    return read


def no_school_holiday(day: dt.date) -> PublicHoliday | None:
    return None


def slow(rules: DayRules, school: SchoolHolidayOf) -> dict[dt.date, tuple[DayOutcome, dt.date | None]]:
    """By day: first what holds, then what moves, the earliest first, each to the first day that nothing speaks against."""
    named = {day for day in DAYS if day in rules.more_days}
    if rules.recurrence is not None:
        named |= set(rules.recurrence.days(START, END))
    found: dict[dt.date, tuple[DayOutcome, dt.date | None]] = {}
    moving: dict[dt.date, HolidayRule] = {}
    for day in sorted(named):
        says = [
            said
            for said, holiday in (
                (rules.on_public_holiday, public_holiday(day)),
                (rules.on_school_holiday, school(day)),
            )
            if holiday and said != HolidayRule.HOLD
        ]
        if day in rules.except_days or HolidayRule.SKIP in says:
            found[day] = (DayOutcome.SKIPPED, None)
        elif says:
            moving[day] = says[0]
        else:
            found[day] = (DayOutcome.HELD, day)
    full = {day for day, (outcome, _) in found.items() if outcome is DayOutcome.HELD}
    for day, how in moving.items():
        step = 1 if how is HolidayRule.NEXT_WORKING_DAY else -1
        target = day
        for _ in range(MOST_DAYS_MOVED):
            target += dt.timedelta(days=step)
            if (
                target.weekday() < 5
                and not public_holiday(target)
                and target not in rules.except_days
                and (rules.on_school_holiday == HolidayRule.HOLD or not school(target))
            ):
                break
        else:
            found[day] = (DayOutcome.SKIPPED, None)
            continue
        if target in full:
            found[day] = (DayOutcome.SKIPPED, None)
        else:
            full.add(target)
            found[day] = (DayOutcome.MOVED, target)
    return found


# So that a period of a hundred days, and what moves at its edge, lie within the days that are walked through.
near = st.integers(60, len(DAYS) - 161).map(lambda n: DAYS[n])
schools = st.lists(st.tuples(near, st.integers(0, 45)), max_size=5).map(
    lambda rows: school_holiday_of(
        (first, first + dt.timedelta(days=length), WINTER) for first, length in rows
    )
)
texts = st.sampled_from(
    [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=WEEKLY;BYDAY=MO",
        "FREQ=WEEKLY;BYDAY=MO,TU",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
        "FREQ=MONTHLY;BYDAY=3SA",
        "FREQ=MONTHLY;BYDAY=2MO,3MO",
        "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=3,4,5,6",
    ]
)
all_rules = st.builds(
    lambda text, more, less, public, school: DayRules(
        recurrence=None if text is None else rule(text),
        more_days=frozenset(more),
        except_days=frozenset(less),
        on_public_holiday=public,
        on_school_holiday=school,
    ),
    st.none() | texts,
    st.lists(near, max_size=10),
    st.lists(near, max_size=10),
    st.sampled_from(HolidayRule),
    st.sampled_from(HolidayRule),
)


@given(all_rules, schools, near, st.integers(0, 100))
def test_each_day_becomes_what_a_look_at_all_days_finds(
    rules: DayRules, school: SchoolHolidayOf, first: dt.date, length: int
) -> None:
    last = first + dt.timedelta(days=length)
    expected = {day: what for day, what in slow(rules, school).items() if first <= day <= last}
    found = template_days(rules, school, first, last)
    assert {one.day: (one.outcome, one.planned_on) for one in found} == expected
    assert all((one.code is None) == (one.outcome is DayOutcome.HELD) for one in found)


@given(all_rules, schools, near, st.integers(0, 100))
def test_no_two_days_are_planned_on_one_and_what_a_day_becomes_hangs_on_no_period(
    rules: DayRules, school: SchoolHolidayOf, first: dt.date, length: int
) -> None:
    last = first + dt.timedelta(days=length)
    whole = template_days(rules, school, first, last)
    planned = [one.planned_on for one in whole if one.planned_on]
    assert len(set(planned)) == len(planned)
    walk = (first + dt.timedelta(days=n) for n in range(length + 1))
    assert [one for day in walk for one in template_days(rules, school, day, day)] == whole


@pytest.mark.parametrize(
    ("how", "planned_on", "code"),
    [
        (HolidayRule.HOLD, "2027-03-22", None),
        (HolidayRule.SKIP, None, "template_day_public_holiday"),
        (HolidayRule.NEXT_WORKING_DAY, "2027-03-23", "template_day_public_holiday_moved"),
        (HolidayRule.PREVIOUS_WORKING_DAY, "2027-03-19", "template_day_public_holiday_moved"),
    ],
)
def test_a_monday_that_stands_in_for_a_sunday(
    how: HolidayRule, planned_on: str | None, code: str | None
) -> None:
    day = dt.date(2027, 3, 22)
    rules = DayRules(more_days=frozenset([day]), on_public_holiday=how)
    (found,) = template_days(rules, no_school_holiday, day, day)
    assert (str(found.planned_on) if found.planned_on else None, found.code) == (planned_on, code)


def test_the_summer_holidays_are_too_long_to_be_moved_out_of() -> None:
    day = dt.date(2026, 8, 10)
    summer: Callable[[dt.date], PublicHoliday | None] = school_holiday_of(
        [(dt.date(2026, 7, 18), dt.date(2026, 8, 31), PublicHoliday("夏休み", "Summer holidays"))]
    )
    rules = DayRules(more_days=frozenset([day]), on_school_holiday=HolidayRule.NEXT_WORKING_DAY)
    (found,) = template_days(rules, summer, day, day)
    assert (found.outcome, found.code) == (DayOutcome.SKIPPED, "template_day_nowhere_to_go")
