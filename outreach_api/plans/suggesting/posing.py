"""Makes the solver's problem of what is known: which stop may be visited on which day, and what forbids the others.

What forbids a day is said by `check`, asked about a plan with that one stay: so a reason that a coordinator reads and
the judgement of a plan made by hand are the same.
"""

from __future__ import annotations

import datetime as dt
import math
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from outreach_api.plans.rules import PlanFacts, Violation, check, hard, litres
from outreach_api.plans.solver.problem import Place, Problem, Shift, Site
from outreach_api.plans.suggesting.case import Case, DayOff, VanDay, Visit
from outreach_api.plans.suggesting.facts import Candidate
from outreach_api.plans.suggesting.forbidding import forbidding, unfit, violation, windows_of
from outreach_api.plans.suggesting.holidays import is_wanted, skipped
from outreach_api.plans.suggesting.scores import StopRecord, due, parts, points


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
    no_van = unfit(case, shifts, forbidden)
    barred = {
        (number, n): found
        for number in range(len(case.candidates))
        for n, one in enumerate(shifts)
        if (found := no_van[number, one.van.van_id])
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
                found.append(violation("van_planned"))
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
