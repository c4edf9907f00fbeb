"""What phones pull: for each kind of thing its contract, who may have it, and how it is read in bulk."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.access import reads as access
from outreach_api.ledger.kinds import Actor
from outreach_api.stops import reads as stops
from outreach_api.storage.access import Shift
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit
from outreach_api.visits import reads as visits
from schemas.access import ShiftOut
from schemas.base import Out
from schemas.stops import StopOut
from schemas.visits import VisitOut
from schemas.vocabulary import Role

Read = Callable[[Session, Actor, Sequence[uuid.UUID]], Iterable[dict[str, Any]]]

DEVICES = frozenset({Role.CREW, Role.COORDINATOR, Role.SAFEGUARDING, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Feed:
    schema: type[Out]
    read: Read
    roles: frozenset[Role] = DEVICES


def _stops(session: Session, actor: Actor, ids: Sequence[uuid.UUID]) -> Iterable[dict[str, Any]]:
    rows = session.scalars(sa.select(Stop).where(Stop.id.in_(ids))).all()
    return stops.stop_views(session, actor, rows)


def _visits(session: Session, actor: Actor, ids: Sequence[uuid.UUID]) -> Iterable[dict[str, Any]]:
    rows = session.scalars(visits.in_scope(actor).where(Visit.id.in_(ids))).all()
    return visits.visit_views(session, rows)


def _shifts(session: Session, actor: Actor, ids: Sequence[uuid.UUID]) -> Iterable[dict[str, Any]]:
    rows = session.scalars(sa.select(Shift).where(Shift.id.in_(ids))).all()
    return access.shift_views(session, [row for row in rows if actor.may_touch(row.van_id)])


FEEDS: dict[str, Feed] = {
    "stop": Feed(StopOut, _stops),
    "visit": Feed(VisitOut, _visits),
    "shift": Feed(ShiftOut, _shifts),
}
