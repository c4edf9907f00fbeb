"""What became of a planned stay, and how far it was from its times."""

from __future__ import annotations

import datetime as dt

from outreach_api.kernel.week import TOKYO
from schemas.vocabulary import StayState, VisitStatus


def stay_state(visit_status: str | None, *, called_off: bool, day: dt.date, today: dt.date) -> StayState:
    """What is known of a stay. A van that was there counts, whatever was called off before or after."""
    if visit_status == VisitStatus.CLOSED:
        return StayState.HELD
    if visit_status == VisitStatus.OPEN:
        return StayState.OPEN
    if visit_status == VisitStatus.CANCELLED or called_off:
        return StayState.CANCELLED
    return StayState.UNRECORDED if day < today else StayState.PLANNED


def minutes_after(at: dt.datetime | None, day: dt.date, planned: dt.time) -> int | None:
    """Whole minutes from a planned local time to a moment, rounded down; negative when it came before."""
    if at is None:
        return None
    return (at - dt.datetime.combine(day, planned, TOKYO)) // dt.timedelta(minutes=1)
