"""Tickets of the pool that partners hold: what was used and came back of them, and what is left."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.storage.sales import TicketAllotment, TicketEntry, TicketReturn


@dataclass(slots=True)
class Allotment:
    """Tickets with a partner, counted in pieces."""

    quantity: int
    valid_until: date | None
    used: int = 0
    returned: int = 0

    @property
    def unused(self) -> int:
        return self.quantity - self.returned - self.used

    def left(self, day: date) -> int:
        """That may still be handed on; after the last day, if one was set, all that is left is the pool's again."""
        if self.valid_until is not None and self.valid_until < day:
            return 0
        return max(0, self.unused)

    @property
    def overdrawn(self) -> int:
        return max(0, -self.unused)


def allotments(session: Session, which: sa.ColumnElement[bool]) -> dict[uuid.UUID, Allotment]:
    """Allotments with what was used and came back of them."""
    found = {
        row.id: Allotment(row.quantity, row.valid_until)
        for row in session.scalars(sa.select(TicketAllotment).where(which))
    }
    if not found:
        return found
    used = sa.select(TicketEntry.allotment_id, sa.func.sum(TicketEntry.quantity))
    used = used.where(TicketEntry.allotment_id.in_(found), TicketEntry.counted)
    for allotment_id, quantity in session.execute(used.group_by(TicketEntry.allotment_id)):
        if allotment_id is not None:
            found[allotment_id].used = int(quantity)
    back = sa.select(TicketReturn.allotment_id, sa.func.sum(TicketReturn.quantity))
    back = back.where(TicketReturn.allotment_id.in_(found)).group_by(TicketReturn.allotment_id)
    for allotment_id, quantity in session.execute(back):
        found[allotment_id].returned = int(quantity)
    return found
