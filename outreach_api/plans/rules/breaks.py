"""The break of a long day: within the work, so between two stays, and longer on a still longer day.

On the way to the first stay nobody has worked yet, and after the last one the day is over: there is no break. How much a
day owes is said by `Limits.breaks`, which the planner takes for the hard rule of its own days.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from outreach_api.plans.rules.facts import Mend, PlanFacts, Stay, Violation
from outreach_api.plans.rules.travel import Span, day_span, minute_of, needed_between
from outreach_api.plans.rules.violations import MINUTES_OF_DAY, clock, kept, move, soft, time_at


@dataclass(frozen=True, slots=True)
class Idle:
    """The longest time in one piece in which nobody drives, sets up, serves or packs; below 0 somebody comes late."""

    minutes: int
    begins: int
    """Once everything is packed; the drive may come before or after it."""
    after: Stay


def longest_idle(stays: Sequence[Stay], plan: PlanFacts) -> Idle | None:
    """Between two stays, which come in the order of their arrival; the first of several. None where there are no two."""
    found = None
    for before, after in pairwise(stays):
        moves = before.stop.id != after.stop.id
        needed = needed_between(before, after, plan) if moves else 0
        closes = minute_of(before.depart)
        minutes = minute_of(after.arrive) - closes - needed
        if found is None or minutes > found.minutes:
            found = Idle(minutes, closes + plan.limits.teardown_minutes * moves, after)
    return found


def of_break(stays: Sequence[Stay], span: Span, plan: PlanFacts) -> Iterator[Violation]:
    """Idle minutes in one piece, between two stays. Soft, because people who take turns at the counter rest unseen."""
    owed = plan.limits.break_owed(span.minutes)
    if owed is None:
        return
    after_minutes, least = owed
    idle = longest_idle(stays, plan)
    best, follower = (0, None) if idle is None else (idle.minutes, idle.after)
    if follower is not None and best >= least:
        return
    numbers: dict[str, int | str] = {
        "minutes": span.minutes,
        "after_minutes": after_minutes,
        "least_minutes": least,
        "longest_minutes": max(best, 0),
    }
    later = _later_for_break(stays, follower, best, plan) if follower is not None and best >= 0 else None
    if follower is None or later is None:
        yield soft("break_missing", numbers=numbers)
        return
    shift, mends = later
    numbers |= {"missing_minutes": shift, "arrive": clock(minute_of(follower.arrive) + shift)}
    yield soft("break_missing", mends=mends, way="later", numbers=numbers)


def _later_for_break(
    stays: Sequence[Stay], follower: Stay, idle: int, plan: PlanFacts
) -> tuple[int, tuple[Mend, ...]] | None:
    """By how much a stay and all after it must begin later, so that the longer day has the break that it then owes."""
    first = minute_of(follower.arrive)
    ends = max(minute_of(stay.depart) for stay in stays if minute_of(stay.arrive) >= first)
    for _, minutes in plan.limits.breaks:
        shift = minutes - idle
        if shift <= 0:
            continue
        if ends + shift >= MINUTES_OF_DAY:
            return None
        after = [_moved(stay, shift) if minute_of(stay.arrive) >= first else stay for stay in stays]
        owed = plan.limits.break_owed(day_span(after, plan).minutes)
        if owed is None or owed[1] <= minutes:
            moved = [stay for stay in after if minute_of(stay.arrive) >= first + shift]
            return shift, kept(
                *(move(stay, minute_of(stay.arrive), minute_of(stay.depart)) for stay in moved)
            )
    return None


def _moved(stay: Stay, by: int) -> Stay:
    return replace(
        stay, arrive=time_at(minute_of(stay.arrive) + by), depart=time_at(minute_of(stay.depart) + by)
    )
