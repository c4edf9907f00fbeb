"""Which stops were left alone for too long, and whose permission ends soon."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Place(NamedTuple):
    stop_id: uuid.UUID
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class LastVisit:
    """An agreed stop, the day we have known it since, and the last day on which the van was there."""

    place: Place
    known_since: dt.date
    visited_on: dt.date | None


def unvisited(stops: Iterable[LastVisit], on: dt.date, days: int) -> list[tuple[LastVisit, int]]:
    """Stops without a visit for more than `days` days, longest first; one never visited waits since we know it."""
    waiting = [(stop, (on - (stop.visited_on or stop.known_since)).days) for stop in stops]
    long = [(stop, waited) for stop, waited in waiting if waited > days]
    return sorted(long, key=lambda pair: (-pair[1], pair[0].place.code))


@dataclass(frozen=True, slots=True)
class Leave:
    """A permission and the last day on which it holds; date.max if it has no end."""

    place: Place
    type: str
    last_day: dt.date


def ending(leaves: Sequence[Leave], on: dt.date, days: int) -> list[tuple[Leave, int]]:
    """Permissions that end within `days` days and are not followed by another of their type, soonest first."""
    latest: dict[tuple[uuid.UUID, str], Leave] = {}
    for leave in leaves:
        known = latest.setdefault((leave.place.stop_id, leave.type), leave)
        if leave.last_day > known.last_day:
            latest[leave.place.stop_id, leave.type] = leave
    soon = [(leave, (leave.last_day - on).days) for leave in latest.values()]
    return sorted(
        ((leave, left) for leave, left in soon if 0 <= left <= days),
        key=lambda pair: (pair[1], pair[0].place.code, pair[0].type),
    )
