"""Makes violations: how each rule says what is wrong, where, and what would mend it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from types import MappingProxyType

from outreach_api.plans.rules.facts import Mend, Stay, Violation
from schemas.vocabulary import Remedy, Severity

MINUTES_OF_DAY = 24 * 60


Numbers = Mapping[str, int | str]
_NONE: Numbers = MappingProxyType({})


def hard(
    code: str, *stays: Stay, numbers: Numbers = _NONE, mends: tuple[Mend, ...] = (), way: str = ""
) -> Violation:
    """One that keeps the plan from being published."""
    return Violation(code, Severity.HARD, _ids(stays), numbers, mends, way)


def soft(
    code: str, *stays: Stay, numbers: Numbers = _NONE, mends: tuple[Mend, ...] = (), way: str = ""
) -> Violation:
    """One that somebody should know."""
    return Violation(code, Severity.SOFT, _ids(stays), numbers, mends, way)


def move(stay: Stay, arrive: int, depart: int) -> Mend | None:
    """Hold a stay at these minutes; None when that is not on its day, or is no stay any more."""
    if not 0 <= arrive < depart < MINUTES_OF_DAY:
        return None
    return Mend(
        what=Remedy.MOVE_STAY, plan_stop_id=stay.plan_stop_id, arrive=time_at(arrive), depart=time_at(depart)
    )


def of_stay(what: Remedy, stay: Stay) -> Mend:
    return Mend(what=what, plan_stop_id=stay.plan_stop_id)


def kept(*mends: Mend | None) -> tuple[Mend, ...]:
    return tuple(mend for mend in mends if mend is not None)


def clock(minute: int) -> str:
    """As people read it; minutes before midnight or after the next are said as such times of day."""
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


def time_at(minute: int) -> dt.time:
    return dt.time(*divmod(minute, 60))


def time_of(minute: int) -> dt.time | None:
    """None where it is not on that day."""
    return time_at(minute) if 0 <= minute < MINUTES_OF_DAY else None


def _ids(stays: tuple[Stay, ...]) -> tuple[uuid.UUID, ...]:
    return tuple(stay.plan_stop_id for stay in stays)
