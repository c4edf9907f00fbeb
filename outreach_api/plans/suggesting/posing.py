"""Makes the solver's problem of what is known: which stop may be visited on which day, and what forbids the others.

What forbids a day is said by `check`, asked about a plan with that one stay: so a reason that a coordinator reads and
the judgement of a plan made by hand are the same.
"""

from __future__ import annotations

import datetime as dt
import math
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from outreach_api.kernel.geo import Point
from outreach_api.outreach_map.rules.sharing import Catchments
from outreach_api.plans.rules import Drives, Limits, PlanFacts, Stay, VanFacts, Violation, check, hard, litres
from outreach_api.plans.rules.places import joined
from outreach_api.plans.rules.template_days import SchoolHolidayOf
from outreach_api.plans.solver.problem import Break, Place, Problem, Shift, Site, Window
from outreach_api.plans.suggesting.facts import Candidate, VanInTown
from outreach_api.plans.suggesting.holidays import is_wanted, skipped
from outreach_api.plans.suggesting.scores import Part, Rates, StopRecord, due, parts, points
from outreach_api.plans.suggesting.wish import Wish
from outreach_api.stops.rules import windows_on
from schemas.vocabulary import Severity

_ANY_VAN = VanFacts()
_STAY = uuid.UUID(int=0)
_OF_THE_DAY = frozenset({"outside_window", "water_runs_out"})
"""What hangs on the rest of the day, too: the solver's to keep, and told as what a day lacks."""
_MIDNIGHT = 24 * 60
WHOLE_DAY: Window = (0, _MIDNIGHT)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Posed:
    case: Case
    problem: Problem
    visits: tuple[Visit, ...]
    """By place."""
    shifts: tuple[VanDay, ...]
    days_off: tuple[DayOff, ...]
    forbidden: Mapping[int, Mapping[dt.date, tuple[Violation, ...]]]
    """By candidate: the days on which it can't be visited whatever else is planned, with what forbids them."""
    barred: Mapping[tuple[int, int], tuple[Violation, ...]]
    """By candidate and shift: what keeps that van from a place that another one may reach that day."""


def pose(case: Case) -> Posed:
    shifts, days_off = _shifts(case)
    days = sorted({one.day for one in shifts})
    forbidden = {
        number: {
            day: found
            for day in days
            if (found := forbidding(case, candidate, day, windows_of(candidate, day)))
        }
        for number, candidate in enumerate(case.candidates)
    }
    visits = tuple(
        visit
        for number, candidate in enumerate(case.candidates)
        for visit in _visits(case, number, candidate, days)
    )
    first = case.wish.first
    places = tuple(
        _place(case, visit, [day for day in days if day not in forbidden[visit.candidate]])
        for visit in visits
    )
    unfit = _unfit(case, shifts, forbidden)
    barred = {
        (number, n): found
        for number in range(len(case.candidates))
        for n, one in enumerate(shifts)
        if (found := unfit[number, one.van.van_id])
    }
    sites = tuple(
        Site(
            min_days=case.apart(candidate), visited=tuple((day - first).days for day in candidate.days_taken)
        )
        for candidate in case.candidates
    )
    minutes = {
        van_id: _minutes_between(case, van_id, visits) for van_id in {one.van.van_id for one in shifts}
    }
    problem = Problem(
        places=places,
        shifts=tuple(
            _shift(case, one, visits, minutes[one.van.van_id], {c for c, n in barred if n == number})
            for number, one in enumerate(shifts)
        ),
        sites=sites,
        minute_price=case.rates.per_drive_minute,
    )
    return Posed(
        case=case,
        problem=problem,
        visits=visits,
        shifts=shifts,
        days_off=days_off,
        forbidden=forbidden,
        barred=barred,
    )


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
        found.append(_violation("window_too_short", stay_minutes=length, missing_minutes=missing))
    apart = case.apart_asked(candidate)
    near = [other for other in candidate.days_taken if abs((other - day).days) < apart]
    if near or day in candidate.days_taken:
        other = min(near or [day], key=lambda other: (abs((other - day).days), other))
        found.append(_violation("visited_near", other_day=other.isoformat(), apart_days=apart))
    if candidate.stop.id in case.wish.never:
        found.append(_violation("not_wanted"))
    return tuple(replace(one, plan_stop_ids=()) for one in found)


def _visits(case: Case, number: int, candidate: Candidate, days: Sequence[dt.date]) -> Iterator[Visit]:
    """The visits of a stop that find room in the period, with what each is worth."""
    again = parts(
        StopRecord(
            missed_people=None if candidate.record.missed_people is None else 0.0,
            days_since=case.apart(candidate),
            weight=candidate.record.weight,
        ),
        case.rates,
    )
    room = (days[-1] - days[0]).days // case.apart(candidate) if days else 0
    wanted = list(_due_days(case, candidate))
    for count in range(1 + room):
        base = again if count else parts(candidate.record, case.rates)
        most = candidate.stop.max_days_between
        if most is None or count >= len(wanted):
            yield Visit(number, count + 1, base)
        else:
            yield Visit(number, count + 1, base, wanted[count], (due(most, case.rates),))


def _due_days(case: Case, candidate: Candidate) -> Iterator[dt.date]:
    """The days by which a stop wants its further visits, the first of them maybe before the period.

    Nobody is waited for at a stop where nobody ever was.
    """
    most, first, last = candidate.stop.max_days_between, case.wish.first, case.wish.last
    stand = sorted(candidate.days_taken)
    now = max((day for day in stand if day < first), default=stand[0] if stand else None)
    while most is not None and now is not None:
        until = now + dt.timedelta(days=most)
        kept = max((day for day in stand if now < day <= until), default=None)
        if kept is None:
            if until > last:
                return
            yield until
        now = kept or max(until, first)


def _place(case: Case, visit: Visit, days: Sequence[dt.date]) -> Place:
    candidate, first = case.candidates[visit.candidate], case.wish.first
    return Place(
        key=f"{candidate.stop.id}/{visit.number}",
        stay=candidate.stay_minutes,
        value=points(visit.base),
        windows={(day - first).days: windows_of(candidate, day) for day in days},
        extra={
            (day - first).days: points(visit.parts(day, first)) - points(visit.base)
            for day in days
            if visit.in_time
        },
        setup=case.limits.setup_minutes,
        teardown=case.limits.teardown_minutes,
        load=litres(candidate.stop, candidate.stay_minutes, case.limits),
        refills=candidate.stop.water,
        must=visit.number == 1 and candidate.stop.id in case.wish.must,
        never=candidate.stop.id in case.wish.never,
        site=visit.candidate,
    )


def _shifts(case: Case) -> tuple[tuple[VanDay, ...], tuple[DayOff, ...]]:
    offered: list[VanDay] = []
    off: list[DayOff] = []
    for day in case.wish.days:
        if not is_wanted(case.wish, case.school, day):
            continue
        holiday = skipped(case.wish, case.school, day)
        for van in case.vans:
            bare = PlanFacts(day=day, van=van.van, stays=(), limits=case.limits, drives=case.drives)
            found = [one for one in hard(check(bare)) if one.code != "plan_without_stops"]
            if day in van.days_taken:
                found.append(_violation("van_planned"))
            if holiday is not None:
                found.append(holiday)
            off += [DayOff(van.van_id, day, one) for one in found]
            if not found:
                offered.append(VanDay(van, day))
    return tuple(offered), tuple(off)


def _shift(
    case: Case, one: VanDay, visits: Sequence[Visit], drives: Sequence[Sequence[int]], barred: Collection[int]
) -> Shift:
    wish = case.wish
    return Shift(
        key=f"{one.day.isoformat()}/{one.van.van_id}",
        day=(one.day - wish.first).days,
        earliest=wish.earliest,
        latest=wish.latest,
        longest=min(wish.longest, case.limits.shift_minutes),
        drives=drives,
        pause=case.pause,
        room=one.van.van.water_litres,
        barred=frozenset(place for place, visit in enumerate(visits) if visit.candidate in barred),
    )


def _unfit(
    case: Case,
    shifts: Sequence[VanDay],
    forbidden: Mapping[int, Mapping[dt.date, tuple[Violation, ...]]],
) -> dict[tuple[int, uuid.UUID], tuple[Violation, ...]]:
    """What keeps a van from a stop on every day, besides what forbids any van; one day tells it for all."""
    first = {one.van.van_id: one for one in reversed(shifts)}
    found = {}
    for number, candidate in enumerate(case.candidates):
        for van_id, one in first.items():
            known = {violation.code for violation in forbidden[number].get(one.day, ())}
            told = forbidding(case, candidate, one.day, windows_of(candidate, one.day), one.van.van)
            found[number, van_id] = tuple(violation for violation in told if violation.code not in known)
    return found


def _minutes_between(case: Case, van_id: uuid.UUID, visits: Sequence[Visit]) -> list[list[int]]:
    """Whole minutes at the slowest hour of the shift: no leg takes longer, whenever it begins."""
    drives, wish = case.drives, case.wish
    slowest = min(
        drives.speeds[hour % 24] for hour in range(wish.earliest // 60, math.ceil(wish.latest / 60) + 1)
    )
    base = case.bases.get(van_id)
    rows = [drives.places[case.candidates[visit.candidate].stop.point] for visit in visits]
    ends = [None if base is None else drives.places[base]] * 2
    nodes = [*rows, *ends]
    return [
        [0 if a is None or b is None else -(drives.seconds[a][b] * 100 // -(60 * slowest)) for b in nodes]
        for a in nodes
    ]


def _violation(code: str, **numbers: int | str) -> Violation:
    return Violation(code, Severity.HARD, (), numbers)


def _minutes(time: dt.time) -> int:
    return time.hour * 60 + time.minute


def _time(minutes: int) -> dt.time:
    """A time of the day; what would be after its end is its last minute."""
    return dt.time(*divmod(max(0, min(minutes, _MIDNIGHT - 1)), 60))
