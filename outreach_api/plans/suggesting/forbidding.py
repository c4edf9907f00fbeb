"""What forbids a stop on a day, whatever else is planned: said by `check`, asked about a plan with that one stay."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace

from outreach_api.plans.rules import PlanFacts, Stay, VanFacts, Violation, check, hard
from outreach_api.plans.rules.places import joined
from outreach_api.plans.solver.problem import Window
from outreach_api.plans.suggesting.case import Case, VanDay
from outreach_api.plans.suggesting.facts import Candidate
from outreach_api.stops.rules import windows_on
from schemas.vocabulary import Severity

_ANY_VAN = VanFacts()
_STAY = uuid.UUID(int=0)
_OF_THE_DAY = frozenset({"outside_window", "water_runs_out"})
"""What hangs on the rest of the day, too: the solver's to keep, and told as what a day lacks."""
_MIDNIGHT = 24 * 60
WHOLE_DAY: Window = (0, _MIDNIGHT)


def windows_of(candidate: Candidate, day: dt.date) -> list[Window]:
    """When a stop can be open to visitors on a day, in minutes; windows that touch are one, as a stay may run over."""
    found = windows_on(candidate.stop.openings, day, closed_on_holidays=candidate.stop.closed_on_holidays)
    if found is None:
        return [WHOLE_DAY]
    return joined([(_minutes(opens), _minutes(closes)) for opens, closes in found])


def forbidding(
    case: Case, candidate: Candidate, day: dt.date, windows: Sequence[Window], van: VanFacts = _ANY_VAN
) -> tuple[Violation, ...]:
    """What forbids any stay at a stop on a day; () when nothing does."""
    length = candidate.stay_minutes
    # Without a window the stay is asked about all the same: `check` then says that there is none.
    longest = max(windows, key=lambda window: window[1] - window[0], default=WHOLE_DAY)
    begin = max(longest[0], min(case.wish.earliest + case.limits.setup_minutes, longest[1] - length))
    stay = Stay(
        plan_stop_id=_STAY,
        stop=candidate.stop,
        arrive=_time(begin),
        depart=_time(begin + length),
        announce=False,
    )
    plan = PlanFacts(
        day=day,
        van=van,
        stays=(stay,),
        limits=case.limits,
        drives=case.drives,
        wbgt=case.heat.get(day),
    )
    found = [one for one in hard(check(plan)) if one.plan_stop_ids and one.code not in _OF_THE_DAY]
    if windows and longest[1] - longest[0] < length:
        missing = length - (longest[1] - longest[0])
        found.append(violation("window_too_short", stay_minutes=length, missing_minutes=missing))
    apart = case.apart_asked(candidate)
    near = [other for other in candidate.days_taken if abs((other - day).days) < apart]
    if near or day in candidate.days_taken:
        other = min(near or [day], key=lambda other: (abs((other - day).days), other))
        between = abs((other - day).days)
        numbers = {"apart_days": apart, "days_between": between, "missing_days": apart - between}
        near_by = violation("visited_near", other_day=other.isoformat(), **numbers)
        # No number of days apart lets a stop in twice on one day.
        found.append(near_by if between else replace(near_by, way="same_day"))
    if candidate.stop.id in case.wish.never:
        found.append(violation("not_wanted"))
    return tuple(replace(one, plan_stop_ids=()) for one in found)


def unfit(
    case: Case,
    shifts: Sequence[VanDay],
    forbidden: Mapping[int, Mapping[dt.date, tuple[Violation, ...]]],
) -> dict[tuple[int, uuid.UUID], tuple[Violation, ...]]:
    """What keeps a van from a stop on every day, besides what forbids any van; one day tells it for all."""
    first = {one.van.van_id: one for one in reversed(shifts)}
    found = {}
    for number, candidate in enumerate(case.candidates):
        for van_id, one in first.items():
            known = {other.code for other in forbidden[number].get(one.day, ())}
            told = forbidding(case, candidate, one.day, windows_of(candidate, one.day), one.van.van)
            found[number, van_id] = tuple(other for other in told if other.code not in known)
    return found


def violation(code: str, **numbers: int | str) -> Violation:
    return Violation(code, Severity.HARD, (), numbers)


def _minutes(time: dt.time) -> int:
    return time.hour * 60 + time.minute


def _time(minutes: int) -> dt.time:
    """A time of the day; what would be after its end is its last minute."""
    return dt.time(*divmod(max(0, min(minutes, _MIDNIGHT - 1)), 60))
