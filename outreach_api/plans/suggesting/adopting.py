"""Makes drafts of a suggestion's days, each day once however often it is asked."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.ids import derived
from outreach_api.kernel.week import IsoWeek
from outreach_api.ledger.kinds import Accepted, Announce, Applied, Warn, Work
from outreach_api.storage.plans import Plan, PlanStop
from outreach_api.storage.stops import Stop
from outreach_api.storage.suggestions import PlanSuggestion
from schemas.vocabulary import PlanStatus, Publicity


def plan_id_of(suggestion_id: uuid.UUID, day: Mapping[str, Any]) -> uuid.UUID:
    """Of the draft that is made of a suggested day."""
    return derived("suggested plan", suggestion_id, day["van_id"], day["local_day"])


def adopt(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Draft the days asked for, or all. One that was drafted before stays as people have changed it since."""
    row = work.session.get(PlanSuggestion, accepted.entity_id)
    if row is None:
        return Refusal("not_found", 404)
    if row.result is None:
        return Refusal("suggestion_without_answer", 409)
    wanted = accepted.values["days"]
    known = {day["local_day"] for day in row.result["days"]}
    faults = tuple(
        Problem(f"/days/{number}", "unknown_reference")
        for number, day in enumerate(wanted or ())
        if day.isoformat() not in known
    )
    if faults:
        return Refusal("invalid", 422, {}, faults)
    asked = known if wanted is None else {day.isoformat() for day in wanted}
    announces: list[Announce] = []
    there: list[str] = []
    for day in row.result["days"]:
        if day["local_day"] not in asked:
            continue
        plan_id = plan_id_of(row.id, day)
        if work.session.get(Plan, plan_id) is not None:
            there.append(day["local_day"])
            continue
        plan = _draft(work, accepted, plan_id, day)
        announces.append(Announce("plan", plan.id, plan.van_id))
    return Applied(
        row.id,
        row.version,
        created=False,
        announces=tuple(announces),
        warnings=(Warn("days_drafted_before", "", {"count": len(there)}),) if there else (),
    )


def _draft(work: Work, accepted: Accepted, plan_id: uuid.UUID, day: Mapping[str, Any]) -> Plan:
    local_day = dt.date.fromisoformat(day["local_day"])
    plan = Plan(
        id=plan_id,
        version=1,
        change_no=accepted.change_no,
        created_at=work.now,
        van_id=uuid.UUID(day["van_id"]),
        local_day=local_day,
        iso_week=IsoWeek.of(local_day).as_int,
        title=None,
        status=PlanStatus.DRAFT,
        revision=0,
        changed_since_published=False,
    )
    work.session.add(plan)
    work.session.flush()
    publicity = dict(
        work.session.execute(
            sa.select(Stop.id, Stop.publicity).where(
                Stop.id.in_([uuid.UUID(stay["stop_id"]) for stay in day["stays"]])
            )
        ).all()
    )
    for position, stay in enumerate(day["stays"]):
        stop_id = uuid.UUID(stay["stop_id"])
        work.session.add(
            PlanStop(
                id=derived("plan stop", plan_id, position),
                plan_id=plan_id,
                position=position,
                stop_id=stop_id,
                arrive=dt.time.fromisoformat(stay["arrive"]),
                depart=dt.time.fromisoformat(stay["depart"]),
                announce=publicity[stop_id] != Publicity.MEMBERS,
                host_asked=False,
                host_channel=None,
                host_answer=None,
                removed=False,
            )
        )
    return plan
