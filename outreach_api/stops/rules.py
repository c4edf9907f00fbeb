"""What holds for a stop: who sees its host, how far its pin may be corrected, when it may be used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from outreach_api.kernel.holidays import public_holiday
from schemas.vocabulary import Precision, Publicity, Role, StopKind, StopStatus

PIN_CORRECTION_M = 300.0
"""A pin moved further than this is another place: its visits must keep the old one."""
ROUGH_CORRECTION_M = {Precision.TOWN: 2_000.0, Precision.BLOCK: 500.0}
"""What was only known to be in a town or a block is put right by as much as that may be off."""

SEES_HOST = frozenset({Role.COORDINATOR, Role.ADMIN})


_REQUESTED, _TALKING, _AGREED, _PAUSED, _ENDED = StopStatus
NEXT_STEPS: Mapping[StopStatus, frozenset[StopStatus]] = MappingProxyType(
    {
        _REQUESTED: frozenset({_TALKING, _AGREED, _ENDED}),
        _TALKING: frozenset({_AGREED, _ENDED}),
        _AGREED: frozenset({_TALKING, _PAUSED, _ENDED}),
        _PAUSED: frozenset({_TALKING, _AGREED, _ENDED}),
        # Whoever comes back after an end is talked to anew.
        _ENDED: frozenset({_REQUESTED, _TALKING}),
    }
)
"""What may become of a stop, by what it is: only what was agreed can be paused, and what ended is not simply agreed."""


def step_possible(now: StopStatus, then: StopStatus) -> bool:
    """Whether a stop may become something; what it is already is no step."""
    return now is then or then in NEXT_STEPS[now]


class PermissionDays(Protocol):
    @property
    def valid_from(self) -> dt.date: ...
    @property
    def valid_to(self) -> dt.date | None: ...
    @property
    def withdrawn_on(self) -> dt.date | None: ...


class WindowTimes(Protocol):
    @property
    def weekday(self) -> int | None: ...
    @property
    def nth(self) -> int | None: ...
    @property
    def on_day(self) -> dt.date | None: ...
    @property
    def opens(self) -> dt.time | None: ...
    @property
    def closes(self) -> dt.time | None: ...


def pin_correction_m(precision: str | None) -> float:
    """How far a position of that precision may be corrected, in metres."""
    return ROUGH_CORRECTION_M.get(Precision(precision), PIN_CORRECTION_M) if precision else PIN_CORRECTION_M


def default_publicity(kind: StopKind) -> Publicity:
    """A private home is announced by its neighbourhood only, unless its host wants otherwise."""
    return Publicity.AREA_ONLY if kind is StopKind.PRIVATE_HOME else Publicity.PUBLIC


def last_valid_day(permission: PermissionDays) -> dt.date:
    """The last day on which a permission holds; date.max if it has no end."""
    end = permission.valid_to or dt.date.max
    if permission.withdrawn_on is not None:
        end = min(end, permission.withdrawn_on - dt.timedelta(days=1))
    return end


def permitted(permissions: Iterable[PermissionDays], day: dt.date) -> bool:
    return any(p.valid_from <= day <= last_valid_day(p) for p in permissions)


def windows_on(
    windows: Sequence[WindowTimes], day: dt.date, *, closed_on_holidays: bool
) -> list[tuple[dt.time, dt.time]] | None:
    """When a stop is open on a day: [] is shut, None is any time (it has no windows at all).

    What is said more exactly replaces what is said in general: a date's windows its weekday's, those of the third
    Saturday those of Saturdays. A public holiday shuts all but what is said of that date.
    """
    dated = [w for w in windows if w.on_day == day]
    if not dated and closed_on_holidays and public_holiday(day) is not None:
        return []
    if not windows:
        return None
    weekly = [w for w in windows if w.weekday == day.weekday()]
    nth = [w for w in weekly if w.nth is not None and is_nth(day, w.nth)]
    chosen = dated or nth or [w for w in weekly if w.nth is None]
    return sorted((w.opens, w.closes) for w in chosen if w.opens is not None and w.closes is not None)


def is_nth(day: dt.date, nth: int) -> bool:
    """Whether a day is the nth of its weekday in its month; -1 is the last."""
    if nth > 0:
        return (day.day + 6) // 7 == nth
    return (day + dt.timedelta(days=7)).month != day.month
