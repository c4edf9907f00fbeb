"""Adds and changes templates. No plan changes by it: plans are made of a template when somebody asks for that."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.ledger import versions
from outreach_api.ledger.kinds import Accepted, Applied, Work
from outreach_api.plans.rules.recurrence import recurrence
from outreach_api.storage.plan_templates import PlanTemplate, PlanTemplateStay
from outreach_api.storage.plans import Van
from outreach_api.storage.stops import Stop
from schemas.vocabulary import HolidayRule

_UNSAID: dict[str, Any] = {
    "rrule": None,
    "more_days": [],
    "except_days": [],
    "on_public_holiday": HolidayRule.HOLD,
    "on_school_holiday": HolidayRule.HOLD,
    "school_area": None,
}


def add_template(work: Work, accepted: Accepted) -> Applied | Refusal:
    given = dict(accepted.values)
    stays = given.pop("stops")
    template = PlanTemplate(
        id=accepted.entity_id,
        version=1,
        change_no=accepted.change_no,
        created_at=work.now,
        active=True,
        **{**_UNSAID, **_as_kept(given)},
    )
    faults = _faults(work, template, stays)
    if faults:
        return Refusal("invalid", 422, {}, faults)
    work.session.add(template)
    work.session.flush()
    _put_stays(work, template.id, stays)
    return Applied(template.id)


def change_template(work: Work, accepted: Accepted) -> Applied | Refusal:
    template = versions.find(work, PlanTemplate, accepted)
    if isinstance(template, Refusal):
        return template
    given = dict(accepted.values)
    stays = given.pop("stops", None)
    for name, value in _as_kept(given).items():
        setattr(template, name, value)
    faults = _faults(work, template, stays or [])
    if faults:
        return Refusal("invalid", 422, {}, faults)
    work.session.flush()
    if stays is not None:
        _put_stays(work, template.id, stays)
    return Applied(template.id, template.version, created=False)


def _as_kept(given: dict[str, Any]) -> dict[str, Any]:
    days: dict[str, list[dt.date]] = {n: v for n, v in given.items() if n in ("more_days", "except_days")}
    return {**given, **{name: [day.isoformat() for day in sorted(said)] for name, said in days.items()}}


def _faults(work: Work, template: PlanTemplate, stays: Sequence[dict[str, Any]]) -> tuple[Problem, ...]:
    """What the contract could not see: a rule that can't be read, a van or a stop that is not there."""
    found = []
    if template.rrule is not None:
        read = recurrence(template.rrule, template.first_day)
        if isinstance(read, Problem):
            found.append(read)
    elif not template.more_days:
        found.append(Problem("/rrule", "template_without_days"))
    if work.session.scalar(sa.select(Van.id).where(Van.id == template.van_id)) is None:
        found.append(Problem("/van_id", "unknown_reference"))
    wanted = {stay["stop_id"] for stay in stays}
    known = set(work.session.scalars(sa.select(Stop.id).where(Stop.id.in_(wanted))))
    found += [
        Problem(f"/stops/{i}/stop_id", "unknown_reference")
        for i, stay in enumerate(stays)
        if stay["stop_id"] not in known
    ]
    return tuple(found)


def _put_stays(work: Work, template_id: uuid.UUID, stays: Sequence[dict[str, Any]]) -> None:
    work.session.execute(sa.delete(PlanTemplateStay).where(PlanTemplateStay.template_id == template_id))
    rows = [
        {"template_id": template_id, "line": line, "announce": None, **stay}
        for line, stay in enumerate(stays)
    ]
    work.session.execute(sa.insert(PlanTemplateStay), rows)
