"""What stands while tickets are written: what the pool owes, which numbers are out and used, what partners hold."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.ledger.allotted import allotments
from outreach_api.ledger.kinds import Warn
from outreach_api.storage.sales import SaleVoid, TicketAllotment, TicketEntry, TicketNumber
from schemas.vocabulary import TicketEvent


class Pool:
    """What the pool owes while a batch is written: one SELECT, then it is counted down."""

    def __init__(self, session: Session) -> None:
        sums = sa.select(TicketEntry.event, sa.func.sum(TicketEntry.quantity))
        sums = sums.where(TicketEntry.counted).group_by(TicketEntry.event)
        totals = {event: int(quantity) for event, quantity in session.execute(sums)}
        paid = totals.get(TicketEvent.ISSUED, 0) + totals.get(TicketEvent.SETTLED, 0)
        self.left = paid - totals.get(TicketEvent.REDEEMED, 0)

    def redeem(self, quantity: int) -> tuple[int, list[Warn]]:
        """How many of them nobody has paid for yet, and what is said about that."""
        self.left -= quantity
        beyond = min(quantity, max(0, -self.left))
        return beyond, [Warn("ticket_overdraft")] if beyond else []


class Numbers:
    """Printed numbers of a batch: which are out, until when, and which were used. Asks nothing where there are none."""

    def __init__(self, session: Session, named: Iterable[Sequence[str]]) -> None:
        numbers = {number for some in named for number in some}
        self._until: dict[str, dt.date | None] = {}
        self._used: set[str] = set()
        if not numbers:
            return
        found = (
            sa.select(TicketNumber.number, TicketEntry.event, TicketEntry.valid_until)
            .join(TicketEntry, TicketEntry.id == TicketNumber.entry_id)
            .outerjoin(SaleVoid, SaleVoid.sale_id == TicketEntry.sale_id)
            .where(TicketNumber.number.in_(numbers), TicketEntry.counted, SaleVoid.id.is_(None))
        )
        for number, event, valid_until in session.execute(found):
            if event == TicketEvent.ISSUED:
                self._until[number] = valid_until
            else:
                self._used.add(number)

    def issue(self, numbers: Sequence[str], valid_until: dt.date | None) -> int | None:
        """Give numbers out; or the place of the first that is out already, and none is given out."""
        for place, number in enumerate(numbers):
            if number in self._until:
                return place
        self._until |= dict.fromkeys(numbers, valid_until)
        return None

    def use(self, numbers: Sequence[str], day: dt.date, path: str) -> list[Warn]:
        """Use numbers, each once. One that is unknown (its donor's phone may be on its way) or was used is told."""
        warnings = []
        for place, number in enumerate(numbers):
            until = self._until.get(number)
            if number in self._used:
                warnings.append(Warn("ticket_used_already", f"{path}/{place}"))
            elif number not in self._until:
                warnings.append(Warn("ticket_number_unknown", f"{path}/{place}"))
            elif until is not None and until < day:
                warnings.append(Warn("ticket_expired", f"{path}/{place}"))
            self._used.add(number)
        return warnings


class Allotments:
    """The allotments that a batch names, counted down while it is written."""

    def __init__(self, session: Session, ids: Iterable[uuid.UUID | None]) -> None:
        wanted = {one for one in ids if one is not None}
        self._found = allotments(session, TicketAllotment.id.in_(wanted)) if wanted else {}

    def knows(self, allotment_id: uuid.UUID | None) -> bool:
        return allotment_id is None or allotment_id in self._found

    def use(self, allotment_id: uuid.UUID | None, quantity: int, day: dt.date) -> list[Warn]:
        if allotment_id is None:
            return []
        allotment = self._found[allotment_id]
        left = allotment.left(day)
        allotment.used += quantity
        return [Warn("allotment_overdrawn", "/allotment_id")] if quantity > left else []
