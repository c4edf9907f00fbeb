"""/v1/tickets: 恩送りチケット, bought by donors and used by children."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from functools import partial
from typing import Any

from outreach_api.kernel.week import local_day
from outreach_api.sales import operations
from outreach_api.sales.reads import giving, tickets
from outreach_api.storage.sales import TicketAllotment, TicketEntry
from outreach_api.web.blueprint import ALL_ROLES, Blueprint
from outreach_api.web.listing import page
from outreach_api.web.resource import Change, Resource, actor, session
from outreach_api.web.services import services
from schemas import tickets as tickets_wire
from schemas.base import PageQuery, page_of

blp = Blueprint(
    "tickets", __name__, url_prefix="/v1", description="恩送りチケット · tickets that are paid forward"
)

TicketPage = page_of(tickets_wire.TicketOut)
AllotmentPage = page_of(tickets_wire.AllotmentOut)


@blp.route("/tickets")
class Tickets(Resource):
    @blp.reads(TicketPage, operations.COUNTER, name="findTickets", query=tickets_wire.TicketQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """List tickets issued and redeemed, the latest first."""
        select = tickets.matching(
            actor(), visit_id=query["visit_id"], event=query["event"], beyond_pool=query["beyond_pool"]
        )
        order = [TicketEntry.change_no, TicketEntry.id]
        return page(select, query, order, lambda rows: tickets.ticket_views(session(), rows), descending=True)

    @blp.changes(operations.ISSUE_TICKETS, tickets_wire.TicketDoneOut)
    def post(self, change: Change) -> Any:
        """Issue tickets that a donor paid for."""
        return change.perform(tickets.ticket)


@blp.route("/tickets/redeem")
class TicketRedemption(Resource):
    @blp.changes(operations.REDEEM_TICKETS, tickets_wire.TicketDoneOut)
    def post(self, change: Change) -> Any:
        """Redeem tickets without a receipt. Beyond the pool too: the child is honoured, the sender warned."""
        return change.perform(tickets.ticket)


@blp.route("/tickets/balance")
class TicketBalance(Resource):
    @blp.reads(tickets_wire.TicketBalanceOut, ALL_ROLES, name="getTicketBalance")
    def get(self) -> Any:
        """What was issued and redeemed, and what is still owed to children."""
        return tickets.balance(session(), today=_today())


@blp.route("/tickets/<uuid:ticket_id>/settle")
class TicketSettling(Resource):
    @blp.changes(operations.SETTLE_TICKETS, tickets_wire.TicketDoneOut, body=tickets_wire.TicketSettleBody)
    def post(self, change: Change, ticket_id: uuid.UUID) -> Any:
        """Make good what was redeemed beyond the pool."""
        return change.within(ticket_id=ticket_id).perform(tickets.ticket)


@blp.route("/tickets/allotments")
class Allotments(Resource):
    @blp.reads(AllotmentPage, operations.COUNTER, name="findAllotments", query=PageQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """List what partners were given to hand on, the latest first."""
        order = [TicketAllotment.change_no, TicketAllotment.id]
        return page(giving.matching(), query, order, _allotment_views, descending=True)

    @blp.changes(operations.ALLOT_TICKETS, tickets_wire.AllotmentOut)
    def post(self, change: Change) -> Any:
        """Give a partner tickets of the pool to hand on, without names."""
        return change.perform(partial(giving.allotment, today=_today()))


@blp.route("/tickets/allotments/<uuid:allotment_id>/returns")
class AllotmentReturns(Resource):
    @blp.changes(operations.RETURN_TICKETS, tickets_wire.AllotmentOut, body=tickets_wire.TicketReturnBody)
    def post(self, change: Change, allotment_id: uuid.UUID) -> Any:
        """Take back into the pool what a partner did not hand on."""
        return change.within(allotment_id=allotment_id).perform(
            partial(giving.allotment_of_return, today=_today())
        )


@blp.route("/tickets/thanks")
class Thanks(Resource):
    @blp.reads(tickets_wire.ThanksOut, operations.COUNTER, name="getThanks", query=tickets_wire.ThanksQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """What became of the tickets that donors gave: numbers only."""
        return giving.thanks(session(), actor(), **query)


@blp.route("/takings")
class Takings(Resource):
    @blp.reads(
        tickets_wire.TakingsOut, operations.COUNTER, name="getTakings", query=tickets_wire.TakingsQuery
    )
    def get(self, query: dict[str, Any]) -> Any:
        """What came in at visits, revenue and donations apart, as the tills should show it."""
        return giving.takings(session(), actor(), **query)


def _today() -> dt.date:
    return local_day(services().now())


def _allotment_views(rows: Sequence[TicketAllotment]) -> list[dict[str, Any]]:
    return giving.allotment_views(session(), rows, today=_today())
