"""What no suggestion can be worth, reckoned by stops: beside the engines' bound, which adds up shift by shift. Pure.

The engines' bound is good where a shift or two must choose among many; with more room than stops it lets each shift have the
best of them again. Here each stop counts as often as it can be visited at all, the minutes of all shifts together are filled
with the visits that give most a minute (Dantzig's bound of a knapsack, "Discrete-variable extremum problems", Operations
Research 5 (1957)), and people whom many stops reach count once for all of them, whoever goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from outreach_api.plans.solver.problem import Problem, Shift
from outreach_api.plans.suggesting.posing import Posed
from outreach_api.plans.suggesting.scores import gap_points

_ROUNDED = 0.5
"""Points that people count twice are rounded once, for a whole plan."""
_MOST_SAYING = 0.5
"""A gap that says nothing: who reads that a plan may lack more than half of what is possible takes it for a bad one, while
it is the bound that knows nothing of who is near whom, and when."""


@dataclass(frozen=True, slots=True)
class _Item:
    """A visit that may be made: points that it gives at most, and minutes that it takes at least."""

    points: float
    minutes: int


def bound_of(posed: Posed) -> float:
    """No plan is worth more together, whatever musts it has."""
    problem = posed.problem
    if not problem.shifts:
        return 0.0
    ways = _ways_in(problem)
    room = sum(_work(shift, problem) for shift in problem.shifts)
    bounds = [_filled(_items(posed, ways, {}), room)]
    around = posed.case.around
    if around is not None:
        reaching = sorted({visit.candidate for visit in posed.visits if visit.number == 1})
        rate = posed.case.rates.per_person
        for people, of_spot in around.reached_by_many(reaching):
            once = {spot: rate * shared for spot, shared in of_spot.items()}
            bounds.append(rate * people + _ROUNDED + _filled(_items(posed, ways, once), room))
    return min(bounds)


def gap_of(value: float, bound: float) -> float | None:
    """The share of the bound that may be missing; None where it says nothing."""
    gap = 0.0 if bound <= value else (bound - value) / max(abs(bound), 1e-9)
    return gap if gap <= _MOST_SAYING else None


def _ways_in(problem: Problem) -> list[int]:
    """The fewest minutes of driving to each place, from wherever a van may come."""
    import numpy as np

    number = len(problem.places)
    found = np.full(number, np.iinfo(np.int64).max)
    for table in {id(shift.drives): shift.drives for shift in problem.shifts}.values():
        minutes = np.asarray(table, dtype=np.int64)[: number + 1, :number].copy()
        np.fill_diagonal(minutes, np.iinfo(np.int64).max)
        np.minimum(found, minutes.min(axis=0), out=found)
    return [int(minutes) for minutes in found]


def _work(shift: Shift, problem: Problem) -> int:
    """The most minutes of a shift in which anybody works: with the break that it owes, and the way home."""
    longest = min(shift.longest, shift.latest - shift.earliest)
    steps = () if shift.pause is None else shift.pause.steps
    ends = [longest, *(over for over, _ in steps if over < longest)]
    rested = (end - max((owed for over, owed in steps if end > over), default=0) for end in ends)
    home = min((row[problem.end] for row in shift.drives[: problem.start]), default=0)
    return max(0, max(rested) - home)


def _items(posed: Posed, ways: Sequence[int], once: dict[int, float]) -> Iterator[_Item]:
    """The best visits of each stop, as many as its days have room for. `once` are points of people who count elsewhere."""
    problem = posed.problem
    for site, places in enumerate(problem.members):
        found = []
        for place in places:
            one, visit = problem.places[place], posed.visits[place]
            points = float(one.most)
            if visit.number == 1:
                points -= min(gap_points(visit.base), once.get(visit.candidate, 0.0))
            points -= problem.minute_price * ways[place]
            found.append(_Item(points, problem.busy(place) + ways[place]))
        yield from sorted(found, key=lambda item: -item.points)[: _times(problem, site, places)]


def _times(problem: Problem, site: int, places: Sequence[int]) -> int:
    """How often a stop can be visited in the period, by its days alone."""
    days = sorted(
        {
            shift.day
            for number, shift in enumerate(problem.shifts)
            for place in places
            if problem.windows(place, number)
        }
    )
    times, next_day = 0, -1
    for day in days:
        if day >= next_day:
            times, next_day = times + 1, day + max(1, problem.sites[site].min_days)
    return times


def _filled(items: Iterable[_Item], room: int) -> float:
    """The points of the best visits that so many minutes hold, the last of them in part."""
    points = 0.0
    gaining = [item for item in items if item.points > 0]
    for item in sorted(gaining, key=lambda one: -one.points / one.minutes):
        share = min(1.0, room / item.minutes)
        points += item.points * share
        room -= item.minutes
        if room <= 0:
            break
    return points
