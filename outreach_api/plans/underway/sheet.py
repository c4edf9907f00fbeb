"""The crew's run sheet: where to go next, by when to leave, what the place needs, and how late the day is."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger.kinds import Actor
from outreach_api.plans.briefs import stop_brief
from outreach_api.plans.reads import NOT_FOUND, leg_views, plans_in_scope
from outreach_api.plans.rules import Leg, PlanFacts, Stay, Violation, legs
from outreach_api.plans.rules.travel import day_span, minute_of
from outreach_api.plans.rules.violations import MINUTES_OF_DAY, time_at, time_of
from outreach_api.plans.underway.ahead import Expected, Standing, coming, expected, judged
from outreach_api.plans.underway.rested import as_stays, break_of, break_view, missing_break
from outreach_api.plans.underway.so_far import Seen, SoFar, so_far
from outreach_api.settings import Settings
from outreach_api.stops.rules import SEES_HOST
from outreach_api.storage.plans import Plan, Van
from outreach_api.storage.stops import Stop
from schemas.vocabulary import StayState


@dataclass(frozen=True, slots=True)
class RunSheet:
    """The sheet as it is shown; its violations are told in the language of whoever asks."""

    view: dict[str, Any]
    violations: Sequence[Violation]
    plan_id: uuid.UUID


def run_sheet(
    session: Session, actor: Actor, plan_id: uuid.UUID, settings: Settings, now: dt.datetime
) -> RunSheet | Refusal:
    plan = session.scalar(plans_in_scope(actor).where(Plan.id == plan_id))
    if plan is None:
        return NOT_FOUND
    day = so_far(session, plan, settings, now)
    facts = day.facts
    ahead = _ahead(day)
    late = {one.stay.plan_stop_id: one for one in ahead}
    by_destination = {leg.destination: leg for leg in legs(facts)}
    stays = sorted(facts.stays, key=lambda stay: (stay.arrive, stay.depart))
    leave_by = _leave_by(stays, facts)
    span = day_span(stays, facts) if stays else None
    van = session.get_one(Van, plan.van_id)
    as_it_goes = stays if day.now is None else [*as_stays(day.held, _open_closes(day)), *coming(ahead)]
    view = {
        "plan_id": plan.id,
        "plan_version": plan.version,
        "van_id": plan.van_id,
        "van_name": van.name,
        "local_day": plan.local_day,
        "title": plan.title,
        "status": plan.status,
        "revision": plan.revision,
        "as_of": now,
        "leave_base": time_of(span.leaves) if span is not None and span.from_base else None,
        "back_at_base": time_of(span.back) if span is not None and span.to_base else None,
        "work_break": break_view(break_of(as_it_goes, facts), day.stays),
        "stays": [
            {
                **_times(one, day, facts, by_destination),
                **_now(one, day, late.get(one.row.id)),
                "leave_by": leave_by.get(one.row.id),
                "host": _host(session, actor, one.row.stop_id),
                "brief": stop_brief(session, actor, one.row.stop_id, today=plan.local_day),
            }
            for one in day.seen
        ],
    }
    if day.now is None:
        return RunSheet(view, [], plan.id)
    found = [one for one in judged(facts, _done(day), ahead) if one.code != "break_missing"]
    return RunSheet(view, [*found, *missing_break(as_it_goes, facts)], plan.id)


def _ahead(day: SoFar) -> list[Expected]:
    """What is still to come, with the earliest times; nothing is expected of another day than today."""
    if day.now is None:
        return []
    known = day.stays
    coming = [known[one.row.id] for one in day.ahead if not day.skipped(one)]
    return expected(day.facts, coming, standing(day), day.now)


def standing(day: SoFar) -> Standing:
    """Where the van stands: open until its planned close, or packed up since it closed, or not off yet."""
    facts, now = day.facts, day.now or 0
    if day.last is None:
        stays = sorted(facts.stays, key=lambda stay: (stay.arrive, stay.depart))
        leaves = day_span(stays, facts).leaves if stays else now
        return Standing(facts.base, None, leaves, leaves)
    closes = day.last.closed
    if closes is None:
        closes = _open_closes(day)
    return Standing(day.last.point, day.last.stop_id, closes, closes + facts.limits.teardown_minutes)


def open_until(day: SoFar) -> int | None:
    """When the stay that is open now was to close; None when none is, or nobody planned it."""
    for one in day.seen:
        if one.state is StayState.OPEN:
            return minute_of(one.row.depart)
    return None


def _open_closes(day: SoFar) -> int:
    """When whatever is open now closes, as far as anybody can say."""
    now = day.now or 0
    return max(now, open_until(day) or now)


def _done(day: SoFar) -> list[Stay]:
    """Stays that were opened, at the times at which they were."""
    known = day.stays
    found = []
    for one in day.seen:
        if one.opened is None or one.row.id not in known:
            continue
        closes = one.closed if one.closed is not None else max(day.now or 0, minute_of(one.row.depart))
        opens = min(max(one.opened, 0), MINUTES_OF_DAY - 2)
        closes = min(max(closes, opens + 1), MINUTES_OF_DAY - 1)
        found.append(replace(known[one.row.id], arrive=time_at(opens), depart=time_at(closes)))
    return found


def _times(
    one: Seen, day: SoFar, facts: PlanFacts, by_destination: dict[uuid.UUID | None, Leg]
) -> dict[str, Any]:
    row, known = one.row, day.stays
    leg = by_destination.get(row.id) if row.id in known else None
    arrive, depart = minute_of(row.arrive), minute_of(row.depart)
    return {
        "plan_stop_id": row.id,
        "drive": None if leg is None else leg_views([leg])[0],
        "set_up_from": time_of(arrive - facts.limits.setup_minutes),
        "arrive": row.arrive,
        "depart": row.depart,
        "packed_by": time_of(depart + facts.limits.teardown_minutes),
    }


def _now(one: Seen, day: SoFar, coming: Expected | None) -> dict[str, Any]:
    """What became of it so far, and what is to be expected of it."""
    planned = minute_of(one.row.arrive)
    waiting = one.state is StayState.PLANNED and day.now is not None and not day.skipped(one)
    return {
        "state": one.state,
        "cancel_reason": one.cancel_reason,
        "skipped": day.skipped(one),
        "opened": None if one.opened is None else time_of(one.opened),
        "closed": None if one.closed is None else time_of(one.closed),
        "late_minutes": None if one.opened is None else one.opened - planned,
        "overdue_minutes": max(0, day.now - planned) if waiting and day.now is not None else 0,
        "expected_open": None if coming is None or coming.opens is None else time_of(coming.opens),
        "expected_late_minutes": None if coming is None else coming.late_minutes,
        "missed": coming is not None and coming.opens is None,
    }


def _leave_by(stays: Sequence[Stay], facts: PlanFacts) -> dict[uuid.UUID, dt.time | None]:
    """The last minute at which the van may leave each stay to open the next one in time."""
    found = {}
    for before, after in pairwise(stays):
        if before.stop.id != after.stop.id:
            ready = minute_of(after.arrive) - facts.limits.setup_minutes
            found[before.plan_stop_id] = time_of(
                facts.drives.leave_by(before.stop.point, after.stop.point, ready)
            )
    return found


def _host(session: Session, actor: Actor, stop_id: uuid.UUID) -> dict[str, Any] | None:
    if actor.role not in SEES_HOST:
        return None
    row = session.get_one(Stop, stop_id)
    return {"name": row.host_name, "contact": row.host_contact}
