"""/v1/safety-concerns for safeguarding alone, where alerts go, and /v1/safety-card for everybody."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy.orm import Session

from outreach_api.contacts import operations
from outreach_api.contacts.reads import alarms, concerns
from outreach_api.contacts.rules import ALERT_ADDRESSES_ID, SAFETY_CARD_ID
from outreach_api.ledger.kinds import Actor
from outreach_api.storage.contacts import SafetyConcern
from outreach_api.web.blueprint import ALL_ROLES, Blueprint
from outreach_api.web.listing import page
from outreach_api.web.problems import language
from outreach_api.web.resource import Change, Resource, actor, session
from outreach_api.web.services import services
from schemas import safety as wire
from schemas.base import page_of

blp = Blueprint(
    "safety", __name__, url_prefix="/v1", description="安全の心配 · safety concerns and what to do now"
)


def _now_and_patience() -> tuple[dt.datetime, int]:
    here = services()
    return here.now(), here.settings.alert_minutes


def _shown(session: Session, actor: Actor, concern_id: uuid.UUID) -> Any:
    return concerns.concern(session, concern_id, *_now_and_patience())


def _shown_notified(session: Session, actor: Actor, notification_id: uuid.UUID) -> Any:
    return concerns.notified_concern(session, notification_id, *_now_and_patience())


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
            lambda rows: concerns.concern_views(session(), rows, *_now_and_patience()),
            descending=True,
        )


@blp.route("/safety-concerns/waiting")
class WaitingConcerns(Resource):
    @blp.reads(wire.WaitingOut, operations.SAFEGUARDING, name="getWaiting")
    def get(self) -> Any:
        """How much waits for somebody, and what keeps people from being alerted."""
        here = services()
        return alarms.summary(session(), here.settings, here.now(), language())


@blp.route("/safety-concerns/<uuid:concern_id>")
class OneConcern(Resource):
    @blp.reads(wire.ConcernOut, operations.SAFEGUARDING, name="getConcern")
    def get(self, concern_id: uuid.UUID) -> Any:
        """One safety concern with whom we told."""
        return concerns.concern(session(), concern_id, *_now_and_patience())


@blp.route("/safety-concerns/<uuid:concern_id>/acknowledge")
class Acknowledgement(Resource):
    @blp.changes(operations.ACKNOWLEDGE_CONCERN, wire.ConcernOut, status=200)
    def post(self, change: Change, concern_id: uuid.UUID) -> Any:
        """Say that you have it; the first one stands."""
        return change.of(concern_id).perform(_shown)


@blp.route("/safety-concerns/<uuid:concern_id>/notifications")
class Notifications(Resource):
    @blp.changes(operations.RECORD_NOTIFICATION, wire.ConcernOut, body=wire.NotificationBody)
    def post(self, change: Change, concern_id: uuid.UUID) -> Any:
        """Record whom we told, when, and the receipt number."""
        return change.within(concern_id=concern_id).perform(_shown_notified)


@blp.route("/safety-concerns/<uuid:concern_id>/close")
class Closing(Resource):
    @blp.changes(operations.CLOSE_CONCERN, wire.ConcernOut, status=200)
    def post(self, change: Change, concern_id: uuid.UUID) -> Any:
        """Close a concern; its note's text is then purged in its time."""
        return change.of(concern_id).perform(_shown)


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


@blp.route("/alert-addresses")
class Addresses(Resource):
    @blp.reads(wire.AlertAddressesOut, operations.ALARM_KEEPERS, name="getAlertAddresses")
    def get(self) -> Any:
        """Where lead, deputy and outside person are alerted; no phone holds it."""
        return alarms.addresses_view(session(), actor())

    @blp.changes(operations.CHANGE_ALERT_ADDRESSES, wire.AlertAddressesOut, status=200)
    def patch(self, change: Change) -> Any:
        """Say where they are alerted."""
        return change.of(ALERT_ADDRESSES_ID).perform(alarms.addresses_view)
