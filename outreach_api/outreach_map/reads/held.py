"""What was held at stops in any period: the difference of two rows of held_days for each, whatever lies in between."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from outreach_api.kernel.geo import BBox, Point
from outreach_api.kernel.mesh import MICRO, micro
from outreach_api.ledger.held_days import FIGURES
from outreach_api.ledger.kinds import Actor
from outreach_api.outreach_map.rules.grid import DIVISOR
from outreach_api.outreach_map.shown import Counts
from outreach_api.storage.held_days import ALL_VANS, HeldDay
from outreach_api.storage.stops import Stop
from schemas.vocabulary import CHILD_BANDS, Role

Bands = dict[str, int]


@dataclass(frozen=True, slots=True)
class HeldAt:
    """A stop at which visits were held, the last local day of them, and where it is."""

    stop_id: uuid.UUID
    point: Point
    mesh: int
    last_day: dt.date


@dataclass(frozen=True, slots=True)
class Sums:
    """What was held at a place in a period: visits, at how many stops, seconds, the last day, people by band."""

    visits: int
    stops: int
    seconds_open: int
    last_day: dt.date | None
    bands: Bands


def vans_seen_by(actor: Actor) -> uuid.UUID:
    """Crew see what their own van did, others all vans together."""
    return actor.van_id or ALL_VANS if actor.role is Role.CREW else ALL_VANS


def last_held(session: Session, on: dt.date, van_id: uuid.UUID = ALL_VANS) -> list[HeldAt]:
    """Every stop that was held up to a day, with the last time."""
    columns = (Stop.id, Stop.lat_micro, Stop.lon_micro, Stop.mesh, last_day("last"))
    found = session.execute(sa.select(*columns).order_by(Stop.id), {"last": on, "van": van_id})
    return [
        HeldAt(stop_id, Point(lat / MICRO, lon / MICRO), mesh, day)
        for stop_id, lat, lon, mesh, day in found
        if day is not None
    ]


def sums_of(
    session: Session,
    by: Any,
    *,
    first: dt.date,
    last: dt.date,
    van_id: uuid.UUID = ALL_VANS,
    where: Iterable[sa.ColumnElement[bool]] = (),
) -> dict[Any, Sums]:
    """What was held in a period of local days, by a column of stops, in its order; where nothing was is left out."""
    sums = [
        sa.cast(
            sa.func.sum(getattr(_until, name) - sa.func.coalesce(getattr(_before, name), 0)), sa.BigInteger
        )
        for name in FIGURES
    ]
    held = last_day("last") >= sa.bindparam("first")
    stops = chosen([*where, held], place=by, until=last_day("last"), before=last_day("before"))
    found = (
        sa.select(stops.c.place, sa.func.count(), sa.func.max(_until.local_day), *sums)
        .select_from(stops)
        .outerjoin(_until, sa.and_(of_stop(_until, stops), _until.local_day == stops.c.until))
        .outerjoin(_before, sa.and_(of_stop(_before, stops), _before.local_day == stops.c.before))
        .group_by(stops.c.place)
        .order_by(stops.c.place)
    )
    days = {"first": first, "before": first - dt.timedelta(days=1), "last": last, "van": van_id}
    return {
        place: Sums(visits, stops, seconds, day, _said(people))
        for place, stops, day, visits, seconds, *people in session.execute(found, days)
    }


def cell_of(level: int) -> sa.ColumnElement[int]:
    """A stop's cell of a level (metres)."""
    cell: sa.ColumnElement[int] = Stop.mesh.op("/")(sa.literal_column(str(DIVISOR[level])))
    return cell


def around(box: BBox | None) -> list[sa.ColumnElement[bool]]:
    """Stops in the largest cells that touch a box, and a few more: fewer to look at, none left out."""
    if box is None:
        return []
    south, west = micro(box.south) - _KILOMETRE, micro(box.west) - _KILOMETRE
    north, east = micro(box.north) + _KILOMETRE, micro(box.east) + _KILOMETRE
    return [Stop.lat_micro.between(south, north), Stop.lon_micro.between(west, east)]


_KILOMETRE = MICRO // 80
"""The width of a 1 km cell in micro-degrees (JIS X 0410); its height is less."""
_until, _before = aliased(HeldDay), aliased(HeldDay)


def chosen(where: Iterable[sa.ColumnElement[bool]], **columns: Any) -> sa.CTE:
    """Stops with what is asked of each, to which their held days are outer joined.

    So a database goes from stops to their days. Left to itself, SQLite may go through all days and look for their stops.
    """
    named = (column.label(name) for name, column in columns.items())
    stops = sa.select(Stop.id.label("stop_id"), *named).where(*where)
    return stops.cte("chosen").prefix_with("MATERIALIZED")


def last_day(up_to: str) -> sa.ScalarSelect[Any]:
    """A stop's last held day up to the day of that parameter: one step in the key, however many there are."""
    row = aliased(HeldDay)
    of_stop = (row.stop_id == Stop.id, row.van_id == sa.bindparam("van"))
    days = sa.select(sa.func.max(row.local_day)).where(*of_stop, row.local_day <= sa.bindparam(up_to))
    return days.scalar_subquery()


def of_stop(row: Any, stops: sa.CTE) -> sa.ColumnElement[bool]:
    """That a held day is one of a chosen stop, of the van that is asked about."""
    return sa.and_(row.stop_id == stops.c.stop_id, row.van_id == sa.bindparam("van"))


def _said(people: Sequence[int]) -> Bands:
    """By band in the order of their names; those without anybody are left out."""
    return dict(sorted((band, count) for band, count in zip(FIGURES[2:], people, strict=True) if count))


def attendance_view(bands: Bands) -> dict[str, Any]:
    return {"total": sum(bands.values()), "children": children(bands), "by_band": bands}


def attendance_columns(places: Sequence[Bands]) -> dict[str, Any]:
    """The same of many places, by column."""
    seen = sorted({band for bands in places for band in bands})
    return {
        "total": [sum(bands.values()) for bands in places],
        "children": [children(bands) for bands in places],
        "by_band": Counts({band: [bands.get(band, 0) for bands in places] for band in seen}),
    }


def children(bands: Bands) -> int:
    return sum(bands.get(band, 0) for band in CHILD_BANDS)


def summed(parts: Sequence[Bands]) -> Bands:
    whole: Bands = {}
    for bands in parts:
        for band, count in bands.items():
            whole[band] = whole.get(band, 0) + count
    return dict(sorted(whole.items()))


def hours(seconds: Any) -> float:
    """Hours to a hundredth, of what a database says (PostgreSQL: Decimal)."""
    return round(float(seconds or 0) / 3_600, 2)
