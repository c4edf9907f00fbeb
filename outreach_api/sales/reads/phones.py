"""What phones hold of the counter for an offline day: items, tax rates, the state of their till."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.ledger.kinds import Actor
from outreach_api.sales.reads import catalogue, shelf, till
from outreach_api.sales.rules import TAX_RATES_ID
from outreach_api.storage.sales import CashUp, Item


def items(session: Session, _actor: Actor, ids: Sequence[uuid.UUID]) -> Iterable[dict[str, Any]]:
    """schemas.catalogue.ItemBriefOut of the items."""
    return catalogue.item_briefs(session, session.scalars(sa.select(Item).where(Item.id.in_(ids))).all())


def tax_rates(session: Session, _actor: Actor, ids: Sequence[uuid.UUID]) -> Iterable[dict[str, Any]]:
    """schemas.catalogue.TaxRatesBriefOut, the one thing of its kind."""
    return [{"id": TAX_RATES_ID, **catalogue.tax_rates(session)}] if TAX_RATES_ID in ids else []


def sold_out(session: Session, actor: Actor, ids: Sequence[uuid.UUID]) -> Iterable[dict[str, Any]]:
    """schemas.shelf.SoldOutOut of the vans that the actor reaches."""
    return [listed for listed in shelf.sold_out(session, actor) if listed["id"] in ids]


def cash_ups(session: Session, actor: Actor, ids: Sequence[uuid.UUID]) -> Iterable[dict[str, Any]]:
    """schemas.till.CashUpOut of the countings that the actor may see."""
    rows = session.scalars(till.matching(actor).where(CashUp.id.in_(ids))).all()
    return till.cash_up_views(session, rows)
