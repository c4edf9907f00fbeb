"""/v1/plan-suggestions: which stops, in which order, when, and why not the others."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from flask import Response
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger import audit
from outreach_api.ledger.kinds import Actor
from outreach_api.plans import operations
from outreach_api.plans.suggesting import drawing, views
from outreach_api.storage.suggestions import PlanSuggestion
from outreach_api.web.blueprint import Blueprint
from outreach_api.web.listing import page
from outreach_api.web.problems import language
from outreach_api.web.resource import Change, Resource, actor, session
from outreach_api.web.services import services
from schemas import suggestions as wire
from schemas.base import page_of

blp = Blueprint(
    "suggestions", __name__, url_prefix="/v1", description="運行計画の提案 · suggestions of the planner"
)

_SVG = "image/svg+xml"
_DRAWN = "drawSuggestion"
_NEXT = {
    name: {"suggestion_id": "$response.body#/id"}
    for name in ("getSuggestion", "stopSuggestion", "adoptSuggestion")
}


@blp.route("/plan-suggestions")
class Suggestions(Resource):
    @blp.reads(
        page_of(wire.SuggestionHeadOut),
        operations.PLANNERS,
        name="findSuggestions",
        query=wire.SuggestionQuery,
    )
    def get(self, query: dict[str, Any]) -> Any:
        """Suggestions that were asked for, the newest first; each without its answer."""
        select = sa.select(PlanSuggestion)
        if query["status"] is not None:
            select = select.where(PlanSuggestion.status == query["status"])
        order = [PlanSuggestion.created_at, PlanSuggestion.id]
        return page(select, query, order, lambda rows: views.heads(rows, language()), descending=True)

    @blp.changes(operations.ASK_SUGGESTION, wire.SuggestionDoneOut, status=202, links=_NEXT)
    def post(self, change: Change) -> Any:
        """Ask for plans of a day, a week or a month; ask for the suggestion again until it is done."""
        return change.perform(_view)


@blp.route("/plan-suggestions/<uuid:suggestion_id>")
class OneSuggestion(Resource):
    @blp.reads(wire.SuggestionOut, operations.PLANNERS, name="getSuggestion")
    def get(self, suggestion_id: uuid.UUID) -> Any:
        """How far it is; then its days, their scores, and for every stop that is not in them the reason."""
        return views.suggestion(session(), suggestion_id, language())


@blp.route("/plan-suggestions/<uuid:suggestion_id>/stop")
class SuggestionStop(Resource):
    @blp.changes(operations.STOP_SUGGESTION, wire.SuggestionDoneOut, status=200)
    def post(self, change: Change, suggestion_id: uuid.UUID) -> Any:
        """Stop it; the best that it has found by then becomes its answer."""
        return change.of(suggestion_id).perform(_view)


@blp.route("/plan-suggestions/<uuid:suggestion_id>/adopt")
class SuggestionAdoption(Resource):
    @blp.changes(operations.ADOPT_SUGGESTION, wire.SuggestionDoneOut, status=200)
    def post(self, change: Change, suggestion_id: uuid.UUID) -> Any:
        """Draft its days as plans, each once; nothing is published by it."""
        return change.of(suggestion_id).perform(_view)


@blp.route("/plan-suggestions/<uuid:suggestion_id>/picture.svg")
class SuggestionPicture(Resource):
    @blp.reads(
        None,
        operations.PLANNERS,
        name=_DRAWN,
        query=wire.PictureQuery,
        audited=True,
        errors=(409,),
        media={_SVG: {"type": "string"}},
    )
    def get(self, query: dict[str, Any], suggestion_id: uuid.UUID) -> Any:
        """Its days as a calendar, or one day of a van along the hours: A4, to be printed. Recorded like a file."""
        drawn = drawing.draw(
            session(),
            suggestion_id,
            language(),
            services().settings.organisation,
            day=query["day"],
            van_id=query["van_id"],
        )
        audit.record(
            session(),
            actor(),
            services().now(),
            action=_DRAWN,
            entity_kind="suggestion",
            entity_id=suggestion_id,
            outcome=f"denied: {drawn.code}" if isinstance(drawn, Refusal) else "allowed",
        )
        return drawn if isinstance(drawn, Refusal) else Response(drawn, content_type=_SVG)


def _view(session: Session, _actor: Actor, suggestion_id: uuid.UUID) -> dict[str, Any] | Refusal:
    return views.suggestion(session, suggestion_id, language())
