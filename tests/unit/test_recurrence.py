"""Recurrence rules, against a slow and obvious reckoning that walks through all days."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach_api.kernel.errors import Problem
from outreach_api.plans.rules.recurrence import Recurrence, recurrence

START = dt.date(2026, 11, 1)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
YEARS = dt.timedelta(days=6 * 366)


def days_of(text: str, first: str, until: str, start: dt.date = START) -> str:
    rule = recurrence(text, start)
    assert isinstance(rule, Recurrence), rule
    return " ".join(
        f"{d:%m-%d}" for d in rule.days(dt.date.fromisoformat(first), dt.date.fromisoformat(until))
    )


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("FREQ=MONTHLY;BYDAY=3SA", "11-21 12-19 01-16 02-20"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "11-10 11-24 12-08 12-22 01-05 01-19 02-02 02-16"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "11-27 12-25 01-29 02-26"),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "12-31 01-31"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "11-30 12-31 01-29 02-26"),
        ("FREQ=MONTHLY;BYDAY=1SA,3SA;COUNT=3", "11-07 11-21 12-05"),
        ("FREQ=MONTHLY;BYDAY=3SA;UNTIL=20261219", "11-21 12-19"),
        ("FREQ=YEARLY;BYMONTH=12;BYDAY=2SU", "12-13"),
        ("FREQ=DAILY;INTERVAL=40", "11-01 12-11 01-20"),
    ],
)
def test_the_rules_that_coordinators_use(text: str, days: str) -> None:
    assert days_of(text, "2026-11-01", "2027-02-28") == days


def slow(parts: dict[str, str], start: dt.date, last: dt.date) -> list[dt.date]:
    """Every day from the start: does each part of the rule let it through, in its day, week, month or year?"""
    interval, freq = int(parts.get("INTERVAL", 1)), parts["FREQ"]
    week_start = WEEKDAYS.index(parts.get("WKST", "MO"))
    by_day = [
        (int(said[:-2] or 0), WEEKDAYS.index(said[-2:])) for said in parts.get("BYDAY", "").split(",") if said
    ]
    month_days = [int(said) for said in parts.get("BYMONTHDAY", "").split(",") if said]
    months = [int(said) for said in parts.get("BYMONTH", "").split(",") if said]
    if not by_day and not month_days:
        if freq == "WEEKLY":
            by_day = [(0, start.weekday())]
        elif freq in ("MONTHLY", "YEARLY"):
            month_days = [start.day]
            if freq == "YEARLY" and not months:
                months = [start.month]

    def week(day: dt.date) -> dt.date:
        return day - dt.timedelta(days=(day.weekday() - week_start) % 7)

    def phase(day: dt.date) -> int:
        if freq == "DAILY":
            return (day - start).days
        if freq == "WEEKLY":
            return (week(day) - week(start)).days // 7
        if freq == "MONTHLY":
            return (day.year - start.year) * 12 + day.month - start.month
        return day.year - start.year

    def span(day: dt.date) -> list[dt.date]:
        """The month or year in which the nth weekday is counted."""
        whole_year = freq == "YEARLY" and not months
        first = day.replace(month=1, day=1) if whole_year else day.replace(day=1)
        walk = (first + dt.timedelta(days=n) for n in range(366))
        return [one for one in walk if one.year == day.year and (whole_year or one.month == day.month)]

    def fits(day: dt.date) -> bool:
        if phase(day) % interval or (months and day.month not in months):
            return False
        last_of_month = (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
        if month_days and day.day not in month_days and day.day - last_of_month.day - 1 not in month_days:
            return False
        if not by_day:
            return True
        for nth, weekday in by_day:
            if day.weekday() == weekday:
                if nth == 0:
                    return True
                same = [one for one in span(day) if one.weekday() == weekday]
                if abs(nth) <= len(same) and same[nth - 1 if nth > 0 else nth] == day:
                    return True
        return False

    begin = start.replace(month=1, day=1)
    found = [day for n in range((last - begin).days + 1) if fits(day := begin + dt.timedelta(days=n))]
    if "BYSETPOS" in parts:
        sets: dict[int, list[dt.date]] = {}
        # A period is whole, also where the walk ends inside it: walk on to its end.
        beyond = [day for n in range(1, 367) if fits(day := last + dt.timedelta(days=n))]
        for day in found + beyond:
            sets.setdefault(phase(day), []).append(day)
        chosen = {
            days[pos - 1 if pos > 0 else pos]
            for days in sets.values()
            for pos in (int(said) for said in parts["BYSETPOS"].split(","))
            if abs(pos) <= len(days)
        }
        found = [day for day in found if day in chosen]
    found = [day for day in found if day >= start]
    if "UNTIL" in parts:
        found = [day for day in found if f"{day:%Y%m%d}" <= parts["UNTIL"]]
    return found[: int(parts["COUNT"])] if "COUNT" in parts else found


def some(random_: random.Random, low: int, high: int, *, below: bool = False) -> str:
    numbers = [n for n in range(-high if below else low, high + 1) if n]
    return ",".join(str(n) for n in random_.sample(numbers, random_.randint(1, 3)))


@st.composite
def rules(draw: st.DrawFn) -> dict[str, str]:
    chance = draw(st.randoms(use_true_random=False))
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = {"FREQ": freq}
    if chance.random() < 0.5:
        parts["INTERVAL"] = str(chance.randint(1, 5))
    if chance.random() < 0.6:
        nth = freq in ("MONTHLY", "YEARLY") and chance.random() < 0.6
        days = chance.sample(WEEKDAYS, chance.randint(1, 3))
        parts["BYDAY"] = ",".join(
            f"{chance.choice([1, 2, 3, 4, 5, -1, -2])}{day}" if nth else day for day in days
        )
    if freq in ("MONTHLY", "YEARLY") and chance.random() < 0.4:
        parts["BYMONTHDAY"] = some(chance, 1, 31, below=True)
    if chance.random() < 0.3:
        parts["BYMONTH"] = some(chance, 1, 12)
    if freq in ("MONTHLY", "YEARLY") and parts.keys() & {"BYDAY", "BYMONTHDAY"} and chance.random() < 0.3:
        parts["BYSETPOS"] = some(chance, 1, 4, below=True)
    if chance.random() < 0.3:
        parts["WKST"] = chance.choice(WEEKDAYS)
    end = chance.random()
    if end < 0.2:
        parts["COUNT"] = str(chance.randint(1, 20))
    elif end < 0.4:
        parts["UNTIL"] = f"{START + dt.timedelta(days=chance.randint(0, 1500)):%Y%m%d}"
    return parts


@given(
    rules(), st.dates(dt.date(2025, 1, 1), dt.date(2028, 12, 31)), st.integers(0, 900), st.integers(0, 500)
)
def test_a_rule_names_the_days_that_a_walk_through_all_days_finds(
    parts: dict[str, str], start: dt.date, after: int, length: int
) -> None:
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    rule = recurrence(text, start)
    expected = slow(parts, start, start + YEARS)
    if isinstance(rule, Problem):
        assert rule.code == "rule_without_days"
        assert expected == []
        return
    first = start + dt.timedelta(days=after - 100)
    last = first + dt.timedelta(days=length)
    assert rule.days(first, last) == [day for day in expected if first <= day <= last]


@pytest.mark.parametrize(
    ("text", "code", "params"),
    [
        ("", "rule_malformed", {"number": 1}),
        ("third saturday", "rule_malformed", {"number": 1}),
        ("RRULE:FREQ=DAILY", "rule_malformed", {"number": 1}),
        ("FREQ=DAILY;", "rule_malformed", {"number": 2}),
        ("FREQ=MONTHLY\nDTSTART:20200101", "rule_malformed", {"number": 1}),
        ("BYDAY=SA", "rule_value_wrong", {"part": "FREQ"}),
        ("FREQ=FORTNIGHTLY", "rule_value_wrong", {"part": "FREQ"}),
        ("FREQ=HOURLY", "rule_too_often", {"frequency": "HOURLY"}),
        ("FREQ=DAILY;BYHOUR=1,2", "rule_part_unknown", {"number": 2}),
        ("FREQ=YEARLY;BYEASTER=0", "rule_part_unknown", {"number": 2}),
        ("FREQ=DAILY;FREQ=DAILY", "rule_part_twice", {"part": "FREQ"}),
        ("FREQ=MONTHLY;BYDAY=6SA", "rule_value_wrong", {"part": "BYDAY"}),
        ("FREQ=MONTHLY;BYDAY=SA,SA", "rule_value_wrong", {"part": "BYDAY"}),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "rule_value_wrong", {"part": "BYMONTHDAY"}),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "rule_value_wrong", {"part": "BYMONTHDAY"}),
        ("FREQ=DAILY;INTERVAL=0", "rule_value_wrong", {"part": "INTERVAL"}),
        ("FREQ=DAILY;COUNT=1001", "rule_value_wrong", {"part": "COUNT"}),
        ("FREQ=DAILY;UNTIL=20261301", "rule_value_wrong", {"part": "UNTIL"}),
        (
            "FREQ=DAILY;UNTIL=20261201T090000Z",
            "rule_value_wrong",
            {"part": "UNTIL"},
        ),
        ("FREQ=DAILY;COUNT=3;UNTIL=20261201", "rule_count_or_until", {}),
        ("FREQ=WEEKLY;BYDAY=3SA", "rule_nth_not_with", {"frequency": "WEEKLY"}),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "rule_part_not_with", {"part": "BYMONTHDAY", "frequency": "WEEKLY"}),
        ("FREQ=MONTHLY;BYDAY=SA,1SU", "rule_weekdays_mixed", {}),
        ("FREQ=MONTHLY;BYSETPOS=1", "rule_setpos_alone", {}),
        ("FREQ=DAILY;UNTIL=20261031", "rule_without_days", {}),
    ],
)
def test_what_is_wrong_with_a_rule_is_told_by_a_code(text: str, code: str, params: dict[str, Any]) -> None:
    assert recurrence(text, START) == Problem("/rrule", code, params)


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY;BYMONTH=2;INTERVAL=366",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYDAY=1SA;BYMONTHDAY=15",
        "FREQ=WEEKLY;INTERVAL=366;BYMONTH=2",
    ],
)
def test_a_rule_that_hardly_or_never_fits_is_answered_and_not_tried_for_ever(text: str) -> None:
    rule = recurrence(text, START)
    if isinstance(rule, Problem):
        assert rule.code == "rule_without_days"
    else:
        rule.days(dt.date(2199, 1, 1), dt.date(2199, 12, 31))


@given(st.text(st.sampled_from("FREQ=DAILY;MONTHBYSU0123,+-"), max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    recurrence(text, START)
    recurrence(f"FREQ=MONTHLY;{text}", START)
