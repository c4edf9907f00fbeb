"""Shows what vans are out of, and what sells at a kind of stop."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.ledger.kinds import Actor
from outreach_api.sales.rules import sold_out_id
from outreach_api.storage.plans import Van
from outreach_api.storage.sales import Item, Sale, SaleLine, SaleVoid, SoldOut
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit
from schemas.vocabulary import Role


def sold_out(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """One list for each van that the actor reaches: of the last day on which it was out of anything."""
    vans = sa.select(Van.id).order_by(Van.code)
    if actor.role is Role.CREW:
        vans = vans.where(Van.id == actor.van_id)
    return sold_out_of(session, session.scalars(vans))


def sold_out_of(session: Session, van_ids: Iterable[uuid.UUID]) -> list[dict[str, Any]]:
    ids = list(van_ids)
    days: dict[uuid.UUID, dt.date] = {}
    items: dict[uuid.UUID, list[uuid.UUID]] = {}
    rows = (
        sa.select(SoldOut).where(SoldOut.van_id.in_(ids)).order_by(SoldOut.local_day.desc(), SoldOut.item_id)
    )
    for row in session.scalars(rows):
        if days.setdefault(row.van_id, row.local_day) == row.local_day:
            items.setdefault(row.van_id, []).append(row.item_id)
    return [
        {
            "id": sold_out_id(van_id),
            "van_id": van_id,
            "local_day": days.get(van_id),
            "item_ids": items.get(van_id, []),
        }
        for van_id in ids
    ]


def quick_keys(
    session: Session, *, stop_kind: str | None, from_day: dt.date, limit: int
) -> list[dict[str, Any]]:
    """Items on sale by what was sold of them since a day, the most first; equal ones by code, always in one order."""
    sold: Counter[uuid.UUID] = Counter()
    for item_id, pieces in session.execute(
        _sold(stop_kind, from_day, SaleLine.item_id, sa.func.sum(SaleLine.quantity)).where(
            SaleLine.item_id.is_not(None), SaleLine.set_id.is_(None)
        )
    ):
        sold[item_id] += int(pieces)
    for item_id, receipts in session.execute(
        _sold(stop_kind, from_day, SaleLine.set_id, sa.func.count(SaleLine.sale_id.distinct())).where(
            SaleLine.set_id.is_not(None)
        )
    ):
        sold[item_id] += int(receipts)
    rows = session.scalars(sa.select(Item).where(Item.active))
    ordered = sorted(rows, key=lambda row: (-sold[row.id], row.code, row.id))
    return [
        {"item_id": row.id, "code": row.code, "name": row.name, "icon": row.icon, "sold": sold[row.id]}
        for row in ordered[:limit]
    ]


def _sold(stop_kind: str | None, from_day: dt.date, of: Any, number: Any) -> sa.Select[Any]:
    select = (
        sa.select(of, number)
        .join(Sale, Sale.id == SaleLine.sale_id)
        .join(Visit, Visit.id == Sale.visit_id)
        .outerjoin(SaleVoid, SaleVoid.sale_id == Sale.id)
        .where(Sale.counted, SaleVoid.id.is_(None), Visit.local_day >= from_day)
        .group_by(of)
    )
    if stop_kind is None:
        return select
    return select.join(Stop, Stop.id == Visit.stop_id).where(Stop.kind == stop_kind)
