"""Shows what became of what was given: thanks for donors, what partners hold; and what came in, gifts apart from sales."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger import measures
from outreach_api.ledger.allotted import allotments
from outreach_api.ledger.kinds import Actor
from outreach_api.ledger.visit_facts import of_own_van
from outreach_api.sales.rules.tickets import used_of
from outreach_api.storage.ledger import VisitTotal
from outreach_api.storage.sales import SaleVoid, TicketAllotment, TicketEntry, TicketNumber, TicketReturn
from outreach_api.storage.visits import Visit
from schemas.vocabulary import Payment, Role, TicketEvent


def thanks(
    session: Session,
    actor: Actor,
    *,
    from_day: dt.date | None = None,
    to_day: dt.date | None = None,
    donor_nickname: str | None = None,
) -> dict[str, Any]:
    """How many of each gift of tickets were used by now, whatever the days that are asked for: numbers only. A crew is
    shown the gifts that its own van took in."""
    gifts = session.scalars(
        sa.select(TicketEntry)
        .where(TicketEntry.event == TicketEvent.ISSUED, TicketEntry.counted)
        .order_by(TicketEntry.change_no)
    ).all()
    redeemed = sa.select(sa.func.coalesce(sa.func.sum(TicketEntry.quantity), 0))
    redeemed = redeemed.where(TicketEntry.event == TicketEvent.REDEEMED, TicketEntry.counted)
    by_number = _used_by_number(session)
    used = used_of(
        [(gift.quantity, by_number[gift.id]) for gift in gifts], int(session.scalar(redeemed) or 0)
    )
    reached: set[uuid.UUID] | None = None
    if actor.role is Role.CREW:
        own = sa.select(TicketEntry.id).where(of_own_van(actor, TicketEntry.visit_id))
        reached = set(session.scalars(own))
    shown = [
        {
            "donor_nickname": gift.donor_nickname,
            "message": gift.message,
            "local_day": gift.local_day,
            "quantity": gift.quantity,
            "yen": gift.quantity * gift.face_yen,
            "used": count,
            "waiting": gift.quantity - count,
        }
        for gift, count in zip(gifts, used, strict=True)
        if (reached is None or gift.id in reached)
        and (from_day is None or gift.local_day >= from_day)
        and (to_day is None or gift.local_day <= to_day)
        and (donor_nickname is None or gift.donor_nickname == donor_nickname)
    ]
    return {
        **{name: sum(gift[name] for gift in shown) for name in ("quantity", "yen", "used", "waiting")},
        "gifts": shown,
    }


def _used_by_number(session: Session) -> Counter[uuid.UUID]:
    """How many of the numbers that an entry gave out were used and not taken back."""
    given, using = aliased(TicketNumber), aliased(TicketEntry)
    gift = aliased(TicketEntry)
    found = (
        sa.select(gift.id, sa.func.count(given.number.distinct()))
        .join(given, given.entry_id == gift.id)
        .join(TicketNumber, TicketNumber.number == given.number)
        .join(using, using.id == TicketNumber.entry_id)
        .outerjoin(SaleVoid, SaleVoid.sale_id == using.sale_id)
        .where(
            gift.event == TicketEvent.ISSUED,
            using.event == TicketEvent.REDEEMED,
            using.counted,
            SaleVoid.id.is_(None),
        )
        .group_by(gift.id)
    )
    return Counter({gift_id: int(number) for gift_id, number in session.execute(found)})


def matching() -> sa.Select[Any]:
    return sa.select(TicketAllotment)


def allotment(
    session: Session, _actor: Actor, allotment_id: uuid.UUID, *, today: dt.date
) -> dict[str, Any] | Refusal:
    row = session.get(TicketAllotment, allotment_id)
    return Refusal("not_found", 404) if row is None else allotment_views(session, [row], today=today)[0]


def allotment_of_return(
    session: Session, actor: Actor, return_id: uuid.UUID, *, today: dt.date
) -> dict[str, Any] | Refusal:
    row = session.get(TicketReturn, return_id)
    if row is None:
        return Refusal("not_found", 404)
    return allotment(session, actor, row.allotment_id, today=today)


def allotment_views(
    session: Session, rows: Sequence[TicketAllotment], *, today: dt.date
) -> list[dict[str, Any]]:
    found = allotments(session, TicketAllotment.id.in_([row.id for row in rows]))
    return [
        {
            "id": row.id,
            "partner_id": row.partner_id,
            "local_day": row.local_day,
            "valid_until": row.valid_until,
            "quantity": row.quantity,
            "face_yen": row.face_yen,
            "used": found[row.id].used,
            "returned": found[row.id].returned,
            "left": found[row.id].left(today),
            "overdrawn": found[row.id].overdrawn,
        }
        for row in rows
    ]


_MEASURES = (measures.SALES_BY_PAYMENT_YEN, measures.DONATIONS_YEN, measures.TICKETS_YEN)


def takings(
    session: Session,
    actor: Actor,
    *,
    visit_id: uuid.UUID | None = None,
    from_day: dt.date | None = None,
    to_day: dt.date | None = None,
) -> dict[str, Any]:
    """What came in at the visits that the actor reaches, by the totals: revenue and donations apart."""
    sums = (
        sa.select(VisitTotal.measure, VisitTotal.key, sa.func.sum(VisitTotal.value))
        .join(Visit, Visit.id == VisitTotal.visit_id)
        .where(VisitTotal.measure.in_(_MEASURES))
        .group_by(VisitTotal.measure, VisitTotal.key)
    )
    for wanted in (
        Visit.van_id == actor.van_id if actor.role is Role.CREW else None,
        Visit.id == visit_id if visit_id is not None else None,
        Visit.local_day >= from_day if from_day is not None else None,
        Visit.local_day <= to_day if to_day is not None else None,
    ):
        if wanted is not None:
            sums = sums.where(wanted)
    found: dict[str, dict[str, int]] = {measure: {} for measure in _MEASURES}
    for measure, key, value in session.execute(sums.order_by(VisitTotal.key)):
        if value:
            found[measure][key] = int(value)
    sold, given = found[measures.SALES_BY_PAYMENT_YEN], found[measures.DONATIONS_YEN]
    return {
        "revenue_yen": sum(sold.values()),
        "revenue_by_payment_yen": sold,
        "donations_yen": sum(given.values()),
        "donations_by_payment_yen": given,
        "tickets_used_yen": found[measures.TICKETS_YEN].get(TicketEvent.REDEEMED, 0),
        "cash_yen": sold.get(Payment.CASH, 0) + given.get(Payment.CASH, 0),
    }
