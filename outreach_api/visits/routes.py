"""/v1/visits: arrival, head counts, hygiene log, departure, cancellation, correction."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.ids import visit_id_of
from outreach_api.ledger.kinds import Actor
from outreach_api.ledger.posts import posts
from outreach_api.storage.visits import HygieneEntry, Visit
from outreach_api.visits import operations, reads, side_by_side
from outreach_api.web.blueprint import Blueprint
from outreach_api.web.listing import page
from outreach_api.web.resource import Change, Resource, actor, session
from outreach_api.web.services import services
from schemas import visits as wire
from schemas.base import PageQuery, page_of
from schemas.tellings import TellingsOut
from schemas.vocabulary import Role

blp = Blueprint("visits", __name__, url_prefix="/v1", description="出店 · what happened at a stop")

READERS = frozenset({Role.CREW, Role.COORDINATOR, Role.SAFEGUARDING, Role.ADMIN})
_AFTER = {
    name: {"visit_id": "$response.body#/id"}
    for name in ("getVisit", "addHeadCount", "closeVisit", "logHygiene")
}


@blp.route("/visits")
class Visits(Resource):
    @blp.reads(page_of(wire.VisitOut), READERS, name="findVisits", query=wire.VisitQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """Visits by day, van, stop and status."""
        select = reads.in_scope(actor())
        for name in ("van_id", "stop_id", "status"):
            if query[name] is not None:
                select = select.where(getattr(Visit, name) == query[name])
        if query["told_twice"] is not None:
            told_twice = reads.told_twice()
            select = select.where(told_twice if query["told_twice"] else ~told_twice)
        if query["from_day"] is not None:
            select = select.where(Visit.local_day >= query["from_day"])
        if query["to_day"] is not None:
            select = select.where(Visit.local_day <= query["to_day"])
        return page(
            select, query, [Visit.local_day, Visit.id], lambda rows: reads.visit_views(session(), rows)
        )

    @blp.changes(operations.OPEN_VISIT, wire.VisitDoneOut, links=_AFTER)
    def post(self, change: Change) -> Any:
        """Open a visit: arrival. A planned one gets the id that follows from its plan stop."""
        plan_stop_id = change.id_in("plan_stop_id")
        if plan_stop_id is not None:
            change.of(visit_id_of(plan_stop_id))
        return change.perform(reads.visit)


@blp.route("/visits/<uuid:visit_id>")
class OneVisit(Resource):
    @blp.reads(wire.VisitOut, READERS, name="getVisit")
    def get(self, visit_id: uuid.UUID) -> Any:
        """One visit with its attendance."""
        return reads.visit(session(), actor(), visit_id)

    @blp.changes(operations.CORRECT_VISIT, wire.VisitDoneOut, status=200)
    def patch(self, change: Change, visit_id: uuid.UUID) -> Any:
        """Correct day or stop; all its facts follow."""
        return change.of(visit_id).perform(reads.visit)


@blp.route("/visits/<uuid:visit_id>/head-counts")
class HeadCounts(Resource):
    @blp.changes(operations.ADD_HEAD_COUNT, wire.VisitDoneOut, body=wire.HeadCountBody)
    def post(self, change: Change, visit_id: uuid.UUID) -> Any:
        """Add taps of the counter; they add up, from any number of phones."""
        return change.within(visit_id=visit_id).perform(
            lambda session, actor, _: reads.remaining_visit(session, actor, visit_id)
        )


@blp.route("/visits/<uuid:visit_id>/tellings")
class Tellings(Resource):
    @blp.reads(TellingsOut, operations.CORRECTORS, name="getTellings")
    def get(self, visit_id: uuid.UUID) -> Any:
        """What the phones and paper told of a visit, side by side; of each pair one counts."""
        return side_by_side.tellings(session(), actor(), visit_id)


@blp.route("/visits/<uuid:visit_id>/telling")
class ChosenTelling(Resource):
    @blp.changes(operations.CHOOSE_TELLING, wire.VisitDoneOut, status=200)
    def post(self, change: Change, visit_id: uuid.UUID) -> Any:
        """Choose which telling of a visit counts; the other is kept beside it."""
        return change.of(visit_id).perform(reads.visit)


@blp.route("/visits/<uuid:visit_id>/hygiene")
class Hygiene(Resource):
    @blp.reads(page_of(wire.HygieneOut), READERS, name="findHygiene", query=PageQuery)
    def get(self, query: dict[str, Any], visit_id: uuid.UUID) -> Any:
        """The hygiene log of a visit."""
        select = reads.hygiene(session(), actor(), visit_id)
        if isinstance(select, Refusal):
            return select
        return page(
            select,
            query,
            [HygieneEntry.occurred_at, HygieneEntry.id],
            lambda rows: [reads.hygiene_view(row) for row in rows],
        )

    @blp.changes(operations.LOG_HYGIENE, wire.HygieneOut, body=wire.HygieneBody)
    def post(self, change: Change, visit_id: uuid.UUID) -> Any:
        """Log a hygiene check."""
        return change.within(visit_id=visit_id).perform(reads.hygiene_entry)


@blp.route("/visits/<uuid:visit_id>/close")
class Closing(Resource):
    @blp.changes(operations.CLOSE_VISIT, wire.VisitDoneOut, status=200)
    def post(self, change: Change, visit_id: uuid.UUID) -> Any:
        """Close a visit: departure. The first close counts; later head counts still add up."""
        return change.of(visit_id).perform(reads.visit)


@blp.route("/visits/<uuid:visit_id>/cancel")
class Cancellation(Resource):
    @blp.changes(operations.CANCEL_VISIT, wire.VisitCalledOffOut, status=200)
    def post(self, change: Change, visit_id: uuid.UUID) -> Any:
        """Cancel a visit with its reason. The answer brings what to post for families."""
        return change.of(visit_id).perform(_called_off)


@blp.route("/visits/<uuid:visit_id>/merge")
class Merging(Resource):
    @blp.changes(operations.MERGE_VISIT, wire.VisitDoneOut, status=200)
    def post(self, change: Change, visit_id: uuid.UUID) -> Any:
        """Join an ad-hoc duplicate to the visit that it was."""
        return change.of(visit_id).perform(reads.visit)


def _called_off(current: Session, who: Actor, visit_id: uuid.UUID) -> dict[str, Any] | Refusal:
    shown = reads.visit(current, who, visit_id)
    if isinstance(shown, Refusal):
        return shown
    here, plan_stop_id = services(), shown["plan_stop_id"]
    if plan_stop_id is None:
        return {**shown, "post": None}
    return {**shown, "post": posts(current, here.keyring, here.settings, [plan_stop_id])[0]}
