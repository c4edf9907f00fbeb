"""What phones pull: for each kind of thing its contract, who may have it, and how it is read in bulk."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.access.reads import people as access
from outreach_api.contacts.operations import WRITERS
from outreach_api.contacts.reads import concerns, follow_ups, referrals
from outreach_api.contacts.rules import SAFETY_CARD_ID
from outreach_api.ledger.kinds import Actor
from outreach_api.plans import reads as plans
from outreach_api.sales.operations import COUNTER
from outreach_api.sales.reads import phones
from outreach_api.stops import reads as stops
from outreach_api.storage.access import Shift
from outreach_api.storage.ledger import Change
from outreach_api.storage.plans import Plan, Van
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit
from outreach_api.visits import reads as visits
from schemas.access import ShiftOut
from schemas.base import Out
from schemas.catalogue import ItemBriefOut, TaxRatesBriefOut
from schemas.follow_ups import FollowUpOut
from schemas.plans import PlanOut
from schemas.referrals import ConsentBriefOut, DestinationOut
from schemas.safety import SafetyCardOut
from schemas.shelf import SoldOutOut
from schemas.stops import StopOut
from schemas.till import CashUpOut
from schemas.vans import VanOut
from schemas.visits import VisitOut
from schemas.vocabulary import PlanStatus, Role

Read = Callable[[Session, Actor, Sequence[uuid.UUID]], Iterable[dict[str, Any]]]

DEVICES = frozenset({Role.CREW, Role.COORDINATOR, Role.SAFEGUARDING, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Feed:
    schema: type[Out]
    read: Read
    roles: frozenset[Role] = DEVICES
    never_shown: Callable[[Actor], sa.ColumnElement[bool] | None] = lambda actor: None
    """Of its changes, those of what this device was never shown: it needs no tombstone of it."""


def _stops(session: Session, actor: Actor, ids: Sequence[uuid.UUID]) -> Iterable[dict[str, Any]]:
    rows = session.scalars(sa.select(Stop).where(Stop.id.in_(ids))).all()
    return stops.stop_views(session, actor, rows)


def _visits(session: Session, actor: Actor, ids: Sequence[uuid.UUID]) -> Iterable[dict[str, Any]]:
    rows = session.scalars(visits.in_scope(actor).where(Visit.id.in_(ids))).all()
    return visits.visit_views(session, rows)


def _shifts(session: Session, actor: Actor, ids: Sequence[uuid.UUID]) -> Iterable[dict[str, Any]]:
    rows = session.scalars(access.shifts_in_scope(actor).where(Shift.id.in_(ids))).all()
    return access.shift_views(session, rows)


def _vans(session: Session, actor: Actor, ids: Sequence[uuid.UUID]) -> Iterable[dict[str, Any]]:
    rows = session.scalars(plans.vans_in_scope(actor).where(Van.id.in_(ids)))
    return [plans.van_view(row) for row in rows]


def _plans(session: Session, actor: Actor, ids: Sequence[uuid.UUID]) -> Iterable[dict[str, Any]]:
    """A crew's phones hold what was published; a draft is still the coordinator's."""
    select = plans.plans_in_scope(actor).where(Plan.id.in_(ids))
    if actor.role is Role.CREW:
        select = select.where(Plan.status != PlanStatus.DRAFT)
    return plans.plan_views(session, session.scalars(select).all())


def _drafts(actor: Actor) -> sa.ColumnElement[bool] | None:
    """A month of drafts must not ring through the crew's phones, draft by draft, as things that are gone."""
    if actor.role is not Role.CREW:
        return None
    return sa.exists().where(Plan.id == Change.entity_id, Plan.revision == 0)


def _safety_card(session: Session, actor: Actor, ids: Sequence[uuid.UUID]) -> Iterable[dict[str, Any]]:
    return [{"id": SAFETY_CARD_ID, **concerns.safety_card(session, actor)}] if SAFETY_CARD_ID in ids else []


FEEDS: dict[str, Feed] = {
    "safety_card": Feed(SafetyCardOut, _safety_card),
    "van": Feed(VanOut, _vans),
    "shift": Feed(ShiftOut, _shifts, COUNTER),
    "stop": Feed(StopOut, _stops),
    "plan": Feed(PlanOut, _plans, never_shown=_drafts),
    "item": Feed(ItemBriefOut, phones.items),
    "tax_rates": Feed(TaxRatesBriefOut, phones.tax_rates),
    "sold_out": Feed(SoldOutOut, phones.sold_out, COUNTER),
    "destination": Feed(DestinationOut, referrals.destinations),
    "consent": Feed(ConsentBriefOut, referrals.standing_consents, WRITERS),
    "follow_up": Feed(FollowUpOut, follow_ups.follow_ups, WRITERS),
    "visit": Feed(VisitOut, _visits),
    "cash_up": Feed(CashUpOut, phones.cash_ups, COUNTER),
}
