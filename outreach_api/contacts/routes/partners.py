"""/v1/partners and /v1/round-table-issues: the people around families."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa

from outreach_api.contacts import operations
from outreach_api.contacts.reads import partners
from outreach_api.storage.contacts import Partner, RoundTableIssue
from outreach_api.web.blueprint import Blueprint
from outreach_api.web.listing import page
from outreach_api.web.resource import Change, Resource, actor, session
from schemas import partners as wire
from schemas.base import page_of
from schemas.vocabulary import Role

blp = Blueprint(
    "partners", __name__, url_prefix="/v1", description="連携先と円卓会議 · partners and the round table"
)

# A partner may be a private host, so only those who look after partners see them.
PARTNER_READERS = operations.KEEPERS
ISSUE_READERS = frozenset({*operations.KEEPERS, Role.REPORTER})


@blp.route("/partners")
class Partners(Resource):
    @blp.reads(page_of(wire.PartnerOut), PARTNER_READERS, name="findPartners", query=wire.PartnerQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """Organisations and hosts that work with us."""
        select = sa.select(Partner)
        if query["kind"] is not None:
            select = select.where(Partner.kind == query["kind"])
        if query["active"] is not None:
            select = select.where(Partner.active.is_(query["active"]))
        return page(
            select,
            query,
            [Partner.since, Partner.id],
            lambda rows: [partners.partner_view(row) for row in rows],
        )

    @blp.changes(
        operations.ADD_PARTNER, wire.PartnerOut, links={"getPartner": {"partner_id": "$response.body#/id"}}
    )
    def post(self, change: Change) -> Any:
        """Add a partner."""
        return change.perform(partners.partner)


@blp.route("/partners/<uuid:partner_id>")
class OnePartner(Resource):
    @blp.reads(wire.PartnerOut, PARTNER_READERS, name="getPartner")
    def get(self, partner_id: uuid.UUID) -> Any:
        """One partner."""
        return partners.partner(session(), actor(), partner_id)

    @blp.changes(operations.CHANGE_PARTNER, wire.PartnerOut, status=200)
    def patch(self, change: Change, partner_id: uuid.UUID) -> Any:
        """Change a partner; active=false ends the partnership."""
        return change.of(partner_id).perform(partners.partner)


@blp.route("/round-table-issues")
class Issues(Resource):
    @blp.reads(page_of(wire.IssueOut), ISSUE_READERS, name="findIssues", query=wire.IssueQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """Issues for the round table, the newest first."""
        select = sa.select(RoundTableIssue)
        for name in ("status", "topic"):
            if query[name] is not None:
                select = select.where(getattr(RoundTableIssue, name) == query[name])
        return page(
            select,
            query,
            [RoundTableIssue.raised_on, RoundTableIssue.id],
            lambda rows: [partners.issue_view(row) for row in rows],
            descending=True,
        )

    @blp.changes(
        operations.RAISE_ISSUE, wire.IssueWrittenOut, links={"getIssue": {"issue_id": "$response.body#/id"}}
    )
    def post(self, change: Change) -> Any:
        """Raise an issue that many contacts have in common."""
        return change.perform(partners.issue)


@blp.route("/round-table-issues/<uuid:issue_id>")
class OneIssue(Resource):
    @blp.reads(wire.IssueOut, ISSUE_READERS, name="getIssue")
    def get(self, issue_id: uuid.UUID) -> Any:
        """One issue and how far it came."""
        return partners.issue(session(), actor(), issue_id)


@blp.route("/round-table-issues/<uuid:issue_id>/advance")
class IssueStep(Resource):
    @blp.changes(operations.ADVANCE_ISSUE, wire.IssueWrittenOut, status=200)
    def post(self, change: Change, issue_id: uuid.UUID) -> Any:
        """Take an issue a step further: discussed, action, closed."""
        return change.of(issue_id).perform(partners.issue)


@blp.route("/round-table-issues/<uuid:issue_id>/publish")
class IssuePublished(Resource):
    @blp.changes(operations.PUBLISH_ISSUE, wire.IssuePublishedOut)
    def post(self, change: Change, issue_id: uuid.UUID) -> Any:
        """Tell a step of an issue to everybody, in words written for that: the packs for the round table, the city and
        funders show them. Once and for ever; the issue's own title and action stay in the house.
        """
        return change.of(issue_id).perform(partners.published)
