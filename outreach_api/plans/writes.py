"""Adds and changes vans, drafts and changes plans. Plan stops keep their ids over edits."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from outreach_api.kernel import mesh
from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.ids import derived
from outreach_api.kernel.week import IsoWeek
from outreach_api.ledger import look_again, timetable, versions
from outreach_api.ledger.kinds import Accepted, Announce, Applied, Work
from outreach_api.plans.facts import kept_stops
from outreach_api.plans.publishing import differs_from_published
from outreach_api.storage.plans import Plan, PlanStop, Van
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit
from schemas.vocabulary import PlanStatus, Publicity

_UNSAID: dict[str, Any] = {
    "width_cm": None,
    "height_cm": None,
    "needs_power": False,
    "water_litres": None,
    "base_lat_micro": None,
    "base_lon_micro": None,
    "inspection_until": None,
    "insurance_until": None,
    "food_permit_until": None,
    "outages": [],
}

_DECISION = ("undecided", "decide_by", "decide_days_before")
_OF_STAY = ("arrive", "depart", "host_asked", "host_channel", "host_answer", *_DECISION)


def add_van(work: Work, accepted: Accepted) -> Applied | Refusal:
    values = {**_UNSAID, **_with_base(accepted.values)}
    if work.session.scalar(sa.select(Van.id).where(Van.code == values["code"])) is not None:
        return _code_taken(values["code"])
    van_id = accepted.entity_id
    work.session.add(
        Van(
            id=van_id,
            version=1,
            change_no=accepted.change_no,
            created_at=work.now,
            active=True,
            **values,
        )
    )
    return Applied(van_id, announces=(Announce("van", van_id, van_id),))


def change_van(work: Work, accepted: Accepted) -> Applied | Refusal:
    row = versions.find(work, Van, accepted)
    if isinstance(row, Refusal):
        return row
    values = _with_base(accepted.values)
    taken = sa.select(Van.id).where(Van.code == values.get("code"), Van.id != row.id)
    if "code" in values and work.session.scalar(taken) is not None:
        return _code_taken(values["code"])
    for name, value in values.items():
        setattr(row, name, value)
    look_again.with_van(work.session, row.id, work.now)
    return Applied(row.id, row.version, created=False, announces=(Announce("van", row.id, row.id),))


def draft_plan(work: Work, accepted: Accepted) -> Applied | Refusal:
    given = accepted.values
    if work.session.get(Van, given["van_id"]) is None:
        return _unknown("/van_id")
    plan = new_draft(
        work,
        accepted,
        accepted.entity_id,
        van_id=given["van_id"],
        local_day=given["local_day"],
        title=given["title"],
    )
    refusal = put_stops(work, plan, given["stops"], accepted.operation.op_id)
    return refusal or Applied(plan.id, announces=(Announce("plan", plan.id, plan.van_id),))


def new_draft(
    work: Work,
    accepted: Accepted,
    plan_id: uuid.UUID,
    *,
    van_id: uuid.UUID,
    local_day: dt.date,
    title: str | None,
) -> Plan:
    """A draft without stops yet."""
    plan = Plan(
        id=plan_id,
        version=1,
        change_no=accepted.change_no,
        created_at=work.now,
        van_id=van_id,
        local_day=local_day,
        iso_week=IsoWeek.of(local_day).as_int,
        title=title,
        status=PlanStatus.DRAFT,
        revision=0,
        changed_since_published=False,
    )
    work.session.add(plan)
    work.session.flush()
    return plan


def change_plan(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Change a plan. A published one stays published as it was, until it is published again."""
    plan = versions.find(work, Plan, accepted)
    if isinstance(plan, Refusal):
        return plan
    if plan.status == PlanStatus.CANCELLED:
        return Refusal("plan_cancelled", 409)
    given = accepted.values
    old_van = plan.van_id
    for name in ("van_id", "local_day", "title"):
        if name in given and given[name] != getattr(plan, name):
            if name != "title" and _visited(work, plan.id):
                return Refusal("plan_has_visits", 409, {}, (Problem(f"/{name}", "plan_has_visits"),))
            setattr(plan, name, given[name])
    if plan.van_id != old_van and work.session.get(Van, plan.van_id) is None:
        return _unknown("/van_id")
    plan.iso_week = IsoWeek.of(plan.local_day).as_int
    work.session.flush()
    if "stops" in given:
        refusal = put_stops(work, plan, given["stops"], accepted.operation.op_id)
        if refusal is not None:
            return refusal
    if plan.status == PlanStatus.PUBLISHED:
        timetable.say_decisions(work, kept_stops(work.session, plan.id))
    plan.changed_since_published = differs_from_published(work.session, plan)
    look_again.at_plan(work.session, plan.id, work.now)
    announces = [Announce("plan", plan.id, plan.van_id)]
    if plan.van_id != old_van:
        announces.append(Announce("plan", plan.id, old_van, gone=True))
    return Applied(plan.id, plan.version, created=False, announces=tuple(announces))


def put_stops(work: Work, plan: Plan, given: Sequence[dict[str, Any]], new_ids: uuid.UUID) -> Refusal | None:
    """Make the plan's stops what was given: kept ones by their id, new ones added, the others removed.

    The ids of new ones that bring none follow from `new_ids` and their place.
    """
    stops = {
        stop.id: stop
        for stop in work.session.scalars(
            sa.select(Stop).where(Stop.id.in_({stay["stop_id"] for stay in given}))
        )
    }
    faults = tuple(
        Problem(f"/stops/{i}/stop_id", "unknown_reference")
        for i, stay in enumerate(given)
        if stay["stop_id"] not in stops
    )
    faults += tuple(
        Problem(f"/stops/{i}", "decided_after_opening") for i, stay in enumerate(given) if decided_late(stay)
    )
    if faults:
        return Refusal("invalid", 422, {}, faults)
    ids = [stay.get("id") or derived("plan stop", new_ids, i) for i, stay in enumerate(given)]
    present = {
        row.id: row
        for row in work.session.scalars(
            sa.select(PlanStop).where(sa.or_(PlanStop.plan_id == plan.id, PlanStop.id.in_(ids)))
        )
    }
    for i, (plan_stop_id, stay) in enumerate(zip(ids, given, strict=True)):
        row = present.get(plan_stop_id)
        if row is not None and (code := _unusable(row, plan, stay)):
            return Refusal(code, 409, {}, (Problem(f"/stops/{i}/id", code),))
        if row is None:
            row = PlanStop(id=plan_stop_id, plan_id=plan.id, stop_id=stay["stop_id"], removed=False)
            work.session.add(row)
        row.position = i
        row.announce = stay.get("announce", stops[row.stop_id].publicity != Publicity.MEMBERS)
        for name in _OF_STAY:
            setattr(row, name, stay[name])
    gone = present.keys() - set(ids)
    if gone and not gone.isdisjoint(_visited(work, plan.id)):
        return Refusal("plan_has_visits", 409, {}, (Problem("/stops", "plan_has_visits"),))
    for plan_stop_id in gone:
        present[plan_stop_id].removed = True
    work.session.flush()
    look_again.at_plan(work.session, plan.id, work.now)
    return None


def decided_late(stay: Mapping[str, Any]) -> bool:
    """Whether a stay would be decided on its day when it has opened already."""
    by: dt.time | None = stay["decide_by"]
    return by is not None and stay["decide_days_before"] == 0 and by >= stay["arrive"]


def _unusable(row: PlanStop, plan: Plan, stay: dict[str, Any]) -> str | None:
    """Why an existing plan stop can't be what was given, as a code: its visit's id follows from its own."""
    if row.plan_id != plan.id:
        return "plan_stop_taken"
    if row.removed:
        return "plan_stop_removed"
    return "plan_stop_moved" if row.stop_id != stay["stop_id"] else None


def _visited(work: Work, plan_id: uuid.UUID) -> set[uuid.UUID]:
    """Kept plan stops of a plan whose visit exists."""
    return set(
        work.session.scalars(
            sa.select(PlanStop.id)
            .join(Visit, Visit.plan_stop_id == PlanStop.id)
            .where(PlanStop.plan_id == plan_id, PlanStop.removed.is_(False))
        )
    )


def _with_base(values: dict[str, Any]) -> dict[str, Any]:
    values = dict(values)
    if "base" in values:
        base = values.pop("base")
        values["base_lat_micro"] = None if base is None else mesh.micro(base["lat"])
        values["base_lon_micro"] = None if base is None else mesh.micro(base["lon"])
    return values


def _unknown(path: str) -> Refusal:
    return Refusal("invalid", 422, {}, (Problem(path, "unknown_reference"),))


def _code_taken(code: str) -> Refusal:
    return Refusal("van_code_taken", 409, {"code": code}, (Problem("/code", "van_code_taken"),))
