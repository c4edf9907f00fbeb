"""Where to stop for people who are missed: known stops, what each would add, and ground where there is none."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.geo import Point, distance_m
from outreach_api.kernel.mesh import MICRO, bounds_degrees
from outreach_api.outreach_map.rules.arrays import Spots
from outreach_api.outreach_map.rules.missing import Missed
from outreach_api.outreach_map.rules.placing import Ground, best_ground, best_places, largest_shares
from outreach_api.storage.stops import Stop
from schemas.vocabulary import Publicity, StopStatus


@dataclass(frozen=True, slots=True)
class NearStop:
    """A known stop whose catchment reaches into the cell: metres to the cell's middle, share of it reached."""

    id: uuid.UUID
    name: str
    status: str
    distance_m: float
    share_of_cell: float


@dataclass(frozen=True, slots=True)
class PlaceToStop(NearStop):
    """... and of the people who are missed those whom it would add: in its whole catchment, and in the cell."""

    adds: float
    adds_here: float


class Answers(NamedTuple):
    """What could be done about gaps, by cell."""

    best_stop: dict[int, NearStop]
    places: dict[int, list[PlaceToStop]]
    ground: dict[int, Ground]


class _KnownStop(NamedTuple):
    id: uuid.UUID
    name: str
    status: str
    point: Point


def where_to_stop(
    session: Session,
    missed: Missed,
    meshes: Sequence[int],
    level: int,
    radius_m: float,
    *,
    announced_only: bool,
) -> Answers:
    """For cells of a level: the stop that holds most of each, the best places, else the best ground.

    Known is a stop that has not ended, also one that was only asked for (as imported ones are). `announced_only`
    knows no others than those that are announced publicly.
    """
    import numpy as np

    cells = np.array(sorted(meshes), dtype=np.int64)
    stops = _known_stops(session, announced_only=announced_only)
    spots = Spots.of(stop.point for stop in stops)

    def seen_from(cell: int, at: int, share: float) -> tuple[uuid.UUID, str, str, float, float]:
        stop = stops[at]
        return stop.id, stop.name, stop.status, distance_m(middle_of(cell), stop.point), share

    places = {
        cell: [
            PlaceToStop(*seen_from(cell, one.spot, one.share), adds=one.adds, adds_here=one.adds_here)
            for one in found
        ]
        for cell, found in best_places(missed, cells, level, spots, radius_m).items()
    }
    bare = cells[[cell not in places for cell in cells.tolist()]]
    return Answers(
        {
            cell: NearStop(*seen_from(cell, *best))
            for cell, best in largest_shares(cells, spots, radius_m).items()
        },
        places,
        best_ground(missed, bare, level, radius_m),
    )


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
