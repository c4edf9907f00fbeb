"""What phones hold shows parts of other things: a till what came too late for it, a plan the names of its stops.

When those change, it is told to phones anew, or a phone that pulls what is new never learns what a new one knows.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.ledger import measures
from outreach_api.ledger.kinds import Announce, Tally
from outreach_api.storage import bulk
from outreach_api.storage.contacts import Consent, FollowUp, FollowUpEvent, Referral
from outreach_api.storage.plans import Plan, PlanStop
from outreach_api.storage.sales import CashUp
from outreach_api.storage.visits import Visit

# Whatever comes to a counter, counted or held back, adds to one of these; cash that only moves adds to none.
_AT_THE_COUNTER = frozenset(
    {measures.SALES_COUNT, measures.SALES_BY_PAYMENT_YEN, measures.TICKETS, measures.HELD_BACK}
)
_TILLS = sa.select(CashUp.id, CashUp.van_id).where(bulk.among(CashUp.visit_id))


def tills_after(session: Session, tallies: Iterable[Tally]) -> list[Announce]:
    """The counted tills of visits at whose counters something happened: they list it as late."""
    visit_ids = {tally.visit_id for tally in tallies if tally.measure in _AT_THE_COUNTER}
    return tills_of(session, visit_ids)


def of_visit(session: Session, visit_id: uuid.UUID) -> list[Announce]:
    """What shows a visit's id or day: its tills, the promises that were made or reported at it, and consents."""
    reported = sa.select(FollowUpEvent.follow_up_id).where(FollowUpEvent.visit_id == visit_id)
    promises = (
        sa.select(FollowUp.id, Visit.van_id)
        .join(Visit, Visit.id == FollowUp.visit_id)
        .where(sa.or_(FollowUp.visit_id == visit_id, FollowUp.id.in_(reported)))
    )
    consented = (
        sa.select(Referral.id, Visit.van_id)
        .join(Visit, Visit.id == Referral.visit_id)
        .where(Referral.visit_id == visit_id, Referral.id.in_(sa.select(Consent.referral_id)))
    )
    told = [Announce("follow_up", row.id, row.van_id) for row in session.execute(promises)]
    told += [Announce("consent", row.id, row.van_id) for row in session.execute(consented)]
    return told + tills_of(session, [visit_id])


def at_stop(session: Session, stop_id: uuid.UUID) -> list[Announce]:
    """What shows a stop's name: the visits at it, and the plans that lead there."""
    visits = sa.select(Visit.id, Visit.van_id).where(Visit.stop_id == stop_id, Visit.merged_into.is_(None))
    led = sa.select(PlanStop.plan_id).where(PlanStop.stop_id == stop_id, PlanStop.removed.is_(False))
    plans = sa.select(Plan.id, Plan.van_id).where(Plan.id.in_(led))
    return [
        *(Announce("visit", row.id, row.van_id) for row in session.execute(visits)),
        *(Announce("plan", row.id, row.van_id) for row in session.execute(plans)),
    ]


def tills_of(session: Session, visit_ids: Iterable[uuid.UUID]) -> list[Announce]:
    """The counted tills of visits."""
    return [Announce("cash_up", row.id, row.van_id) for row in bulk.find(session, _TILLS, list(visit_ids))]
