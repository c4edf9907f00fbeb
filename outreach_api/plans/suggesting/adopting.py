"""Makes drafts of a suggestion's days, each day once however often it is asked."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.ids import derived
from outreach_api.ledger.kinds import Accepted, Announce, Applied, Warn, Work
from outreach_api.plans.writes import new_draft, put_stops
from outreach_api.storage.plans import Plan
from outreach_api.storage.suggestions import PlanSuggestion
from schemas.vocabulary import PlanStatus

_NOTHING_ARRANGED: Mapping[str, Any] = {
    "undecided": False,
    "decide_by": None,
    "decide_days_before": 0,
    "host_asked": False,
    "host_channel": None,
    "host_answer": None,
}


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
    beside: list[str] = []
    for day in row.result["days"]:
        if day["local_day"] not in asked:
            continue
        plan_id = plan_id_of(row.id, day)
        if work.session.get(Plan, plan_id) is not None:
            there.append(day["local_day"])
            continue
        if _planned_meanwhile(work, day):
            beside.append(day["local_day"])
        plan = _draft(work, accepted, plan_id, day)
        if isinstance(plan, Refusal):
            return plan
        announces.append(Announce("plan", plan.id, plan.van_id))
    warnings = []
    if there:
        warnings.append(Warn("days_drafted_before", "", {"count": len(there)}))
    if beside:
        warnings.append(Warn("days_planned_meanwhile", "", {"days": ", ".join(sorted(set(beside)))}))
    return Applied(row.id, row.version, created=False, announces=tuple(announces), warnings=tuple(warnings))


def _planned_meanwhile(work: Work, day: Mapping[str, Any]) -> bool:
    """Whether the van, free when it was suggested, has another plan that day by now."""
    other = sa.select(Plan.id).where(
        Plan.van_id == uuid.UUID(day["van_id"]),
        Plan.local_day == dt.date.fromisoformat(day["local_day"]),
        Plan.status != PlanStatus.CANCELLED,
    )
    return work.session.scalar(other.limit(1)) is not None


def _draft(work: Work, accepted: Accepted, plan_id: uuid.UUID, day: Mapping[str, Any]) -> Plan | Refusal:
    plan = new_draft(
        work,
        accepted,
        plan_id,
        van_id=uuid.UUID(day["van_id"]),
        local_day=dt.date.fromisoformat(day["local_day"]),
        title=None,
    )
    stays = [
        {
            **_NOTHING_ARRANGED,
            "stop_id": uuid.UUID(stay["stop_id"]),
            "arrive": dt.time.fromisoformat(stay["arrive"]),
            "depart": dt.time.fromisoformat(stay["depart"]),
        }
        for stay in day["stays"]
    ]
    return put_stops(work, plan, stays, plan_id) or plan
