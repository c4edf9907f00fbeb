"""/v1/destinations and /v1/referrals: where people are connected to, and what became of it."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa

from outreach_api.contacts import operations
from outreach_api.contacts.reads import referrals
from outreach_api.storage.contacts import Destination, Referral
from outreach_api.web.blueprint import ALL_ROLES, Blueprint
from outreach_api.web.listing import page
from outreach_api.web.resource import Change, Resource, actor, session
from schemas import referrals as wire
from schemas.base import page_of

blp = Blueprint("referrals", __name__, url_prefix="/v1", description="つなぎ先とつなぎ · connecting people")


@blp.route("/destinations")
class Destinations(Resource):
    @blp.reads(page_of(wire.DestinationOut), ALL_ROLES, name="findDestinations", query=wire.DestinationQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """Where people can be connected to: the eight programmes and external services."""
        select = sa.select(Destination)
        if query["kind"] is not None:
            select = select.where(Destination.kind == query["kind"])
        if query["active"] is not None:
            select = select.where(Destination.active.is_(query["active"]))
        return page(
            select,
            query,
            [Destination.name, Destination.id],
            lambda rows: [referrals.destination_view(row) for row in rows],
        )

    @blp.changes(
        operations.ADD_DESTINATION,
        wire.DestinationOut,
        links={"getDestination": {"destination_id": "$response.body#/id"}},
    )
    def post(self, change: Change) -> Any:
        """Add a destination."""
        return change.perform(referrals.destination)


@blp.route("/destinations/<uuid:destination_id>")
class OneDestination(Resource):
    @blp.reads(wire.DestinationOut, ALL_ROLES, name="getDestination")
    def get(self, destination_id: uuid.UUID) -> Any:
        """One destination with how to join it."""
        return referrals.destination(session(), actor(), destination_id)

    @blp.changes(operations.CHANGE_DESTINATION, wire.DestinationOut, status=200)
    def patch(self, change: Change, destination_id: uuid.UUID) -> Any:
        """Change what is said about a destination; the rest stays."""
        return change.of(destination_id).perform(referrals.destination)


@blp.route("/referrals")
class Referrals(Resource):
    @blp.reads(page_of(wire.ReferralOut), operations.WRITERS, name="findReferrals", query=wire.ReferralQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """Referrals out and in with their outcomes, newest visit first; crew see their own van's."""
        return page(
            referrals.matching(actor(), query),
            query,
            [Referral.local_day, Referral.id],
            lambda rows: referrals.referral_views(session(), actor(), rows),
            descending=True,
        )

    @blp.changes(
        operations.OPEN_REFERRAL,
        wire.ReferralOut,
        links={
            "getReferral": {"referral_id": "$response.body#/id"},
            "reportOutcomeReferral": {"referral_id": "$response.body#/id"},
        },
    )
    def post(self, change: Change) -> Any:
        """Open a referral: out to a destination, or in from one."""
        return change.perform(referrals.referral)


@blp.route("/referrals/<uuid:referral_id>")
class OneReferral(Resource):
    @blp.reads(wire.ReferralOut, operations.WRITERS, name="getReferral")
    def get(self, referral_id: uuid.UUID) -> Any:
        """One referral with all its outcomes."""
        return referrals.referral(session(), actor(), referral_id)


@blp.route("/referrals/<uuid:referral_id>/outcomes")
class Outcomes(Resource):
    @blp.changes(operations.REPORT_OUTCOME, wire.ReferralOut, body=wire.OutcomeBody)
    def post(self, change: Change, referral_id: uuid.UUID) -> Any:
        """Report what became of a referral; earlier outcomes stay in its history."""
        return change.within(referral_id=referral_id).perform(referrals.referral_of_outcome)


@blp.route("/referrals/<uuid:referral_id>/consents")
class Consents(Resource):
    @blp.changes(operations.GIVE_CONSENT, wire.ReferralOut, body=wire.ConsentBody)
    def post(self, change: Change, referral_id: uuid.UUID) -> Any:
        """Record a consent that came after the referral was opened."""
        return change.within(referral_id=referral_id).perform(referrals.referral_of_consent)


@blp.route("/referrals/<uuid:referral_id>/withdraw-consent")
class ConsentWithdrawal(Resource):
    @blp.changes(operations.WITHDRAW_CONSENT, wire.ReferralOut, status=200)
    def post(self, change: Change, referral_id: uuid.UUID) -> Any:
        """Record that consent was withdrawn; the case reference is erased, phones drop the consent at their next pull."""
        return change.of(referral_id).perform(referrals.referral)
