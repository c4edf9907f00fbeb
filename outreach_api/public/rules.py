"""What an entry says at a moment: some things change by the clock alone, without anybody writing them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from outreach_api.kernel import deciding
from outreach_api.kernel.week import day_bounds_utc
from schemas.vocabulary import TimetableStatus

# (own) A phone that is offline, or in whose pocket a departure was forgotten, must not keep a stay open for ever.
OPEN_AFTER_CLOSING = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Stored:
    """What was written of an entry."""

    local_day: dt.date
    opens: dt.time | None
    closes: dt.time | None
    status: str
    decided_at: dt.datetime | None
    changes: int
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of it now."""

    status: TimetableStatus
    decided_at: dt.datetime | None
    """When it will be decided; None once that is past, or where nobody said so."""
    sequence: int
    updated_at: dt.datetime


def said(entry: Stored, now: dt.datetime, usual: dt.time | None) -> Said:
    """`usual`: when the weather is decided on every morning, local time."""
    status = TimetableStatus(entry.status)
    decided = deciding.decision(entry.decided_at, entry.local_day, entry.opens, usual)
    by_clock = status is TimetableStatus.UNDECIDED and decided is not None and decided <= now
    updated_at = max(entry.updated_at, decided) if by_clock and decided is not None else entry.updated_at
    if by_clock:
        status = TimetableStatus.ON
    waits = status in (TimetableStatus.ON, TimetableStatus.UNDECIDED)
    return Said(
        status=_over(status, _end(entry), now),
        decided_at=decided if waits and decided is not None and now < decided else None,
        # Calendars take what has a higher number: what the clock decided lies between two changes.
        sequence=2 * entry.changes + by_clock,
        updated_at=updated_at,
    )


def _end(entry: Stored) -> dt.datetime:
    """When it is over by plan; of a day without times, its midnight."""
    if entry.closes is None:
        return day_bounds_utc(entry.local_day)[1]
    return deciding.moment(entry.local_day, entry.closes)


def _over(status: TimetableStatus, end: dt.datetime, now: dt.datetime) -> TimetableStatus:
    longer = OPEN_AFTER_CLOSING if status is TimetableStatus.OPEN else dt.timedelta(0)
    if status is TimetableStatus.CANCELLED or now < end + longer:
        return status
    return TimetableStatus.CLOSED
