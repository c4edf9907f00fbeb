"""Gaps: the cells whose people are reached least, and the known stop that would reach most of each."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.geo import BBox, Point, distance_m
from outreach_api.kernel.mesh import MICRO, bounds_degrees
from outreach_api.ledger.kinds import Actor
from outreach_api.outreach_map import rules
from outreach_api.outreach_map.reads.coverage import NO_POPULATION, need_summary, points
from outreach_api.outreach_map.reads.held import last_held
from outreach_api.outreach_map.reads.levels import gathered, least, within
from outreach_api.outreach_map.reads.need import Basis, need
from outreach_api.outreach_map.shown import Cells
from outreach_api.settings import Settings
from outreach_api.storage.stops import Stop
from schemas.vocabulary import Publicity, Role, StopStatus

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
    stops = points(last_held(session, on))
    people = within(known.people, box, level)
    covered = rules.coverage(people, stops, on, radius_m, settings.coverage_days)
    days = rules.days_since_last_visit(people, stops, on, radius_m)
    at_level = gathered(people, covered, level)
    days_at_level = least(days, level)
    ranked = rules.gaps(at_level.people, at_level.covered, days_at_level, settings.gap_full_days)
    worst = [(cell, missed) for cell, missed in ranked.items() if missed > 0][:limit]
    near = _best_stops(session, [cell for cell, _ in worst], radius_m, announced_only=announced_only)
    return [
        Gap(
            mesh=cell,
            population_basis=known.basis,
            people=at_level.people[cell],
            covered_share=at_level.covered[cell],
            days_since_last_visit=days_at_level.get(cell),
            gap=missed,
            best_stop=near.get(cell),
        )
        for cell, missed in worst
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
    stops = points(last_held(session, on))
    covered = rules.coverage(known.people, stops, on, settings.catchment_m, settings.coverage_days)
    days = rules.days_since_last_visit(known.people, stops, on, settings.catchment_m)
    missed = rules.gaps(known.people, covered, days, settings.gap_full_days)
    return rules.people_within(missed, [[place] for place in places], settings.catchment_m)


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
