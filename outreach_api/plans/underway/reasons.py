"""Why a stay is not in the rest of the day, in numbers; minutes that are missing are those with which it would fit. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from outreach_api.plans.rules import Violation
from outreach_api.plans.rules.violations import clock, hard
from outreach_api.plans.solver.inserting import Insertion, cheapest_insertion
from outreach_api.plans.solver.lacking import Lacking
from outreach_api.plans.solver.problem import Problem
from outreach_api.plans.solver.schedule import schedule
from outreach_api.plans.underway.replanning import Replanned
from outreach_api.plans.underway.rest import LAST_MINUTE, Ahead, Rest, following, free_times

_ALONE = {
    Lacking.LATE: "rest_too_late",
    Lacking.WINDOW_SHORT: "rest_too_late",  # what is left of it
    Lacking.BACK_LATE: "rest_back_late",
    Lacking.TOO_LONG: "rest_too_long",
}


@dataclass(frozen=True, slots=True)
class Dropped:
    ahead: Ahead
    reason: Violation


def dropped(found: Replanned) -> list[Dropped]:
    """The stays that are not kept, in their order."""
    kept = {stay.plan_stop_id for stay in found.kept}
    return [
        Dropped(ahead, found.against.get(ahead.stay.plan_stop_id) or _reason(found, number, ahead))
        for number, ahead in enumerate(found.rest.ahead)
        if ahead.stay.plan_stop_id not in kept
    ]


def _reason(found: Replanned, number: int, ahead: Ahead) -> Violation:
    posed = found.posed
    ways = [place for place, choice in enumerate(posed.choices) if choice.number == number]
    problem = posed.problem
    alone = _easiest(problem, ways, posed.with_worked(()))
    if alone is None:
        return hard("rest_other_plan" if _but_for_others(found.rest, ahead) else "rest_not_today", ahead.stay)
    beside = _easiest(problem, ways, posed.with_worked(found.order))
    lacking = alone if not alone.possible or beside is None else beside
    numbers: dict[str, int | str] = {"missing_minutes": lacking.missing, "ready": clock(found.rest.ready)}
    kept = posed.with_worked(() if lacking is alone else found.order)
    tireless = without_break(problem)
    at_work = _easiest(tireless, ways, kept)
    if lacking.missing and at_work is not None and at_work.possible:
        longer = (*kept[: at_work.position], at_work.place, *kept[at_work.position :])
        numbers["break_minutes"] = _owed(tireless, longer, found.rest)
        return hard("rest_no_break", ahead.stay, numbers=numbers)
    if not alone.possible:
        if _past_midnight(alone):
            return hard("rest_not_today", ahead.stay)
        coming = following(found.rest)
        if alone.lacks[0].kind is Lacking.BACK_LATE and coming and coming[1] == problem.shifts[0].latest:
            return hard("rest_other_plan", ahead.stay)
        way = "told" if _only_told(found, alone) else ""
        return hard(_ALONE[alone.lacks[0].kind], ahead.stay, numbers=numbers, way=way)
    numbers = {"missing_minutes": lacking.missing, "kept": len(found.kept)}
    return hard("rest_no_room", ahead.stay, numbers=numbers)


def without_break(problem: Problem) -> Problem:
    """The same for people who need not rest."""
    return replace(problem, shifts=tuple(replace(shift, pause=None) for shift in problem.shifts))


def _owed(tireless: Problem, order: Sequence[int], rest: Rest) -> int:
    """The break of a day that goes through an order without one."""
    route = schedule(tireless, 0, order)
    if route is None:
        raise AssertionError("what was possible a moment ago")
    owed = rest.plan.limits.break_owed(route.duration)
    return rest.plan.limits.breaks[0][1] if owed is None else owed[1]


def _but_for_others(rest: Rest, ahead: Ahead) -> bool:
    """Whether there would be time, had the van no other plan today."""
    unhindered = free_times(replace(rest, plan=replace(rest.plan, others=())), ahead.stay)
    return any(ends - max(begins, rest.ready) >= ahead.shortest for begins, ends in unhindered)


def _past_midnight(alone: Insertion) -> bool:
    """Whether no later end of a stay's time would do, as the day is over by then."""
    lack = alone.lacks[0]
    return lack.window is not None and lack.window[1] + lack.minutes > LAST_MINUTE


def _only_told(found: Replanned, alone: Insertion) -> bool:
    """Whether the place would be open for long enough, and nothing but what families were told is in the way."""
    lack = alone.lacks[0]
    if len(alone.lacks) > 1 or _ALONE[lack.kind] != "rest_too_late" or lack.window is None:
        return False
    opens, closes = lack.window
    free = found.posed.choices[alone.place].free
    return any(begins <= opens and closes + lack.minutes <= ends for begins, ends in free)


def _easiest(problem: Problem, ways: Sequence[int], order: tuple[int, ...]) -> Insertion | None:
    """The way that lacks the fewest minutes; None where there is no time at all today."""
    tried = [
        cheapest_insertion(problem, 0, order, place) for place in ways if problem.places[place].windows[0]
    ]
    return min(tried, key=lambda one: (one.missing, one.place), default=None)
