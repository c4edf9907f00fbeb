"""Shows tickets and what the pool still owes."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger.allotted import allotments
from outreach_api.ledger.kinds import Actor
from outreach_api.sales.rules import Pool
from outreach_api.storage.sales import TicketEntry, TicketNumber
from outreach_api.storage.visits import Visit
from schemas.vocabulary import Role, TicketEvent


def balance(session: Session, *, today: dt.date) -> dict[str, int]:
    """Issued, redeemed, owed and honoured beyond the pool, in tickets and in yen of face value; and of what is owed,
    how much partners hold today."""
    sums = sa.select(
        TicketEntry.event,
        sa.func.sum(TicketEntry.quantity),
        sa.func.sum(TicketEntry.quantity * TicketEntry.face_yen),
    )
    sums = sums.where(TicketEntry.counted).group_by(TicketEntry.event)
    found = {event: (int(quantity), int(yen)) for event, quantity, yen in session.execute(sums)}
    issued, redeemed, settled = (
        found.get(event, (0, 0)) for event in (TicketEvent.ISSUED, TicketEvent.REDEEMED, TicketEvent.SETTLED)
    )
    pieces, yen = (Pool(issued[n], redeemed[n], settled[n]) for n in (0, 1))
    with_partners = sum(one.left(today) for one in allotments(session, sa.true()).values())
    allotted = min(pieces.owed, with_partners)
    return {
        "issued": pieces.issued,
        "issued_yen": yen.issued,
        "redeemed": pieces.redeemed,
        "redeemed_yen": yen.redeemed,
        "owed": pieces.owed,
        "owed_yen": yen.owed,
        "settled": pieces.settled,
        "settled_yen": yen.settled,
        "allotted": allotted,
        "available": pieces.owed - allotted,
        "overdraft": pieces.overdraft,
        "overdraft_yen": yen.overdraft,
    }


def ticket(session: Session, actor: Actor, entry_id: uuid.UUID) -> dict[str, Any] | Refusal:
    found = session.scalar(matching(actor).where(TicketEntry.id == entry_id))
    return Refusal("not_found", 404) if found is None else ticket_views(session, [found])[0]


def matching(
    actor: Actor,
    *,
    visit_id: uuid.UUID | None = None,
    event: TicketEvent | None = None,
    beyond_pool: bool | None = None,
) -> sa.Select[Any]:
    select = sa.select(TicketEntry)
    if actor.role is Role.CREW:
        own = sa.select(Visit.id).where(Visit.van_id == actor.van_id)
        select = select.where(TicketEntry.visit_id.in_(own))
    if visit_id is not None:
        select = select.where(TicketEntry.visit_id == visit_id)
    if event is not None:
        select = select.where(TicketEntry.event == event)
    if beyond_pool is not None:
        is_beyond = TicketEntry.beyond_pool.is_not(None)
        select = select.where(is_beyond if beyond_pool else ~is_beyond)
    return select


def ticket_views(session: Session, rows: Sequence[TicketEntry]) -> list[dict[str, Any]]:
    numbers: dict[uuid.UUID, list[str]] = defaultdict(list)
    named = sa.select(TicketNumber).where(TicketNumber.entry_id.in_([row.id for row in rows]))
    for one in session.scalars(named.order_by(TicketNumber.number)):
        numbers[one.entry_id].append(one.number)
    return [
        {
            "id": row.id,
            "event": row.event,
            "visit_id": row.visit_id,
            "local_day": row.local_day,
            "occurred_at": row.occurred_at,
            "quantity": row.quantity,
            "face_yen": row.face_yen,
            "payment": row.payment,
            "donor_nickname": row.donor_nickname,
            "sale_id": row.sale_id,
            "message": row.message,
            "numbers": numbers[row.id],
            "valid_until": row.valid_until,
            "allotment_id": row.allotment_id,
            "settles_id": row.settles_id,
            "settled_by": row.settled_by,
            "beyond_pool": row.beyond_pool or 0,
            "source": row.source,
            "counted": row.counted,
        }
        for row in rows
    ]
