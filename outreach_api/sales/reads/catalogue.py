"""Shows items with the price of a day, and the tax rates."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.sales import rules
from outreach_api.storage.sales import Item, ItemPrice, TaxRate, TaxRule
from schemas.vocabulary import ServiceMode, TaxCategory, TaxClass


def item(session: Session, item_id: uuid.UUID, *, today: dt.date) -> dict[str, Any] | Refusal:
    found = session.get(Item, item_id)
    if found is None:
        return Refusal("not_found", 404)
    return item_views(session, [found], today=today)[0]


def matching(*, active: bool | None = None, category: str | None = None) -> sa.Select[Any]:
    select = sa.select(Item)
    if active is not None:
        select = select.where(Item.active == active)
    if category is not None:
        select = select.where(Item.category == category)
    return select


def item_views(session: Session, rows: Sequence[Item], *, today: dt.date) -> list[dict[str, Any]]:
    """Items with all their prices, and the one in force today."""
    prices = _prices(session, rows)
    return [
        {**_brief(row, prices[row.id]), "price_yen": rules.in_force(prices[row.id], today)} for row in rows
    ]


def item_briefs(session: Session, rows: Sequence[Item]) -> list[dict[str, Any]]:
    """Items with all their prices, so that an offline phone knows tomorrow's too."""
    prices = _prices(session, rows)
    return [_brief(row, prices[row.id]) for row in rows]


Prices = list[tuple[dt.date, int]]


def _prices(session: Session, rows: Sequence[Item]) -> dict[uuid.UUID, Prices]:
    prices: dict[uuid.UUID, Prices] = defaultdict(list)
    found = (
        sa.select(ItemPrice.item_id, ItemPrice.valid_from, ItemPrice.price_yen)
        .where(ItemPrice.item_id.in_([row.id for row in rows]))
        .order_by(ItemPrice.valid_from)
    )
    for item_id, valid_from, price_yen in session.execute(found):
        prices[item_id].append((valid_from, price_yen))
    return prices


def _brief(row: Item, prices: Prices) -> dict[str, Any]:
    return {
        "id": row.id,
        "version": row.version,
        "code": row.code,
        "name": row.name,
        "kana": row.kana,
        "name_en": row.name_en,
        "category": row.category,
        "tax_category": row.tax_category,
        "allergens": row.allergens,
        "icon": row.icon,
        "parts": row.parts and [{**part, "item_id": uuid.UUID(part["item_id"])} for part in row.parts],
        "active": row.active,
        "prices": [{"valid_from": valid_from, "price_yen": price_yen} for valid_from, price_yen in prices],
        "created_at": row.created_at,
    }


def reduced_percent(session: Session, day: dt.date) -> int | None:
    """The reduced rate of a day, None where there is none apart from the standard one."""
    rates: dict[str, list[tuple[dt.date, int]]] = defaultdict(list)
    for row in session.scalars(sa.select(TaxRate)):
        rates[row.tax_class].append((row.valid_from, row.percent))
    reduced, standard = (rules.in_force(rates[one], day) for one in (TaxClass.REDUCED, TaxClass.STANDARD))
    return reduced if reduced != standard else None


def tax_rates(session: Session) -> dict[str, Any]:
    """{items: every rate by class and day, rules: which goods are in which class, since when}."""
    found = session.scalars(sa.select(TaxRate).order_by(TaxRate.tax_class, TaxRate.valid_from))
    return {
        "items": [
            {"tax_class": row.tax_class, "valid_from": row.valid_from, "percent": row.percent}
            for row in found
        ],
        "rules": [*_LAW, *_rules(session)],
    }


_LAW = [
    {
        "tax_category": category,
        "service_mode": mode,
        "valid_from": None,
        "tax_class": rules.tax_class(category, mode),
    }
    for category in TaxCategory
    for mode in ServiceMode
]
"""How goods are taxed where no rule of a later law says otherwise."""


def _rules(session: Session) -> list[dict[str, Any]]:
    order = TaxRule.tax_category, TaxRule.service_mode, TaxRule.valid_from
    return [
        {
            "tax_category": row.tax_category,
            "service_mode": row.service_mode,
            "valid_from": row.valid_from,
            "tax_class": row.tax_class,
        }
        for row in session.scalars(sa.select(TaxRule).order_by(*order))
    ]
