"""Stops left alone, permissions that end, and how much of the need the stops of the period cover."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from threading import Lock
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.geo import Point
from outreach_api.kernel.mesh import MICRO
from outreach_api.kernel.week import local_day
from outreach_api.outreach_map import rules as area
from outreach_api.outreach_map.reads.gaps import LEVEL
from outreach_api.outreach_map.reads.held import held
from outreach_api.outreach_map.reads.levels import gathered, least
from outreach_api.outreach_map.reads.need import Need, in_force, need
from outreach_api.reports.rules.outcomes import share
from outreach_api.reports.rules.periods import Span
from outreach_api.reports.rules.places import LastVisit, Leave, Place, ending, unvisited
from outreach_api.settings import Settings
from outreach_api.stops.rules import last_valid_day
from outreach_api.storage.stops import Permission, Stop
from outreach_api.storage.visits import Visit
from schemas.vocabulary import StopStatus

TOP_GAPS = 5


class KnownStop(NamedTuple):
    """A stop with the last day on which a visit was held up to the reference day, and before the period."""

    id: uuid.UUID
    code: str
    name: str
    status: str
    created_at: dt.datetime
    lat_micro: int
    lon_micro: int
    last_day: dt.date | None
    last_day_before: dt.date | None

    @property
    def point(self) -> Point:
        return Point(self.lat_micro / MICRO, self.lon_micro / MICRO)


def _last_day(up_to: str) -> sa.ScalarSelect[Any]:
    return (
        sa.select(Visit.local_day)
        .where(Visit.stop_id == Stop.id, Visit.local_day <= sa.bindparam(up_to, type_=sa.Date()), held())
        .order_by(Visit.local_day.desc())
        .limit(1)
        .correlate(Stop)
        .scalar_subquery()
    )


_STOPS = sa.select(
    Stop.id,
    Stop.code,
    Stop.name,
    Stop.status,
    Stop.created_at,
    Stop.lat_micro,
    Stop.lon_micro,
    _last_day("reference"),
    _last_day("before"),
).order_by(Stop.id)
_REFERENCE = sa.bindparam("reference", type_=sa.Date())
_LEAVES = (
    sa.select(Stop.id, Stop.code, Stop.name, Permission)
    .join(Permission, Permission.stop_id == Stop.id)
    .where(
        Stop.status == StopStatus.AGREED,
        sa.or_(Permission.valid_to.is_(None), Permission.valid_to >= _REFERENCE),
        sa.or_(Permission.withdrawn_on.is_(None), Permission.withdrawn_on > _REFERENCE),
    )
)


def known_stops(session: Session, span: Span) -> list[KnownStop]:
    days = {"reference": span.reference_day, "before": span.period.first_day - dt.timedelta(days=1)}
    return [KnownStop(*row) for row in session.execute(_STOPS, days)]


def unvisited_stops(stops: Iterable[KnownStop], on: dt.date, settings: Settings) -> list[dict[str, Any]]:
    agreed = [
        LastVisit(Place(stop.id, stop.code, stop.name), local_day(stop.created_at), stop.last_day)
        for stop in stops
        if stop.status == StopStatus.AGREED
    ]
    return [
        {**stop.place._asdict(), "last_visit_on": stop.visited_on, "days": waited}
        for stop, waited in unvisited(agreed, on, settings.unvisited_days)
    ]


def permissions_ending(session: Session, on: dt.date, settings: Settings) -> list[dict[str, Any]]:
    leaves = [
        Leave(Place(stop_id, code, name), permission.type, last_valid_day(permission))
        for stop_id, code, name, permission in session.execute(_LEAVES, {"reference": on})
    ]
    return [
        {**leave.place._asdict(), "type": leave.type, "ends_on": leave.last_day, "days": left}
        for leave, left in ending(leaves, on, settings.permission_warning_days)
    ]


def coverage(
    session: Session, stops: list[KnownStop], span: Span, settings: Settings
) -> tuple[dict[str, Any], float | None]:
    """Coverage and the largest gaps on the reference day; and how far the period closed what was open before.

    The second is the share of the people in cells that no stop covered on the eve of the period, who are covered
    on its reference day. Without an imported population both are unknown.
    """
    known = _need(session)
    if known is None:
        return {"unknown_because": "no_population", "population": None, "share": None, "top_gaps": []}, None
    people, on, radius_m = known.people, span.reference_day, settings.catchment_m
    now = [(stop.point, stop.last_day) for stop in stops if stop.last_day is not None]
    eve = span.period.first_day - dt.timedelta(days=1)
    before = [(stop.point, stop.last_day_before) for stop in stops if stop.last_day_before is not None]
    covered = area.coverage(people, now, on, radius_m, settings.coverage_days)
    covered_before = area.coverage(people, before, eve, radius_m, settings.coverage_days)
    open_cells = [cell for cell in people if not covered_before[cell]]
    closed = sum(people[cell] * covered[cell] for cell in open_cells)
    days = least(area.days_since_last_visit(people, now, on, radius_m), LEVEL)
    cells = gathered(people, covered, LEVEL)
    ranked = area.gaps(cells.people, cells.covered, days, settings.gap_full_days)
    worst = [(cell, missed) for cell, missed in ranked.items() if missed > 0][:TOP_GAPS]
    shown = {
        "unknown_because": None,
        "population": {"label": known.label, "target": known.target_label, "basis": known.basis},
        "share": share(sum(people[cell] * covered[cell] for cell in people), sum(people.values())),
        "top_gaps": [
            {
                "mesh": str(cell),
                "people": round(cells.people[cell], 1),
                "covered_share": round(cells.covered[cell], 4),
                "days_since_last_visit": days.get(cell),
                "gap": round(missed, 1),
            }
            for cell, missed in worst
        ],
    }
    return shown, share(closed, sum(people[cell] for cell in open_cells))


_needs: dict[uuid.UUID, Need] = {}
_needs_lock = Lock()


def _need(session: Session) -> Need | None:
    """The population in force. An import never changes, so it is read once in a process."""
    found = in_force(session)
    if found is None:
        return None
    with _needs_lock:
        known = _needs.get(found.id)
    if known is None:
        known = need(session)
        if known is not None:
            with _needs_lock:
                _needs.clear()
                _needs[known.import_id] = known
    return known
