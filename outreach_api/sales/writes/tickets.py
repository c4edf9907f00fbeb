"""Issues and redeems 恩送りチケット. A child who holds a ticket is honoured, whatever the pool says."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.ids import derived
from outreach_api.ledger import takings
from outreach_api.ledger.kinds import Accepted, Applied, Warn, Work
from outreach_api.ledger.tellings import receipts as tellings
from outreach_api.ledger.tellings.sources import Told, held_back
from outreach_api.ledger.visit_facts import VISIT_UNKNOWN, fact_columns, frames
from outreach_api.storage import bulk
from outreach_api.storage.sales import Sale, TicketEntry
from schemas.vocabulary import TicketEvent

OVERDRAFT = Warn("ticket_overdraft")


class Pool:
    """What the pool owes while a batch is written: one SELECT, then it is counted down."""

    def __init__(self, session: Session) -> None:
        sums = sa.select(TicketEntry.event, sa.func.sum(TicketEntry.quantity))
        sums = sums.where(TicketEntry.counted).group_by(TicketEntry.event)
        totals = {event: int(quantity) for event, quantity in session.execute(sums)}
        self.left = totals.get(TicketEvent.ISSUED, 0) - totals.get(TicketEvent.REDEEMED, 0)

    def redeem(self, quantity: int) -> tuple[Warn, ...]:
        self.left -= quantity
        return (OVERDRAFT,) if self.left < 0 else ()


def issue_tickets(work: Work, batch: Sequence[Accepted]) -> list[Applied | Refusal]:
    return _enter(work, batch, TicketEvent.ISSUED, None)


def redeem_tickets(work: Work, batch: Sequence[Accepted]) -> list[Applied | Refusal]:
    return _enter(work, batch, TicketEvent.REDEEMED, Pool(work.session))


def _enter(
    work: Work, batch: Sequence[Accepted], event: TicketEvent, pool: Pool | None
) -> list[Applied | Refusal]:
    found = frames(work, (accepted.values["visit_id"] for accepted in batch))
    told = Told(work, found, batch)
    standing = tellings.Standing(work.session, told.in_sight)
    answers: list[Applied | Refusal] = []
    rows = []
    for accepted in batch:
        given = accepted.values
        frame = found.get(given["visit_id"])
        if frame is None:
            answers.append(VISIT_UNKNOWN)
            continue
        quantity, face_yen = given["quantity"], given["face_yen"]
        source = told.source(given["source"], frame)
        counted = standing.take(frame.id, source)
        rows.append(
            {
                **fact_columns(work, accepted, frame),
                "event": event.value,
                "quantity": quantity,
                "face_yen": face_yen,
                "payment": given.get("payment"),
                "donor_nickname": given.get("donor_nickname"),
                "sale_id": None,
                "source": source.value,
                "counted": counted,
            }
        )
        told.answered(frame, len(answers))
        answers.append(
            Applied(
                accepted.entity_id,
                tallies=(
                    takings.of_tickets(frame.id, event.value, quantity, face_yen)
                    if counted
                    else (held_back(frame.id, tellings.TICKETS),)
                ),
                warnings=_warnings(counted, quantity, pool),
            )
        )
    bulk.append(work.session, TicketEntry, rows)
    told.add_to(answers, standing.settle())
    return answers


def _warnings(counted: bool, quantity: int, pool: Pool | None) -> tuple[Warn, ...]:
    if not counted:
        return (Warn("tickets_held_back"),)
    return pool.redeem(quantity) if pool is not None else ()


def entry_of(
    fact: Mapping[str, Any],
    *,
    sale_id: uuid.UUID,
    quantity: int,
    face_yen: int,
    source: str,
    counted: bool,
) -> dict[str, Any]:
    """The row of a receipt that was paid with tickets, or of its void (a negative quantity); it counts as that does.

    `fact` holds the columns of the sale or void; its own id follows from that one's.
    """
    return {
        **fact,
        "id": derived("tickets", fact["id"]),
        "event": TicketEvent.REDEEMED.value,
        "quantity": quantity,
        "face_yen": face_yen,
        "payment": None,
        "donor_nickname": None,
        "sale_id": sale_id,
        "source": source,
        "counted": counted,
    }


def entry_back(fact: Mapping[str, Any], sale: Sale, quantity: int) -> dict[str, Any]:
    """Tickets of a receipt that go back to the pool with a void or a refund, whose columns `fact` holds."""
    return entry_of(
        fact,
        sale_id=sale.id,
        quantity=-quantity,
        face_yen=sale.ticket_face_yen,
        source=sale.source,
        counted=sale.counted,
    )
