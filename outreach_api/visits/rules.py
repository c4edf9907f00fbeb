"""When a visit was, and what an arrival, a departure or a cancellation makes of one that exists."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.week import TOKYO
from schemas.vocabulary import VisitStatus

SAME_DEPARTURE = dt.timedelta(minutes=1)
"""Less is no other time: a phone's times are corrected by when it sent, and every sending takes its own while."""


def opened_status(status: str) -> VisitStatus:
    """An arrival opens what was planned or cancelled; what is closed stays closed."""
    return VisitStatus.CLOSED if status == VisitStatus.CLOSED else VisitStatus.OPEN


@dataclass(frozen=True, slots=True)
class Departure:
    """When a visit ended (UTC), and why before its time, if it did."""

    at: dt.datetime
    early_reason: str | None = None


def close(status: str, standing: Departure | None, told: Departure) -> Refusal | Departure:
    """The departure that stands from now on. The first one received does; an equal one may add its reason.

    Whoever left had been there, so it ends also what another phone called off: had it come first, that other phone
    would have been refused.
    """
    if status != VisitStatus.CLOSED or standing is None:
        return told
    reasons = {standing.early_reason, told.early_reason} - {None}
    if abs(standing.at - told.at) >= SAME_DEPARTURE or len(reasons) > 1:
        return already_closed(standing.at)
    return Departure(standing.at, standing.early_reason or told.early_reason)


def already_closed(at: dt.datetime | None) -> Refusal:
    """Says the time that stands as the crew's watches showed it."""
    shown = at.astimezone(TOKYO).strftime("%Y-%m-%d %H:%M") if at else "-"
    return Refusal("visit_already_closed", 409, {"closed_at": shown})


LONGEST_REMARKS = 2_000
"""Ten of the longest: more than phones that were at one visit."""


def both_notes(standing: str | None, told: str | None) -> str | None:
    """What two phones remarked about one visit, a line each; the same words once."""
    lines = standing.splitlines() if standing else []
    lines += [line for line in (told or "").splitlines() if line not in lines]
    while len("\n".join(lines)) > LONGEST_REMARKS:
        lines.pop()
    return "\n".join(lines) or None


def cancel(status: str, closed_at: dt.datetime | None, has_facts: bool) -> Refusal | None:
    """A visit at which something was counted or sold took place: it is closed, not cancelled."""
    if status == VisitStatus.CLOSED:
        return already_closed(closed_at)
    return Refusal("visit_has_facts", 409) if has_facts else None
