"""Shows what the phones and paper told of one visit beside each other, for whoever chooses between them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger import cash
from outreach_api.ledger.kinds import Actor
from outreach_api.ledger.tellings import heads, receipts
from outreach_api.ledger.visit_facts import VISIT_UNKNOWN
from outreach_api.storage.sales import CashMovement, CashUp, Sale, SaleRefund, SaleVoid, TicketEntry
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import HeadCount, Visit
from outreach_api.visits.reads import in_scope
from schemas.vocabulary import CHILD_BANDS, Source, TicketEvent


def tellings(session: Session, actor: Actor, visit_id: uuid.UUID) -> dict[str, Any] | Refusal:
    """Both tellings with their sums; of a joined duplicate, those of the visit that remained."""
    asked = session.scalar(in_scope(actor).where(Visit.id == visit_id))
    if asked is None:
        return VISIT_UNKNOWN
    row = session.get_one(Visit, asked.merged_into or asked.id)
    return {
        "visit_id": row.id,
        "version": row.version,
        "stop_name": session.scalar(sa.select(Stop.name).where(Stop.id == row.stop_id)),
        "heads": {
            "stands": heads.Standing(session, [row.id]).first([row.id]),
            **{source.value: _heads(session, row.id, source) for source in Source},
        },
        "receipts": {
            "stands": receipts.standing(session, [row.id]).get(row.id),
            **{source.value: _receipts(session, row.id, source) for source in Source},
        },
    }


def _heads(session: Session, visit_id: uuid.UUID, source: Source) -> dict[str, Any] | None:
    found = sa.select(HeadCount.counts, HeadCount.received_at)
    rows = session.execute(
        found.where(HeadCount.visit_id == visit_id, HeadCount.source == source).order_by(HeadCount.change_no)
    ).all()
    if not rows:
        return None
    bands: Counter[str] = Counter()
    for row in rows:
        bands.update(row.counts)
    by_band = {band: n for band, n in sorted(bands.items()) if n}
    return {
        "total": sum(by_band.values()),
        "children": sum(by_band.get(band, 0) for band in CHILD_BANDS),
        "by_band": by_band,
        "entries": len(rows),
        **_received([row.received_at for row in rows]),
    }


def _receipts(session: Session, visit_id: uuid.UUID, source: Source) -> dict[str, Any] | None:
    sales = session.execute(
        sa.select(Sale.payment, Sale.payments, Sale.total_yen, Sale.received_at)
        .outerjoin(SaleVoid, SaleVoid.sale_id == Sale.id)
        .where(Sale.visit_id == visit_id, Sale.source == source, SaleVoid.id.is_(None))
    ).all()
    entries = session.execute(
        sa.select(TicketEntry.event, TicketEntry.quantity, TicketEntry.received_at)
        .outerjoin(SaleVoid, SaleVoid.sale_id == TicketEntry.sale_id)
        .where(TicketEntry.visit_id == visit_id, TicketEntry.source == source, SaleVoid.id.is_(None))
    ).all()
    refunds = session.scalars(
        sa.select(SaleRefund.payments)
        .join(Sale, Sale.id == SaleRefund.sale_id)
        .outerjoin(SaleVoid, SaleVoid.sale_id == Sale.id)
        .where(SaleRefund.visit_id == visit_id, Sale.source == source, SaleVoid.id.is_(None))
    ).all()
    moved = session.execute(
        sa.select(cash.SIGNED_YEN.label("yen"), CashMovement.received_at).where(
            CashMovement.visit_id == visit_id, CashMovement.source == source
        )
    ).all()
    tills = session.scalars(
        sa.select(CashUp)
        .where(CashUp.visit_id == visit_id, CashUp.source == source)
        .order_by(CashUp.change_no)
    ).all()
    told = [row.received_at for row in (*sales, *entries, *moved)] + [till.received_at for till in tills]
    if not told:
        return None
    yen: Counter[str] = Counter()
    tickets: Counter[str] = Counter()
    for sale in sales:
        for part in sale.payments or [{"payment": sale.payment, "yen": sale.total_yen}]:
            yen[part["payment"]] += part["yen"]
    for ways in refunds:
        for part in ways:
            yen[part["payment"]] -= part["yen"]
    for entry in entries:
        tickets[entry.event] += entry.quantity
    return {
        "receipts": len(sales),
        "receipts_by_payment": dict(sorted(Counter(sale.payment for sale in sales).items())),
        "total_yen": sum(yen.values()),
        "by_payment_yen": {payment: taken for payment, taken in sorted(yen.items()) if taken},
        "tickets_issued": tickets[TicketEvent.ISSUED],
        "tickets_redeemed": tickets[TicketEvent.REDEEMED],
        "cash_in_yen": sum(row.yen for row in moved if row.yen > 0),
        "cash_out_yen": -sum(row.yen for row in moved if row.yen < 0),
        "tills": [
            {
                "id": till.id,
                "expected_yen": till.expected_yen,
                "counted_yen": till.counted_yen,
                "difference_yen": till.counted_yen - till.expected_yen,
                "counted": till.counted,
            }
            for till in tills
        ],
        **_received(told),
    }


def _received(moments: list[dt.datetime]) -> dict[str, dt.datetime]:
    return {"first_received_at": min(moments), "last_received_at": max(moments)}
