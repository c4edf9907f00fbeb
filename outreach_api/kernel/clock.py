"""Instants: server time, times as they travel, and what to think of a phone's clock."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Protocol

from outreach_api.kernel.errors import KernelError
from outreach_api.kernel.week import FIRST_YEAR, LAST_YEAR

MAX_AHEAD = timedelta(minutes=5)
MAX_BEHIND = timedelta(days=45)
MAX_SKEW = timedelta(minutes=10)

_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)


class Clock(Protocol):
    """Anything that tells the time in UTC; tests pass one that stands still."""

    def __call__(self) -> datetime: ...


def utc_now() -> datetime:
    """Server time, aware, in UTC."""
    return datetime.now(UTC)


def parse_instant(text: str) -> datetime:
    """An RFC 3339 time as an aware UTC datetime.

    Stricter than the RFC on purpose: upper-case T and Z, and at most six fraction digits (more would be lost
    quietly); a leap second :60 is refused, and so are years outside 1970 to 2199, from where a correction could
    leave the years that have weeks. Raises KernelError `time_invalid`.
    """
    if not _RFC3339.fullmatch(text):
        raise KernelError("time_invalid")
    try:
        at = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise KernelError("time_invalid") from None
    if not 1970 <= at.year <= 2199:
        raise KernelError("time_invalid")
    return at


def format_instant(at: datetime) -> str:
    """RFC 3339 in UTC with a Z; the fraction (six digits) only when it is not zero. Refuses naive times."""
    if at.tzinfo is None:
        raise KernelError("time_without_zone")
    timespec = "microseconds" if at.microsecond else "seconds"
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=timespec) + "Z"


def corrected(occurred_at: datetime, skew: timedelta) -> datetime:
    """A phone's time on the server's clock; a correction that leaves the years we know changes nothing."""
    try:
        at = occurred_at + skew
    except OverflowError:
        return occurred_at
    return at if FIRST_YEAR < at.year < LAST_YEAR else occurred_at


class Correction:
    """Puts the times of one push on the server's clock; `sent_at` None: it came online, and happens now."""

    __slots__ = ("_earliest", "_latest", "_now", "far_off", "skew")

    def __init__(self, now: datetime, sent_at: datetime | None) -> None:
        self._now = now
        self.skew = timedelta(0) if sent_at is None else now - sent_at
        """How far the phone's clock is behind the server's, from when it says it sent."""
        self.far_off = abs(self.skew) > MAX_SKEW
        """The clocks differ by more than ten minutes."""
        self._earliest, self._latest = now - MAX_BEHIND, now + MAX_AHEAD

    def of(self, occurred_at: datetime | None) -> tuple[datetime, bool]:
        """The corrected time, and whether it deserves a flag; it is never a reason to refuse or reorder a fact.

        Flagged when it lies more than 5 minutes after or 45 days before server time, or the clocks are far off.
        """
        if occurred_at is None:
            return self._now, False
        at = corrected(occurred_at, self.skew)
        return at, self.far_off or not self._earliest <= at <= self._latest
