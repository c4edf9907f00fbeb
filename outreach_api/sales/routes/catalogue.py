"""/v1/items, /v1/tax-rates: what is sold, for how much, and how it is taxed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from outreach_api.kernel.week import local_day
from outreach_api.ledger.kinds import Actor
from outreach_api.sales import operations
from outreach_api.sales.reads import catalogue, shelf
from outreach_api.storage.sales import Item
from outreach_api.web.blueprint import ALL_ROLES, Blueprint
from outreach_api.web.listing import page
from outreach_api.web.resource import Change, Resource, actor, session
from outreach_api.web.services import services
from schemas import catalogue as catalogue_wire
from schemas import shelf as shelf_wire
from schemas.base import page_of

blp = Blueprint(
    "catalogue", __name__, url_prefix="/v1", description="品目 · the catalogue: items, prices, taxes"
)

ItemPage = page_of(catalogue_wire.ItemOut)


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


@blp.route("/items/quick-keys")
class QuickKeys(Resource):
    @blp.reads(
        shelf_wire.QuickKeysOut,
        ALL_ROLES,
        name="getQuickKeys",
        query=shelf_wire.QuickKeysQuery,
        by_state=True,
    )
    def get(self, query: dict[str, Any]) -> Any:
        """List what sells at a kind of stop, the most first: the order of a phone's keys."""
        from_day = local_day(services().now()) - dt.timedelta(days=query["days"])
        kind = query["stop_kind"]
        keys = shelf.quick_keys(session(), stop_kind=kind, from_day=from_day, limit=query["limit"])
        return {"stop_kind": kind, "from_day": from_day, "items": keys}


@blp.route("/items/<uuid:item_id>/sold-out")
class ItemSoldOut(Resource):
    @blp.changes(operations.MARK_SOLD_OUT, shelf_wire.SoldOutOut, status=200, body=shelf_wire.SoldOutBody)
    def post(self, change: Change, item_id: uuid.UUID) -> Any:
        """Say that the van has no more of it today, or has some again."""
        return change.within(item_id=item_id).perform(_sold_out)


@blp.route("/sold-out")
class SoldOut(Resource):
    @blp.reads(shelf_wire.SoldOutListOut, operations.COUNTER, name="getSoldOut")
    def get(self) -> Any:
        """What each van is out of, with the day for which that holds."""
        return {"items": shelf.sold_out(session(), actor())}


@blp.route("/tax-rules")
class TaxRules(Resource):
    @blp.changes(operations.SET_TAX_RULE, catalogue_wire.TaxRatesOut)
    def post(self, change: Change) -> Any:
        """Say how goods are taxed from a day on, taken away or eaten on our seats."""
        return change.perform(lambda database, _actor, _id: catalogue.tax_rates(database))


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


def _item(database: Session, _actor: Actor, item_id: uuid.UUID) -> Any:
    return catalogue.item(database, item_id, today=local_day(services().now()))


def _sold_out(database: Session, who: Actor, listed_id: uuid.UUID) -> Any:
    return next(listed for listed in shelf.sold_out(database, who) if listed["id"] == listed_id)


def _item_views(rows: Sequence[Item]) -> list[dict[str, Any]]:
    return catalogue.item_views(session(), rows, today=local_day(services().now()))
