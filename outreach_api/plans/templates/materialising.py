"""Makes drafts of a template for a period: each day once, and of what is there only what was asked for by day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.ids import derived
from outreach_api.kernel.week import IsoWeek
from outreach_api.ledger.kinds import Accepted, Announce, Applied, Work
from outreach_api.plans.templates.changes import DayChange, Standing, WantedStay, changes_of, wanted_stays
from outreach_api.plans.writes import decided_late, new_draft, put_stops
from outreach_api.storage.plan_templates import Materialisation, PlanTemplate, TemplatePlan
from outreach_api.storage.plans import Plan, PlanStop
from schemas.vocabulary import CancelReason, LeftAlone, PlanStatus

_DONE = {
    Standing.ADDED: "added",
    Standing.CHANGED: "changed",
    Standing.REMOVED: "removed",
    Standing.DELETED: "restored",
}


def materialise(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Do what was asked for, and keep what was done by day."""
    given = accepted.values
    template = work.session.get(PlanTemplate, given["plan_template_id"])
    if template is None:
        return Refusal("not_found", 404)
    if template.version != given["template_version"]:
        return Refusal("template_changed", 409, {"current": template.version})
    asked = {
        Standing.ADDED: given["add"],
        Standing.CHANGED: given["change"],
        Standing.REMOVED: given["remove"],
        Standing.DELETED: given["restore"],
    }
    stays = wanted_stays(work.session, template.id)
    done: list[dict[str, Any]] = []
    announces: list[Announce] = []
    for change in changes_of(work.session, template, given["from_day"], given["to_day"]):
        days = asked.get(change.standing, [])
        if change.standing is Standing.SAME:
            continue
        if change.standing is Standing.BY_HAND or not (days is None or change.day in days):
            done.append(_line("left", change, change.plan, change.why or LeftAlone.NOT_ASKED_FOR))
            continue
        was_of = None if change.plan is None else change.plan.van_id
        plan = _bring_in_line(work, accepted, template, change, stays)
        if isinstance(plan, Refusal):
            return plan
        announces.append(Announce("plan", plan.id, plan.van_id))
        if was_of not in (None, plan.van_id):
            announces.append(Announce("plan", plan.id, was_of, gone=True))
        done.append(_line(_DONE[change.standing], change, plan))
    work.session.add(
        Materialisation(
            id=accepted.entity_id,
            change_no=accepted.change_no,
            made_at=work.now,
            template_id=template.id,
            template_version=template.version,
            from_day=given["from_day"],
            to_day=given["to_day"],
            done=done,
        )
    )
    return Applied(accepted.entity_id, announces=tuple(announces))


def _bring_in_line(
    work: Work,
    accepted: Accepted,
    template: PlanTemplate,
    change: DayChange,
    stays: Sequence[WantedStay],
) -> Plan | Refusal:
    """The plan of a day as the template would have it, made if there is none."""
    plan, link = change.plan, change.link
    if plan is None or link is None:
        plan = new_draft(
            work,
            accepted,
            change.plan_id,
            van_id=template.van_id,
            local_day=change.planned_on or change.day,
            title=template.name,
        )
        link = TemplatePlan(template_id=template.id, day=change.day, plan_id=plan.id, written_version=1)
        work.session.add(link)
    else:
        plan.version += 1
        link.written_version = plan.version
    plan.change_no = accepted.change_no
    if change.planned_on is None:
        plan.status, plan.cancel_reason = PlanStatus.CANCELLED, CancelReason.OTHER
        return plan
    plan.status, plan.cancel_reason, plan.cancel_note = PlanStatus.DRAFT, None, None
    plan.van_id, plan.title = template.van_id, template.name
    plan.local_day, plan.iso_week = change.planned_on, IsoWeek.of(change.planned_on).as_int
    work.session.flush()
    new_ids = derived("stays of template", accepted.operation.op_id, change.day)
    refusal = put_stops(work, plan, list(_given(stays, change.kept)), new_ids)
    return refusal or plan


def _given(stays: Sequence[WantedStay], kept: Sequence[PlanStop]) -> Iterator[dict[str, Any]]:
    """Stays as a plan is given them. Those at a stop that the plan has keep their id, and so their visit's."""
    left = list(kept)
    for stay in stays:
        row = next((row for row in left if row.stop_id == stay.stop_id), None)
        if row is not None:
            left.remove(row)
        wanted = {
            **({} if row is None else {"id": row.id}),
            "stop_id": stay.stop_id,
            "arrive": stay.arrive,
            "depart": stay.depart,
            "announce": stay.announce,
            "undecided": row.undecided if row else False,
            "decide_by": row.decide_by if row else None,
            "decide_days_before": row.decide_days_before if row else 0,
            "host_asked": row.host_asked if row else False,
            "host_channel": row.host_channel if row else None,
            "host_answer": row.host_answer if row else None,
        }
        # An opening that moved before the moment of decision: it is decided when all the others are.
        yield wanted | {"decide_by": None} if decided_late(wanted) else wanted


def _line(done: str, change: DayChange, plan: Plan | None, why: LeftAlone | None = None) -> dict[str, Any]:
    return {
        "done": done,
        "day": change.day.isoformat(),
        "planned_on": change.planned_on.isoformat() if change.planned_on else None,
        "plan_id": str(change.plan_id),
        "status": None if plan is None else str(plan.status),
        "differs": [str(part) for part in change.differs] if done in ("left", "changed") else [],
        "why": None if why is None else str(why),
    }
