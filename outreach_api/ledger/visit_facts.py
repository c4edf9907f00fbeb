"""What every fact of a visit shares: its visit must be in scope, and lends it day, week and cell."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.ledger.kinds import Accepted, Actor, Work
from outreach_api.storage import bulk
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit
from schemas.vocabulary import Role

# Crew reach the visits of their van; a token without a van reaches all.
VISIT_UNKNOWN = Refusal("visit_unknown", 404, {}, (Problem("/visit_id", "visit_unknown"),), passing=True)


@dataclass(frozen=True, slots=True)
class VisitFrame:
    """What a fact takes from its visit."""

    id: uuid.UUID
    van_id: uuid.UUID
    stop_id: uuid.UUID
    status: str
    source: str
    local_day: dt.date
    iso_week: int
    mesh: int
    seating_by_us: bool


def frames(work: Work, visit_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, VisitFrame]:
    """The visits in the actor's scope by the id that was asked for; a merged visit lends its successor's frame."""
    wanted = {visit_id.int: visit_id for visit_id in visit_ids}
    actor = work.actor
    if actor.role is Role.CREW:
        rows = bulk.find(work.session, _OF_ONE_VAN, wanted.values(), van_id=actor.van_id)
    else:
        rows = bulk.find(work.session, _FRAMES, wanted.values())
    return {row[0]: VisitFrame(*row[1:]) for row in rows}


_successor = aliased(Visit)
_FRAMES = (
    sa.select(
        Visit.id,
        _successor.id,
        _successor.van_id,
        _successor.stop_id,
        _successor.status,
        _successor.source,
        _successor.local_day,
        _successor.iso_week,
        _successor.mesh,
        Stop.seating_by_us,
    )
    .join(_successor, _successor.id == sa.func.coalesce(Visit.merged_into, Visit.id))
    .join(Stop, Stop.id == _successor.stop_id)
    .where(bulk.among(Visit.id))
)
_OF_ONE_VAN = _FRAMES.where(Visit.van_id == sa.bindparam("van_id"))


def of_own_van(actor: Actor, visit_id: Any) -> sa.ColumnElement[bool]:
    """For a read: that the visit in this column is one that the actor reaches (crew: their own van's)."""
    if actor.role is not Role.CREW:
        return sa.true()
    reached: sa.ColumnElement[bool] = visit_id.in_(sa.select(Visit.id).where(Visit.van_id == actor.van_id))
    return reached


def visits_at(
    stop_id: uuid.UUID, from_day: dt.date | None = None, to_day: dt.date | None = None
) -> sa.Select[uuid.UUID]:
    """The ids of all visits at a stop in these days, both included, and of those that were joined with one of them.

    Of visits that were joined nobody can tell any more which fact was told of which, so they are all one.
    """
    remaining = sa.func.coalesce(Visit.merged_into, Visit.id)
    held = sa.select(_successor.id).where(
        _successor.id.in_(sa.select(remaining).where(Visit.stop_id == stop_id))
    )
    if from_day is not None:
        held = held.where(_successor.local_day >= from_day)
    if to_day is not None:
        held = held.where(_successor.local_day <= to_day)
    return sa.select(Visit.id).where(remaining.in_(held))


FACT_COLUMNS = (
    "id",
    "change_no",
    "received_at",
    "occurred_at",
    "visit_id",
    "local_day",
    "iso_week",
    "mesh",
)
"""The columns of storage.base.VisitFact."""


def fact_values(work: Work, accepted: Accepted, frame: VisitFrame) -> tuple[Any, ...]:
    """In the order of FACT_COLUMNS."""
    return (
        accepted.operation.entity_id,
        accepted.change_no,
        work.now,
        accepted.occurred_at,
        frame.id,
        frame.local_day,
        frame.iso_week,
        frame.mesh,
    )


def fact_columns(work: Work, accepted: Accepted, frame: VisitFrame) -> dict[str, Any]:
    """By the name of their column."""
    return dict(zip(FACT_COLUMNS, fact_values(work, accepted, frame), strict=True))
