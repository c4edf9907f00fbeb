"""What visits teach the next plan: how long a stay takes at a stop, how punctual it is, how many come."""

from __future__ import annotations

import datetime as dt
import statistics
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger.held_days import held
from outreach_api.plans.rules import minutes_after
from outreach_api.settings import Settings
from outreach_api.storage.plans import PlanStop
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit
from outreach_api.visits.reads import attendance
from schemas.vocabulary import VisitStatus

LAST_STAYS = 6
"""So many of a stop's last visits say how long one takes."""
FEWEST_STAYS = 2
_SHORTEST, _LONGEST, _STEP = 30, 300, 5


def stay_minutes(session: Session, until: dt.date) -> Mapping[uuid.UUID, int]:
    """By stop the median minutes of its last visits from opening to closing, in steps of five."""
    return {
        stop_id: learned
        for stop_id, rows in _last_stays(session, until).items()
        if (learned := _minutes_learned(rows)) is not None
    }


def stays_at(
    session: Session, stop_id: uuid.UUID, settings: Settings, *, today: dt.date
) -> dict[str, Any] | Refusal:
    """A stop's last visits against what was planned; medians in minutes, None where nothing is known."""
    if session.get(Stop, stop_id) is None:
        return Refusal("not_found", 404)
    rows = _last_stays(session, today, [stop_id])[stop_id]
    late = [
        minutes
        for row in rows
        if row.arrive is not None
        and (minutes := minutes_after(row.opened_at, row.local_day, row.arrive)) is not None
    ]
    bands = attendance(session, [row.id for row in rows])
    learned = _minutes_learned(rows)
    return {
        "stop_id": stop_id,
        "visits": len(rows),
        "first_day": min((row.local_day for row in rows), default=None),
        "last_day": max((row.local_day for row in rows), default=None),
        "median_open_minutes": _median([_minutes(row) for row in rows]),
        "planned_visits": len(late),
        "median_late_minutes": _median(late),
        "usual_attendance": _median([sum(bands[row.id].values()) for row in rows]),
        "next_stay_minutes": settings.stay_minutes if learned is None else learned,
        "learned": learned is not None,
    }


def _last_stays(
    session: Session, until: dt.date, stop_ids: Collection[uuid.UUID] | None = None
) -> Mapping[uuid.UUID, list[Any]]:
    """By stop its last visits that were closed, by clocks that were right, with the time planned if there was one."""
    newest = sa.func.row_number().over(
        partition_by=Visit.stop_id, order_by=(Visit.local_day.desc(), Visit.id.desc())
    )
    closed = (
        sa.select(
            Visit.id,
            Visit.stop_id,
            Visit.local_day,
            Visit.opened_at,
            Visit.closed_at,
            PlanStop.arrive,
            newest.label("newest"),
        )
        .outerjoin(PlanStop, PlanStop.id == Visit.plan_stop_id)
        .where(held(), Visit.status == VisitStatus.CLOSED, Visit.local_day <= until)
        .where(Visit.clock_suspect.is_(False), Visit.closed_at > Visit.opened_at)
    )
    if stop_ids is not None:
        closed = closed.where(Visit.stop_id.in_(stop_ids))
    last = closed.subquery()
    found: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for row in session.execute(sa.select(last).where(last.c.newest <= LAST_STAYS)):
        found[row.stop_id].append(row)
    return found


def _minutes(row: Any) -> float:
    return float((row.closed_at - row.opened_at) / dt.timedelta(minutes=1))


def _minutes_learned(rows: Collection[Any]) -> int | None:
    """What the next plan is offered; None where too few visits tell."""
    if len(rows) < FEWEST_STAYS:
        return None
    median = statistics.median(map(_minutes, rows))
    return min(_LONGEST, max(_SHORTEST, round(median / _STEP) * _STEP))


def _median(values: Collection[float]) -> int | None:
    return round(statistics.median(values)) if values else None
