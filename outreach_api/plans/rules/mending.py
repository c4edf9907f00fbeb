"""What `check` proposes, so that whoever does it gets on: mends know each other, and a day that does not fit is said to.

A mend puts its own violation right, and may push the next stay into another. What minutes lack is compared stay by stay, the
first stay first: only what lowers that is proposed. No such row of whole numbers falls for ever, so doing one mend after the
other ends. Where it ends with something that still lacks, other times for all stays at once are proposed; where there are none,
it is told which stay to leave out. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from outreach_api.plans.rules.check import check
from outreach_api.plans.rules.facts import Mend, PlanFacts, Stay, Violation
from outreach_api.plans.rules.placing import placements
from outreach_api.plans.rules.travel import minute_of
from outreach_api.plans.rules.violations import hard, kept, move, of_stay, time_at
from schemas.vocabulary import Remedy

_OF_STAY = {"outside_window": "minutes_outside", "drive_too_short": "missing_minutes"}
_OF_DAY = {"shift_too_long": "too_many_minutes", "drive_between_plans": "missing_minutes"}
_ABOVE = 24 * 60
"""Nobody is at two places at once: that is worse than any drive that is too short."""
_MOVES = frozenset({Remedy.MOVE_STAY, Remedy.MOVE_PLAN})
_TOGETHER = "break_missing"

Lack = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Day:
    """A plan with what check says of it, and what its times lack: by stay, of the whole day, and last of its break."""

    plan: PlanFacts
    found: Sequence[Violation]
    lack: Lack

    @property
    def minutes(self) -> int:
        """All that lacks but the break, which people may also take in turns."""
        return sum(self.lack[:-1])


def with_ways_out(plan: PlanFacts) -> list[Violation]:
    """`check`, with mends that lead on; before them, once, what to do where those don't make the day fit."""
    day = _day(plan)
    if not any(day.lack):
        return list(day.found)
    told = [_leading_on(day, one) for one in day.found]
    if not _mended(day).minutes or len(plan.stays) < 2:
        return told
    if (placed := _placed(plan)) is not None:
        return [hard("day_needs_other_times", *plan.stays, mends=_moves(plan, placed.plan)), *told]
    without = [(_lacking(_without(plan, stay)), stay) for stay in plan.stays]
    left, out = min(without, key=lambda one: (one[0], _length(one[1]), one[1].plan_stop_id.int))
    numbers = {"stays": len(plan.stays)}
    mends = (of_stay(Remedy.REMOVE_STAY, out),)
    return [hard("day_does_not_fit", out, numbers=numbers, mends=mends, way="more" if left else ""), *told]


def _day(plan: PlanFacts) -> _Day:
    found = check(plan)
    order = sorted(plan.stays, key=lambda stay: (stay.arrive, stay.depart))
    place = {stay.plan_stop_id: number for number, stay in enumerate(order)}
    lack = [0] * (len(order) + 2)
    for one in found:
        at = -1 if one.code == _TOGETHER else -2
        if one.plan_stop_ids and one.code not in _OF_DAY:
            at = max(place[stay] for stay in one.plan_stop_ids)
        lack[at] += _missing(one)
    return _Day(plan, found, tuple(lack))


def _missing(one: Violation) -> int:
    """The minutes that a violation is about; 0 of those that have nothing to do with times."""
    number = _OF_STAY.get(one.code) or _OF_DAY.get(one.code)
    if number is not None:
        return int(one.numbers[number])
    if one.code in ("stays_overlap", "plan_overlap"):
        return _ABOVE + int(one.numbers["overlap_minutes"])
    if one.code == "stop_full":
        return _ABOVE * (int(one.numbers["vans"]) - int(one.numbers["van_count"]))
    if one.code == _TOGETHER:
        return int(one.numbers["least_minutes"]) - int(one.numbers["longest_minutes"])
    return 0


def _steps(day: _Day, one: Violation) -> Iterator[tuple[tuple[Mend, ...], _Day]]:
    """What is proposed for a violation and lowers what lacks, with the day as it is then."""
    moves = tuple(mend for mend in one.mends if mend.what in _MOVES)
    for step in [moves] if one.code == _TOGETHER and moves else [(mend,) for mend in moves]:
        after = _day(_applied(day.plan, step))
        if after.lack < day.lack:
            yield step, after


def _leading_on(day: _Day, one: Violation) -> Violation:
    moves = [mend for mend in one.mends if mend.what in _MOVES]
    if not moves:
        return one
    leading = [mend for step, _ in _steps(day, one) for mend in step]
    if len(leading) == len(moves):
        return one
    others = [mend for mend in one.mends if mend not in moves]
    way = "" if one.code == _TOGETHER else "tight"
    if leading:  # of two ways, the one that is left
        way = "" if leading[0] == moves[0] else "sooner"
    return replace(one, mends=(*leading, *others), way=way)


def _mended(day: _Day) -> _Day:
    """Where it ends if the first mend of each day is done."""
    while True:
        following = next((after for one in day.found for _, after in _steps(day, one)), None)
        if following is None:
            return day
        day = following


def _placed(plan: PlanFacts) -> _Day | None:
    """The day at other times for all, where nothing lacks then."""
    return next((day for day in map(_day, placements(plan)) if not day.minutes), None)


def _lacking(plan: PlanFacts) -> int:
    """What lacks however its times are mended."""
    minutes = _mended(_day(plan)).minutes
    return 0 if not minutes or _placed(plan) is not None else minutes


def _moves(plan: PlanFacts, placed: PlanFacts) -> tuple[Mend, ...]:
    """What makes one day of the other; all together."""
    times = {stay.plan_stop_id: (stay.arrive, stay.depart) for stay in plan.stays}
    return kept(
        *(
            move(stay, minute_of(stay.arrive), minute_of(stay.depart))
            for stay in placed.stays
            if times[stay.plan_stop_id] != (stay.arrive, stay.depart)
        )
    )


def _applied(plan: PlanFacts, mends: Sequence[Mend]) -> PlanFacts:
    for mend in mends:
        plan = replace(plan, stays=tuple(_moved(stay, mend) for stay in plan.stays))
    return plan


def _moved(stay: Stay, mend: Mend) -> Stay:
    if mend.what is Remedy.MOVE_PLAN:
        by = mend.minutes or 0
        return replace(
            stay, arrive=time_at(minute_of(stay.arrive) + by), depart=time_at(minute_of(stay.depart) + by)
        )
    if stay.plan_stop_id != mend.plan_stop_id:
        return stay
    return replace(stay, arrive=mend.arrive or stay.arrive, depart=mend.depart or stay.depart)


def _without(plan: PlanFacts, out: Stay) -> PlanFacts:
    return replace(plan, stays=tuple(stay for stay in plan.stays if stay is not out))


def _length(stay: Stay) -> int:
    return minute_of(stay.depart) - minute_of(stay.arrive)
