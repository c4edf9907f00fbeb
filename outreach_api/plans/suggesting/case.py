"""Everything that a suggestion depends on, as plain values, and what its places and shifts stand for. Pure."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from outreach_api.kernel.geo import Point
from outreach_api.outreach_map.rules.sharing import Catchments
from outreach_api.plans.rules import Drives, Limits, Violation
from outreach_api.plans.rules.template_days import SchoolHolidayOf
from outreach_api.plans.solver.problem import Break
from outreach_api.plans.suggesting.facts import Candidate, VanInTown
from outreach_api.plans.suggesting.scores import Part, Rates
from outreach_api.plans.suggesting.wish import Wish


@dataclass(frozen=True, slots=True)
class Visit:
    """A place of the solver: a candidate's first, second … visit of the period."""

    candidate: int
    number: int
    base: tuple[Part, ...]
    """What it is worth on any day."""
    due: dt.date | None = None
    """The day by which the stop wants to be visited again, if that falls into the period or before it."""
    in_time: tuple[Part, ...] = ()
    """What it is worth besides on a day that keeps this."""

    def parts(self, day: dt.date, first: dt.date) -> tuple[Part, ...]:
        """What it is worth on a day of a period; where it is too late from the first day on, every day is as good."""
        in_time = self.due is not None and (day <= self.due or self.due < first)
        return self.base + self.in_time if in_time else self.base


@dataclass(frozen=True, slots=True)
class VanDay:
    van: VanInTown
    day: dt.date


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day on which a van is not offered, and why."""

    van_id: uuid.UUID
    day: dt.date
    violation: Violation


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything that a suggestion depends on, as plain values: the same case has the same answer."""

    wish: Wish
    candidates: Sequence[Candidate]
    vans: Sequence[VanInTown]
    bases: Mapping[uuid.UUID, Point]
    drives: Drives
    limits: Limits
    rates: Rates
    heat: Mapping[dt.date, float] = field(default_factory=dict)
    """Degrees WBGT that are expected, by day."""
    school: SchoolHolidayOf = lambda day: None
    """The school holiday that a day lies in."""
    around: Catchments | None = None
    """Whom each candidate reaches of those who are missed, by its number; None where no population is known."""

    def apart(self, candidate: Candidate) -> int:
        """Days between two visits of a stop: what was asked for, or more if the place or the house wants it."""
        own = candidate.stop.min_days_between
        return max(self.apart_asked(candidate), self.limits.revisit_days if own is None else own)

    def apart_asked(self, candidate: Candidate) -> int:
        """What was asked for of all stops; less where one wants visits oftener, by a week or half of its longest gap.

        So much is left to choose from that a stop which is open once a week has a day in it.
        """
        most = candidate.stop.max_days_between
        if most is None:
            return self.wish.apart_days
        return min(self.wish.apart_days, max(most - 6, (most + 1) // 2))

    @property
    def pause(self) -> Break | None:
        """What `check` asks for, within the hours of the wish."""
        steps, wish = self.limits.breaks, self.wish
        if not steps:
            return None
        room = max(wish.latest, wish.earliest + steps[-1][1])
        return Break(steps=steps, earliest=wish.earliest, latest=room)
