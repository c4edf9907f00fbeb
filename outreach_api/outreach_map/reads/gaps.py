"""Gaps: the cells whose people are reached least, and where to stop for them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.geo import BBox, Point
from outreach_api.ledger.kinds import Actor
from outreach_api.outreach_map.reads.coverage import NO_POPULATION, need_summary
from outreach_api.outreach_map.reads.held import last_held
from outreach_api.outreach_map.reads.need import Basis, Need, need
from outreach_api.outreach_map.reads.placing import NearStop, PlaceToStop, where_to_stop
from outreach_api.outreach_map.reads.standing import standing_on
from outreach_api.outreach_map.rules.arrays import Spots
from outreach_api.outreach_map.rules.covering import NEVER, Standing
from outreach_api.outreach_map.rules.gathering import gathered, least
from outreach_api.outreach_map.rules.grid import touching
from outreach_api.outreach_map.rules.missing import Missed, gaps, worst
from outreach_api.outreach_map.rules.placing import Ground
from outreach_api.outreach_map.rules.sharing import Catchments
from outreach_api.outreach_map.shown import Cells
from outreach_api.settings import Settings
from schemas.vocabulary import Role

LEVEL = 500


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
    places: list[PlaceToStop]
    """The best known places, from which missed people would be reached."""
    ground: Ground | None
    """A point of the cell, where there is no such place."""


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
    best, places, ground = where_to_stop(
        session,
        Missed.of(known.grid, known.people, standing, settings.gap_full_days),
        [cell.mesh for cell in found],
        level,
        radius_m,
        announced_only=announced_only,
    )
    return [
        Gap(
            *cell,
            population_basis=known.basis,
            best_stop=best.get(cell.mesh),
            places=places.get(cell.mesh, []),
            ground=ground.get(cell.mesh),
        )
        for cell in found
    ]


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


def missed_on(session: Session, settings: Settings, on: dt.date) -> Missed | None:
    """Where people are missed on a day, place by place of the lattice, as `top_gaps` counts them; None without an import.

    What several stops reach of it is `missed.reached(Spots.of(points), settings.catchment_m)`, a line for each stop
    and cell; `missed.people` is what a line comes to.
    """
    known = need(session, settings.target_population)
    if known is None:
        return None
    standing = standing_on(known, settings, last_held(session, on), on, settings.catchment_m)
    return Missed.of(known.grid, known.people, standing, settings.gap_full_days)


def missed_around(
    session: Session, settings: Settings, places: Sequence[Point], on: dt.date
) -> Catchments | None:
    """The people in each place's catchment who are missed on a day; None without an import.

    A stop on the doorstep of another that was held last week misses nobody.
    """
    missed = missed_on(session, settings, on)
    return None if missed is None else Catchments.of(missed, Spots.of(places), settings.catchment_m)


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
    near, bare = [gap.best_stop for gap in found], [gap.ground for gap in found]
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
            "places": [[_place_view(place) for place in gap.places] for gap in found],
            "same_place_as": _same_place([gap.places[0].id if gap.places else None for gap in found]),
            "ground": {
                "lat": [ground and round(ground.lat, 6) for ground in bare],
                "lon": [ground and round(ground.lon, 6) for ground in bare],
                "adds": [ground and round(ground.adds, 2) for ground in bare],
                "adds_here": [ground and round(ground.adds_here, 2) for ground in bare],
            },
        },
        {
            **need_summary(known, settings, on=on, level=level, radius_m=radius_m),
            "full_after_days": settings.gap_full_days,
        },
    )


def _same_place(best: Sequence[uuid.UUID | None]) -> list[list[int]]:
    """Of each gap, whose best place stands in its order: the ranks of the others that have the same one."""
    ranks: dict[uuid.UUID, list[int]] = defaultdict(list)
    for rank, place in enumerate(best, 1):
        if place is not None:
            ranks[place].append(rank)
    return [
        [other for other in ranks[place] if other != rank] if place is not None else []
        for rank, place in enumerate(best, 1)
    ]


def _place_view(place: PlaceToStop) -> dict[str, Any]:
    return {
        "id": place.id,
        "name": place.name,
        "status": place.status,
        "distance_m": round(place.distance_m, 1),
        "share_of_cell": round(place.share_of_cell, 4),
        "adds": round(place.adds, 2),
        "adds_here": round(place.adds_here, 2),
    }
