"""Issues and redeems 恩送りチケット. A child who holds a ticket is honoured, whatever the pool says."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.ids import derived
from outreach_api.ledger import takings
from outreach_api.ledger.kinds import Accepted, Applied, Warn, Work
from outreach_api.ledger.tellings import receipts as tellings
from outreach_api.ledger.tellings.sources import Told, held_back
from outreach_api.ledger.visit_facts import VISIT_UNKNOWN, VisitFrame, fact_columns, frames
from outreach_api.sales.writes.pool import Allotments, Numbers, Pool
from outreach_api.storage import bulk
from outreach_api.storage.sales import Sale, TicketEntry, TicketNumber
from schemas.vocabulary import TicketEvent

NUMBERS_DIFFER = Refusal("numbers_differ", 422, {}, (Problem("/numbers", "numbers_differ"),))


def issue_tickets(work: Work, batch: Sequence[Accepted]) -> list[Applied | Refusal]:
    return _enter(work, batch, TicketEvent.ISSUED)


def redeem_tickets(work: Work, batch: Sequence[Accepted]) -> list[Applied | Refusal]:
    return _enter(work, batch, TicketEvent.REDEEMED)


def _enter(work: Work, batch: Sequence[Accepted], event: TicketEvent) -> list[Applied | Refusal]:
    found = frames(work, (accepted.values["visit_id"] for accepted in batch))
    told = Told(work, found, batch)
    standing = tellings.Standing(work.session, told.in_sight)
    numbers = Numbers(work.session, (accepted.values.get("numbers", ()) for accepted in batch))
    allotments = Allotments(work.session, (accepted.values.get("allotment_id") for accepted in batch))
    pool = Pool(work.session) if event is TicketEvent.REDEEMED else None
    answers: list[Applied | Refusal] = []
    rows: list[dict[str, Any]] = []
    named: list[dict[str, Any]] = []
    for accepted in batch:
        given = accepted.values
        frame = found.get(given["visit_id"])
        if frame is None:
            answers.append(VISIT_UNKNOWN)
            continue
        wrong = _wrong(given, event, numbers, allotments)
        if wrong is not None:
            answers.append(wrong)
            continue
        quantity, face_yen = given["quantity"], given["face_yen"]
        source = told.source(given["source"], frame)
        counted = standing.take(frame.id, source)
        beyond, warnings = 0, [Warn("tickets_held_back")]
        if counted:
            beyond, warnings = _honoured(given, frame, pool, numbers, allotments)
        payment = given.get("payment")
        rows.append(
            {
                **fact_columns(work, accepted, frame),
                "event": event.value,
                "quantity": quantity,
                "face_yen": face_yen,
                "payment": payment,
                "donor_nickname": given.get("donor_nickname"),
                "sale_id": None,
                "source": source.value,
                "counted": counted,
                "message": given.get("message"),
                "valid_until": given.get("valid_until"),
                "allotment_id": given.get("allotment_id"),
                "beyond_pool": beyond or None,
            }
        )
        named += numbered(accepted.entity_id, given.get("numbers", ()))
        told.answered(frame, len(answers))
        answers.append(
            Applied(
                accepted.entity_id,
                tallies=(
                    takings.of_tickets(frame.id, event.value, quantity, face_yen, payment)
                    if counted
                    else (held_back(frame.id, tellings.TICKETS),)
                ),
                warnings=tuple(warnings),
            )
        )
    bulk.append(work.session, TicketEntry, rows)
    bulk.append(work.session, TicketNumber, named)
    told.add_to(answers, standing.settle())
    return answers


def _wrong(
    given: Mapping[str, Any], event: TicketEvent, numbers: Numbers, allotments: Allotments
) -> Refusal | None:
    """What can't be kept at all: numbers that don't fit, or are out already; an allotment that nobody knows here."""
    if "numbers" in given and len(given["numbers"]) != given["quantity"]:
        return NUMBERS_DIFFER
    if "valid_until" in given and "numbers" not in given:
        fault = Problem("/valid_until", "valid_until_needs_numbers")
        return Refusal("valid_until_needs_numbers", 422, {}, (fault,))
    if event is TicketEvent.ISSUED:
        taken = numbers.issue(given.get("numbers", ()), given.get("valid_until"))
        if taken is not None:
            return Refusal(
                "ticket_number_taken", 409, {}, (Problem(f"/numbers/{taken}", "ticket_number_taken"),)
            )
    elif not allotments.knows(given.get("allotment_id")):
        fault = Problem("/allotment_id", "allotment_unknown")
        return Refusal("allotment_unknown", 404, {}, (fault,), passing=True)
    return None


def _honoured(
    given: Mapping[str, Any],
    frame: VisitFrame,
    pool: Pool | None,
    numbers: Numbers,
    allotments: Allotments,
) -> tuple[int, list[Warn]]:
    """How many are beyond the pool, and all that the sender should see. None of it keeps a child from its sweets."""
    if pool is None:
        return 0, []
    beyond, warnings = pool.redeem(given["quantity"])
    warnings += numbers.use(given.get("numbers", ()), frame.local_day, "/numbers")
    warnings += allotments.use(given.get("allotment_id"), given["quantity"], frame.local_day)
    return beyond, warnings


def numbered(entry_id: uuid.UUID, numbers: Sequence[str]) -> list[dict[str, Any]]:
    return [{"number": number, "entry_id": entry_id} for number in numbers]


def entry_of(
    fact: Mapping[str, Any],
    *,
    sale_id: uuid.UUID,
    quantity: int,
    face_yen: int,
    source: str,
    counted: bool,
    beyond: int = 0,
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
        "beyond_pool": beyond or None,
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
