"""What the counter needs of the catalogue for many receipts at once: two SELECTs, then only dictionaries."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.ledger.totals import CHUNK
from outreach_api.sales import rules
from outreach_api.storage.sales import Item, ItemPrice, TaxRate
from schemas.vocabulary import ServiceMode, TaxCategory, TaxClass


@dataclass(slots=True)
class Listed:
    """An item with all its prices; inactive ones too, for a phone may have sold it before it heard."""

    category: str
    tax_category: TaxCategory
    prices: list[tuple[dt.date, int]] = field(default_factory=list)


class PriceList:
    """Items, prices and rates; what was in force on a day is looked up once per day."""

    def __init__(self, session: Session, item_ids: Iterable[uuid.UUID]) -> None:
        self.items = _items(session, list(set(item_ids)))
        self._rates = _rates(session)
        self._prices_on: dict[tuple[uuid.UUID, dt.date], int | None] = {}
        self._rates_on: dict[tuple[TaxCategory, ServiceMode, dt.date], int | None] = {}

    def price(self, item_id: uuid.UUID, day: dt.date) -> int | None:
        key = item_id, day
        if key not in self._prices_on:
            self._prices_on[key] = rules.in_force(self.items[item_id].prices, day)
        return self._prices_on[key]

    def rate(self, category: TaxCategory, mode: ServiceMode, day: dt.date) -> int | None:
        """Percent of consumption tax, or None when the table begins later than that day."""
        key = category, mode, day
        if key not in self._rates_on:
            dated = self._rates.get(rules.tax_class(category, mode), [])
            self._rates_on[key] = rules.in_force(dated, day)
        return self._rates_on[key]


def _items(session: Session, item_ids: list[uuid.UUID]) -> dict[uuid.UUID, Listed]:
    items: dict[uuid.UUID, Listed] = {}
    for start in range(0, len(item_ids), CHUNK):
        found = (
            sa.select(Item.id, Item.category, Item.tax_category, ItemPrice.valid_from, ItemPrice.price_yen)
            .outerjoin(ItemPrice, ItemPrice.item_id == Item.id)
            .where(Item.id.in_(item_ids[start : start + CHUNK]))
        )
        for item_id, category, tax_category, valid_from, price_yen in session.execute(found):
            item = items.get(item_id)
            if item is None:
                item = items[item_id] = Listed(category, TaxCategory(tax_category))
            if valid_from is not None:
                item.prices.append((valid_from, price_yen))
    return items


def _rates(session: Session) -> dict[TaxClass, list[tuple[dt.date, int]]]:
    rates: dict[TaxClass, list[tuple[dt.date, int]]] = {}
    found = sa.select(TaxRate.tax_class, TaxRate.valid_from, TaxRate.percent)
    for word, valid_from, percent in session.execute(found):
        rates.setdefault(TaxClass(word), []).append((valid_from, percent))
    return rates
