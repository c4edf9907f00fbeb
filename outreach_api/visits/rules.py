"""When a visit was, and what an arrival, a departure or a cancellation makes of one that exists."""

from __future__ import annotations

import datetime as dt

from outreach_api.kernel.errors import Refusal
from schemas.vocabulary import VisitStatus


def opened_status(status: str) -> VisitStatus:
    """An arrival opens what was planned or cancelled; what is closed stays closed."""
    return VisitStatus.CLOSED if status == VisitStatus.CLOSED else VisitStatus.OPEN


def close(status: str, closed_at: dt.datetime | None, wanted: dt.datetime) -> Refusal | bool:
    """True to close now, False when the same close is there already. First received close wins."""
    if status == VisitStatus.CLOSED:
        if closed_at == wanted:
            return False
        shown = closed_at.isoformat() if closed_at else ""
        return Refusal("visit_already_closed", 409, {"closed_at": shown})
    if status == VisitStatus.CANCELLED:
        return Refusal("visit_cancelled", 409)
    return True


def cancel(status: str, has_facts: bool) -> Refusal | None:
    """A visit at which something was counted or sold took place: it is closed, not cancelled."""
    if status == VisitStatus.CLOSED:
        return Refusal("visit_already_closed", 409, {"closed_at": ""})
    return Refusal("visit_has_facts", 409) if has_facts else None
