"""What a host said to one stay: taken down on its own, also when the plan is published, and from the van."""

from __future__ import annotations

import sqlalchemy as sa

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger import look_again
from outreach_api.ledger.kinds import Accepted, Announce, Applied, Work
from outreach_api.storage.plans import Plan, PlanStop
from schemas.vocabulary import PlanStatus, Role


def host_said(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Take down whether the host was asked, how, and the answer. What was said last counts.

    It needs no base version, because hosts call whoever they know; nothing is published anew by it.
    """
    found = sa.select(PlanStop, Plan).join(Plan, Plan.id == PlanStop.plan_id)
    found = found.where(PlanStop.id == accepted.entity_id, PlanStop.removed.is_(False))
    if work.actor.role is Role.CREW:
        found = found.where(Plan.van_id == work.actor.van_id, Plan.revision > 0)
    pair = work.session.execute(found).one_or_none()
    if pair is None:
        return Refusal("not_found", 404)
    row, plan = pair
    if plan.status == PlanStatus.CANCELLED:
        return Refusal("plan_cancelled", 409)
    for name in ("host_asked", "host_channel", "host_answer"):
        setattr(row, name, accepted.values[name])
    plan.version += 1
    plan.change_no = accepted.change_no
    look_again.at_plan(work.session, plan.id, work.now)
    return Applied(plan.id, plan.version, created=False, announces=(Announce("plan", plan.id, plan.van_id),))
