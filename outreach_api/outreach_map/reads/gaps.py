"""Gaps: the cells whose people are reached least, and the known stop that would reach most of each."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.geo import Point, distance_m
from outreach_api.kernel.mesh import MICRO, bounds_degrees, parent
from outreach_api.outreach_map import rules
from outreach_api.outreach_map.reads.coverage import points
from outreach_api.outreach_map.reads.held import last_held
from outreach_api.outreach_map.reads.need import Basis, need
from outreach_api.settings import Settings
from outreach_api.storage.stops import Stop
from schemas.vocabulary import Publicity, StopStatus

LEVEL = 500


@dataclass(frozen=True, slots=True)
class NearStop:
    """A known stop whose catchment reaches into the cell: metres to the cell's middle, share of it reached."""

    id: uuid.UUID
    name: str
    status: str
    distance_m: float
    share_of_cell: float


@dataclass(frozen=True, slots=True)
class Gap:
    """A cell with `people` of the basis; `gap` of them are missed. Days are None where no visit ever reached."""

    mesh: int
    population_basis: Basis
    people: float
    covered_share: float
    days_since_last_visit: int | None
    gap: float
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
    inside: Sequence[int] | None = None,
) -> list[Gap]:
    """The cells of `level` (metres) with the largest gaps on a day, largest first; [] without an import.

    A cell without a gap is none. `announced_only` leaves out stops that are not announced publicly. `inside`
    are the cells of that level to look at, all of them unless given.
    """
    known = need(session)
    if known is None:
        return []
    radius_m = radius_m or settings.catchment_m
    stops = points(last_held(session, on))
    people = known.people
    if inside is not None:
        wanted = set(inside)
        people = {cell: count for cell, count in people.items() if parent(cell, level) in wanted}
    covered = rules.coverage(people, stops, on, radius_m, settings.coverage_days)
    days = rules.days_since_last_visit(people, stops, on, radius_m)
    at_level = gathered(people, covered, days, level)
    ranked = rules.gaps(at_level.people, at_level.covered, at_level.days, settings.gap_full_days)
    worst = [(cell, missed) for cell, missed in ranked.items() if missed > 0][:limit]
    near = _best_stops(session, [cell for cell, _ in worst], radius_m, announced_only=announced_only)
    return [
        Gap(
            mesh=cell,
            population_basis=known.basis,
            people=at_level.people[cell],
            covered_share=at_level.covered[cell],
            days_since_last_visit=at_level.days.get(cell),
            gap=missed,
            best_stop=near.get(cell),
        )
        for cell, missed in worst
    ]


@dataclass(frozen=True, slots=True)
class Gathered:
    """People, covered share and days since the last visit of cells of one level."""

    people: dict[int, float]
    covered: dict[int, float]
    days: dict[int, int]


def gathered(
    people: Mapping[int, float], covered: Mapping[int, float], days: Mapping[int, int], level: int
) -> Gathered:
    """Cells joined to those of a coarser level: people are summed, shares weighted with them, days the least.

    Where nobody lives, the share is that of the area.
    """
    parts: dict[int, list[int]] = defaultdict(list)
    for cell in people:
        parts[parent(cell, level)].append(cell)
    joined = Gathered({}, {}, {})
    for cell, own in parts.items():
        whole = joined.people[cell] = sum(people[part] for part in own)
        reached = sum(people[part] * covered[part] for part in own)
        joined.covered[cell] = reached / whole if whole > 0 else sum(covered[part] for part in own) / len(own)
        if recent := [days[part] for part in own if part in days]:
            joined.days[cell] = min(recent)
    return joined


def middle_of(cell: int) -> Point:
    south, west, north, east = bounds_degrees(cell)
    return Point((south + north) / 2, (west + east) / 2)


def _best_stops(
    session: Session, cells: Sequence[int], radius_m: float, *, announced_only: bool
) -> dict[int, NearStop]:
    """For each cell the stop, of those not ended, whose catchment holds most of it."""
    if not cells:
        return {}
    candidates = sa.select(Stop.id, Stop.name, Stop.status, Stop.lat_micro, Stop.lon_micro).where(
        Stop.status != StopStatus.ENDED
    )
    if announced_only:
        candidates = candidates.where(Stop.publicity == Publicity.PUBLIC)
    rows = session.execute(candidates.order_by(Stop.code, Stop.id)).all()
    places = [Point(row.lat_micro / MICRO, row.lon_micro / MICRO) for row in rows]
    return {
        cell: NearStop(
            rows[number].id,
            rows[number].name,
            rows[number].status,
            distance_m(middle_of(cell), places[number]),
            share,
        )
        for cell, (number, share) in rules.best_points(cells, places, radius_m).items()
    }
