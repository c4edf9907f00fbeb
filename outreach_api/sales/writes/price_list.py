"""What the counter needs of the catalogue for many receipts at once: two SELECTs, then only dictionaries."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.sales import rules
from outreach_api.storage import bulk
from outreach_api.storage.sales import Item, ItemPrice, TaxRate, TaxRule
from schemas.vocabulary import ServiceMode, TaxCategory, TaxClass


@dataclass(slots=True)
class Listed:
    """An item with all its prices; inactive ones too, for a phone may have sold it before it heard."""

    category: str
    tax_category: TaxCategory
    parts: list[tuple[uuid.UUID, int]] | None
    prices: list[tuple[dt.date, int]] = field(default_factory=list)


class Offer(NamedTuple):
    """What an item costs on a day and how it is taxed; None where the catalogue says nothing about that day."""

    category: str
    price_yen: int | None
    rate_percent: int | None
    parts: list[tuple[uuid.UUID, int]] | None
    """Of a set: its items, and how many of each."""


class PriceList:
    """Items, prices and rates; what is in force is looked up once for each day and way of eating."""

    def __init__(self, session: Session, item_ids: Iterable[uuid.UUID]) -> None:
        self._items = _items(session, {item_id.int: item_id for item_id in item_ids}.values())
        within = {part.int: part for item in self._items.values() for part, _ in item.parts or ()}
        if within:
            missing = [part for number, part in within.items() if number not in self._items]
            self._items |= _items(session, missing)
        self._rates = _rates(session)
        self._rules = _rules(session)
        self._offers: dict[tuple[dt.date, bool], dict[int, Offer]] = {}

    def offers(self, day: dt.date, mode: ServiceMode) -> Mapping[int, Offer]:
        """By the number of an item's id; an item that is not there is unknown."""
        key = day, mode is ServiceMode.EAT_IN
        found = self._offers.get(key)
        if found is None:
            found = self._offers[key] = {
                number: Offer(
                    item.category,
                    rules.in_force(item.prices, day),
                    self.rate(item.tax_category, mode, day),
                    item.parts,
                )
                for number, item in self._items.items()
            }
        return found

    def rate(self, category: TaxCategory, mode: ServiceMode, day: dt.date) -> int | None:
        """Percent of consumption tax, or None when the table begins later than that day."""
        taxed = rules.tax_class_on(day, category, mode, self._rules)
        return rules.in_force(self._rates.get(taxed, []), day)


_LISTED = (
    sa.select(
        Item.id, Item.category, Item.tax_category, Item.parts, ItemPrice.valid_from, ItemPrice.price_yen
    )
    .outerjoin(ItemPrice, ItemPrice.item_id == Item.id)
    .where(bulk.among(Item.id))
)
_TAX_RATES = sa.select(TaxRate.tax_class, TaxRate.valid_from, TaxRate.percent)
_TAX_RULES = sa.select(TaxRule.tax_category, TaxRule.service_mode, TaxRule.valid_from, TaxRule.tax_class)


def _items(session: Session, item_ids: Collection[uuid.UUID]) -> dict[int, Listed]:
    items: dict[int, Listed] = {}
    for row in bulk.find(session, _LISTED, item_ids):
        item_id, category, tax_category, parts, valid_from, price_yen = row
        item = items.get(item_id.int)
        if item is None:
            within = parts and [(uuid.UUID(part["item_id"]), part["quantity"]) for part in parts]
            item = items[item_id.int] = Listed(category, TaxCategory(tax_category), within)
        if valid_from is not None:
            item.prices.append((valid_from, price_yen))
    return items


def _rates(session: Session) -> dict[TaxClass, list[tuple[dt.date, int]]]:
    rates: dict[TaxClass, list[tuple[dt.date, int]]] = {}
    for word, valid_from, percent in session.connection().execute(_TAX_RATES):
        rates.setdefault(TaxClass(word), []).append((valid_from, percent))
    return rates


def _rules(session: Session) -> rules.ClassRules:
    since: dict[tuple[TaxCategory, ServiceMode], list[tuple[dt.date, TaxClass]]] = {}
    for category, mode, valid_from, word in session.connection().execute(_TAX_RULES):
        key = TaxCategory(category), ServiceMode(mode)
        since.setdefault(key, []).append((valid_from, TaxClass(word)))
    return since
