"""What a van's day asks: time between stays, from its base and back, breaks, water, people, other plans, other vans."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from outreach_api.plans.rules.breaks import of_break
from outreach_api.plans.rules.facts import Mend, OtherPlan, PlanFacts, Stay, Violation
from outreach_api.plans.rules.places import closing
from outreach_api.plans.rules.travel import Span, day_span, drive_between, minute_of, needed_between
from outreach_api.plans.rules.violations import MINUTES_OF_DAY, Numbers, clock, hard, kept, move, soft
from outreach_api.plans.rules.water import of_water
from schemas.vocabulary import Remedy


def of_day(stays: Sequence[Stay], plan: PlanFacts) -> Iterator[Violation]:
    """Everything about the whole day; `stays` in the order of their arrival."""
    for before, after in pairwise(stays):
        yield from _between(before, after, plan)
    if not stays:
        yield hard("plan_without_stops", mends=(Mend(what=Remedy.ADD_STOP),))
        return
    span = day_span(stays, plan)
    yield from _of_length(stays, span, plan)
    yield from of_break(stays, span, plan)
    yield from of_water(stays, plan)
    yield from _of_people(span, plan)
    for stop_id, times in Counter(stay.stop.id for stay in stays).items():
        if times > 1:
            yield soft("same_stop_twice", *_at(stays, stop_id), numbers={"times": times})
    for stay in stays:
        yield from _of_other_vans(stay, plan)
    for other in plan.others:
        yield from _beside(stays, span, other, plan)


def _at(stays: Sequence[Stay], stop_id: uuid.UUID) -> list[Stay]:
    return [stay for stay in stays if stay.stop.id == stop_id]


def _between(before: Stay, after: Stay, plan: PlanFacts) -> Iterator[Violation]:
    available = minute_of(after.arrive) - minute_of(before.depart)
    moves = before.stop.id != after.stop.id  # else the van stays where it is
    needed = needed_between(before, after, plan) if moves else 0
    earliest = minute_of(before.depart) + needed
    later = _later(after, earliest, plan)
    numbers: dict[str, int | str] = {"arrive": clock(earliest)}
    if available < 0:
        numbers["overlap_minutes"] = -available
        yield hard("stays_overlap", before, after, mends=kept(later), numbers=numbers)
    elif available < needed:
        leave = plan.drives.leave_by(
            before.stop.point, after.stop.point, minute_of(after.arrive) - plan.limits.setup_minutes
        )
        end = leave - plan.limits.teardown_minutes
        sooner = move(before, minute_of(before.arrive), end)
        numbers |= {
            "needed_minutes": needed,
            "available_minutes": available,
            "missing_minutes": needed - available,
            "drive_minutes": drive_between(before, after, plan),
        }
        if sooner is not None:
            numbers["depart"] = clock(end)
        way = "" if sooner is None else "both"
        yield hard("drive_too_short", before, after, mends=kept(later, sooner), way=way, numbers=numbers)


def _later(stay: Stay, earliest: int, plan: PlanFacts) -> Mend | None:
    """As long as planned from a minute on; shorter by half at most where its window closes before."""
    length = minute_of(stay.depart) - minute_of(stay.arrive)
    closes = closing(stay, earliest, plan.day)
    if closes is None or 2 * (closes - earliest) < length:
        closes = earliest + length
    return move(stay, earliest, min(earliest + length, closes))


def _of_length(stays: Sequence[Stay], span: Span, plan: PlanFacts) -> Iterator[Violation]:
    most = plan.limits.shift_minutes
    too_many = span.minutes - most
    if too_many <= 0:
        return
    mend = _ending_in_time(stays, span.leaves + most, plan)
    numbers: dict[str, int | str] = {
        "minutes": span.minutes,
        "limit_minutes": most,
        "too_many_minutes": too_many,
    }
    if mend is not None and mend.depart is not None:
        numbers["depart"] = f"{mend.depart:%H:%M}"
    way = "" if mend is None else "end"
    yield hard("shift_too_long", mends=kept(mend), way=way, numbers=numbers)


def _ending_in_time(stays: Sequence[Stay], back_by: int, plan: PlanFacts) -> Mend | None:
    """When the last stay must end for the day to be over by a minute; None when that alone does not help."""
    last = max(stays, key=lambda stay: stay.depart)
    leave = back_by
    if day_span(stays, plan).to_base and plan.base is not None:
        leave = plan.drives.leave_by(last.stop.point, plan.base, back_by)
    end = leave - plan.limits.teardown_minutes
    mend = move(last, minute_of(last.arrive), end)
    if mend is None or mend.depart is None:
        return None
    shorter = [replace(stay, depart=mend.depart) if stay is last else stay for stay in stays]
    # A day that ends earlier may begin or end at the base where another plan was in between before.
    return mend if day_span(shorter, plan).minutes <= plan.limits.shift_minutes else None


def _of_people(span: Span, plan: PlanFacts) -> Iterator[Violation]:
    if plan.shifts is None:
        return
    mend = Mend(what=Remedy.ADD_PEOPLE)
    if not plan.shifts:
        numbers: Numbers = {"begins": clock(span.leaves), "ends": clock(span.back)}
        yield soft("nobody_on_shift", mends=(mend,), numbers=numbers)
        return
    gaps, reached = [], span.leaves
    for starts, ends in sorted((minute_of(one.starts_at), minute_of(one.ends_at)) for one in plan.shifts):
        if starts > reached:
            gaps.append((reached, min(starts, span.back)))
        reached = max(reached, ends)
    gaps = [(begins, ends) for begins, ends in [*gaps, (reached, span.back)] if begins < ends]
    if gaps:
        begins, ends = gaps[0]
        missing = sum(ends - begins for begins, ends in gaps)
        numbers = {"begins": clock(begins), "ends": clock(ends), "missing_minutes": missing}
        yield soft("shift_has_gap", mends=(mend,), numbers=numbers)


def _of_other_vans(stay: Stay, plan: PlanFacts) -> Iterator[Violation]:
    """Set-up and teardown take the place as well. As many vans as the place takes may be there at once."""
    there = [one for one in plan.vans_there if one.stop_id == stay.stop.id]
    around = plan.limits.setup_minutes, plan.limits.teardown_minutes
    taken = [(minute_of(one.arrive) - around[0], minute_of(one.depart) + around[1]) for one in there]
    begins, ends = minute_of(stay.arrive) - around[0], minute_of(stay.depart) + around[1]
    most = _most_at_once(taken, begins, ends) + 1
    if most <= stay.stop.van_count:
        return
    length = ends - begins
    starts = [end for _, end in taken if end > begins]
    free = (one for one in sorted(starts) if _most_at_once(taken, one, one + length) < stay.stop.van_count)
    start = next(free, None)
    mend = None if start is None else move(stay, start + around[0], start + length - around[1])
    numbers: dict[str, int | str] = {"vans": most, "van_count": stay.stop.van_count}
    if mend is not None and mend.arrive is not None:
        numbers["arrive"] = f"{mend.arrive:%H:%M}"
    yield hard("stop_full", stay, mends=kept(mend), way="" if mend is None else "later", numbers=numbers)


def _most_at_once(taken: Sequence[tuple[int, int]], begins: int, ends: int) -> int:
    """How many of some times overlap at one moment between two others."""
    within = [(max(start, begins), min(end, ends)) for start, end in taken if start < ends and end > begins]
    return max((sum(a <= start < b for a, b in within) for start, _ in within), default=0)


def _beside(stays: Sequence[Stay], span: Span, other: OtherPlan, plan: PlanFacts) -> Iterator[Violation]:
    """One van can't be in two plans at once, and must also get from one to the other."""
    first, last = stays[0], max(stays, key=lambda stay: stay.depart)
    begins = minute_of(other.begins) - plan.limits.setup_minutes
    ends = minute_of(other.ends) + plan.limits.teardown_minutes
    from_there = plan.drives.minutes(other.last, first.stop.point, ends)
    to_there = plan.drives.minutes(last.stop.point, other.first, span.ends)
    behind = ends + from_there - span.begins
    ahead = plan.drives.leave_by(last.stop.point, other.first, begins) - span.ends
    overlap = min(span.ends, ends) - max(span.begins, begins)
    numbers: dict[str, int | str] = {"other_plan_id": str(other.plan_id)}
    if overlap > 0:
        nearest = sorted((ahead, behind), key=abs)
        mends, way, moved = _moving(next((one for one in nearest if _is_on_the_day(span, one)), None))
        numbers |= {"overlap_minutes": overlap, **moved}
        yield hard("plan_overlap", mends=mends, way=way, numbers=numbers)
        return
    is_before = span.ends <= begins
    drive = to_there if is_before else from_there
    if -overlap < drive:
        minutes = ahead if is_before else behind
        mends, way, moved = _moving(minutes if _is_on_the_day(span, minutes) else None)
        numbers |= {
            "drive_minutes": drive,
            "available_minutes": -overlap,
            "missing_minutes": drive + overlap,
            **moved,
        }
        nearest_stay = last if is_before else first
        yield hard("drive_between_plans", nearest_stay, mends=mends, way=way, numbers=numbers)


def _is_on_the_day(span: Span, minutes: int) -> bool:
    return span.begins + minutes >= 0 and span.ends + minutes <= MINUTES_OF_DAY


def _moving(minutes: int | None) -> tuple[tuple[Mend, ...], str, dict[str, int]]:
    """The whole plan by some minutes, and how that is said."""
    if minutes is None:
        return (), "", {}
    mend = Mend(what=Remedy.MOVE_PLAN, minutes=minutes)
    return (mend,), "later" if minutes > 0 else "earlier", {"move_minutes": abs(minutes)}
