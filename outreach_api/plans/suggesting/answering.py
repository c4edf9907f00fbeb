"""Turns what the solver found into what is kept: ids, codes and numbers, with each day judged by `check`."""

from __future__ import annotations

import datetime as dt
import math
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from outreach_api.plans.rules import PlanFacts, Stay, Violation, check, hard, legs
from outreach_api.plans.solver.answer import Answer, Route
from outreach_api.plans.solver.answer import Stay as RouteStay
from outreach_api.plans.suggesting.bounding import bound_of, gap_of
from outreach_api.plans.suggesting.posing import Posed
from outreach_api.plans.suggesting.reasons import LeftOut
from outreach_api.plans.suggesting.scores import Part, gap_points, points, with_people
from outreach_api.plans.suggesting.together import Share, Together
from schemas.vocabulary import LegBasis, SuggestionAim

_NEVER_SUGGESTED = frozenset({"break_missing"})
"""Soft for people, who can take turns at the counter and know whether they do; a plan that nobody has thought about can't."""


class BrokenRule(Exception):
    """The solver's answer breaks a rule: a fault of ours, which nobody shall drive by."""

    def __init__(self, violations: Iterable[Violation]) -> None:
        super().__init__(", ".join(sorted({one.code for one in violations})))


def kept(
    posed: Posed, answer: Answer, left_out: Iterable[LeftOut], roads_problem: str | None
) -> dict[str, Any]:
    """The answer as JSON. Raises BrokenRule."""
    visits, together = days_of(posed, answer), Together(posed)
    in_turn = [stay.place for _, _, stay in sorted(_stays(posed, answer), key=lambda one: one[:2])]
    shares = dict(zip(in_turn, together.in_turn(in_turn), strict=True))
    bound = (
        answer.value
        if answer.proven
        else min(bound_of(posed), math.inf if answer.bound is None else answer.bound)
    )
    gap = gap_of(answer.value, bound)
    return {
        "aim": _aim(posed).value,
        "value": round(answer.value, 2),
        "bound": None if gap is None else round(bound, 2),
        "gap": None if gap is None else round(gap, 6),
        "proven": answer.proven or gap == 0,
        "ended": answer.ended.value,
        "engine": answer.engine.value,
        "iterations": answer.iterations,
        "seed": answer.seed,
        "roads_problem": roads_problem,
        "days": [_day(posed, route, visits, shares) for route in answer.routes if route.stays],
        "days_off": [
            {
                "van_id": str(off.van_id),
                "local_day": off.day.isoformat(),
                "code": off.violation.code,
                "numbers": dict(off.violation.numbers),
            }
            for off in posed.days_off
        ],
        "left_out": [_left_out(together, answer, one) for one in left_out],
    }


def _aim(posed: Posed) -> SuggestionAim:
    """Whom nothing is left to choose for is told so: then the plan differs by its drives alone."""
    wanted = [place for place in posed.problem.places if not place.never]
    chosen = bool(wanted) and all(place.must for place in wanted)
    return SuggestionAim.LEAST_DRIVING if chosen else SuggestionAim.MOST_POINTS


def _stays(posed: Posed, answer: Answer) -> Iterator[tuple[dt.date, int, RouteStay]]:
    """Each stay with its day and the minute of its arrival."""
    for route in answer.routes:
        for stay in route.stays:
            yield posed.shifts[route.shift].day, stay.arrive, stay


def days_of(posed: Posed, answer: Answer) -> dict[int, list[dt.date]]:
    """By candidate the days on which a van is there: those that stand already, and those that are suggested."""
    found = {number: list(one.days_taken) for number, one in enumerate(posed.case.candidates)}
    for route in answer.routes:
        for place in route.order:
            found[posed.visits[place].candidate].append(posed.shifts[route.shift].day)
    return found


def plan_of(posed: Posed, route: Route, visits: Mapping[int, Sequence[dt.date]]) -> PlanFacts:
    """The plan of a day that a route makes, as `check` judges it. A stay's number stands for its id."""
    case, one = posed.case, posed.shifts[route.shift]
    stays = []
    for number, stay in enumerate(route.stays):
        candidate = posed.visits[stay.place].candidate
        days = visits.get(candidate, ())
        stop = replace(
            case.candidates[candidate].stop,
            day_before=max((day for day in days if day < one.day), default=None),
            day_after=min((day for day in days if day > one.day), default=None),
        )
        stays.append(
            Stay(
                plan_stop_id=uuid.UUID(int=number),
                stop=stop,
                arrive=_time(stay.arrive),
                depart=_time(stay.depart),
                announce=False,
            )
        )
    return PlanFacts(
        day=one.day,
        van=one.van.van,
        stays=tuple(stays),
        limits=case.limits,
        drives=case.drives,
        base=case.bases.get(one.van.van_id),
        wbgt=case.heat.get(one.day),
    )


def _day(
    posed: Posed, route: Route, visits: Mapping[int, Sequence[dt.date]], shares: Mapping[int, Share]
) -> dict[str, Any]:
    plan = plan_of(posed, route, visits)
    found = check(plan)
    if broken := [*hard(found), *(one for one in found if one.code in _NEVER_SUGGESTED)]:
        raise BrokenRule(broken)
    one = posed.shifts[route.shift]
    stays = [_stay(posed, one.day, stay, shares[stay.place]) for stay in route.stays]
    return {
        "local_day": one.day.isoformat(),
        "van_id": str(one.van.van_id),
        "leaves": _text(route.begins),
        "back": _text(route.ends),
        "pause": None if route.pause is None else [_text(route.pause[0]), _text(route.pause[1])],
        "drive_minutes": route.drive,
        "estimated_legs": sum(leg.basis is not LegBasis.ROAD for leg in legs(plan)),
        "points": sum(stay["points"] for stay in stays),
        "stays": stays,
        "notices": [
            {
                "code": violation.code,
                "fix": violation.fix,
                "stays": [stay_id.int for stay_id in violation.plan_stop_ids],
                "numbers": dict(violation.numbers),
            }
            for violation in found
        ],
    }


def _stay(posed: Posed, day: dt.date, stay: RouteStay, share: Share) -> dict[str, Any]:
    visit = posed.visits[stay.place]
    candidate = posed.case.candidates[visit.candidate]
    return {
        "stop_id": str(candidate.stop.id),
        "arrive": _text(stay.arrive),
        "depart": _text(stay.depart),
        "stay_learned": candidate.stay_learned,
        **_worth(visit.parts(day, posed.case.wish.first), share),
    }


def _left_out(together: Together, answer: Answer, one: LeftOut) -> dict[str, Any]:
    posed = together.posed
    candidates = posed.case.candidates
    candidate = candidates[one.candidate]
    place = next(n for n, visit in enumerate(posed.visits) if visit.candidate == one.candidate)
    visit = posed.visits[place]
    return {
        "stop_id": str(candidate.stop.id),
        "must": candidate.stop.id in posed.case.wish.must,
        **_worth(visit.base + visit.in_time, together.added(place, answer.visited)),
        "open_days": one.days_open,
        "reasons": [
            {
                "code": reason.code,
                "fix": reason.fix,
                "local_day": None if reason.day is None else reason.day.isoformat(),
                "van_id": None if reason.van is None else str(posed.shifts[reason.van].van.van_id),
                "other_stop_id": None if reason.other is None else str(candidates[reason.other].stop.id),
                "numbers": dict(reason.numbers),
            }
            for reason in one.reasons
        ],
    }


def _worth(alone: tuple[Part, ...], share: Share) -> dict[str, Any]:
    """The score of a stop beside others: of the people around it those count whom it reaches for itself."""
    score = with_people(alone, share.people, share.shared, share.points)
    return {
        "points": points(alone) - gap_points(alone) + gap_points(score),
        "score": [
            {"code": part.code.value, "amount": part.amount, "points": part.points, "shared": part.shared}
            for part in score
        ],
    }


def _time(minutes: int) -> dt.time:
    return dt.time(*divmod(minutes, 60))


def _text(minutes: int) -> str:
    return "{:02}:{:02}".format(*divmod(minutes, 60))
