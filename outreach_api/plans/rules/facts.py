"""What the rules of a plan need to know, as plain values: no row, no session, no request."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from outreach_api.kernel.geo import Point
from outreach_api.plans.rules.drives import Drives
from schemas.vocabulary import HostAnswer, Publicity, Remedy, Severity, StopStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The settings that a day is judged by."""

    setup_minutes: int
    teardown_minutes: int
    shift_minutes: int
    break_minutes: int = 0
    """In one piece, once the day is longer than `break_after_minutes`; 0 is none, on the longest days neither."""
    break_after_minutes: int = 0
    long_break_minutes: int = 0
    """And so many once it is longer than `long_break_after_minutes`, if that is more."""
    long_break_after_minutes: int = 0
    revisit_days: int = 0
    """Days between two visits of a stop that says nothing of its own; 0 is any."""
    water_per_hour: int = 0
    """Litres that an hour at a stop without water takes out of the tank."""
    heat_warn: float = 28.0
    heat_shade: float = 31.0
    heat_refuse: float = 33.0
    """Degrees WBGT: from here on one is careful, there must be shade, nobody stands outside."""

    @property
    def breaks(self) -> tuple[tuple[int, int], ...]:
        """(over, minutes), both rising: a day that takes more minutes than `over` owes a break of so many."""
        if not self.break_minutes:
            return ()
        first = self.break_after_minutes, self.break_minutes
        second = self.long_break_after_minutes, self.long_break_minutes
        if second[1] <= first[1]:
            return (first,)
        return (first, second) if second[0] > first[0] else (second,)

    def break_owed(self, day_minutes: int) -> tuple[int, int] | None:
        """Over how many minutes a day is that owes a break, and of how many; None when it owes none."""
        return max((step for step in self.breaks if day_minutes > step[0]), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class VanFacts:
    """Sizes in centimetres, `water_litres` what the fresh water tank holds, None where nobody entered it; each paper's last
    day, outages by their first and last day.
    """

    active: bool = True
    width_cm: int | None = None
    height_cm: int | None = None
    needs_power: bool = False
    water_litres: int | None = None
    inspection_until: dt.date | None = None
    insurance_until: dt.date | None = None
    food_permit_until: dt.date | None = None
    outages: tuple[tuple[dt.date, dt.date], ...] = ()


@dataclass(frozen=True, slots=True)
class Leave:
    """A permission, from a day to a day, both included."""

    valid_from: dt.date
    valid_to: dt.date | None = None
    withdrawn_on: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """An opening window: on a weekday (0 is Monday), its nth of a month, or a date; without times it is shut then."""

    weekday: int | None = None
    nth: int | None = None
    on_day: dt.date | None = None
    opens: dt.time | None = None
    closes: dt.time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopFacts:
    id: uuid.UUID
    point: Point
    status: StopStatus = StopStatus.AGREED
    publicity: Publicity = Publicity.PUBLIC
    announced_area: str | None = None
    permissions: tuple[Leave, ...] = ()
    openings: tuple[Opening, ...] = ()
    closed_on_holidays: bool = False
    max_width_cm: int | None = None
    max_height_cm: int | None = None
    power: bool = False
    water: bool = False
    """There the tank is filled: a stay takes nothing out of it, and the van goes on with a full one."""
    shelter: bool = False
    van_count: int = 1
    min_days_between: int | None = None
    max_days_between: int | None = None
    day_before: dt.date | None = None
    """The last day before the plan's on which a van is or was there, by a plan or a visit."""
    day_after: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One planned stay: open to visitors from `arrive` to `depart`, local to Asia/Tokyo."""

    plan_stop_id: uuid.UUID
    stop: StopFacts
    arrive: dt.time
    depart: dt.time
    announce: bool = True
    host_asked: bool = False
    host_answer: HostAnswer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPlan:
    """Another plan of the same van on the same day: from its first arrival to its last departure."""

    plan_id: uuid.UUID
    begins: dt.time
    ends: dt.time
    first: Point
    last: Point


@dataclass(frozen=True, slots=True)
class VanThere:
    """Another van's stay at a stop of this plan, on its day."""

    stop_id: uuid.UUID
    van_id: uuid.UUID
    plan_id: uuid.UUID
    arrive: dt.time
    depart: dt.time


@dataclass(frozen=True, slots=True)
class OnShift:
    """People are on the van from a time to a time."""

    starts_at: dt.time
    ends_at: dt.time


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFacts:
    day: dt.date
    van: VanFacts
    stays: tuple[Stay, ...]
    limits: Limits
    drives: Drives
    """Among all places that are named here."""
    base: Point | None = None
    """Where the van's day begins and ends, if somebody said so."""
    others: tuple[OtherPlan, ...] = ()
    vans_there: tuple[VanThere, ...] = ()
    shifts: tuple[OnShift, ...] | None = None
    """Of the van on that day; None where nobody plans shifts."""
    wbgt: float | None = None
    """Expected on that day, in degrees; None where nobody said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """One thing that would put a violation right, as a machine reads it. What is None stays as it is."""

    what: Remedy
    plan_stop_id: uuid.UUID | None = None
    arrive: dt.time | None = None
    depart: dt.time | None = None
    from_day: dt.date | None = None
    """Go on this day or later; for papers and permissions, from when they must hold."""
    to_day: dt.date | None = None
    minutes: int | None = None
    """By how much the plan moves; negative is earlier."""


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong with a plan: `code` finds the texts, `numbers` fill them."""

    code: str
    severity: Severity
    plan_stop_ids: tuple[uuid.UUID, ...] = ()
    numbers: Mapping[str, int | str] = field(default_factory=dict)
    mends: tuple[Mend, ...] = ()
    way: str = ""
    """Which of several texts of the fix fits; "" is the general one."""

    @property
    def fix(self) -> str:
        """The code of the text that says what would put it right."""
        return f"{self.code}.fix.{self.way}" if self.way else f"{self.code}.fix"
