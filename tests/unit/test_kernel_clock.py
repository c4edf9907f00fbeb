"""Instants and phones' clocks: strict in, UTC inside, flagged but never refused."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach_api.kernel.clock import Correction, corrected, format_instant, parse_instant
from outreach_api.kernel.errors import KernelError

NOW = datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC)
# hypothesis wants its limits without a zone.
_FIRST, _LAST = datetime(1970, 1, 2), datetime(2199, 12, 31)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-23T04:05:06Z", NOW),
        ("2026-11-23T13:05:06+09:00", NOW),
        ("2026-11-23T04:05:06.5Z", NOW + timedelta(milliseconds=500)),
        ("2026-11-22T23:05:06.000001-05:00", NOW + timedelta(microseconds=1)),
    ],
)
def test_a_time_with_a_zone_is_read_as_utc(text: str, at: datetime) -> None:
    read = parse_instant(text)
    assert read == at
    assert read.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23T04:05:06",
        "2026-11-23T04:05:06.1234567Z",
        "2026-11-23t04:05:06Z",
        "2026-11-23T04:05:06z",
        "2026-11-23 04:05:06Z",
        "2026-11-23T04:05Z",
        "2026-11-23T04:05:06+0900",
        "2026-11-23T04:05:06+24:00",
        "2026-11-23T04:05:06+09:60",
        "2026-11-23T04:05:06,5Z",
        "2026-11-23T04:05:06.Z",
        "2026-02-30T04:05:06Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T04:05:60Z",
        "２０２６-11-23T04:05:06Z",
        "2026-11-23T04:05:06Z\n",
        "20261123T040506Z",
        "2026-W48-1T04:05:06Z",
        "0001-01-01T00:00:00+09:00",
        "1969-12-31T23:59:59Z",
        "2200-01-01T00:00:00Z",
        "9999-12-31T23:59:59-09:00",
        "",
    ],
)
def test_any_other_way_of_writing_a_time_is_refused(text: str) -> None:
    with pytest.raises(KernelError, match="time_invalid"):
        parse_instant(text)


@given(st.datetimes(_FIRST, _LAST, timezones=st.just(timezone(timedelta(hours=9)))))
def test_a_time_survives_being_written_and_read(at: datetime) -> None:
    assert parse_instant(format_instant(at)) == at


def test_the_fraction_is_written_only_when_there_is_one() -> None:
    assert format_instant(NOW) == "2026-11-23T04:05:06Z"
    assert format_instant(NOW.replace(microsecond=123456)) == "2026-11-23T04:05:06.123456Z"
    assert format_instant(NOW.replace(microsecond=100000)) == "2026-11-23T04:05:06.100000Z"
    with pytest.raises(KernelError, match="time_without_zone"):
        format_instant(datetime(2026, 11, 23))  # noqa: DTZ001


def test_a_slow_phones_times_are_moved_forward_by_its_skew() -> None:
    told = Correction(NOW, sent_at=NOW - timedelta(hours=3))
    assert told.skew == timedelta(hours=3)
    assert told.of(NOW - timedelta(hours=4)) == (NOW - timedelta(hours=1), True)


@pytest.mark.parametrize("years", [-200, 1_000, 9_000])
def test_a_correction_to_where_no_weeks_are_counted_leaves_the_time_alone(years: int) -> None:
    assert corrected(NOW, timedelta(days=365 * years)) == NOW
    last = datetime.max.replace(tzinfo=UTC)
    assert corrected(last, timedelta(days=1)) == last


@pytest.mark.parametrize(
    ("age", "clock_off", "flagged"),
    [
        (timedelta(0), timedelta(0), False),
        (timedelta(minutes=-5), timedelta(0), False),
        (timedelta(minutes=-5, seconds=-1), timedelta(0), True),
        (timedelta(days=45), timedelta(0), False),
        (timedelta(days=45, seconds=1), timedelta(0), True),
        (timedelta(hours=1), timedelta(minutes=10), False),
        (timedelta(hours=1), timedelta(minutes=10, seconds=1), True),
        (timedelta(hours=1), timedelta(minutes=-10, seconds=-1), True),
    ],
)
def test_an_implausible_time_is_flagged(age: timedelta, clock_off: timedelta, flagged: bool) -> None:
    told = Correction(NOW, NOW - clock_off)
    assert told.of(NOW - age - clock_off) == (NOW - age, flagged)


def test_what_comes_online_happens_now_and_is_never_flagged() -> None:
    assert Correction(NOW, None).of(None) == (NOW, False)
