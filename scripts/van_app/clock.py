"""Two clocks: the one on the wall, which may be wrong and jump, and the seconds since the phone was started.

The server corrects every time by (its own time - sent_at): a clock that is wrong but steady does no harm. What
does is a clock that is set right between an event and its sending, as phones do when the network comes back. The
seconds since boot show the jump, and by how much.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TOKYO = dt.timezone(dt.timedelta(hours=9), "Asia/Tokyo")  # no summer time since 1951
_TOLERANCE = dt.timedelta(seconds=2)
_EARLIEST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_LATEST = dt.datetime(2199, 12, 31, tzinfo=dt.UTC)
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Moment:
    """What both clocks show. `boot` names the start that the seconds count from; None: such a count is not known."""

    wall: dt.datetime
    boot: str | None = None
    since_boot: float = 0.0


Clock = Callable[[], Moment]


def phone_clock() -> Moment:
    """Both clocks of this machine. Only Linux and Android tell seconds that go on while the machine sleeps."""
    wall = dt.datetime.now(dt.UTC)
    if not hasattr(time, "CLOCK_BOOTTIME"):
        return Moment(wall)
    try:
        return Moment(wall, _BOOT_ID.read_text("ascii").strip(), time.clock_gettime(time.CLOCK_BOOTTIME))
    except OSError:
        return Moment(wall)


def as_the_clock_stands(event: Moment, now: Moment) -> dt.datetime:
    """When the event was, by the wall clock as it shows now: a jump in between is taken out of it."""
    if event.boot is None or event.boot != now.boot:
        return event.wall  # the phone was started anew: nothing tells what happened to its clock
    reckoned = _moved(now.wall, event.since_boot - now.since_boot)
    return reckoned if abs(reckoned - event.wall) > _TOLERANCE else event.wall


def as_the_clock_stood(then: Moment, now: Moment) -> dt.datetime | None:
    """What a clock that ran on from `then` would show now; None when that is what the clock does show."""
    if then.boot is None or then.boot != now.boot:
        return None
    ran_on = _moved(then.wall, now.since_boot - then.since_boot)
    return ran_on if abs(ran_on - now.wall) > _TOLERANCE else None


def written(at: dt.datetime) -> str:
    """RFC 3339 in UTC with milliseconds, always 24 characters; clocks outside 1970 to 2199 show the nearest of them."""
    at = min(max(at.astimezone(dt.UTC), _EARLIEST), _LATEST)
    return at.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def read(text: str) -> dt.datetime:
    """The time of an RFC 3339 text with a zone. Raises ValueError."""
    at = dt.datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text} has no zone")
    return at.astimezone(dt.UTC)


def tokyo_day(at: dt.datetime) -> str:
    """The day in Tokyo, as the digest groups by it; 08:00 there on a Monday is still Sunday in UTC."""
    return str(at.astimezone(TOKYO).date())


def _moved(at: dt.datetime, seconds: float) -> dt.datetime:
    try:
        return at + dt.timedelta(seconds=seconds)
    except OverflowError:
        return at
