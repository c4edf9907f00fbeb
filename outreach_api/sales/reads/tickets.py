"""Shows tickets and what the pool still owes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger.kinds import Actor
from outreach_api.sales.rules import Pool
from outreach_api.storage.sales import TicketEntry
from outreach_api.storage.visits import Visit
from schemas.vocabulary import Role, TicketEvent


def balance(session: Session) -> dict[str, int]:
    """Issued, redeemed, owed and honoured beyond the pool, in tickets and in yen of face value."""
    sums = sa.select(
        TicketEntry.event,
        sa.func.sum(TicketEntry.quantity),
        sa.func.sum(TicketEntry.quantity * TicketEntry.face_yen),
    )
    sums = sums.where(TicketEntry.counted).group_by(TicketEntry.event)
    found = {event: (int(quantity), int(yen)) for event, quantity, yen in session.execute(sums)}
    issued, redeemed = (found.get(event, (0, 0)) for event in (TicketEvent.ISSUED, TicketEvent.REDEEMED))
    pieces, yen = Pool(issued[0], redeemed[0]), Pool(issued[1], redeemed[1])
    return {
        "issued": pieces.issued,
        "issued_yen": yen.issued,
        "redeemed": pieces.redeemed,
        "redeemed_yen": yen.redeemed,
        "owed": pieces.owed,
        "owed_yen": yen.owed,
        "overdraft": pieces.overdraft,
        "overdraft_yen": yen.overdraft,
    }


def ticket(session: Session, actor: Actor, entry_id: uuid.UUID) -> dict[str, Any] | Refusal:
    found = session.scalar(matching(actor).where(TicketEntry.id == entry_id))
    return Refusal("not_found", 404) if found is None else ticket_views([found])[0]


def matching(
    actor: Actor, *, visit_id: uuid.UUID | None = None, event: TicketEvent | None = None
) -> sa.Select[Any]:
    select = sa.select(TicketEntry)
    if actor.role is Role.CREW:
        own = sa.select(Visit.id).where(Visit.van_id == actor.van_id)
        select = select.where(TicketEntry.visit_id.in_(own))
    if visit_id is not None:
        select = select.where(TicketEntry.visit_id == visit_id)
    if event is not None:
        select = select.where(TicketEntry.event == event)
    return select


def ticket_views(rows: Sequence[TicketEntry]) -> list[dict[str, Any]]:
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
            "source": row.source,
            "counted": row.counted,
        }
        for row in rows
    ]
