"""The map's formulas once more, slowly: one cell, one place of the lattice, one stop at a time, and no NumPy."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from outreach_api.kernel.geo import Point, metres_per_degree
from outreach_api.kernel.mesh import bounds_degrees, parent

SIDE = 16
PLACES = SIDE * SIDE

# Who lives in a cell; None is unknown.
People = Mapping[int, float | None]


class Held(NamedTuple):
    """A stop and how many days ago it was held; below 0 is still to come."""

    point: Point
    days: int


def reached(cell: int, point: Point, radius_m: float) -> set[int]:
    """The places of a cell, from the south-west row by row, that lie within a radius."""
    south, west, north, east = bounds_degrees(cell)
    per_lat, per_lon = metres_per_degree(point.lat)
    found = set()
    for number in range(PLACES):
        row, column = divmod(number, SIDE)
        lat = south + (north - south) * (row + 0.5) / SIDE
        lon = west + (east - west) * (column + 0.5) / SIDE
        if math.hypot((lat - point.lat) * per_lat, (lon - point.lon) * per_lon) <= radius_m:
            found.add(number)
    return found


def covered(cell: int, held: Iterable[Held], radius_m: float, window_days: int) -> set[int]:
    places: set[int] = set()
    for stop in held:
        if 0 <= stop.days <= window_days:
            places |= reached(cell, stop.point, radius_m)
    return places


def share(cell: int, held: Iterable[Held], radius_m: float, window_days: int) -> float:
    return len(covered(cell, held, radius_m, window_days)) / PLACES


def days_since(cell: int, held: Iterable[Held], radius_m: float) -> int | None:
    days = [stop.days for stop in held if stop.days >= 0 and reached(cell, stop.point, radius_m)]
    return min(days) if days else None


def waited(days: int | None, full_after: int) -> float:
    return 1.0 if days is None else min(1.0, days / full_after)


def total_share(people: People, shares: Mapping[int, float]) -> float | None:
    whole = sum(count or 0.0 for count in people.values())
    return sum((count or 0.0) * shares[cell] for cell, count in people.items()) / whole if whole > 0 else None


class Cell(NamedTuple):
    """A cell of some level: its people, covered share, days since the last visit, and its gap."""

    people: float
    share: float
    days: int | None
    gap: float


def at_level(
    people: People, held: Sequence[Held], radius_m: float, level: int, *, window_days: int, full_after: int
) -> dict[int, Cell]:
    """The cells of a level of which anybody is known."""
    found: dict[int, Cell] = {}
    for whole in sorted({parent(cell, level) for cell in people}):
        parts = [cell for cell in people if parent(cell, level) == whole]
        known = [cell for cell in parts if people[cell] is not None]
        if not known:
            continue
        count = sum(people[cell] or 0.0 for cell in known)
        shares = {cell: share(cell, held, radius_m, window_days) for cell in known}
        if count > 0:
            part = sum((people[cell] or 0.0) * shares[cell] for cell in known) / count
        else:
            part = sum(shares.values()) / len(known)
        every = [days_since(cell, held, radius_m) for cell in parts]
        days = min((day for day in every if day is not None), default=None)
        found[whole] = Cell(count, part, days, count * (1 - part) * waited(days, full_after))
    return found


def would_reach(
    people: People,
    held: Sequence[Held],
    place: Point,
    radius_m: float,
    *,
    within: int | None = None,
    window_days: int,
    full_after: int,
) -> float:
    """The missed people whom a stop at a place would reach, in all cells or `within` one of some level."""
    whole = 0.0
    for cell, count in people.items():
        if within is not None and not str(cell).startswith(str(within)):
            continue
        fresh = reached(cell, place, radius_m) - covered(cell, held, radius_m, window_days)
        whole += len(fresh) / PLACES * (count or 0.0) * waited(days_since(cell, held, radius_m), full_after)
    return whole


def people_within(people: People, points: Sequence[Point], radius_m: float) -> float:
    held = [Held(point, 0) for point in points]
    return sum((count or 0.0) * share(cell, held, radius_m, 0) for cell, count in people.items())
