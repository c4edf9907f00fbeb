"""/v1/me, /v1/people, /v1/shifts, /v1/audit."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa

from outreach_api.access import operations
from outreach_api.access.reads import people as reads
from outreach_api.access.reads import who_saw
from outreach_api.storage.access import Person, Shift
from outreach_api.storage.ledger import AuditEntry
from outreach_api.web.blueprint import ALL_ROLES, Blueprint
from outreach_api.web.listing import page
from outreach_api.web.resource import Change, Resource, actor, session
from outreach_api.web.services import services
from schemas import access as wire
from schemas.base import PageQuery, page_of
from schemas.vocabulary import Page, Role

blp = Blueprint("access", __name__, url_prefix="/v1", description="スタッフとトークン · who may come in")

_PLANNERS = frozenset({Role.COORDINATOR, Role.ADMIN})


@blp.route("/me")
class Me(Resource):
    @blp.reads(wire.MeOut, ALL_ROLES, name="getMe", page=Page.MAP)
    def get(self) -> Any:
        """Who this token belongs to."""
        return reads.me(session(), actor())


@blp.route("/people")
class People(Resource):
    @blp.reads(page_of(wire.PersonOut), _PLANNERS, name="findPeople", query=PageQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """The team."""
        return page(
            sa.select(Person), query, [Person.id], lambda rows: [reads.person_view(row) for row in rows]
        )

    @blp.changes(operations.ADD_PERSON, wire.PersonOut)
    def post(self, change: Change) -> Any:
        """Add a member of the team."""
        return change.perform(reads.person)


@blp.route("/people/<uuid:person_id>")
class OnePerson(Resource):
    @blp.reads(wire.PersonOut, _PLANNERS, name="getPerson")
    def get(self, person_id: uuid.UUID) -> Any:
        """One member of the team."""
        return reads.person(session(), actor(), person_id)

    @blp.changes(operations.CHANGE_PERSON, wire.PersonOut, status=200)
    def patch(self, change: Change, person_id: uuid.UUID) -> Any:
        """Change a person; active=false erases the name and ends every token."""
        return change.of(person_id).perform(reads.person)


@blp.route("/shifts")
class Shifts(Resource):
    @blp.reads(page_of(wire.ShiftOut), _PLANNERS | {Role.CREW}, name="findShifts", query=wire.ShiftQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """Who was on the van, by day."""
        select = reads.shifts_in_scope(actor())
        if query["van_id"] is not None:
            select = select.where(Shift.van_id == query["van_id"])
        if query["from_day"] is not None:
            select = select.where(Shift.local_day >= query["from_day"])
        if query["to_day"] is not None:
            select = select.where(Shift.local_day <= query["to_day"])
        return page(
            select, query, [Shift.local_day, Shift.id], lambda rows: reads.shift_views(session(), rows)
        )

    @blp.changes(operations.PLAN_SHIFT, wire.ShiftOut)
    def post(self, change: Change) -> Any:
        """Say who is on the van."""
        return change.perform(reads.shift)


@blp.route("/shifts/<uuid:shift_id>/pins")
class ShiftPins(Resource):
    @blp.reads(wire.ShiftPinsOut, _PLANNERS, name=reads.PINS, audited=True)
    def get(self, shift_id: uuid.UUID) -> Any:
        """What each member types on a shared phone on that day, to say who it is."""
        here = services()
        return reads.shift_pins(session(), actor(), here.keyring, shift_id, here.now())


@blp.route("/audit")
class Audit(Resource):
    @blp.reads(
        page_of(wire.AuditOut), {Role.SAFEGUARDING, Role.ADMIN}, name="findAudit", query=wire.AuditQuery
    )
    def get(self, query: dict[str, Any]) -> Any:
        """Who saw or changed what since when, denied attempts too; of one thing, or of all at a visit or stop."""
        of_staff = actor().role is Role.SAFEGUARDING
        return page(
            who_saw.matching(query, of_staff=of_staff),
            query,
            [AuditEntry.seq],
            lambda rows: who_saw.views(session(), rows, of_staff=of_staff),
        )
