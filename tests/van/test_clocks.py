"""A phone whose clock is wrong, or is set right at any moment, moves nothing to another day or hour."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from tests.api import Api
from tests.handheld import Handheld, Van
from tests.planning import agreed_stop
from van_app.clock import Moment, as_the_clock_stands, as_the_clock_stood, phone_clock, tokyo_day, written
from van_app.wire import Response

NOON = dt.datetime(2026, 11, 28, 3, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
WRONG = (dt.timedelta(days=1), dt.timedelta(days=-365))


def opened(van: Van, off: dt.timedelta) -> Handheld:
    """A phone with a wrong clock that opened an unplanned visit at noon, which is now two hours ago."""
    phone = van.phone()
    phone.clocks.off = off
    phone.open_visit(stop_id=van.stop)
    van.api.clock.forward(hours=2)
    return phone


def shown(van: Van) -> tuple[str, str, bool]:
    (visit,) = van.visits()
    return visit["local_day"], visit["opened_at"], visit["clock_suspect"]


@pytest.mark.parametrize("off", WRONG, ids=str)
def test_a_clock_that_is_wrong_and_steady_is_corrected_and_flagged(van: Van, off: dt.timedelta) -> None:
    phone = opened(van, off)
    assert phone.sync().applied == 1
    assert shown(van) == ("2026-11-28", "2026-11-28T03:00:00Z", True)
    status = phone.status()
    assert (status.skew_seconds, status.clock_suspect) == (-off.total_seconds(), True)


@pytest.mark.parametrize("off", WRONG, ids=str)
def test_a_clock_that_is_set_right_before_sending_is_corrected_by_the_phone(
    van: Van, off: dt.timedelta
) -> None:
    phone = opened(van, off)
    phone.clocks.off = dt.timedelta(0)
    assert phone.sync().applied == 1
    assert shown(van) == ("2026-11-28", "2026-11-28T03:00:00Z", False)


@pytest.mark.parametrize("arrives", [False, True], ids=["request lost", "reply lost"])
@pytest.mark.parametrize("off", WRONG, ids=str)
def test_a_clock_that_is_set_right_between_two_sendings_moves_nothing_either(
    van: Van, off: dt.timedelta, arrives: bool
) -> None:
    phone = opened(van, off)

    def lost(_method: str, _path: str, send: Callable[[], Response]) -> Response:
        if arrives:
            send()
        raise ConnectionResetError

    phone.network.fault = lost
    assert phone.sync().problem is not None
    phone.clocks.off, phone.network.fault = dt.timedelta(0), None
    van.api.clock.forward(hours=1)
    phone.count({"infant": 1})  # by the right clock, in the same sync
    assert phone.sync().problem is None
    assert shown(van)[:2] == ("2026-11-28", "2026-11-28T03:00:00Z")
    assert van.counted() == 1
    # The server's day of it and the phone's are the same, whichever of the two requests arrived.
    assert phone.sync().put_back == 0


def test_a_start_of_the_phone_in_between_leaves_what_its_clock_said(van: Van) -> None:
    phone = opened(van, dt.timedelta(0))
    phone.clocks.boot = "second"
    phone.sync()
    assert shown(van)[1] == "2026-11-28T03:00:00Z"


def test_today_goes_by_the_servers_clock_once_it_is_known(van: Van, api: Api) -> None:
    phone = van.phone()
    phone.clocks.off = dt.timedelta(days=3)
    phone.open_visit(stop_id=agreed_stop(api, "K09"))
    assert phone.today() == "2026-12-01"
    phone.sync()
    assert phone.today() == "2026-11-28"


def test_a_slow_drift_is_no_jump() -> None:
    kept = Moment(NOON, "boot", 100.0)
    later = Moment(NOON + HOUR + dt.timedelta(seconds=1), "boot", 100.0 + 3_600)
    assert as_the_clock_stands(kept, later) == NOON
    assert as_the_clock_stood(kept, later) is None
    ahead = Moment(later.wall + HOUR, "boot", later.since_boot)
    assert as_the_clock_stands(kept, ahead) == NOON + HOUR + dt.timedelta(seconds=1)
    assert as_the_clock_stood(kept, ahead) == NOON + HOUR


def test_times_travel_within_the_years_that_the_server_knows_and_in_one_length() -> None:
    year = dt.datetime(1969, 12, 31, 23, 59, tzinfo=dt.UTC)
    assert written(year) == "1970-01-01T00:00:00.000Z"
    assert written(dt.datetime(2301, 1, 1, tzinfo=dt.UTC)) == "2199-12-31T00:00:00.000Z"
    assert len(written(phone_clock().wall)) == 24
    assert tokyo_day(dt.datetime(2026, 11, 22, 23, 0, tzinfo=dt.UTC)) == "2026-11-23"
