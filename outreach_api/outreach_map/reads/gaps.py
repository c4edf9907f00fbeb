"""Gaps: the cells whose people are reached least, and the known stop that would reach most of each."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.geo import BBox, Point, distance_m
from outreach_api.kernel.mesh import MICRO, bounds_degrees
from outreach_api.ledger.kinds import Actor
from outreach_api.outreach_map.reads.coverage import NO_POPULATION, need_summary
from outreach_api.outreach_map.reads.held import last_held
from outreach_api.outreach_map.reads.need import Basis, Need, need
from outreach_api.outreach_map.reads.standing import standing_on
from outreach_api.outreach_map.rules.arrays import Spots
from outreach_api.outreach_map.rules.covering import NEVER, Standing
from outreach_api.outreach_map.rules.gathering import gathered, least
from outreach_api.outreach_map.rules.grid import touching
from outreach_api.outreach_map.rules.missing import Missed, gaps, worst
from outreach_api.outreach_map.rules.placing import largest_shares
from outreach_api.outreach_map.shown import Cells
from outreach_api.settings import Settings
from outreach_api.storage.stops import Stop
from schemas.vocabulary import Publicity, Role, StopStatus

if TYPE_CHECKING:
    pass

LEVEL = 500


@dataclass(frozen=True, slots=True)
class NearStop:
    """A known stop whose catchment reaches into the cell: metres to the cell's middle, share of it reached."""

    id: uuid.UUID
    name: str
    status: str
    distance_m: float
    share_of_cell: float


class _KnownStop(NamedTuple):
    id: uuid.UUID
    name: str
    status: str
    point: Point


class MissedCell(NamedTuple):
    """A cell with its people, the share covered, days since a visit (None: never), and how many are missed."""

    mesh: int
    people: float
    covered_share: float
    days_since_last_visit: int | None
    gap: float


@dataclass(frozen=True, slots=True)
class Gap:
    """A cell with `people` of the basis; `gap` of them are missed. Days are None where no visit ever reached."""

    mesh: int
    people: float
    covered_share: float
    days_since_last_visit: int | None
    gap: float
    population_basis: Basis
    best_stop: NearStop | None


def top_gaps(
    session: Session,
    settings: Settings,
    on: dt.date,
    limit: int = 5,
    *,
    level: int = LEVEL,
    radius_m: float | None = None,
    announced_only: bool = False,
    box: BBox | None = None,
) -> list[Gap]:
    """The cells of `level` (metres) with the largest gaps on a day, largest first; [] without an import.

    A cell without a gap is none. `announced_only` leaves out stops that are not announced publicly. Only cells
    that touch the box count, if there is one.
    """
    known = need(session, settings.target_population)
    if known is None:
        return []
    radius_m = radius_m or settings.catchment_m
    standing = standing_on(known, settings, last_held(session, on), on, radius_m)
    found = largest_gaps(known, standing, settings.gap_full_days, limit, level=level, box=box)
    stops = _known_stops(session, announced_only=announced_only) if found else []
    near = _best_stops(sorted(cell.mesh for cell in found), stops, radius_m)
    return [Gap(*cell, population_basis=known.basis, best_stop=near.get(cell.mesh)) for cell in found]


def largest_gaps(
    known: Need,
    standing: Standing,
    full_after_days: int,
    most: int,
    *,
    level: int = LEVEL,
    box: BBox | None = None,
) -> list[MissedCell]:
    """The cells of a level with the largest gaps, largest first; a cell without a gap is none."""
    import numpy as np

    whole = known.grid.level(level)
    cells = gathered(known.people, standing.share, whole)
    days = least(standing.days, whole)
    missed = gaps(cells.people, cells.share, days, full_after_days)
    ranked = worst(whole.codes, np.where(touching(whole.codes, box), missed, 0.0), most)
    return [
        MissedCell(mesh, people, share, None if ago == NEVER else ago, gap)
        for mesh, people, share, ago, gap in zip(
            *(part[ranked].tolist() for part in (whole.codes, cells.people, cells.share, days, missed)),
            strict=True,
        )
    ]


def missed_near(
    session: Session, settings: Settings, places: Sequence[Point], on: dt.date
) -> list[float] | None:
    """For each place the people in its catchment who are missed on a day; None without an import.

    As `top_gaps` counts them, so a stop on the doorstep of another that was held last week misses nobody.
    """
    known = need(session, settings.target_population)
    if known is None:
        return None
    standing = standing_on(known, settings, last_held(session, on), on, settings.catchment_m)
    missed = Missed.of(known.grid, known.people, standing, settings.gap_full_days)
    near: list[float] = missed.near_each(Spots.of(places), settings.catchment_m).tolist()
    return near


def middle_of(cell: int) -> Point:
    south, west, north, east = bounds_degrees(cell)
    return Point((south + north) / 2, (west + east) / 2)


def _known_stops(session: Session, *, announced_only: bool) -> list[_KnownStop]:
    """The stops that have not ended, in the order of their codes."""
    found = sa.select(Stop.id, Stop.name, Stop.status, Stop.lat_micro, Stop.lon_micro).where(
        Stop.status != StopStatus.ENDED
    )
    if announced_only:
        found = found.where(Stop.publicity == Publicity.PUBLIC)
    return [
        _KnownStop(row.id, row.name, row.status, Point(row.lat_micro / MICRO, row.lon_micro / MICRO))
        for row in session.execute(found.order_by(Stop.code, Stop.id))
    ]


def _best_stops(cells: list[int], stops: Sequence[_KnownStop], radius_m: float) -> dict[int, NearStop]:
    """For each cell the stop whose catchment holds most of it."""
    import numpy as np

    spots = Spots.of(stop.point for stop in stops)
    best = largest_shares(np.array(cells, dtype=np.int64), spots, radius_m)
    return {
        cell: NearStop(
            stops[at].id,
            stops[at].name,
            stops[at].status,
            distance_m(middle_of(cell), stops[at].point),
            share,
        )
        for cell, (at, share) in best.items()
    }


def gaps_map(
    session: Session,
    actor: Actor,
    settings: Settings,
    *,
    on: dt.date,
    level: int,
    radius_m: float,
    box: BBox | None,
    limit: int,
) -> Cells | Refusal:
    """The worst gaps, ranked. A reporter sees no stop that is not announced publicly."""
    known = need(session, settings.target_population)
    if known is None:
        return NO_POPULATION
    found = top_gaps(
        session,
        settings,
        on,
        limit,
        level=level,
        radius_m=radius_m,
        announced_only=actor.role is Role.REPORTER,
        box=box,
    )
    near = [gap.best_stop for gap in found]
    return Cells(
        level,
        [gap.mesh for gap in found],
        {
            "rank": list(range(1, len(found) + 1)),
            "people": [round(gap.people, 2) for gap in found],
            "covered_share": [round(gap.covered_share, 4) for gap in found],
            "days_since_last_visit": [gap.days_since_last_visit for gap in found],
            "gap": [round(gap.gap, 2) for gap in found],
            "best_stop": {
                "id": [stop and stop.id for stop in near],
                "name": [stop and stop.name for stop in near],
                "status": [stop and stop.status for stop in near],
                "distance_m": [stop and round(stop.distance_m, 1) for stop in near],
                "share_of_cell": [stop and round(stop.share_of_cell, 4) for stop in near],
            },
        },
        {
            **need_summary(known, settings, on=on, level=level, radius_m=radius_m),
            "full_after_days": settings.gap_full_days,
        },
    )
