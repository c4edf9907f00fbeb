"""Stops left alone, permissions that end, and how much of the need the stops of the period cover."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.geo import Point
from outreach_api.kernel.mesh import MICRO
from outreach_api.kernel.week import local_day
from outreach_api.ledger.held_days import HELD
from outreach_api.outreach_map.reads.gaps import largest_gaps
from outreach_api.outreach_map.reads.need import Need, need
from outreach_api.outreach_map.rules.arrays import Spots
from outreach_api.outreach_map.rules.covering import Standing, covered_people, standing
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


_V, _S, _P = Visit.__table__.c, Stop.__table__.c, Permission.__table__.c


def _last_day(up_to: str) -> sa.ScalarSelect[Any]:
    return (
        sa.select(_V.local_day)
        .where(
            _V.stop_id == _S.id,
            _V.local_day <= sa.bindparam(up_to, type_=sa.Date()),
            _V.status.in_(HELD),
            _V.merged_into.is_(None),
        )
        .order_by(_V.local_day.desc())
        .limit(1)
        .correlate(Stop.__table__)
        .scalar_subquery()
    )


_STOPS = sa.select(
    _S.id,
    _S.code,
    _S.name,
    _S.status,
    _S.created_at,
    _S.lat_micro,
    _S.lon_micro,
    _last_day("reference"),
    _last_day("before"),
).order_by(_S.id)
_REFERENCE = sa.bindparam("reference", type_=sa.Date())
_LEAVES = (
    sa.select(_P.stop_id, _S.code, _S.name, _P.type, _P.valid_from, _P.valid_to, _P.withdrawn_on)
    .join_from(Stop.__table__, Permission.__table__)
    .where(
        _S.status == StopStatus.AGREED,
        sa.or_(_P.valid_to.is_(None), _P.valid_to >= _REFERENCE),
        sa.or_(_P.withdrawn_on.is_(None), _P.withdrawn_on > _REFERENCE),
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
        Leave(Place(row.stop_id, row.code, row.name), row.type, last_valid_day(row))
        for row in session.execute(_LEAVES, {"reference": on})
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
    known = need(session, settings.target_population)
    if known is None:
        return {"unknown_because": "no_population", "population": None, "share": None, "top_gaps": []}, None
    on, eve = span.reference_day, span.period.first_day - dt.timedelta(days=1)
    now = _standing(known, settings, [(s.point, on - s.last_day) for s in stops if s.last_day])
    before = _standing(
        known, settings, [(s.point, eve - s.last_day_before) for s in stops if s.last_day_before]
    )
    people = known.people.counts
    was_open = before.share == 0
    shown = {
        "unknown_because": None,
        "population": {"label": known.label, "target": known.target_label, "basis": known.basis},
        "share": share(covered_people(known.people, now.share), float(people.sum())),
        "top_gaps": [
            {
                "mesh": str(cell.mesh),
                "people": round(cell.people, 1),
                "covered_share": round(cell.covered_share, 4),
                "days_since_last_visit": cell.days_since_last_visit,
                "gap": round(cell.gap, 1),
            }
            for cell in largest_gaps(known, now, settings.gap_full_days, TOP_GAPS)
        ],
    }
    closed = float(people[was_open] @ now.share[was_open])
    return shown, share(closed, float(people[was_open].sum()))


def _standing(known: Need, settings: Settings, held: list[tuple[Point, dt.timedelta]]) -> Standing:
    import numpy as np

    days = np.array([ago.days for _, ago in held], dtype=np.int32)
    spots = Spots.of(point for point, _ in held)
    return standing(known.grid, spots, days, settings.catchment_m, settings.coverage_days)
