"""Other times for all stays of a day at once, in their order: for when mending one after the other leads nowhere. Pure.

A stay lies within its hours and lasts at least half as long as planned. Who goes on as soon as can be is never later anywhere, as
drives that begin later never end earlier; so where even that finds no hours, there are none in this order.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from outreach_api.plans.rules.facts import PlanFacts, Stay
from outreach_api.plans.rules.places import Span, hours
from outreach_api.plans.rules.travel import minute_of, needed_between
from outreach_api.plans.rules.violations import MINUTES_OF_DAY, time_at
from schemas.vocabulary import VAN_IS_BACK, VAN_LEAVES

_LAST = MINUTES_OF_DAY - 1
_QUARTERS = (4, 3, 2)
"""Of what was planned a stay lasts as many at least."""


def placements(plan: PlanFacts) -> Iterator[PlanFacts]:
    """With stays as long as planned, shorter, and by half: near the times that were planned, then as short a day as it gets."""
    stays = sorted(plan.stays, key=lambda stay: (stay.arrive, stay.depart))
    for quarters in _QUARTERS:
        least = {stay.plan_stop_id: -(-_length(stay) * quarters // 4) for stay in stays}
        latest = _latest(stays, least, plan, _LAST)
        if latest is None:
            continue
        yield _longer(_forward(stays, least, plan, latest, near=True), stays, plan)
        soonest = _forward(stays, least, plan, latest, near=False)
        late = _latest(stays, least, plan, minute_of(soonest[-1].depart))
        if late is not None:
            yield replace(
                plan, stays=tuple(_held(one, at, least) for one, at in zip(stays, late, strict=True))
            )


def _length(stay: Stay) -> int:
    return minute_of(stay.depart) - minute_of(stay.arrive)


def _held(stay: Stay, start: int, least: Mapping[uuid.UUID, int]) -> Stay:
    """From a minute on, as short as may be."""
    return replace(stay, arrive=time_at(start), depart=time_at(start + least[stay.plan_stop_id]))


def _spans(stay: Stay, day: dt.date) -> list[Span]:
    """Its hours; where nobody entered any, those in which vans are out, and those that were planned."""
    found = hours(stay, day)
    if found is not None:
        return found
    opens, closes = min(stay.arrive, VAN_LEAVES), max(stay.depart, VAN_IS_BACK)
    return [(minute_of(opens), minute_of(closes))]


def _latest(
    stays: Sequence[Stay], least: Mapping[uuid.UUID, int], plan: PlanFacts, ends: int
) -> list[int] | None:
    """By stay the last minute at which it may open, so that all after it find their hours too; the last one ends by `ends`."""
    found: list[int] = []
    following: Stay | None = None
    for stay in reversed(stays):
        by = ends if following is None else _leave_by(stay, following, found[-1], plan)
        minutes = least[stay.plan_stop_id]
        starts = [
            min(closes, by) - minutes
            for opens, closes in _spans(stay, plan.day)
            if min(closes, by) - minutes >= opens
        ]
        if not starts:
            return None
        found.append(max(starts))
        following = stay
    return found[::-1]


def _leave_by(before: Stay, after: Stay, opens: int, plan: PlanFacts) -> int:
    """When a stay must end for the next one to open at a minute."""
    if before.stop.id == after.stop.id:
        return opens
    ready = opens - plan.limits.setup_minutes
    return plan.drives.leave_by(before.stop.point, after.stop.point, ready) - plan.limits.teardown_minutes


def _forward(
    stays: Sequence[Stay],
    least: Mapping[uuid.UUID, int],
    plan: PlanFacts,
    latest: Sequence[int],
    *,
    near: bool,
) -> list[Stay]:
    """Each as soon as can be; `near`: not before its planned time unless a later one asks for it."""
    found: list[Stay] = []
    for stay, last in zip(stays, latest, strict=True):
        ready = 0
        if found:
            moves = found[-1].stop.id != stay.stop.id
            ready = minute_of(found[-1].depart) + (needed_between(found[-1], stay, plan) if moves else 0)
        if near:
            ready = max(ready, min(minute_of(stay.arrive), last))
        minutes = least[stay.plan_stop_id]
        starts = [
            max(opens, ready)
            for opens, closes in _spans(stay, plan.day)
            if max(opens, ready) + minutes <= closes
        ]
        found.append(_held(stay, min(starts), least))
    return found


def _longer(placed: Sequence[Stay], planned: Sequence[Stay], plan: PlanFacts) -> PlanFacts:
    """As long as planned where neither its hours nor the next stay end it sooner."""
    whole = {stay.plan_stop_id: _length(stay) for stay in planned}
    found = []
    for stay, after in pairwise([*placed, None]):
        if stay is None:
            break
        opens = minute_of(stay.arrive)
        closes = max(end for begin, end in _spans(stay, plan.day) if begin <= opens)
        longest = min(opens + whole[stay.plan_stop_id], closes, _LAST)
        if after is not None:
            longest = min(longest, _leave_by(stay, after, minute_of(after.arrive), plan))
        found.append(replace(stay, depart=time_at(max(longest, minute_of(stay.depart)))))
    return replace(plan, stays=tuple(found))
