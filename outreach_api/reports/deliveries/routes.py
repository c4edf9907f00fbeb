"""/v1/report-deliveries: who is told of closed, restated and released weeks by itself, and how that goes."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger.kinds import Actor
from outreach_api.reports.deliveries import operations, reads, writes
from outreach_api.storage.report_deliveries import ReportDeliveryAttempt, ReportSubscription
from outreach_api.web.blueprint import Blueprint
from outreach_api.web.listing import page
from outreach_api.web.resource import Change, Resource, actor, session
from outreach_api.web.services import services
from schemas import report_deliveries as wire
from schemas.base import PageQuery, page_of

blp = Blueprint(
    "report-deliveries", __name__, url_prefix="/v1", description="週報のお知らせ · webhooks and mails"
)

_ONE = "/report-deliveries/<uuid:subscription_id>"


@blp.route("/report-deliveries")
class Subscriptions(Resource):
    @blp.reads(page_of(wire.SubscriptionOut), operations.KEEPERS, name="findSubscriptions", query=PageQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """Who is told, with what waits and what was given up; the newest first."""
        order = [ReportSubscription.created_at, ReportSubscription.id]
        select = sa.select(ReportSubscription)
        return page(select, query, order, lambda rows: reads.views(session(), rows), descending=True)

    @blp.changes(
        operations.ADD,
        wire.SubscriptionOut,
        links={"getSubscription": {"subscription_id": "$response.body#/id"}},
    )
    def post(self, change: Change) -> Any:
        """Have a program (webhook) or people (e-mail) told from now on. The answer shows a webhook's secret, this once."""
        return change.perform(_with_secret)


@blp.route(_ONE)
class OneSubscription(Resource):
    @blp.reads(wire.SubscriptionOut, operations.KEEPERS, name="getSubscription")
    def get(self, subscription_id: uuid.UUID) -> Any:
        """One of them; its secret was shown when it was made."""
        return reads.subscription(session(), actor(), subscription_id)

    @blp.changes(operations.CHANGE, wire.SubscriptionOut, status=200)
    def patch(self, change: Change, subscription_id: uuid.UUID) -> Any:
        """Change where, what of and whether it is told."""
        return change.of(subscription_id).perform(reads.subscription)


@blp.route(f"{_ONE}/secret")
class Secret(Resource):
    @blp.changes(operations.ROTATE_SECRET, wire.SubscriptionOut, status=200)
    def post(self, change: Change, subscription_id: uuid.UUID) -> Any:
        """Make a new secret, shown this once. For a day everything is signed with both."""
        return change.of(subscription_id).perform(_with_secret)


@blp.route(f"{_ONE}/ping")
class Ping(Resource):
    @blp.changes(operations.PING, wire.SubscriptionOut, status=200)
    def post(self, change: Change, subscription_id: uuid.UUID) -> Any:
        """Send something to try it with, once; the attempts tell within seconds how it went."""
        return change.of(subscription_id).perform(reads.subscription)


@blp.route(f"{_ONE}/retry")
class Retry(Resource):
    @blp.changes(operations.RETRY, wire.SubscriptionOut, status=200)
    def post(self, change: Change, subscription_id: uuid.UUID) -> Any:
        """Try at once what was given up or waits to be tried again, under the same ids."""
        return change.of(subscription_id).perform(reads.subscription)


@blp.route(f"{_ONE}/end")
class End(Resource):
    @blp.changes(operations.END, wire.SubscriptionOut, status=200)
    def post(self, change: Change, subscription_id: uuid.UUID) -> Any:
        """Tell it no more. Its addresses are erased, the log stays."""
        return change.of(subscription_id).perform(reads.subscription)


@blp.route(f"{_ONE}/attempts")
class Attempts(Resource):
    @blp.reads(page_of(wire.AttemptOut), operations.KEEPERS, name="findDeliveryAttempts", query=PageQuery)
    def get(self, query: dict[str, Any], subscription_id: uuid.UUID) -> Any:
        """Each attempt to tell it, the newest first: never what was sent or answered."""
        found = reads.subscription(session(), actor(), subscription_id)
        if isinstance(found, Refusal):
            return found
        one = ReportDeliveryAttempt
        select = reads.attempts_of(subscription_id)
        order = [one.at, one.delivery_id, one.number]
        return page(select, query, order, lambda rows: reads.attempt_views(session(), rows), descending=True)


def _with_secret(session: Session, actor: Actor, subscription_id: uuid.UUID) -> dict[str, Any] | Refusal:
    """With a new one as long as nothing was signed with it: whoever asks again did not see it."""
    shown = reads.subscription(session, actor, subscription_id)
    if not isinstance(shown, Refusal):
        row = session.get_one(ReportSubscription, subscription_id)
        shown["secret"] = writes.give_secret(row, services().keyring)
    return shown
