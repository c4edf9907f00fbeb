"""Reads what the rest of a day depends on, has it planned anew, and says it as the change that a planner would send."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.geo import Point
from outreach_api.ledger.kinds import Actor
from outreach_api.plans.reads import NOT_FOUND, plans_in_scope, stay_names
from outreach_api.plans.rules import Stay
from outreach_api.plans.rules.travel import day_span, minute_of
from outreach_api.plans.rules.violations import MINUTES_OF_DAY, time_at
from outreach_api.plans.surroundings import point_of
from outreach_api.plans.underway.anew import Anew, shown
from outreach_api.plans.underway.reasons import dropped
from outreach_api.plans.underway.replanning import UnderWay, replan
from outreach_api.plans.underway.rest import Ahead, Rest, leaves_for
from outreach_api.plans.underway.rested import as_stays, rested
from outreach_api.plans.underway.so_far import Seen, SoFar, so_far, with_places
from outreach_api.settings import Settings
from outreach_api.storage.contacts import FollowUp, FollowUpEvent
from outreach_api.storage.plans import Plan
from outreach_api.storage.stops import Stop
from schemas.vocabulary import FollowUpResult, PlanStatus, StayState


def rest_of_day(
    session: Session,
    actor: Actor,
    plan_id: uuid.UUID,
    asked: Mapping[str, Any],
    settings: Settings,
    now: dt.datetime,
) -> Anew | Refusal:
    """Refuses with not_found, plan_cancelled, replan_not_today, or names the field that is wrong."""
    plan = session.scalar(plans_in_scope(actor).where(Plan.id == plan_id))
    if plan is None:
        return NOT_FOUND
    if plan.status == PlanStatus.CANCELLED:
        return Refusal("plan_cancelled", 409)
    day = so_far(session, plan, settings, asked["now"] or now)
    since = day.now
    if since is None:
        return Refusal("replan_not_today", 409, {"day": plan.local_day.isoformat()})
    told = _told_position(session, asked)
    if isinstance(told, Refusal):
        return told
    if told is not None:
        day = replace(day, facts=with_places(session, settings, day.facts, [told]))
    promises = _promises(session, plan.local_day, {one.row.stop_id for one in day.seen})
    rest, under_way = _posed(day, since, told, _until(day, asked), promises)
    found = replan(replace(rest, breaks=asked["breaks"]), under_way)
    return shown(day, found, under_way, dropped(found), stay_names(session, plan.id))


def _told_position(session: Session, asked: Mapping[str, Any]) -> Point | Refusal | None:
    if asked["stop_id"] is not None:
        stop = session.get(Stop, asked["stop_id"])
        if stop is None:
            return Refusal("invalid", 422, {}, (Problem("/stop_id", "unknown_reference"),))
        return point_of(stop)
    told = asked["position"]
    return None if told is None else Point(told["lat"], told["lon"])


def _until(day: SoFar, asked: Mapping[str, Any]) -> int | None:
    """When the van is to be back at its base, or packed where it has none."""
    if asked["until"] is not None:
        return minute_of(asked["until"])
    stays = sorted(day.facts.stays, key=lambda stay: (stay.arrive, stay.depart))
    if asked["shorter_by_minutes"] is None or not stays:
        return None
    return day_span(stays, day.facts).back - int(asked["shorter_by_minutes"])


def _posed(
    day: SoFar, now: int, told: Point | None, until: int | None, promises: Mapping[uuid.UUID, int]
) -> tuple[Rest, UnderWay | None]:
    facts, known = day.facts, day.stays
    teardown = facts.limits.teardown_minutes
    origin, ready = (facts.base, now) if day.last is None else (day.last.point, now)
    if told is not None:
        origin = told
    elif day.last is not None:
        ready = max(now, (now if day.last.closed is None else day.last.closed) + teardown)
    under_way, done, early = None, [], []
    for one in day.seen:
        if one.opened is None or one.row.id not in known:
            continue
        stay = known[one.row.id]
        if one.state is StayState.OPEN and told is None:
            under_way = _under_way(stay, one, now, promises)
        else:
            done.append(stay)
            early.append(_as_it_was(stay, one, now))
    worked = as_stays(day.held, now)
    idle = 0
    if day.last is not None and day.held and under_way is None:
        packed = (now if day.last.closed is None else day.last.closed) + teardown
        moved = 0 if told is None else facts.drives.minutes(day.last.point, told, packed)
        idle = max(0, ready - packed - moved)
    rest = Rest(
        plan=replace(facts, stays=()),
        done=tuple(done),
        done_early=tuple(early),
        ahead=tuple(
            Ahead(known[one.row.id], promises.get(one.row.stop_id, 0))
            for one in day.ahead
            if one.row.id in known
        ),
        origin=origin,
        ready=ready,
        until=until,
        began=leaves_for(facts, day.held[0].point, day.held[0].opened) if day.held else None,
        rested=rested(worked, facts),
        idle=idle,
    )
    return rest, under_way


def _under_way(stay: Stay, one: Seen, now: int, promises: Mapping[uuid.UUID, int]) -> UnderWay:
    opens = min(minute_of(stay.arrive), max(0, one.opened or 0), MINUTES_OF_DAY - 2)
    soonest = max(now, opens + 1)
    closes = max(soonest, minute_of(stay.depart))
    return UnderWay(replace(stay, arrive=time_at(opens)), soonest, closes, promises.get(one.row.stop_id, 0))


def _as_it_was(stay: Stay, one: Seen, now: int) -> Stay:
    """A stay that ended before it was planned to, or came before, at the times at which it was."""
    closed = min(max(now if one.closed is None else one.closed, 1), MINUTES_OF_DAY - 1)
    opened = min(max(one.opened or 0, 0), closed - 1)
    arrive = minute_of(stay.arrive)
    depart = min(minute_of(stay.depart), closed)
    if arrive >= depart:
        arrive, depart = opened, closed
    return replace(stay, arrive=time_at(arrive), depart=time_at(depart))


def _promises(session: Session, day: dt.date, stop_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Open promises that are due by a day, counted by stop: whoever made them, the van is where they are kept."""
    last = (
        sa.select(FollowUpEvent.result)
        .where(FollowUpEvent.follow_up_id == FollowUp.id)
        .order_by(FollowUpEvent.change_no.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(FollowUp.due_stop_id, sa.func.count())
        .where(
            FollowUp.due_stop_id.in_(list(stop_ids)),
            FollowUp.due_day <= day,
            sa.func.coalesce(last, "") != FollowUpResult.MET,
        )
        .group_by(FollowUp.due_stop_id)
    )
    return {stop_id: int(promised) for stop_id, promised in rows}
