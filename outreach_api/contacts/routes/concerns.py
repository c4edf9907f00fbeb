"""/v1/safety-concerns for safeguarding alone, and /v1/safety-card for everybody."""

from __future__ import annotations

import uuid
from typing import Any

from outreach_api.contacts import operations
from outreach_api.contacts.reads import concerns
from outreach_api.contacts.rules import SAFETY_CARD_ID
from outreach_api.storage.contacts import SafetyConcern
from outreach_api.web.blueprint import ALL_ROLES, Blueprint
from outreach_api.web.listing import page
from outreach_api.web.resource import Change, Resource, actor, session
from schemas import safety as wire
from schemas.base import page_of

blp = Blueprint(
    "safety", __name__, url_prefix="/v1", description="安全の心配 · safety concerns and what to do now"
)


@blp.route("/safety-concerns")
class Concerns(Resource):
    @blp.reads(
        page_of(wire.ConcernOut), operations.SAFEGUARDING, name="findConcerns", query=wire.ConcernQuery
    )
    def get(self, query: dict[str, Any]) -> Any:
        """Safety concerns, newest first."""
        return page(
            concerns.in_state(query["state"]),
            query,
            [SafetyConcern.created_at, SafetyConcern.id],
            lambda rows: concerns.concern_views(session(), rows),
            descending=True,
        )


@blp.route("/safety-concerns/<uuid:concern_id>")
class OneConcern(Resource):
    @blp.reads(wire.ConcernOut, operations.SAFEGUARDING, name="getConcern")
    def get(self, concern_id: uuid.UUID) -> Any:
        """One safety concern with whom we told."""
        return concerns.concern(session(), actor(), concern_id)


@blp.route("/safety-concerns/<uuid:concern_id>/acknowledge")
class Acknowledgement(Resource):
    @blp.changes(operations.ACKNOWLEDGE_CONCERN, wire.ConcernOut, status=200)
    def post(self, change: Change, concern_id: uuid.UUID) -> Any:
        """Say that you have it; the first one stands."""
        return change.of(concern_id).perform(concerns.concern)


@blp.route("/safety-concerns/<uuid:concern_id>/notifications")
class Notifications(Resource):
    @blp.changes(operations.RECORD_NOTIFICATION, wire.ConcernOut, body=wire.NotificationBody)
    def post(self, change: Change, concern_id: uuid.UUID) -> Any:
        """Record whom we told, when, and the receipt number."""
        return change.within(concern_id=concern_id).perform(concerns.notified_concern)


@blp.route("/safety-concerns/<uuid:concern_id>/close")
class Closing(Resource):
    @blp.changes(operations.CLOSE_CONCERN, wire.ConcernOut, status=200)
    def post(self, change: Change, concern_id: uuid.UUID) -> Any:
        """Close a concern; its note's text is then purged in its time."""
        return change.of(concern_id).perform(concerns.concern)


@blp.route("/safety-card")
class Card(Resource):
    @blp.reads(wire.SafetyCardOut, ALL_ROLES, name="getSafetyCard")
    def get(self) -> Any:
        """What to do now and whom to call; phones hold it for when the van is offline."""
        return concerns.safety_card(session(), actor())

    @blp.changes(operations.CHANGE_SAFETY_CARD, wire.SafetyCardOut, status=200)
    def patch(self, change: Change) -> Any:
        """Change the safety card."""
        return change.of(SAFETY_CARD_ID).perform(concerns.safety_card)
