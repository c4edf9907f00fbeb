"""What the rules of a plan need to know, as plain values: no row, no session, no request."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from outreach_api.kernel.geo import Point
from outreach_api.plans.rules.drives import Drives
from schemas.vocabulary import HostAnswer, Publicity, Severity, StopStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The settings that a day is judged by."""

    setup_minutes: int
    teardown_minutes: int
    shift_minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VanFacts:
    """Sizes in centimetres; each paper's last day, None where nobody entered it."""

    active: bool = True
    width_cm: int | None = None
    height_cm: int | None = None
    needs_power: bool = False
    inspection_until: dt.date | None = None
    insurance_until: dt.date | None = None
    food_permit_until: dt.date | None = None


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


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong with a plan: `code` finds the texts, `numbers` fill them."""

    code: str
    severity: Severity
    plan_stop_ids: tuple[uuid.UUID, ...] = ()
    numbers: Mapping[str, int | str] = field(default_factory=dict)
