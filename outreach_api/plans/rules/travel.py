"""Minutes between two stays: tear down, drive, set up."""

from __future__ import annotations

import datetime as dt
import math

from outreach_api.kernel.geo import Point, distance_m
from outreach_api.plans.rules.facts import Limits

# A hundredth of a second: what a float may add to a drive that takes whole minutes.
_TOLERANCE_MINUTES = 1e-4


def minute_of(time: dt.time) -> int:
    """Minutes since local midnight."""
    return time.hour * 60 + time.minute


def drive_minutes(a: Point, b: Point, limits: Limits) -> int:
    """Whole minutes of a drive, rounded up: the straight line times the detour factor, at the mean speed."""
    metres = distance_m(a, b) * limits.detour_factor
    return math.ceil(metres / (limits.travel_kmh * 1000 / 60) - _TOLERANCE_MINUTES)


def needed_between(a: Point, b: Point, limits: Limits) -> int:
    """Minutes from the close of one stay to the opening of the next."""
    return limits.teardown_minutes + drive_minutes(a, b, limits) + limits.setup_minutes
