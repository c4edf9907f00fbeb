"""Minutes between two stays: tear down, drive, set up; and the legs of a day."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from itertools import pairwise

from outreach_api.plans.rules.facts import PlanFacts, Stay
from schemas.vocabulary import LegBasis


def minute_of(time: dt.time) -> int:
    """Minutes since local midnight."""
    return time.hour * 60 + time.minute


@dataclass(frozen=True, slots=True)
class Leg:
    """A drive of a day: from a stay to a stay; None is where the van has its base."""

    origin: uuid.UUID | None
    destination: uuid.UUID | None
    leave: int
    """Minutes since local midnight; below 0 it is still the day before."""
    minutes: int
    basis: LegBasis


def drive_between(before: Stay, after: Stay, plan: PlanFacts) -> int:
    """Whole minutes of the drive from a stay to the next, once everything is packed."""
    leaving_at = minute_of(before.depart) + plan.limits.teardown_minutes
    return plan.drives.minutes(before.stop.point, after.stop.point, leaving_at)


def needed_between(before: Stay, after: Stay, plan: PlanFacts) -> int:
    """Minutes from the close of one stay to the opening of the next."""
    return plan.limits.teardown_minutes + drive_between(before, after, plan) + plan.limits.setup_minutes


def legs(plan: PlanFacts) -> list[Leg]:
    """Every drive of the day in its order, from the van's base and back to it, where it has one."""
    stays = sorted(plan.stays, key=lambda stay: (stay.arrive, stay.depart))
    if not stays:
        return []
    found = []
    first, last = stays[0], max(stays, key=lambda stay: stay.depart)
    base, drives = plan.base, plan.drives
    if base is not None:
        there = minute_of(first.arrive) - plan.limits.setup_minutes
        leave = drives.leave_by(base, first.stop.point, there)
        minutes = drives.minutes(base, first.stop.point, leave)
        found.append(Leg(None, first.plan_stop_id, leave, minutes, drives.basis(base, first.stop.point)))
    for before, after in pairwise(stays):
        if before.stop.id != after.stop.id:
            leave = minute_of(before.depart) + plan.limits.teardown_minutes
            basis = drives.basis(before.stop.point, after.stop.point)
            minutes = drive_between(before, after, plan)
            found.append(Leg(before.plan_stop_id, after.plan_stop_id, leave, minutes, basis))
    if base is not None:
        leave = minute_of(last.depart) + plan.limits.teardown_minutes
        minutes = drives.minutes(last.stop.point, base, leave)
        found.append(Leg(last.plan_stop_id, None, leave, minutes, drives.basis(last.stop.point, base)))
    return found
