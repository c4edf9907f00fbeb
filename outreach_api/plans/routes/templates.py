"""/v1/plan-templates: rounds that come again, their days, and the drafts that are made of them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.messages import say
from outreach_api.plans.rules.template_days import MOST_DAYS_MOVED, TemplateDay
from outreach_api.plans.templates import operations, reads
from outreach_api.storage.plan_templates import PlanTemplate
from outreach_api.web.blueprint import Blueprint
from outreach_api.web.listing import page
from outreach_api.web.problems import language
from outreach_api.web.resource import Change, Resource, actor, session
from schemas import plan_templates as wire
from schemas.base import page_of

blp = Blueprint(
    "plan_templates",
    __name__,
    url_prefix="/v1",
    description="計画のひな形 · rounds that come again, and drafts made of them",
)

_NEXT = {
    name: {"plan_template_id": "$response.body#/id"}
    for name in ("getPlanTemplate", "findPlanTemplateDays", "findPlanTemplateChanges")
}


@blp.route("/plan-templates")
class PlanTemplates(Resource):
    @blp.reads(
        page_of(wire.PlanTemplateOut),
        operations.PLANNERS,
        name="findPlanTemplates",
        query=wire.PlanTemplateQuery,
    )
    def get(self, query: dict[str, Any]) -> Any:
        """Templates by van."""
        select = reads.templates(query["van_id"])
        return page(select, query, [PlanTemplate.name, PlanTemplate.id], self._views)

    @staticmethod
    def _views(rows: list[PlanTemplate]) -> list[dict[str, Any]]:
        return reads.template_views(session(), rows)

    @blp.changes(operations.ADD_TEMPLATE, wire.PlanTemplateOut, links=_NEXT)
    def post(self, change: Change) -> Any:
        """Keep a round that comes again: a van, a rule for its days, stays in order."""
        return change.perform(reads.template)


@blp.route("/plan-templates/<uuid:plan_template_id>")
class OnePlanTemplate(Resource):
    @blp.reads(wire.PlanTemplateOut, operations.PLANNERS, name="getPlanTemplate")
    def get(self, plan_template_id: uuid.UUID) -> Any:
        """One template."""
        return reads.template(session(), actor(), plan_template_id)

    @blp.changes(operations.CHANGE_TEMPLATE, wire.PlanTemplateOut, status=200)
    def patch(self, change: Change, plan_template_id: uuid.UUID) -> Any:
        """Change a template; its plans stay, until their change is asked for."""
        return change.of(plan_template_id).perform(reads.template)


@blp.route("/plan-templates/<uuid:plan_template_id>/days")
class PlanTemplateDays(Resource):
    @blp.reads(
        wire.TemplateDaysOut,
        operations.PLANNERS,
        name="findPlanTemplateDays",
        query=wire.TemplatePeriodQuery,
    )
    def get(self, query: dict[str, Any], plan_template_id: uuid.UUID) -> Any:
        """The days of a period that it names, with the reason for each that is skipped or moved."""
        from_day, to_day = query["from_day"], query["to_day"]
        fault = _fault_of(from_day, to_day)
        if fault is not None:
            return Refusal("invalid", 422, {}, (fault,))
        found = reads.days(session(), plan_template_id, from_day, to_day)
        if isinstance(found, Refusal):
            return found
        template, days = found
        return {
            "plan_template_id": template.id,
            "template_version": template.version,
            "from_day": from_day,
            "to_day": to_day,
            "days": [_day(one) for one in days],
        }


@blp.route("/plan-templates/<uuid:plan_template_id>/changes")
class PlanTemplateChanges(Resource):
    @blp.reads(
        wire.TemplateChangesOut,
        operations.PLANNERS,
        name="findPlanTemplateChanges",
        query=wire.TemplatePeriodQuery,
    )
    def get(self, query: dict[str, Any], plan_template_id: uuid.UUID) -> Any:
        """What making plans of a period would add, change and remove, and what it would leave alone."""
        from_day, to_day = query["from_day"], query["to_day"]
        fault = _fault_of(from_day, to_day)
        if fault is not None:
            return Refusal("invalid", 422, {}, (fault,))
        return reads.changes(session(), plan_template_id, from_day, to_day)


@blp.route("/plan-templates/<uuid:plan_template_id>/materialise")
class PlanTemplateMaking(Resource):
    @blp.changes(operations.MATERIALISE, wire.MaterialisationOut, body=wire.MaterialiseBody)
    def post(self, change: Change, plan_template_id: uuid.UUID) -> Any:
        """Make drafts of a period; change, remove and restore only the days that are named."""
        return change.within(plan_template_id=plan_template_id).perform(reads.materialisation)


def _day(one: TemplateDay) -> dict[str, Any]:
    return {
        "day": one.day,
        "outcome": one.outcome,
        "planned_on": one.planned_on,
        "code": one.code,
        "reason": None if one.code is None else _reason(one, one.code),
    }


def _reason(one: TemplateDay, code: str) -> str:
    lang = language()
    holiday = one.holiday and (one.holiday.name if lang == "ja" else one.holiday.name_en)
    return say(code, lang, {"holiday": holiday, "planned_on": one.planned_on, "most": MOST_DAYS_MOVED})


def _fault_of(from_day: dt.date, to_day: dt.date) -> Problem | None:
    if to_day < from_day:
        return Problem("?to_day", "wrong_order")
    if (to_day - from_day).days >= wire.MOST_DAYS:
        return Problem("?to_day", "too_many_days", {"most": wire.MOST_DAYS})
    return None
