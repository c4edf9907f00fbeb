"""Why a stop is not in a suggestion, in numbers, and the smallest change that would let it in. Pure.

Each reason was tried: what forbids a day is what `check` says of it; minutes that are missing are minutes with which
the solver's own judge of times finds room; a stop that took the place leaves room when it goes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from outreach_api.plans.rules import Violation
from outreach_api.plans.solver.answer import Answer
from outreach_api.plans.solver.inserting import Insertion, cheapest_insertion, has_room, least_missing
from outreach_api.plans.solver.lacking import Lack, Lacking
from outreach_api.plans.solver.problem import Problem
from outreach_api.plans.suggesting.forbidding import WHOLE_DAY, windows_of
from outreach_api.plans.suggesting.posing import Posed
from outreach_api.plans.suggesting.together import Together

_SHIFTS_SWAPPED = 3
"""In so many shifts, those that miss least, it is tried whose place the stop would need."""

_SHIFTS_TRIED = 10
"""In so many full shifts, those that can miss least, it is looked for the one that does: a month of vans has hundreds."""

_LOOKS = 1_000
"""Close looks at shifts for all stops together: who explains hundreds of stops takes fewer for each."""

_EPSILON = 1e-6

_CODES = {
    Lacking.WINDOW_SHORT: "window_too_short",
    Lacking.LATE: "arrives_too_late",
    Lacking.BACK_LATE: "back_too_late",
    Lacking.TOO_LONG: "shift_full",
    Lacking.BREAK_LATE: "break_too_late",
    Lacking.NO_BREAK: "no_break_fits",
    Lacking.EMPTY: "tank_empty",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """`code` finds the two texts, the cause and what would mend it; `numbers` fill them."""

    code: str
    numbers: Mapping[str, int | str]
    day: dt.date | None = None
    van: int | None = None
    """The shift, by its number."""
    other: int | None = None
    """Another candidate that it is about: whose window closes, who took the place."""
    way: str = ""
    """The code of the text that says what would mend it, if it is not the usual one."""

    @property
    def fix(self) -> str:
        return self.way or f"{self.code}.fix"


@dataclass(frozen=True, slots=True)
class LeftOut:
    candidate: int
    reasons: tuple[Reason, ...]
    """What must change together, for the one way that asks least; then another way, if there is one."""
    days_open: int
    """Of the days offered, those on which nothing forbids it."""


@dataclass(frozen=True, slots=True)
class _Way:
    shift: int
    insertion: Insertion


@dataclass(frozen=True, slots=True)
class _Swap:
    shift: int
    gone: int
    points: float = field(compare=False)


def left_out(
    posed: Posed,
    answer: Answer,
    told: Callable[[float], None] = lambda share: None,
    stopped: Callable[[], bool] = lambda: False,
) -> list[LeftOut]:
    """Every candidate without a visit, in the candidates' order.

    `told` hears which share of them is done. Those that are left when somebody stops it hear just that.
    """
    together = Together(posed)
    visited = {posed.visits[place].candidate for place in answer.visited}
    first = {visit.candidate: place for place, visit in reversed(list(enumerate(posed.visits)))}
    missed = [number for number in range(len(posed.case.candidates)) if number not in visited]
    looks = max(1, min(_SHIFTS_TRIED, _LOOKS // max(1, len(missed))))
    found = []
    for count, number in enumerate(missed):
        told(count / len(missed))
        if stopped():
            days = {shift.day for shift in posed.shifts} - posed.forbidden[number].keys()
            found.append(LeftOut(number, (Reason("explaining_stopped", {}),), len(days)))
        else:
            found.append(_explain(together, answer, number, first[number], looks))
    return found


def _explain(together: Together, answer: Answer, candidate: int, place: int, looks: int) -> LeftOut:
    posed = together.posed
    against = [_against(posed, candidate, number) for number in range(len(posed.shifts))]
    days = {shift.day for shift, found in zip(posed.shifts, against, strict=True) if not found}
    if not posed.shifts:
        return LeftOut(candidate, (Reason("no_shift", {}),), 0)
    least = min((len(found), _far(found)) for found in against)
    shifts = [number for number, found in enumerate(against) if (len(found), _far(found)) == least]
    ways = _ways(posed, answer, place, shifts, looks)
    best = min(
        (way for way in ways if way.insertion.missing == ways[0].insertion.missing),
        key=lambda way: _renewed(against[way.shift]),
    )
    day = posed.shifts[best.shift].day
    reasons = [
        Reason(one.code, dict(one.numbers), day, best.shift, way=one.fix) for one in against[best.shift]
    ]
    if not reasons and best.insertion.possible:
        return LeftOut(candidate, (_not_worth_it(together, answer, place, best),), len(days))
    known = {reason.code for reason in reasons}
    lacking = [_lacking(posed, lack, place, best) for lack in best.insertion.lacks]
    swap = (
        None
        if reasons
        else _cheapest_swap(together, answer, place, [way.shift for way in ways[:_SHIFTS_SWAPPED]])
    )
    reasons += [reason for reason in lacking if reason.code not in known]
    if swap is not None:
        reasons.append(_worth_less(posed, swap))
    return LeftOut(candidate, tuple(reasons), len(days))


def _ways(posed: Posed, answer: Answer, place: int, shifts: Sequence[int], looks: int) -> list[_Way]:
    """The ways into shifts, the one that misses least first: into all that have room, or the likeliest where none has."""
    orders = {number: answer.routes[number].order for number in shifts}
    opened = {number: _opened(posed, place, number) for number in shifts}
    likeliest = sorted((least_missing(opened[n], n, orders[n], place), n) for n in shifts)
    roomy = [n for least, n in likeliest if not least and has_room(opened[n], n, orders[n], place)]
    ways = [
        _Way(n, cheapest_insertion(opened[n], n, orders[n], place))
        for n in roomy or [number for _, number in likeliest[:looks]]
    ]
    return sorted(ways, key=lambda way: (way.insertion.missing, way.insertion.drive, way.shift))


def _against(posed: Posed, candidate: int, shift: int) -> tuple[Violation, ...]:
    """What forbids a stop to a shift, whatever else is planned."""
    day = posed.shifts[shift].day
    return (*posed.forbidden[candidate].get(day, ()), *posed.barred.get((candidate, shift), ()))


def _opened(posed: Posed, place: int, shift: int) -> Problem:
    """The problem as if nothing forbade a place to a shift: so that the minutes are told that it lacks besides."""
    problem = posed.problem
    if problem.windows(place, shift):
        return problem
    one, day = problem.places[place], problem.shifts[shift].day
    candidate = posed.case.candidates[posed.visits[place].candidate]
    windows = windows_of(candidate, posed.shifts[shift].day) or [WHOLE_DAY]
    places = list(problem.places)
    places[place] = replace(one, never=False, windows={**one.windows, day: windows})
    shifts = list(problem.shifts)
    shifts[shift] = replace(shifts[shift], barred=shifts[shift].barred - {place})
    return replace(problem, places=tuple(places), shifts=tuple(shifts))


def _far(violations: Sequence[Violation], names: Sequence[str] = ("missing_days", "missing_minutes")) -> int:
    """How far a change must reach, in days or minutes: the day that asks least is named."""
    return sum(
        value
        for one in violations
        for name, value in one.numbers.items()
        if isinstance(value, int) and name in names
    )


def _renewed(violations: Sequence[Violation]) -> int:
    """By how many days what ended or has not begun must last longer: one signature, whatever the day."""
    return _far(violations, ("days_after", "days_before"))


def _lacking(posed: Posed, lack: Lack, place: int, way: _Way) -> Reason:
    route, shift = way.insertion, posed.shifts[way.shift]
    numbers: dict[str, int | str] = {"minutes": lack.minutes, "longer": route.longer}
    other = None
    if lack.window is not None:
        numbers["closes"] = "{:02}:{:02}".format(*divmod(lack.window[1], 60))
    if lack.place is not None and lack.place != place:
        other = posed.visits[lack.place].candidate
    code = _CODES[lack.kind]
    if other is not None:
        code = "makes_other_late"
    elif lack.kind is Lacking.EMPTY:
        numbers = {"litres": lack.load}
    elif lack.kind is Lacking.NO_BREAK:
        numbers = {"minutes": lack.minutes, "stay_minutes": posed.problem.places[place].stay}
    elif lack.kind is Lacking.WINDOW_SHORT:
        numbers = {"stay_minutes": posed.problem.places[place].stay, "missing_minutes": lack.minutes}
    return Reason(code, numbers, shift.day, way.shift, other)


def _not_worth_it(together: Together, answer: Answer, place: int, way: _Way) -> Reason:
    """There is room, but the drive costs more than the visit adds; or the search ended before it came to this."""
    posed = together.posed
    price = posed.problem.minute_price * way.insertion.drive
    value = posed.problem.points(place, way.shift)
    value -= together.twice([*answer.visited, place]) - together.twice(answer.visited)
    day = posed.shifts[way.shift].day
    if value > price:
        numbers = {"points": value, "drive_minutes": way.insertion.drive}
        return Reason("search_ended", numbers, day, way.shift)
    return Reason(
        "not_worth_the_drive",
        {
            "drive_minutes": way.insertion.drive,
            "points": value,
            "missing_points": round(price - value) + 1,
        },
        day,
        way.shift,
    )


def _cheapest_swap(together: Together, answer: Answer, place: int, shifts: Sequence[int]) -> _Swap | None:
    """The visit whose place it could take at the least loss."""
    problem, orders = together.posed.problem, [route.order for route in answer.routes]
    swaps = []
    for shift in shifts:
        for gone in orders[shift]:
            if problem.places[gone].must:
                continue
            order = tuple(other for other in orders[shift] if other != gone)
            entry = cheapest_insertion(problem, shift, order, place)
            if entry.possible:
                with_it = (*order[: entry.position], place, *order[entry.position :])
                after = together.value([*orders[:shift], with_it, *orders[shift + 1 :]])
                swaps.append(_Swap(shift, gone, answer.value - after))
    return min(swaps, key=lambda swap: (swap.points, swap.shift, swap.gone), default=None)


def _worth_less(posed: Posed, swap: _Swap) -> Reason:
    """Who took the place; or whom it would replace with gain, had the search come to that."""
    day, other = posed.shifts[swap.shift].day, posed.visits[swap.gone].candidate
    if swap.points < -_EPSILON:
        return Reason("exchange_untried", {}, day, swap.shift, other, way="search_ended.fix")
    return Reason("worth_less", {"missing_points": int(swap.points) + 1}, day, swap.shift, other)
