"""Says the rest of a day as it was planned anew: what is kept and dropped, and the change that a planner would send."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from outreach_api.kernel.ids import visit_id_of
from outreach_api.plans.rules import Stay, Violation, hard
from outreach_api.plans.rules.travel import day_span, minute_of
from outreach_api.plans.rules.violations import time_of
from outreach_api.plans.underway.reasons import Dropped
from outreach_api.plans.underway.replanning import Replanned, UnderWay
from outreach_api.plans.underway.rest import Ahead
from outreach_api.plans.underway.rested import as_stays, break_of, break_view, missing_break
from outreach_api.plans.underway.so_far import SoFar


@dataclass(frozen=True, slots=True)
class Anew:
    """The answer as it is shown; violations and reasons are told in the language of whoever asks."""

    view: dict[str, Any]
    violations: Sequence[Violation]
    dropped: Sequence[tuple[dict[str, Any], Violation]]
    names: Mapping[uuid.UUID, str]


def shown(
    day: SoFar,
    found: Replanned,
    under_way: UnderWay | None,
    gone: Sequence[Dropped],
    names: Mapping[uuid.UUID, str],
) -> Anew:
    planned = {ahead.stay.plan_stop_id: ahead for ahead in found.rest.ahead}
    stays = {stay.plan_stop_id: stay for stay in (*found.done, *found.kept)}
    really = _really(day, found, under_way)
    violations = [one for one in found.violations if stays and one.code != "break_missing"]
    violations += missing_break(really, day.facts)
    view = {
        "plan_id": day.plan.id,
        "plan_version": day.plan.version,
        "ready": time_of(found.rest.ready),
        "until": None if found.rest.until is None else time_of(found.rest.until),
        "under_way": None if under_way is None else _open_view(under_way, stays, names),
        "keep": _kept_views(found, planned, names),
        "back_at_base": _back(found),
        "work_break": break_view(break_of(really, day.facts), day.stays),
        "promises_due": sum(ahead.promises for ahead in found.rest.ahead),
        "promises_kept": found.promises,
        "publishable": not hard(violations) and bool(stays),
        "proven": found.proven,
        "change": _change(day, stays, {one.ahead.stay.plan_stop_id for one in gone}),
    }
    drop = [
        (
            {
                **_head(one.ahead, names),
                "planned_arrive": one.ahead.stay.arrive,
                "planned_depart": one.ahead.stay.depart,
            },
            one.reason,
        )
        for one in gone
    ]
    return Anew(view, violations, drop, names)


def _really(day: SoFar, found: Replanned, under_way: UnderWay | None) -> list[Stay]:
    """The day by the times at which visits really were, and at which the rest is to be."""
    opened = None if under_way is None else under_way.stay.plan_stop_id
    last = [stay for stay in found.done if stay.plan_stop_id == opened]
    worked = as_stays([one for one in day.held if one.id != opened], day.now or 0)
    return [*worked, *last, *found.kept]


def _head(ahead: Ahead, names: Mapping[uuid.UUID, str]) -> dict[str, Any]:
    plan_stop_id = ahead.stay.plan_stop_id
    return {
        "plan_stop_id": plan_stop_id,
        "visit_id": visit_id_of(plan_stop_id),
        "stop_id": ahead.stay.stop.id,
        "stop_name": names[plan_stop_id],
        "promises": ahead.promises,
        "announced": ahead.announced,
    }


def _kept_views(
    found: Replanned, planned: Mapping[uuid.UUID, Ahead], names: Mapping[uuid.UUID, str]
) -> list[dict[str, Any]]:
    rest = found.rest
    drives, setup = rest.plan.drives, rest.plan.limits.setup_minutes
    points = [rest.origin, *(stay.stop.point for stay in found.kept)]
    views = []
    for stay, (before, here) in zip(found.kept, pairwise(points), strict=True):
        ahead = planned[stay.plan_stop_id]
        ready = minute_of(stay.arrive) - setup
        leave = None if before is None or here is None else drives.leave_by(before, here, ready)
        views.append(
            {
                **_head(ahead, names),
                "planned_arrive": ahead.stay.arrive,
                "planned_depart": ahead.stay.depart,
                "arrive": stay.arrive,
                "depart": stay.depart,
                "moved": (stay.arrive, stay.depart) != (ahead.stay.arrive, ahead.stay.depart),
                "leave_by": None if leave is None else time_of(leave),
                "drive_minutes": None
                if leave is None or before is None or here is None
                else drives.minutes(before, here, leave),
                "basis": None if before is None or here is None else drives.basis(before, here),
            }
        )
    return views


def _open_view(
    under_way: UnderWay, stays: Mapping[uuid.UUID, Stay], names: Mapping[uuid.UUID, str]
) -> dict[str, Any]:
    plan_stop_id = under_way.stay.plan_stop_id
    closes = stays[plan_stop_id].depart
    return {
        "plan_stop_id": plan_stop_id,
        "stop_name": names[plan_stop_id],
        "depart": closes,
        "shorter_minutes": max(0, under_way.closes - minute_of(closes)),
    }


def _back(found: Replanned) -> dt.time | None:
    plan = found.rest.plan
    stays = sorted((*found.done, *found.kept), key=lambda stay: (stay.arrive, stay.depart))
    if not stays:
        return None
    span = day_span(stays, plan)
    return time_of(span.back) if span.to_base else None


def _change(day: SoFar, stays: Mapping[uuid.UUID, Stay], gone: set[uuid.UUID]) -> dict[str, Any] | None:
    """The body with which the plan would become this; None when no stay would be left in it."""
    lines = []
    for one in day.seen:
        row = one.row
        if row.id in gone:
            continue
        stay = stays.get(row.id)
        lines.append(
            {
                "id": row.id,
                "stop_id": row.stop_id,
                "arrive": row.arrive if stay is None else stay.arrive,
                "depart": row.depart if stay is None else stay.depart,
                "announce": row.announce,
                "host_asked": row.host_asked,
                "host_channel": row.host_channel,
                "host_answer": row.host_answer,
            }
        )
    return {"stops": sorted(lines, key=lambda line: (line["arrive"], line["depart"]))} if lines else None
