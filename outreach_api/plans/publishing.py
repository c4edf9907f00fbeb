"""Publishes plans and calls them off: freezes the revision, and says it to everybody by the timetable."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel import deciding
from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.ledger import look_again, timetable, versions
from outreach_api.ledger.kinds import Accepted, Announce, Applied, Warn, Work
from outreach_api.plans.facts import kept_stops, plan_facts
from outreach_api.plans.rules import Violation, check, hard
from outreach_api.storage.plans import Plan, PlanRevision, PlanStop
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit
from schemas.vocabulary import PlanStatus, Role, VisitStatus


def publish_plan(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Publish a plan as it stands, unless a hard violation forbids it. Soft ones are warnings.

    One that did not change since then keeps its revision; the timetable follows its stops all the same.
    """
    plan = versions.find(work, Plan, accepted)
    if isinstance(plan, Refusal):
        return plan
    if plan.status == PlanStatus.CANCELLED:
        return Refusal("plan_cancelled", 409)
    rows = kept_stops(work.session, plan.id)
    paths = {row.id: f"/stops/{i}" for i, row in enumerate(rows)}
    violations = check(plan_facts(work.session, plan, work.settings))
    forbidden = hard(violations)
    if forbidden:
        problems = tuple(Problem(_path(v, paths), v.code, v.numbers) for v in forbidden)
        return Refusal("plan_has_violations", 409, {"count": len(forbidden)}, problems)
    if plan.status != PlanStatus.PUBLISHED or plan.changed_since_published:
        plan.revision += 1
        plan.status = PlanStatus.PUBLISHED
        plan.changed_since_published = False
        body = _body(plan, rows)
        work.session.add(
            PlanRevision(plan_id=plan.id, revision=plan.revision, published_at=work.now, body=body)
        )
    plan.broken_since = None
    timetable.publish(work, plan.local_day, _stays(work.session, plan.id))
    look_again.at_plan(work.session, plan.id, work.now)
    look_again.on_day(work.session, plan.local_day, work.now)
    return Applied(
        plan.id,
        plan.version,
        created=False,
        announces=(Announce("plan", plan.id, plan.van_id),),
        warnings=tuple(Warn(v.code, _path(v, paths), v.numbers) for v in violations),
    )


def cancel_plan(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Call off a whole plan. What was held before it, as when the van breaks down at noon, stays held."""
    plan = versions.find(work, Plan, accepted)
    if isinstance(plan, Refusal):
        return plan
    if plan.status == PlanStatus.CANCELLED:
        return Refusal("plan_cancelled", 409)
    plan.status = PlanStatus.CANCELLED
    plan.cancel_reason, plan.cancel_note = accepted.values["reason"], accepted.values["note"]
    held = set(
        work.session.scalars(
            sa.select(Visit.plan_stop_id).where(Visit.plan_id == plan.id, Visit.status == VisitStatus.CLOSED)
        )
    )
    ids = work.session.scalars(sa.select(PlanStop.id).where(PlanStop.plan_id == plan.id)).all()
    timetable.call_off(work, [i for i in ids if i not in held], plan.cancel_reason)
    look_again.at_plan(work.session, plan.id, work.now)
    look_again.on_day(work.session, plan.local_day, work.now)
    return Applied(plan.id, plan.version, created=False, announces=(Announce("plan", plan.id, plan.van_id),))


def cancel_stop(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Call off one stay of a published plan, from the van too, in the middle of the day.

    Without a base version: a phone that was offline must be able to say it. The first reason stands; the same
    one again is applied, another is a conflict.
    """
    found = _published_stay(work, accepted.entity_id)
    if isinstance(found, Refusal):
        return found
    row, plan = found
    reason = accepted.values["reason"]
    if row.cancel_reason is not None and row.cancel_reason != reason:
        return Refusal("plan_stop_cancelled", 409, {"reason": row.cancel_reason})
    if row.cancel_reason is None:
        row.cancel_reason, row.cancel_note = reason, accepted.values["note"]
        plan.version += 1
        plan.change_no = accepted.change_no
        timetable.call_off(work, [row.id], reason)
        look_again.on_day(work.session, plan.local_day, work.now)
    return Applied(plan.id, plan.version, created=False, announces=(Announce("plan", plan.id, plan.van_id),))


def decide_stop(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Say of one announced stay that it takes place, or when that is decided. From the van too, without a base version."""
    found = _published_stay(work, accepted.entity_id)
    if isinstance(found, Refusal):
        return found
    row, plan = found
    if row.cancel_reason is not None:
        return Refusal("plan_stop_cancelled", 409, {"reason": row.cancel_reason})
    given = accepted.values
    own = deciding.own_moment(plan.local_day, given["decide_by"], given["decide_days_before"])
    if own is not None and own >= deciding.moment(plan.local_day, row.arrive):
        return Refusal("invalid", 422, {}, (Problem("/decide_by", "decided_after_opening"),))
    at = deciding.decision(own, plan.local_day, row.arrive, work.settings.weather_decided)
    if given["undecided"] and at is not None and at <= work.now:
        return Refusal("decided_already", 409)
    if any(getattr(row, name) != value for name, value in given.items()):
        for name, value in given.items():
            setattr(row, name, value)
        plan.version += 1
        plan.change_no = accepted.change_no
        timetable.say_decisions(work, [row])
    return Applied(plan.id, plan.version, created=False, announces=(Announce("plan", plan.id, plan.van_id),))


def differs_from_published(session: Session, plan: Plan) -> bool:
    """Whether a published plan says something else now. What hosts answered is no part of that."""
    if plan.status != PlanStatus.PUBLISHED:
        return False
    last = session.get_one(PlanRevision, (plan.id, plan.revision))
    return last.body != _body(plan, kept_stops(session, plan.id))


def _published_stay(work: Work, plan_stop_id: uuid.UUID) -> tuple[PlanStop, Plan] | Refusal:
    found = sa.select(PlanStop, Plan).join(Plan, Plan.id == PlanStop.plan_id)
    found = found.where(PlanStop.id == plan_stop_id, PlanStop.removed.is_(False))
    if work.actor.role is Role.CREW:
        found = found.where(Plan.van_id == work.actor.van_id, Plan.revision > 0)
    pair = work.session.execute(found).one_or_none()
    if pair is None:
        return Refusal("not_found", 404)
    row, plan = pair
    if plan.status != PlanStatus.PUBLISHED:
        return Refusal("plan_cancelled" if plan.status == PlanStatus.CANCELLED else "plan_not_published", 409)
    return row, plan


def as_published(session: Session, plan: Plan) -> tuple[Plan, list[PlanStop]]:
    """A published plan as everybody knows it, whatever is being changed; with what hosts say and what is off today.

    Answers copies that belong to no session.
    """
    body = session.get_one(PlanRevision, (plan.id, plan.revision)).body
    rows = session.scalars(sa.select(PlanStop).where(PlanStop.plan_id == plan.id))
    now = {row.id: row for row in rows}
    published = Plan(
        id=plan.id,
        van_id=uuid.UUID(body["van_id"]),
        local_day=dt.date.fromisoformat(body["local_day"]),
        status=plan.status,
    )
    stays = [
        PlanStop(
            id=row.id,
            plan_id=plan.id,
            stop_id=row.stop_id,
            arrive=dt.time.fromisoformat(said["arrive"]),
            depart=dt.time.fromisoformat(said["depart"]),
            announce=said["announce"],
            host_asked=row.host_asked,
            host_channel=row.host_channel,
            host_answer=row.host_answer,
            cancel_reason=row.cancel_reason,
        )
        for said in body["stops"]
        if (row := now.get(uuid.UUID(said["id"]))) is not None
    ]
    return published, stays


def _body(plan: Plan, rows: Iterable[PlanStop]) -> dict[str, Any]:
    return {
        "van_id": str(plan.van_id),
        "local_day": plan.local_day.isoformat(),
        "title": plan.title,
        "stops": [
            {
                "id": str(row.id),
                "stop_id": str(row.stop_id),
                "arrive": f"{row.arrive:%H:%M}",
                "depart": f"{row.depart:%H:%M}",
                "announce": row.announce,
            }
            for row in rows
        ],
    }


def _stays(session: Session, plan_id: uuid.UUID) -> Sequence[tuple[PlanStop, Stop]]:
    """All plan stops of a plan with their stops, removed ones too."""
    found = sa.select(PlanStop, Stop).join(Stop, Stop.id == PlanStop.stop_id)
    return session.execute(found.where(PlanStop.plan_id == plan_id)).all()


def _path(violation: Violation, paths: dict[uuid.UUID, str]) -> str:
    return paths[violation.plan_stop_ids[-1]] if violation.plan_stop_ids else ""
