"""/v1/tickets: 恩送りチケット, bought by donors and used by children."""

from __future__ import annotations

from typing import Any

from outreach_api.sales import operations
from outreach_api.sales.reads import tickets
from outreach_api.storage.sales import TicketEntry
from outreach_api.web.blueprint import ALL_ROLES, Blueprint
from outreach_api.web.listing import page
from outreach_api.web.resource import Change, Resource, actor, session
from schemas import till as till_wire
from schemas.base import page_of

blp = Blueprint(
    "tickets", __name__, url_prefix="/v1", description="恩送りチケット · tickets that are paid forward"
)

TicketPage = page_of(till_wire.TicketOut)


@blp.route("/tickets")
class Tickets(Resource):
    @blp.reads(TicketPage, operations.COUNTER, name="findTickets", query=till_wire.TicketQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """List tickets issued and redeemed, the latest first."""
        select = tickets.matching(actor(), visit_id=query["visit_id"], event=query["event"])
        order = [TicketEntry.change_no, TicketEntry.id]
        return page(select, query, order, tickets.ticket_views, descending=True)

    @blp.changes(operations.ISSUE_TICKETS, till_wire.TicketDoneOut)
    def post(self, change: Change) -> Any:
        """Issue tickets that a donor paid for."""
        return change.perform(tickets.ticket)


@blp.route("/tickets/redeem")
class TicketRedemption(Resource):
    @blp.changes(operations.REDEEM_TICKETS, till_wire.TicketDoneOut)
    def post(self, change: Change) -> Any:
        """Redeem tickets without a receipt. Beyond the pool too: the child is honoured, the sender warned."""
        return change.perform(tickets.ticket)


@blp.route("/tickets/balance")
class TicketBalance(Resource):
    @blp.reads(till_wire.TicketBalanceOut, ALL_ROLES, name="getTicketBalance")
    def get(self) -> Any:
        """What was issued and redeemed, and what is still owed to children."""
        return tickets.balance(session())
