"""/v1/items, /v1/tax-rates: what is sold, for how much, and how it is taxed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from outreach_api.kernel.week import local_day
from outreach_api.ledger.kinds import Actor
from outreach_api.sales import operations
from outreach_api.sales.reads import catalogue
from outreach_api.storage.sales import Item
from outreach_api.web.blueprint import ALL_ROLES, Blueprint
from outreach_api.web.listing import page
from outreach_api.web.resource import Change, Resource, actor, session
from outreach_api.web.services import services
from schemas import catalogue as catalogue_wire
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


def _item_views(rows: Sequence[Item]) -> list[dict[str, Any]]:
    return catalogue.item_views(session(), rows, today=local_day(services().now()))
