"""Adds and changes items, sets their prices and the tax rates by day."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.week import local_day
from outreach_api.ledger import versions
from outreach_api.ledger.kinds import Accepted, Announce, Applied, Work
from outreach_api.sales.rules import TAX_RATES_ID
from outreach_api.storage.sales import Item, ItemPrice, TaxRate, TaxRule

UNSAID: dict[str, Any] = {
    "kana": None,
    "name_en": None,
    "allergens": [],
    "icon": None,
    "parts": None,
    "active": True,
}


def add_item(work: Work, accepted: Accepted) -> Applied | Refusal:
    given = {**UNSAID, **accepted.values}
    price_yen = given.pop("price_yen", None)
    price_from = given.pop("price_from", None) or local_day(work.now)
    taken = _code_taken(work, given["code"], accepted.entity_id)
    wrong = taken or _parts_wrong(work, given["parts"], accepted.entity_id)
    if wrong is not None:
        return wrong
    given["parts"] = _kept_parts(given["parts"])
    work.session.add(
        Item(id=accepted.entity_id, change_no=accepted.change_no, created_at=work.now, version=1, **given)
    )
    work.session.flush()
    if price_yen is not None:
        _put_price(work, accepted.entity_id, price_from, price_yen)
    return Applied(accepted.entity_id, announces=(Announce("item", accepted.entity_id),))


def change_item(work: Work, accepted: Accepted) -> Applied | Refusal:
    row = versions.find(work, Item, accepted)
    if isinstance(row, Refusal):
        return row
    given = accepted.values
    if "code" in given and (taken := _code_taken(work, given["code"], row.id)) is not None:
        return taken
    if "parts" in given:
        wrong = _parts_wrong(work, given["parts"], row.id)
        if wrong is not None:
            return wrong
        given = {**given, "parts": _kept_parts(given["parts"])}
    for name, value in given.items():
        setattr(row, name, value)
    work.session.flush()
    return Applied(row.id, row.version, created=False, announces=(Announce("item", row.id),))


def set_price(work: Work, accepted: Accepted) -> Applied | Refusal:
    """A price from a day on. Receipts that were taken keep the price on their lines."""
    row = versions.find(work, Item, accepted)
    if isinstance(row, Refusal):
        return row
    work.session.flush()
    _put_price(work, row.id, accepted.values["valid_from"], accepted.values["price_yen"])
    return Applied(row.id, row.version, created=False, announces=(Announce("item", row.id),))


def set_tax_rate(work: Work, accepted: Accepted) -> Applied | Refusal:
    """A rate from a day on. One that is still to come may be corrected, one that was in force may not."""
    given = accepted.values
    row = work.session.get(TaxRate, (given["tax_class"], given["valid_from"]))
    if row is None:
        work.session.add(TaxRate(**given))
    elif row.valid_from > local_day(work.now):
        row.percent = given["percent"]
    elif row.percent != given["percent"]:
        return Refusal("tax_rate_in_force", 409, {"percent": row.percent})
    work.session.flush()
    return Applied(accepted.entity_id, announces=(Announce("tax_rates", TAX_RATES_ID),))


def set_tax_rule(work: Work, accepted: Accepted) -> Applied | Refusal:
    """How goods are taxed from a day on, ahead of a law; like a rate, one that was in force may not be changed."""
    given = accepted.values
    row = work.session.get(TaxRule, (given["tax_category"], given["service_mode"], given["valid_from"]))
    if row is None:
        work.session.add(TaxRule(**given))
    elif row.valid_from > local_day(work.now):
        row.tax_class = given["tax_class"]
    elif row.tax_class != given["tax_class"]:
        return Refusal("tax_rule_in_force", 409)
    work.session.flush()
    return Applied(accepted.entity_id, announces=(Announce("tax_rates", TAX_RATES_ID),))


def _parts_wrong(work: Work, parts: Sequence[Mapping[str, Any]] | None, set_id: uuid.UUID) -> Refusal | None:
    """A set holds single things that are there, each once, and no other set."""
    if parts is None:
        return None
    ids = [part["item_id"] for part in parts]
    if len(set(ids)) != len(ids):
        return Refusal("invalid", 422, {}, (Problem("/parts", "repeated"),))
    found: dict[uuid.UUID, Any] = {
        row.id: row.parts for row in work.session.scalars(sa.select(Item).where(Item.id.in_(ids)))
    }
    others = work.session.scalars(sa.select(Item.parts).where(Item.parts.is_not(None), Item.id != set_id))
    is_part = any(part["item_id"] == str(set_id) for kept in others for part in kept or ())
    for number, item_id in enumerate(ids):
        if item_id not in found:
            return Refusal("item_unknown", 422, {}, (Problem(f"/parts/{number}/item_id", "item_unknown"),))
        if item_id == set_id or found[item_id] is not None or is_part:
            return Refusal("set_in_set", 422, {}, (Problem(f"/parts/{number}/item_id", "set_in_set"),))
    return None


def _kept_parts(parts: Sequence[Mapping[str, Any]] | None) -> list[dict[str, Any]] | None:
    if parts is None:
        return None
    return [{"item_id": str(part["item_id"]), "quantity": part["quantity"]} for part in parts]


def _code_taken(work: Work, code: str, item_id: uuid.UUID) -> Refusal | None:
    other = sa.select(Item.id).where(Item.code == code, Item.id != item_id)
    if work.session.scalar(other) is None:
        return None
    return Refusal("item_code_taken", 409, {"code": code}, (Problem("/code", "item_code_taken"),))


def _put_price(work: Work, item_id: uuid.UUID, valid_from: dt.date, price_yen: int) -> None:
    row = work.session.get(ItemPrice, (item_id, valid_from))
    if row is None:
        work.session.add(ItemPrice(item_id=item_id, valid_from=valid_from, price_yen=price_yen))
    else:
        row.price_yen = price_yen
    work.session.flush()
