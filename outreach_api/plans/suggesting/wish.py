"""What a coordinator asks the planner for, as plain values."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from schemas.vocabulary import HolidayDays


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Days (both included), who may drive, where to; times are minutes since local midnight."""

    first: dt.date
    last: dt.date
    weekdays: frozenset[int] | None
    """Days of the week on which vans go out, 0 is Monday; None: every day."""
    public_holidays: HolidayDays = HolidayDays.ANY
    school_holidays: HolidayDays = HolidayDays.ANY
    school_area: str | None = None
    """Whose school holidays; None: those of all schools alone."""
    van_ids: frozenset[uuid.UUID] | None
    stop_ids: frozenset[uuid.UUID] | None
    must: frozenset[uuid.UUID]
    never: frozenset[uuid.UUID]
    earliest: int
    """A van leaves no earlier."""
    latest: int
    """And is back by then."""
    longest: int
    """Minutes from leaving to being back, at most."""
    apart_days: int
    """Between two visits of one stop, at least."""
    seconds: float
    iterations: int
    seed: int

    @property
    def days(self) -> list[dt.date]:
        count = (self.last - self.first).days + 1
        every = [self.first + dt.timedelta(days=number) for number in range(count)]
        return [day for day in every if self.weekdays is None or day.weekday() in self.weekdays]

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> Self:
        """From what the database keeps of a request: JSON."""

        def ids(name: str) -> frozenset[uuid.UUID] | None:
            given = asked[name]
            return None if given is None else frozenset(map(uuid.UUID, given))

        return cls(
            first=dt.date.fromisoformat(asked["from_day"]),
            last=dt.date.fromisoformat(asked["to_day"]),
            weekdays=None if asked["weekdays"] is None else frozenset(asked["weekdays"]),
            # What was asked before there were these says nothing of them.
            public_holidays=HolidayDays(asked.get("public_holidays", HolidayDays.ANY)),
            school_holidays=HolidayDays(asked.get("school_holidays", HolidayDays.ANY)),
            school_area=asked.get("school_area"),
            van_ids=ids("van_ids"),
            stop_ids=ids("stop_ids"),
            must=ids("must") or frozenset(),
            never=ids("never") or frozenset(),
            earliest=_minutes(asked["leave_after"]),
            latest=_minutes(asked["back_by"]),
            longest=asked["shift_minutes"],
            apart_days=asked["apart_days"],
            seconds=asked["seconds"],
            iterations=asked["iterations"],
            seed=asked["seed"],
        )


def _minutes(time: str) -> int:
    hours, minutes = time.split(":")
    return int(hours) * 60 + int(minutes)
