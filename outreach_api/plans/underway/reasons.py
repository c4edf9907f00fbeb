"""Why a stay is not in the rest of the day, in numbers; minutes that are missing are those with which it would fit. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from outreach_api.plans.rules import Violation
from outreach_api.plans.rules.violations import Numbers, clock, hard
from outreach_api.plans.solver.inserting import Insertion, Lacking, cheapest_insertion
from outreach_api.plans.underway.replanning import Replanned
from outreach_api.plans.underway.rest import Ahead

_ALONE = {
    Lacking.LATE: "rest_too_late",
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
    ways = [place for place, choice in enumerate(found.posed.choices) if choice.number == number]
    alone = _easiest(found, ways, ())
    if alone is None:
        return hard("rest_not_today", ahead.stay)
    if not alone.possible:
        numbers: Numbers = {"missing_minutes": alone.missing, "ready": clock(found.rest.ready)}
        way = "told" if _only_told(found, alone) else ""
        return hard(_ALONE[alone.lacks[0].kind], ahead.stay, numbers=numbers, way=way)
    beside = _easiest(found, ways, found.order)
    missing = 0 if beside is None else beside.missing
    return hard("rest_no_room", ahead.stay, numbers={"missing_minutes": missing, "kept": len(found.kept)})


def _only_told(found: Replanned, alone: Insertion) -> bool:
    """Whether the place would be open for long enough, and nothing but what families were told is in the way."""
    lack = alone.lacks[0]
    if len(alone.lacks) > 1 or lack.kind is not Lacking.LATE or lack.window is None:
        return False
    opens, closes = lack.window
    free = found.posed.choices[alone.place].free
    return any(begins <= opens and closes + lack.minutes <= ends for begins, ends in free)


def _easiest(found: Replanned, ways: list[int], order: tuple[int, ...]) -> Insertion | None:
    """The way that lacks the fewest minutes; None where there is no time at all today."""
    problem = found.posed.problem
    tried = [cheapest_insertion(problem, 0, order, place) for place in ways if problem.windows(place, 0)]
    return min(tried, key=lambda one: (one.missing, one.place), default=None)
