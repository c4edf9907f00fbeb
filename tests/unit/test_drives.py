"""Drives by the hour: never too short, never early for who leaves late, and the last minute to leave is the last."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach_api.kernel.geo import Point
from outreach_api.plans.rules import Drives
from outreach_api.plans.rules.drives import EVEN
from schemas.vocabulary import LegBasis

HERE, THERE = Point(35.8, 139.9), Point(35.9, 139.9)
SPEEDS = st.tuples(*[st.integers(10, 300)] * 24)
SECONDS = st.integers(0, 30_000)
MINUTES = st.integers(-300, 1_800)


def drives(seconds: int, speeds: tuple[int, ...] = EVEN) -> Drives:
    road = LegBasis.ROAD
    return Drives({HERE: 0, THERE: 1}, [[0, seconds], [seconds, 0]], [[road, road], [road, road]], speeds)


def minutes_by_walking(seconds: int, speeds: tuple[int, ...], leaving_at: int) -> int:
    """The obvious way: minute by minute, each at the speed of its hour."""
    left, minutes = Fraction(seconds), 0
    while left > 0:
        left -= Fraction(60 * speeds[(leaving_at + minutes) // 60 % 24], 100)
        minutes += 1
    return minutes


@given(SECONDS, SPEEDS, MINUTES)
def test_a_drive_takes_as_long_as_minute_by_minute(
    seconds: int, speeds: tuple[int, ...], leaving_at: int
) -> None:
    found = drives(seconds, speeds).minutes(HERE, THERE, leaving_at)
    assert found == minutes_by_walking(seconds, speeds, leaving_at)


@given(SECONDS, SPEEDS, MINUTES)
def test_who_leaves_later_never_arrives_earlier(
    seconds: int, speeds: tuple[int, ...], leaving_at: int
) -> None:
    drive = drives(seconds, speeds)
    assert leaving_at + drive.minutes(HERE, THERE, leaving_at) <= (
        leaving_at + 1 + drive.minutes(HERE, THERE, leaving_at + 1)
    )


@given(SECONDS, SPEEDS, MINUTES)
def test_the_last_minute_to_leave_is_in_time_and_the_next_is_not(
    seconds: int, speeds: tuple[int, ...], arriving_at: int
) -> None:
    drive = drives(seconds, speeds)
    leave = drive.leave_by(HERE, THERE, arriving_at)
    assert leave + drive.minutes(HERE, THERE, leave) <= arriving_at
    assert leave + 1 + drive.minutes(HERE, THERE, leave + 1) > arriving_at


@pytest.mark.parametrize(("seconds", "minutes"), [(0, 0), (1, 1), (60, 1), (61, 2), (3_600, 60)])
def test_minutes_are_rounded_up_and_whole_ones_stay(seconds: int, minutes: int) -> None:
    assert drives(seconds).minutes(HERE, THERE, 600) == minutes


def test_a_slow_hour_slows_down_what_is_driven_in_it_only() -> None:
    speeds = (*(100,) * 8, 50, *(100,) * 15)
    drive = drives(1_800, speeds)
    assert drive.minutes(HERE, THERE, 7 * 60 + 30) == 30
    assert drive.minutes(HERE, THERE, 7 * 60 + 45) == 15 + 30
    assert drive.minutes(HERE, THERE, 8 * 60) == 60
    assert drive.minutes(HERE, THERE, 9 * 60) == 30
