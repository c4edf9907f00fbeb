"""Minutes between two stays: tear down, drive, set up; and the legs of a day."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
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


@dataclass(frozen=True, slots=True)
class Span:
    """A day in minutes since local midnight; they may lie outside of the day."""

    leaves: int
    """When the van must leave its base at the latest; without a base, the first set-up."""
    begins: int
    """The first set-up."""
    ends: int
    """The last teardown is done."""
    back: int
    """When the van is at its base again; without a base, the last teardown."""
    from_base: bool
    to_base: bool

    @property
    def minutes(self) -> int:
        return self.back - self.leaves


def day_span(stays: Sequence[Stay], plan: PlanFacts) -> Span:
    """From leaving the base to being back; `stays` in the order of their arrival, at least one.

    A van that has another plan before or after this one drives from there or there, not by its base.
    """
    last = max(stays, key=lambda stay: stay.depart)
    begins = minute_of(stays[0].arrive) - plan.limits.setup_minutes
    ends = minute_of(last.depart) + plan.limits.teardown_minutes
    leaves, back = begins, ends
    from_base = plan.base is not None and all(other.begins > last.depart for other in plan.others)
    to_base = plan.base is not None and all(other.ends < stays[0].arrive for other in plan.others)
    if plan.base is not None and from_base:
        leaves = plan.drives.leave_by(plan.base, stays[0].stop.point, begins)
    if plan.base is not None and to_base:
        back = ends + plan.drives.minutes(last.stop.point, plan.base, ends)
    return Span(leaves, begins, ends, back, from_base, to_base)


def legs(plan: PlanFacts) -> list[Leg]:
    """Every drive of the day in its order, from the van's base and back to it, where it has one."""
    stays = sorted(plan.stays, key=lambda stay: (stay.arrive, stay.depart))
    if not stays:
        return []
    found = []
    first, last = stays[0], max(stays, key=lambda stay: stay.depart)
    base, drives, span = plan.base, plan.drives, day_span(stays, plan)
    if base is not None and span.from_base:
        minutes = drives.minutes(base, first.stop.point, span.leaves)
        basis = drives.basis(base, first.stop.point)
        found.append(Leg(None, first.plan_stop_id, span.leaves, minutes, basis))
    for before, after in pairwise(stays):
        if before.stop.id != after.stop.id:
            leave = minute_of(before.depart) + plan.limits.teardown_minutes
            basis = drives.basis(before.stop.point, after.stop.point)
            minutes = drive_between(before, after, plan)
            found.append(Leg(before.plan_stop_id, after.plan_stop_id, leave, minutes, basis))
    if base is not None and span.to_base:
        basis = drives.basis(last.stop.point, base)
        found.append(Leg(last.plan_stop_id, None, span.ends, span.back - span.ends, basis))
    return found
