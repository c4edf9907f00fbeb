"""/v1/follow-ups and /v1/stamp-cards: meeting again, without a name."""

from __future__ import annotations

import uuid
from typing import Any

from outreach_api.contacts import operations
from outreach_api.contacts.reads import follow_ups
from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.week import local_day
from outreach_api.storage.contacts import FollowUp
from outreach_api.web.blueprint import Blueprint
from outreach_api.web.listing import page
from outreach_api.web.resource import Change, Resource, actor, session, work
from schemas import follow_ups as wire
from schemas.base import page_of
from schemas.vocabulary import Role

blp = Blueprint("follow-ups", __name__, url_prefix="/v1", description="見守り・再声かけ · meeting again")


@blp.route("/follow-ups")
class FollowUps(Resource):
    @blp.reads(page_of(wire.FollowUpOut), operations.WRITERS, name="findFollowUps", query=wire.FollowUpQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """Promises by stop, due day and state, the earliest due first; crew see their own van's."""
        today = local_day(work().now)
        return page(
            follow_ups.matching(actor(), query, today),
            query,
            [FollowUp.due_day, FollowUp.id],
            lambda rows: follow_ups.follow_up_views(session(), actor(), rows),
        )

    @blp.changes(
        operations.PROMISE_FOLLOW_UP,
        wire.FollowUpOut,
        links={
            "getFollowUp": {"follow_up_id": "$response.body#/id"},
            "reportFollowUp": {"follow_up_id": "$response.body#/id"},
        },
    )
    def post(self, change: Change) -> Any:
        """Record a promise with the stop and day where it is due."""
        return change.perform(follow_ups.follow_up)


@blp.route("/follow-ups/<uuid:follow_up_id>")
class OneFollowUp(Resource):
    @blp.reads(wire.FollowUpOut, operations.WRITERS, name="getFollowUp")
    def get(self, follow_up_id: uuid.UUID) -> Any:
        """One promise and what was reported of it."""
        return follow_ups.follow_up(session(), actor(), follow_up_id)


@blp.route("/follow-ups/<uuid:follow_up_id>/reports")
class Reports(Resource):
    @blp.changes(operations.REPORT_FOLLOW_UP, wire.FollowUpOut, body=wire.ReportBody)
    def post(self, change: Change, follow_up_id: uuid.UUID) -> Any:
        """Report whether they were met again; the last report counts."""
        return change.within(follow_up_id=follow_up_id).perform(follow_ups.reported_follow_up)


@blp.route("/stamp-cards")
class StampCards(Resource):
    @blp.reads(
        wire.CardsOut,
        {Role.COORDINATOR, Role.SAFEGUARDING, Role.REPORTER, Role.ADMIN},
        name="estimateCardHolders",
        query=wire.CardsQuery,
    )
    def get(self, query: dict[str, Any]) -> Any:
        """How many card holders there are, from cards seen again (Chapman); no card is listed."""
        if not query["from_day"] < query["split_day"] <= query["to_day"]:
            return Refusal("invalid", 422, {}, (Problem("?split_day", "wrong_order"),))
        return follow_ups.card_holders(session(), **query)

    @blp.changes(operations.MARK_STAMP, wire.StampOut)
    def post(self, change: Change) -> Any:
        """Mark a stamp card at a visit; the same card twice at one visit is one mark."""
        return change.perform(follow_ups.stamp)
