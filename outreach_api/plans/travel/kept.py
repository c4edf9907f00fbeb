"""Drives among points: what the roads said is read from the database, what they did not say is estimated."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from outreach_api.kernel.geo import Point
from outreach_api.kernel.log_lines import tell
from outreach_api.kernel.mesh import micro
from outreach_api.plans.rules.drives import Drives
from outreach_api.plans.travel.estimates import Estimates
from outreach_api.plans.travel.matrix import Matrix
from outreach_api.plans.travel.osrm import Osrm, OsrmFault, RoadLeg
from outreach_api.settings import Settings
from outreach_api.storage.session import Database
from outreach_api.storage.travel import TravelLeg

if TYPE_CHECKING:
    from outreach_api.plans.travel.matrix import Flags

log = logging.getLogger("outreach.travel")

_KEY = ("source", "from_lat", "from_lon", "to_lat", "to_lon")


def known(session: Session, settings: Settings, points: Sequence[Point]) -> Matrix:
    """Drives among points from what is kept, also when it is old; the rest is estimated. Asks nobody."""
    estimate = Estimates(settings.detour_factor, settings.travel_kmh).table(points)
    roads = _roads(settings)
    if roads is None:
        return estimate
    for i, j, seconds, _ in _kept(session, _source(roads), points):
        if seconds is None:
            estimate.no_road[i, j] = i != j
        else:
            estimate.seconds[i, j], estimate.estimated[i, j] = seconds, False
    return estimate


def drives(session: Session, settings: Settings, points: Iterable[Point]) -> Drives:
    """The same as rules take it, each place once."""
    places = list(dict.fromkeys(points))
    return known(session, settings, places).drives(places, settings.travel_speeds)


def look_up(
    database: Database, settings: Settings, points: Sequence[Point], now: dt.datetime
) -> tuple[Matrix, str | None]:
    """Ask the roads about what is not kept or is old, keep it, and answer all. Call it outside of any transaction.

    The second value says why the roads did not answer, if they did not; the drives that are missing are estimates.
    """
    places = list(dict.fromkeys(points))
    roads = _roads(settings)
    code = None
    if roads is not None:
        with database.read() as session:
            wanted = _wanted(session, roads, places, now - dt.timedelta(days=settings.travel_days))
        try:
            for legs in roads.ask(places, wanted):
                with database.write() as session:
                    _keep(session, _source(roads), places, legs, now)
        except OsrmFault as fault:
            code = fault.code
            tell(log, logging.WARNING, "roads_did_not_answer", code=code)
    with database.read() as session:
        return known(session, settings, points), code


def forget_old(session: Session, settings: Settings, now: dt.datetime) -> None:
    """Drop what nobody has asked about for twice as long as an answer is good for."""
    before = now - 2 * dt.timedelta(days=settings.travel_days)
    session.execute(sa.delete(TravelLeg).where(TravelLeg.asked_at < before))


def _roads(settings: Settings) -> Osrm | None:
    if not settings.osrm_url:
        return None
    return Osrm(settings.osrm_url, settings.osrm_profile, settings.osrm_seconds, settings.osrm_points)


def _source(roads: Osrm) -> str:
    """What answers of one server are kept under; not its address, which is nobody's business in a backup."""
    return hashlib.sha256(roads.source.encode()).hexdigest()[:16]


def _place(point: Point) -> tuple[int, int]:
    return micro(point.lat), micro(point.lon)


def _wanted(session: Session, roads: Osrm, points: Sequence[Point], since: dt.datetime) -> Flags:
    import numpy as np

    wanted = ~np.eye(len(points), dtype=bool)
    for i, j, _, asked_at in _kept(session, _source(roads), points):
        if asked_at >= since:
            wanted[i, j] = False
    return wanted


def _kept(
    session: Session, source: str, points: Sequence[Point]
) -> Iterable[tuple[int, int, int | None, dt.datetime]]:
    """What is kept of the drives among points, by their places in the list, each place of a repeated one."""
    indexes: dict[tuple[int, int], list[int]] = {}
    for index, point in enumerate(points):
        indexes.setdefault(_place(point), []).append(index)
    lats = [lat for lat, _ in indexes]
    rows = session.execute(
        sa.select(
            TravelLeg.from_lat,
            TravelLeg.from_lon,
            TravelLeg.to_lat,
            TravelLeg.to_lon,
            TravelLeg.seconds,
            TravelLeg.asked_at,
        ).where(
            # Latitudes alone find next to nothing that is not wanted, on both databases by the key.
            TravelLeg.source == source,
            TravelLeg.from_lat.in_(lats),
            TravelLeg.to_lat.in_(lats),
        )
    )
    for from_lat, from_lon, to_lat, to_lon, seconds, asked_at in rows:
        for i in indexes.get((from_lat, from_lon), ()):
            for j in indexes.get((to_lat, to_lon), ()):
                yield i, j, seconds, asked_at


def _keep(
    session: Session, source: str, points: Sequence[Point], legs: Sequence[RoadLeg], now: dt.datetime
) -> None:
    places = [_place(point) for point in points]
    rows = [
        {
            "source": source,
            "from_lat": places[leg.origin][0],
            "from_lon": places[leg.origin][1],
            "to_lat": places[leg.destination][0],
            "to_lon": places[leg.destination][1],
            "seconds": leg.seconds,
            "asked_at": now,
        }
        for leg in legs
    ]
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(TravelLeg.__table__)
    newer = {name: insert.excluded[name] for name in ("seconds", "asked_at")}
    session.execute(insert.on_conflict_do_update(index_elements=_KEY, set_=newer), rows)
