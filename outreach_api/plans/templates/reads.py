"""Reads templates, what making plans of one would do, and what each making did."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger.kinds import Actor
from outreach_api.plans.rules.template_days import TemplateDay
from outreach_api.plans.templates.changes import DayChange, Standing, changes_of
from outreach_api.plans.templates.days import days_of
from outreach_api.storage.plan_templates import Materialisation, PlanTemplate, PlanTemplateStay
from outreach_api.storage.stops import Stop

NOT_FOUND = Refusal("not_found", 404)
_DAYS = ("day", "planned_on")


def templates(van_id: uuid.UUID | None = None) -> sa.Select[PlanTemplate]:
    select = sa.select(PlanTemplate)
    return select if van_id is None else select.where(PlanTemplate.van_id == van_id)


def template(session: Session, actor: Actor, template_id: uuid.UUID) -> dict[str, Any] | Refusal:
    found = session.get(PlanTemplate, template_id)
    return NOT_FOUND if found is None else template_views(session, [found])[0]


def template_views(session: Session, rows: Sequence[PlanTemplate]) -> list[dict[str, Any]]:
    stays: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    found = session.execute(
        sa.select(PlanTemplateStay, Stop.code, Stop.name)
        .join(Stop, Stop.id == PlanTemplateStay.stop_id)
        .where(PlanTemplateStay.template_id.in_([row.id for row in rows]))
        .order_by(PlanTemplateStay.line)
    )
    for stay, code, name in found:
        stays[stay.template_id].append(
            {
                "stop_id": stay.stop_id,
                "stop_code": code,
                "stop_name": name,
                "arrive": stay.arrive,
                "depart": stay.depart,
                "announce": stay.announce,
            }
        )
    return [
        {
            "id": row.id,
            "version": row.version,
            "name": row.name,
            "van_id": row.van_id,
            "first_day": row.first_day,
            "rrule": row.rrule,
            "more_days": [dt.date.fromisoformat(day) for day in row.more_days],
            "except_days": [dt.date.fromisoformat(day) for day in row.except_days],
            "on_public_holiday": row.on_public_holiday,
            "on_school_holiday": row.on_school_holiday,
            "school_area": row.school_area,
            "active": row.active,
            "stops": stays[row.id],
            "created_at": row.created_at,
        }
        for row in rows
    ]


def days(
    session: Session, template_id: uuid.UUID, from_day: dt.date, to_day: dt.date
) -> tuple[PlanTemplate, list[TemplateDay]] | Refusal:
    """A template with the days of a period that it names."""
    found = session.get(PlanTemplate, template_id)
    return NOT_FOUND if found is None else (found, days_of(session, found, from_day, to_day))


def changes(
    session: Session, template_id: uuid.UUID, from_day: dt.date, to_day: dt.date
) -> dict[str, Any] | Refusal:
    """What making plans of a period would do, each day in the list of how it stands."""
    found = session.get(PlanTemplate, template_id)
    if found is None:
        return NOT_FOUND
    lists: dict[str, list[dict[str, Any]]] = {standing.value: [] for standing in Standing}
    for change in changes_of(session, found, from_day, to_day):
        lists[change.standing].append(_change_view(change))
    return {
        "plan_template_id": found.id,
        "template_version": found.version,
        "from_day": from_day,
        "to_day": to_day,
        **lists,
    }


def _change_view(change: DayChange) -> dict[str, Any]:
    return {
        "day": change.day,
        "planned_on": change.planned_on,
        "plan_id": change.plan_id,
        "status": None if change.plan is None else change.plan.status,
        "differs": change.differs,
        "why": change.why,
    }


def materialisation(session: Session, actor: Actor, made_id: uuid.UUID) -> dict[str, Any] | Refusal:
    found = session.get(Materialisation, made_id)
    if found is None:
        return NOT_FOUND
    lists: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("added", "changed", "removed", "restored", "left")
    }
    for line in found.done:
        days_said = {name: line[name] and dt.date.fromisoformat(line[name]) for name in _DAYS}
        lists[line["done"]].append({**line, **days_said, "plan_id": uuid.UUID(line["plan_id"])})
    return {
        "id": found.id,
        "plan_template_id": found.template_id,
        "template_version": found.template_version,
        "from_day": found.from_day,
        "to_day": found.to_day,
        "made_at": found.made_at,
        **lists,
    }
