"""Stops left alone, permissions that end, and how much of the need the stops of the period cover."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.geo import metres_per_degree
from outreach_api.kernel.mesh import MICRO, bounds_degrees
from outreach_api.kernel.week import local_day
from outreach_api.ledger.held_days import HELD
from outreach_api.outreach_map.reads.gaps import MissedCell, largest_gaps
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

if TYPE_CHECKING:
    from outreach_api.outreach_map.rules.arrays import Days, Flags

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
_SOON, _DAY_AFTER = (sa.bindparam(name, type_=sa.Date()) for name in ("soon", "day_after"))
# Most permissions of many years and stops neither end soon nor follow one that does.
_ENDING = sa.select(_P.stop_id).where(
    sa.or_(_P.valid_to.between(_REFERENCE, _SOON), _P.withdrawn_on.between(_REFERENCE, _DAY_AFTER))
)
_LEAVES = (
    sa.select(_P.stop_id, _S.code, _S.name, _P.type, _P.valid_from, _P.valid_to, _P.withdrawn_on)
    .join_from(Stop.__table__, Permission.__table__)
    .where(
        _S.id.in_(_ENDING),
        _S.status == StopStatus.AGREED,
        sa.or_(_P.valid_to.is_(None), _P.valid_to >= _REFERENCE),
        sa.or_(_P.withdrawn_on.is_(None), _P.withdrawn_on > _REFERENCE),
    )
)


def known_stops(session: Session, span: Span) -> list[KnownStop]:
    days = {"reference": span.reference_day, "before": span.period.first_day - dt.timedelta(days=1)}
    return [KnownStop(*row) for row in session.execute(_STOPS, days)]


def unvisited_stops(stops: Iterable[KnownStop], on: dt.date, settings: Settings) -> list[dict[str, Any]]:
    recent = on - dt.timedelta(days=settings.unvisited_days)
    agreed = [
        LastVisit(Place(stop.id, stop.code, stop.name), local_day(stop.created_at), stop.last_day)
        for stop in stops
        # Of many stops most were visited lately: they are left out before anything is made of them.
        if stop.status == StopStatus.AGREED and (stop.last_day is None or stop.last_day < recent)
    ]
    return [
        {**stop.place._asdict(), "last_visit_on": stop.visited_on, "days": waited}
        for stop, waited in unvisited(agreed, on, settings.unvisited_days)
    ]


def permissions_ending(session: Session, on: dt.date, settings: Settings) -> list[dict[str, Any]]:
    soon = on + dt.timedelta(days=settings.permission_warning_days)
    days = {"reference": on, "soon": soon, "day_after": soon + dt.timedelta(days=1)}
    leaves = [
        Leave(Place(row.stop_id, row.code, row.name), row.type, last_valid_day(row))
        for row in session.execute(_LEAVES, days)
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
    now = _Held.by((stop, on - stop.last_day) for stop in stops if stop.last_day)
    then = _Held.by((stop, eve - stop.last_day_before) for stop in stops if stop.last_day_before)
    standing_now, gaps = _now(known, settings, now)
    before = then.within(settings.coverage_days).standing(known, settings)
    people = known.people.counts
    was_open = before.share == 0
    shown = {
        "unknown_because": None,
        "population": {"label": known.label, "target": known.target_label, "basis": known.basis},
        "share": share(covered_people(known.people, standing_now.share), float(people.sum())),
        "top_gaps": [
            {
                "mesh": str(cell.mesh),
                "people": round(cell.people, 1),
                "covered_share": round(cell.covered_share, 4),
                "days_since_last_visit": cell.days_since_last_visit,
                "gap": round(cell.gap, 1),
            }
            for cell in gaps
        ],
    }
    closed = float(people[was_open] @ standing_now.share[was_open])
    return shown, share(closed, float(people[was_open].sum()))


class _Held(NamedTuple):
    """Stops that were held, and how many days ago."""

    spots: Spots
    days: Days

    @classmethod
    def by(cls, held: Iterable[tuple[KnownStop, dt.timedelta]]) -> _Held:
        import numpy as np

        rows = [(stop.lat_micro, stop.lon_micro, ago.days) for stop, ago in held]
        lat, lon, days = np.array(rows, dtype=np.int64).reshape(-1, 3).T
        return cls(Spots(lat / MICRO, lon / MICRO), days.astype(np.int32))

    def some(self, chosen: Flags) -> _Held:
        return _Held(self.spots.some(chosen), self.days[chosen])

    def within(self, days: int) -> _Held:
        return self.some(self.days <= days)

    def near(self, meshes: Iterable[int], radius_m: float) -> _Held:
        """Those from which a disc may reach into one of these cells, and some more."""
        import numpy as np

        close = np.zeros(len(self.spots), dtype=np.bool_)
        for south, west, north, east in map(bounds_degrees, meshes):
            high, wide = (2 * radius_m / metres for metres in metres_per_degree(south))
            lat, lon = self.spots
            close |= (lat > south - high) & (lat < north + high) & (lon > west - wide) & (lon < east + wide)
        return self.some(close)

    def standing(self, known: Need, settings: Settings) -> Standing:
        return standing(known.grid, self.spots, self.days, settings.catchment_m, settings.coverage_days)


def _now(known: Need, settings: Settings, held: _Held) -> tuple[Standing, list[MissedCell]]:
    """How it stands, and the largest gaps with the days since any visit.

    A gap is whole after some days: stops that were held longer ago, which are most of ten years' stops, change neither
    the share nor the ranks, and are asked only how long ago they reached the cells that are shown.
    """
    import numpy as np

    whole_after = settings.gap_full_days
    lately = held.within(max(settings.coverage_days, whole_after)).standing(known, settings)
    found = largest_gaps(known, lately, whole_after, TOP_GAPS)
    ever = held.near((cell.mesh for cell in found), settings.catchment_m).standing(known, settings)
    days = np.minimum(lately.days, ever.days)
    return lately, largest_gaps(known, replace(lately, days=days), whole_after, TOP_GAPS)
