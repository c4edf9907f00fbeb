"""/v1/items, /v1/sales, /v1/tickets, /v1/cash-ups: a route is its contract and a line or two."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from outreach_api.kernel.week import local_day
from outreach_api.ledger.kinds import Actor
from outreach_api.sales import operations
from outreach_api.sales.reads import catalogue, receipts, tickets, till
from outreach_api.storage.sales import CashUp, Item, Sale, TicketEntry
from outreach_api.web.blueprint import ALL_ROLES, Blueprint
from outreach_api.web.listing import page
from outreach_api.web.resource import Change, Resource, actor, session
from outreach_api.web.services import services
from schemas import catalogue as catalogue_wire
from schemas import sales as wire
from schemas import till as till_wire
from schemas.base import page_of

blp = Blueprint(
    "sales", __name__, url_prefix="/v1", description="売上 · the counter: receipts, tickets, tills"
)

ItemPage = page_of(catalogue_wire.ItemOut)
SalePage = page_of(wire.SaleOut)
TicketPage = page_of(till_wire.TicketOut)
CashUpPage = page_of(till_wire.CashUpOut)


@blp.route("/items")
class Items(Resource):
    @blp.reads(ItemPage, ALL_ROLES, name="findItems", query=catalogue_wire.ItemQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """List what is sold, with today's prices."""
        select = catalogue.matching(active=query["active"], category=query["category"])
        return page(select, query, [Item.code, Item.id], _item_views)

    @blp.changes(
        operations.ADD_ITEM, catalogue_wire.ItemOut, links={"getItem": {"item_id": "$response.body#/id"}}
    )
    def post(self, change: Change) -> Any:
        """Add an item, with its first price if it is known."""
        return change.perform(_item)


@blp.route("/items/<uuid:item_id>")
class OneItem(Resource):
    @blp.reads(catalogue_wire.ItemOut, ALL_ROLES, name="getItem")
    def get(self, item_id: uuid.UUID) -> Any:
        """One item with all its prices."""
        return _item(session(), actor(), item_id)

    @blp.changes(operations.CHANGE_ITEM, catalogue_wire.ItemOut, status=200)
    def patch(self, change: Change, item_id: uuid.UUID) -> Any:
        """Change what is said; receipts that were taken stay as they are."""
        return change.of(item_id).perform(_item)


@blp.route("/items/<uuid:item_id>/prices")
class ItemPrices(Resource):
    @blp.changes(operations.SET_PRICE, catalogue_wire.ItemOut, status=200)
    def post(self, change: Change, item_id: uuid.UUID) -> Any:
        """Set the price from a day on."""
        return change.of(item_id).perform(_item)


@blp.route("/tax-rates")
class TaxRates(Resource):
    @blp.reads(catalogue_wire.TaxRatesOut, ALL_ROLES, name="getTaxRates")
    def get(self) -> Any:
        """All consumption-tax rates by class and day."""
        return catalogue.tax_rates(session())

    @blp.changes(operations.SET_TAX_RATE, catalogue_wire.TaxRatesOut)
    def post(self, change: Change) -> Any:
        """Set a rate from a day on."""
        return change.perform(lambda database, _actor, _id: catalogue.tax_rates(database))


@blp.route("/sales")
class Sales(Resource):
    @blp.reads(SalePage, operations.COUNTER, name="findSales", query=wire.SaleQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """List receipts, the latest first."""
        select = receipts.matching(
            actor(), visit_id=query["visit_id"], from_day=query["from_day"], to_day=query["to_day"]
        )
        return page(
            select, query, [Sale.id], lambda rows: receipts.sale_views(session(), rows), descending=True
        )

    @blp.changes(
        operations.RECORD_SALE,
        wire.SaleDoneOut,
        links={
            "getSale": {"sale_id": "$response.body#/id"},
            "voidSale": {"sale_id": "$response.body#/id"},
        },
    )
    def post(self, change: Change) -> Any:
        """Record a receipt."""
        return change.perform(receipts.sale)


@blp.route("/sales/<uuid:sale_id>")
class OneSale(Resource):
    @blp.reads(wire.SaleOut, operations.COUNTER, name="getSale")
    def get(self, sale_id: uuid.UUID) -> Any:
        """One receipt with its lines, taxes and void."""
        return receipts.sale(session(), actor(), sale_id)


@blp.route("/sales/<uuid:sale_id>/void")
class SaleVoiding(Resource):
    @blp.changes(operations.VOID_SALE, wire.SaleDoneOut, body=wire.SaleVoidBody)
    def post(self, change: Change, sale_id: uuid.UUID) -> Any:
        """Take a receipt back."""
        return change.within(sale_id=sale_id).perform(receipts.sale_of_void)


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


@blp.route("/cash-ups")
class CashUps(Resource):
    @blp.reads(CashUpPage, operations.COUNTER, name="findCashUps", query=till_wire.CashUpQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """List countings of tills, the latest day first."""
        select = till.matching(
            actor(), visit_id=query["visit_id"], from_day=query["from_day"], to_day=query["to_day"]
        )
        order = [CashUp.local_day, CashUp.id]
        return page(select, query, order, lambda rows: till.cash_up_views(session(), rows), descending=True)

    @blp.changes(
        operations.COUNT_TILL,
        till_wire.CashUpDoneOut,
        links={
            "getCashUp": {"cash_up_id": "$response.body#/id"},
            "approveCashUp": {"cash_up_id": "$response.body#/id"},
        },
    )
    def post(self, change: Change) -> Any:
        """Count the till of a visit, once."""
        return change.perform(till.cash_up)


@blp.route("/cash-ups/<uuid:cash_up_id>")
class OneCashUp(Resource):
    @blp.reads(till_wire.CashUpOut, operations.COUNTER, name="getCashUp")
    def get(self, cash_up_id: uuid.UUID) -> Any:
        """One counting, with what arrived too late for it."""
        return till.cash_up(session(), actor(), cash_up_id)


@blp.route("/cash-ups/<uuid:cash_up_id>/approve")
class CashUpApproval(Resource):
    @blp.changes(operations.APPROVE_TILL, till_wire.CashUpOut, status=200)
    def post(self, change: Change, cash_up_id: uuid.UUID) -> Any:
        """Approve a counting as another than the one who counted, now or later."""
        return change.of(cash_up_id).perform(till.cash_up)


def _item(database: Session, _actor: Actor, item_id: uuid.UUID) -> Any:
    return catalogue.item(database, item_id, today=local_day(services().now()))


def _item_views(rows: Sequence[Item]) -> list[dict[str, Any]]:
    return catalogue.item_views(session(), rows, today=local_day(services().now()))
