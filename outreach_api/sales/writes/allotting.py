"""What the office does with the pool of tickets: makes an overdraft good, allots to partners, takes the rest back."""

from __future__ import annotations

import sqlalchemy as sa

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.week import local_day
from outreach_api.ledger import takings
from outreach_api.ledger.allotted import allotments
from outreach_api.ledger.kinds import Accepted, Applied, Work
from outreach_api.ledger.visit_facts import fact_columns, frames
from outreach_api.sales.writes.pool import Pool
from outreach_api.storage.contacts import Partner
from outreach_api.storage.sales import TicketAllotment, TicketEntry, TicketReturn
from schemas.vocabulary import TicketEvent


def settle_overdraft(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Make good what was redeemed beyond the pool: no more than that redemption, and than is overdrawn now."""
    given = accepted.values
    entry = work.session.get(TicketEntry, given["ticket_id"])
    if entry is None:
        return Refusal("ticket_unknown", 404, passing=True)
    if entry.event != TicketEvent.REDEEMED or entry.quantity < 1:
        return Refusal("ticket_not_redeemed", 409)
    settled = sa.select(sa.func.coalesce(sa.func.sum(TicketEntry.quantity), 0))
    settled = settled.where(TicketEntry.settles_id == entry.id)
    open_ = entry.quantity - int(work.session.scalar(settled) or 0)
    most = max(0, min(open_, -Pool(work.session).left)) if entry.counted else 0
    if given["quantity"] > most:
        fault = Problem("/quantity", "overdraft_smaller", {"most": most})
        return Refusal("overdraft_smaller", 409, {"most": most}, (fault,))
    frame = frames(work, [entry.visit_id])[entry.visit_id]
    work.session.add(
        TicketEntry(
            **fact_columns(work, accepted, frame),
            event=TicketEvent.SETTLED.value,
            quantity=given["quantity"],
            face_yen=entry.face_yen,
            settles_id=entry.id,
            settled_by=given["settled_by"].value,
            source=entry.source,
            counted=entry.counted,
        )
    )
    work.session.flush()
    tallies = takings.of_tickets(frame.id, TicketEvent.SETTLED, given["quantity"], entry.face_yen)
    return Applied(accepted.entity_id, tallies=tallies)


def allot_tickets(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Give a partner tickets to hand on: no more than are free, so that no two children are promised the same one."""
    given = accepted.values
    if work.session.get(Partner, given["partner_id"]) is None:
        fault = Problem("/partner_id", "unknown_reference")
        return Refusal("unknown_reference", 422, {}, (fault,), passing=True)
    today = local_day(work.now)
    held = sum(one.left(today) for one in allotments(work.session, sa.true()).values())
    available = max(0, Pool(work.session).left - held)
    if given["quantity"] > available:
        fault = Problem("/quantity", "pool_too_small", {"available": available})
        return Refusal("pool_too_small", 409, {"available": available}, (fault,))
    work.session.add(
        TicketAllotment(
            id=accepted.entity_id,
            change_no=accepted.change_no,
            created_at=work.now,
            local_day=today,
            partner_id=given["partner_id"],
            quantity=given["quantity"],
            face_yen=given["face_yen"],
            valid_until=given.get("valid_until"),
        )
    )
    work.session.flush()
    return Applied(accepted.entity_id)


def return_tickets(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Take back into the pool what a partner did not hand on."""
    given = accepted.values
    found = allotments(work.session, TicketAllotment.id == given["allotment_id"])
    allotment = found.get(given["allotment_id"])
    if allotment is None:
        return Refusal("allotment_unknown", 404, {}, (Problem("/allotment_id", "allotment_unknown"),))
    left = max(0, allotment.unused)
    if given["quantity"] > left:
        fault = Problem("/quantity", "allotment_too_small", {"left": left})
        return Refusal("allotment_too_small", 409, {"left": left}, (fault,))
    work.session.add(
        TicketReturn(
            id=accepted.entity_id,
            change_no=accepted.change_no,
            created_at=work.now,
            allotment_id=given["allotment_id"],
            quantity=given["quantity"],
        )
    )
    work.session.flush()
    return Applied(accepted.entity_id)
