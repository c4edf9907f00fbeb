"""The two tellings of what a visit's counter took: its receipts, the tickets bought and used, cash moved, its till."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.ledger import takings
from outreach_api.ledger.kinds import Tally
from outreach_api.ledger.tellings import tills
from outreach_api.ledger.tellings.sources import OTHER, Turned, held_back, turned_by
from outreach_api.storage.sales import CashMovement, Sale, SaleVoid, TicketEntry

RECEIPTS, TICKETS, CASH = "receipts", "tickets", "cash"

_STANDS = ~sa.exists().where(SaleVoid.sale_id == Sale.id)
"""A receipt that was taken back tells nothing any more."""


class Standing:
    """Which source stands at visits where paper is in sight, while a batch is added to them."""

    def __init__(self, session: Session, visit_ids: Collection[uuid.UUID]) -> None:
        self._session = session
        self._in_sight = visit_ids
        self._source = standing(session, visit_ids) if visit_ids else {}
        self._newly: set[uuid.UUID] = set()

    def take(self, visit_id: uuid.UUID, source: str) -> bool:
        """Whether what this source tells counts; the first that does decides for those after it."""
        if not self._in_sight or visit_id not in self._in_sight:
            return True
        if visit_id not in self._source:
            self._source[visit_id] = source
            self._newly.add(visit_id)
        return self._source[visit_id] == source

    def settle(self) -> dict[uuid.UUID, Turned]:
        """Let tills follow where something stands for the first time, by visit."""
        return {
            visit_id: tills.let_stand(self._session, visit_id, self._source[visit_id])
            for visit_id in self._newly
        }


def standing(session: Session, visit_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The source that counts at each visit where one does."""
    found: dict[uuid.UUID, str] = {}
    for row in session.execute(_told(visit_ids, counted=True)):
        found.setdefault(row.visit_id, row.source)
    return found


def tellers(session: Session, visit_id: uuid.UUID) -> set[str]:
    """The sources that told anything that was not taken back."""
    return {row.source for row in session.execute(_told([visit_id]))}


def _told(visit_ids: Collection[uuid.UUID], *, counted: bool = False) -> Any:
    """Each visit's sources, what came first at the head. Tickets on receipts go with those."""
    sales = sa.select(Sale.visit_id, Sale.source, sa.func.min(Sale.change_no).label("first"))
    sales = sales.where(Sale.visit_id.in_(visit_ids), _STANDS)
    bare = sa.select(TicketEntry.visit_id, TicketEntry.source, sa.func.min(TicketEntry.change_no))
    bare = bare.where(TicketEntry.visit_id.in_(visit_ids), TicketEntry.sale_id.is_(None))
    moved = sa.select(CashMovement.visit_id, CashMovement.source, sa.func.min(CashMovement.change_no))
    moved = moved.where(CashMovement.visit_id.in_(visit_ids))
    if counted:
        sales, bare = sales.where(Sale.counted), bare.where(TicketEntry.counted)
        moved = moved.where(CashMovement.counted)
    return sa.union_all(
        sales.group_by(Sale.visit_id, Sale.source),
        bare.group_by(TicketEntry.visit_id, TicketEntry.source),
        moved.group_by(CashMovement.visit_id, CashMovement.source),
    ).order_by("first")


def let_stand(session: Session, visit_id: uuid.UUID, source: str) -> Turned:
    """Let what this source told of the counter count at a visit, and nothing else; its till goes along."""
    tallies: list[Tally] = []
    turned = turned_by(Sale, visit_id, source)
    added = takings.by_now(session, turned)
    for sale in session.execute(sa.select(Sale.id, Sale.source).where(turned, _STANDS)):
        sign = 1 if sale.source == source else -1
        tallies.append(held_back(visit_id, RECEIPTS, -sign))
        tallies += takings.tallies(visit_id, added[sale.id], sign)
    session.execute(sa.update(Sale).where(turned).values(counted=Sale.source == source))
    turned = turned_by(TicketEntry, visit_id, source)
    entries = sa.select(
        TicketEntry.source,
        TicketEntry.event,
        TicketEntry.quantity,
        TicketEntry.face_yen,
        TicketEntry.payment,
        TicketEntry.sale_id,
    )
    for entry in session.execute(entries.where(turned)):
        sign = 1 if entry.source == source else -1
        moved = sign * entry.quantity
        tallies += takings.of_tickets(visit_id, entry.event, moved, entry.face_yen, entry.payment)
        if entry.sale_id is None:
            tallies.append(held_back(visit_id, TICKETS, -sign))
    session.execute(sa.update(TicketEntry).where(turned).values(counted=TicketEntry.source == source))
    turned = turned_by(CashMovement, visit_id, source)
    for teller in session.scalars(sa.select(CashMovement.source).where(turned)):
        tallies.append(held_back(visit_id, CASH, -1 if teller == source else 1))
    session.execute(sa.update(CashMovement).where(turned).values(counted=CashMovement.source == source))
    counted = tills.let_stand(session, visit_id, source)
    return Turned((*tallies, *counted.tallies), counted.announces)


def settle(session: Session, visit_id: uuid.UUID, *preferred: str | None) -> Turned:
    """Let the first of these sources stand that told anything; else whichever did."""
    telling = tellers(session, visit_id)
    source = next((source for source in (*preferred, *OTHER) if source in telling), None)
    if source is None:
        return tills.let_stand(session, visit_id, None)
    return let_stand(session, visit_id, source)
