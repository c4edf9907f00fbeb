"""What making plans of a template would do to each day of a period. Nothing that anybody did by hand is touched."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.ids import derived
from outreach_api.plans.templates.days import days_of
from outreach_api.storage.plan_templates import PlanTemplate, PlanTemplateStay, TemplatePlan
from outreach_api.storage.plans import Plan, PlanStop
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit
from schemas.vocabulary import LeftAlone, PlanPart, PlanStatus, Publicity


class Standing(StrEnum):
    """How a day of a template stands; the lists of schemas.plan_templates.TemplateChangesOut."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    DELETED = "deleted"
    BY_HAND = "by_hand"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class WantedStay:
    stop_id: uuid.UUID
    arrive: dt.time
    depart: dt.time
    announce: bool


@dataclass(frozen=True, slots=True)
class DayChange:
    """One day: the plan that it should have (`planned_on` None: none) and the one that it has."""

    day: dt.date
    planned_on: dt.date | None
    plan_id: uuid.UUID
    standing: Standing
    plan: Plan | None = None
    link: TemplatePlan | None = None
    kept: Sequence[PlanStop] = ()
    differs: tuple[PlanPart, ...] = ()
    why: LeftAlone | None = None


@dataclass(slots=True)
class _Made:
    """What was made of a template already, by the day that it was made for."""

    links: dict[dt.date, TemplatePlan]
    plans: dict[uuid.UUID, Plan]
    stops: dict[uuid.UUID, list[PlanStop]] = field(default_factory=lambda: defaultdict(list))
    visited: set[uuid.UUID] = field(default_factory=set)


def plan_id_of(template_id: uuid.UUID, day: dt.date) -> uuid.UUID:
    """The plan of a template and a day that it names: one, however often and by whomever it is made."""
    return derived("plan of template", template_id, day)


def wanted_stays(session: Session, template_id: uuid.UUID) -> list[WantedStay]:
    """The stays that a plan of the template has, announced as the stop's publicity says unless the template does."""
    rows = session.execute(
        sa.select(PlanTemplateStay, Stop.publicity)
        .join(Stop, Stop.id == PlanTemplateStay.stop_id)
        .where(PlanTemplateStay.template_id == template_id)
        .order_by(PlanTemplateStay.line)
    )
    return [
        WantedStay(
            stay.stop_id,
            stay.arrive,
            stay.depart,
            publicity != Publicity.MEMBERS if stay.announce is None else stay.announce,
        )
        for stay, publicity in rows
    ]


def changes_of(
    session: Session, template: PlanTemplate, from_day: dt.date, to_day: dt.date
) -> list[DayChange]:
    """Every day of a period that the template names, or that it has a plan for, in order."""
    wanted = wanted_stays(session, template.id)
    planned = {one.day: one.planned_on for one in days_of(session, template, from_day, to_day)}
    made = _made(session, template.id, from_day, to_day)
    found = []
    for day in sorted(planned.keys() | made.links.keys()):
        link = made.links.get(day)
        if link is None:
            if planned[day] is not None:
                plan_id = plan_id_of(template.id, day)
                found.append(DayChange(day, planned[day], plan_id, Standing.ADDED))
            continue
        found.append(_of_made(template, wanted, planned.get(day), link, made))
    return found


def _made(session: Session, template_id: uuid.UUID, from_day: dt.date, to_day: dt.date) -> _Made:
    of_period = (TemplatePlan.template_id == template_id, TemplatePlan.day.between(from_day, to_day))
    pairs = session.execute(
        sa.select(TemplatePlan, Plan).join(Plan, Plan.id == TemplatePlan.plan_id).where(*of_period)
    ).all()
    made = _Made({link.day: link for link, _ in pairs}, {plan.id: plan for _, plan in pairs})
    ids = sa.select(TemplatePlan.plan_id).where(*of_period)
    stops = sa.select(PlanStop).where(PlanStop.plan_id.in_(ids), PlanStop.removed.is_(False))
    for stop in session.scalars(stops.order_by(PlanStop.position, PlanStop.id)):
        made.stops[stop.plan_id].append(stop)
    made.visited = set(session.scalars(sa.select(Visit.plan_id).where(Visit.plan_id.in_(ids)).distinct()))
    return made


def _of_made(
    template: PlanTemplate,
    wanted: Sequence[WantedStay],
    planned_on: dt.date | None,
    link: TemplatePlan,
    made: _Made,
) -> DayChange:
    plan, kept = made.plans[link.plan_id], made.stops[link.plan_id]
    differs = () if planned_on is None else _differs(template, wanted, planned_on, plan, kept)
    why = _left_alone(plan, link, visited=plan.id in made.visited)
    off = plan.status == PlanStatus.CANCELLED
    if why is LeftAlone.DELETED:
        standing = Standing.DELETED if planned_on is not None else Standing.SAME
    elif why is not None:
        standing = Standing.BY_HAND
    elif off:  # by the template itself, while it named the day no more
        standing = Standing.SAME if planned_on is None else Standing.ADDED
    elif planned_on is None:
        standing = Standing.REMOVED
    else:
        standing = Standing.CHANGED if differs else Standing.SAME
    return DayChange(link.day, planned_on, plan.id, standing, plan, link, kept, differs, why)


def _left_alone(plan: Plan, link: TemplatePlan, *, visited: bool) -> LeftAlone | None:
    """Why a plan is no longer the template's to change, if it is not."""
    off = plan.status == PlanStatus.CANCELLED
    if plan.revision > 0:
        return LeftAlone.CALLED_OFF if off else LeftAlone.PUBLISHED
    if visited:
        return LeftAlone.VISITED
    if plan.version != link.written_version:
        return LeftAlone.DELETED if off else LeftAlone.EDITED
    return None


def _differs(
    template: PlanTemplate,
    wanted: Sequence[WantedStay],
    planned_on: dt.date,
    plan: Plan,
    kept: Sequence[PlanStop],
) -> tuple[PlanPart, ...]:
    has = [WantedStay(row.stop_id, row.arrive, row.depart, row.announce) for row in kept]
    parts = {
        PlanPart.DAY: plan.local_day != planned_on,
        PlanPart.VAN: plan.van_id != template.van_id,
        PlanPart.TITLE: plan.title != template.name,
        PlanPart.STOPS: has != list(wanted),
    }
    return tuple(part for part, other in parts.items() if other)
