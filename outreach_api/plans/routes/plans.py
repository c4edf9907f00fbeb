"""/v1/vans, /v1/plans, /v1/plan-stops, and the stop brief that needs both plans and promises."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.week import local_day
from outreach_api.ledger.kinds import Actor
from outreach_api.ledger.posts import posts
from outreach_api.messages import say
from outreach_api.plans import actuals, briefs, operations, reads
from outreach_api.plans.holidays import holidays_between
from outreach_api.plans.routes.violations import violation_views
from outreach_api.plans.rules import hard, legs
from outreach_api.storage.plans import Plan, Van
from outreach_api.web.blueprint import ALL_ROLES, Blueprint
from outreach_api.web.listing import page
from outreach_api.web.problems import language
from outreach_api.web.resource import Change, Resource, View, actor, session
from outreach_api.web.services import services
from schemas import plans as wire
from schemas import vans
from schemas.actuals import ActualOut
from schemas.base import PageQuery, page_of
from schemas.briefs import StopBriefOut
from schemas.plan_checks import PlanCheckOut
from schemas.posts import PostOut
from schemas.vocabulary import LegBasis, Role

blp = Blueprint(
    "plans", __name__, url_prefix="/v1", description="車両と運行計画 · which stops, when, by which van"
)

READERS = frozenset({Role.CREW, Role.COORDINATOR, Role.SAFEGUARDING, Role.ADMIN})
_NEXT = {
    name: {"plan_id": "$response.body#/id"} for name in ("getPlan", "checkPlan", "publishPlan", "cancelPlan")
}


@blp.route("/vans")
class Vans(Resource):
    @blp.reads(page_of(vans.VanOut), ALL_ROLES, name="findVans", query=PageQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """The vans; crew see their own."""
        select = reads.vans_in_scope(actor())
        return page(select, query, [Van.code, Van.id], lambda rows: [reads.van_view(row) for row in rows])

    @blp.changes(operations.ADD_VAN, vans.VanOut, links={"getVan": {"van_id": "$response.body#/id"}})
    def post(self, change: Change) -> Any:
        """Add a van."""
        return change.perform(reads.van)


@blp.route("/vans/<uuid:van_id>")
class OneVan(Resource):
    @blp.reads(vans.VanOut, ALL_ROLES, name="getVan")
    def get(self, van_id: uuid.UUID) -> Any:
        """One van with its sizes and papers."""
        return reads.van(session(), actor(), van_id)

    @blp.changes(operations.CHANGE_VAN, vans.VanOut, status=200)
    def patch(self, change: Change, van_id: uuid.UUID) -> Any:
        """Change a van; active=false takes it out of use."""
        return change.of(van_id).perform(reads.van)


@blp.route("/plans")
class Plans(Resource):
    @blp.reads(page_of(wire.PlanListedOut), READERS, name="findPlans", query=wire.PlanQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """Plans by week, days, van and status, and what broke since they were published."""
        return page(reads.matching(actor(), query), query, [Plan.local_day, Plan.id], self._views)

    @staticmethod
    def _views(rows: list[Plan]) -> list[dict[str, Any]]:
        return [_told(view) for view in reads.listed_views(session(), actor(), rows)]

    @blp.changes(operations.DRAFT_PLAN, wire.PlanDoneOut, links=_NEXT)
    def post(self, change: Change) -> Any:
        """Draft a plan: a van, a day, stops in order."""
        return change.perform(_plan)


@blp.route("/plans/<uuid:plan_id>")
class OnePlan(Resource):
    @blp.reads(wire.PlanWholeOut, READERS, name="getPlan")
    def get(self, plan_id: uuid.UUID) -> Any:
        """One plan with its stops and the visits that they lead to."""
        return _plan(session(), actor(), plan_id)

    @blp.changes(operations.CHANGE_PLAN, wire.PlanDoneOut, status=200)
    def patch(self, change: Change, plan_id: uuid.UUID) -> Any:
        """Change a plan; plan stops that keep their id keep their visit."""
        return change.of(plan_id).perform(_plan)


@blp.route("/plans/<uuid:plan_id>/check")
class PlanCheck(Resource):
    @blp.reads(PlanCheckOut, operations.PLANNERS, name="checkPlan")
    def get(self, plan_id: uuid.UUID) -> Any:
        """Everything that is wrong with a plan, with causes and numbers."""
        found = reads.checked(session(), actor(), plan_id, services().settings)
        if isinstance(found, Refusal):
            return found
        plan, facts, violations = found
        driven, day = legs(facts), plan.local_day
        names = reads.stay_names(session(), plan.id)
        return {
            "plan_id": plan.id,
            "plan_version": plan.version,
            "publishable": not hard(violations),
            "holidays": holidays_between(session(), day, day, language())[day],
            "violations": violation_views(violations, names),
            "legs": reads.leg_views(driven),
            "estimated_legs": sum(leg.basis is not LegBasis.ROAD for leg in driven),
        }


@blp.route("/plans/<uuid:plan_id>/publish")
class PlanPublication(Resource):
    @blp.changes(operations.PUBLISH_PLAN, wire.PlanDoneOut, status=200)
    def post(self, change: Change, plan_id: uuid.UUID) -> Any:
        """Publish a plan: freeze it, and put its announced stays into the public timetable."""
        return change.of(plan_id).perform(_plan)


@blp.route("/plans/<uuid:plan_id>/cancel")
class PlanCancellation(Resource):
    @blp.changes(operations.CANCEL_PLAN, wire.PlanCalledOffOut, status=200)
    def post(self, change: Change, plan_id: uuid.UUID) -> Any:
        """Cancel a plan; its announced stays are shown as cancelled. The answer brings what to post for families."""
        return change.of(plan_id).perform(_called_off)


@blp.route("/plan-stops/<uuid:plan_stop_id>/cancel")
class PlanStopCancellation(Resource):
    @blp.changes(operations.CANCEL_STOP, wire.PlanCalledOffOut, status=200)
    def post(self, change: Change, plan_stop_id: uuid.UUID) -> Any:
        """Cancel one stay of a published plan, also from the van. The answer brings what to post for families."""
        return change.of(plan_stop_id).perform(_called_off_one(plan_stop_id))


@blp.route("/plan-stops/<uuid:plan_stop_id>/decide")
class PlanStopDecision(Resource):
    @blp.changes(operations.DECIDE_STOP, wire.PlanDoneOut, status=200)
    def post(self, change: Change, plan_stop_id: uuid.UUID) -> Any:
        """Say of one stay of a published plan that it takes place, or that it is decided later."""
        return change.of(plan_stop_id).perform(_plan)


@blp.route("/plan-stops/<uuid:plan_stop_id>/post")
class PlanStopPost(Resource):
    @blp.reads(PostOut, READERS, name="getPlanStopPost")
    def get(self, plan_stop_id: uuid.UUID) -> Any:
        """What to post for families about a stay that was cancelled."""
        if not reads.knows_stay(session(), actor(), plan_stop_id):
            return reads.NOT_FOUND
        return _posts(session(), [plan_stop_id])[0]


@blp.route("/plan-stops/<uuid:plan_stop_id>/host")
class PlanStopHost(Resource):
    @blp.changes(operations.HOST_SAID, wire.PlanDoneOut, status=200)
    def post(self, change: Change, plan_stop_id: uuid.UUID) -> Any:
        """Take down what the host of a stay said, also when the plan is published."""
        return change.of(plan_stop_id).perform(_plan)


@blp.route("/plans/<uuid:plan_id>/actual")
class PlanActual(Resource):
    @blp.reads(ActualOut, READERS, name="getPlanActual")
    def get(self, plan_id: uuid.UUID) -> Any:
        """What was planned against what happened."""
        return actuals.actual(session(), actor(), plan_id, today=local_day(services().now()))


@blp.route("/stops/<uuid:stop_id>/brief")
class StopBrief(Resource):
    @blp.reads(StopBriefOut, operations.PLANNERS | {Role.CREW}, name="getStopBrief")
    def get(self, stop_id: uuid.UUID) -> Any:
        """What the crew must know before they stand there."""
        return briefs.stop_brief(session(), actor(), stop_id, today=local_day(services().now()))


def _plan(current: Session, who: Actor, plan_id: uuid.UUID) -> dict[str, Any] | Refusal:
    found = reads.plan(current, who, plan_id, services().settings)
    return found if isinstance(found, Refusal) else _told(found)


def _told(view: dict[str, Any]) -> dict[str, Any]:
    """A plan's problems in the reader's language."""
    if not view["problems"]:
        return view
    names, lang = reads.stay_names(session(), view["id"]), language()
    problems = []
    for row in view["problems"]:
        stays = [uuid.UUID(one) for one in row.plan_stop_ids]
        fix = f"{row.code}.fix.{row.way}" if row.way else f"{row.code}.fix"
        problems.append(
            {
                "code": row.code,
                "severity": row.severity,
                "plan_stop_ids": stays,
                "stop_names": [names[one] for one in stays],
                "since": row.since,
                "cause": say(row.code, lang, row.numbers),
                "fix": say(fix, lang, row.numbers),
            }
        )
    return {**view, "problems": problems}


def _called_off(current: Session, who: Actor, plan_id: uuid.UUID) -> dict[str, Any] | Refusal:
    """A plan with the posts of those of its stays that were called off and announced."""
    shown = _plan(current, who, plan_id)
    if isinstance(shown, Refusal):
        return shown
    made = _posts(current, [stay["id"] for stay in shown["stops"]])
    return {**shown, "posts": [post for post in made if post["text"] is not None]}


def _called_off_one(plan_stop_id: uuid.UUID) -> View:
    def view(current: Session, who: Actor, plan_id: uuid.UUID) -> dict[str, Any] | Refusal:
        shown = _called_off(current, who, plan_id)
        if isinstance(shown, Refusal):
            return shown
        return {**shown, "posts": [post for post in shown["posts"] if post["plan_stop_id"] == plan_stop_id]}

    return view


def _posts(current: Session, plan_stop_ids: Sequence[uuid.UUID]) -> list[dict[str, Any]]:
    here = services()
    return posts(current, here.keyring, here.settings, plan_stop_ids)
