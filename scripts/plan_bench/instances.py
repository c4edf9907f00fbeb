"""Seeded days and weeks of a kitchen car: windows, services of 20 to 60 minutes, prizes, drives through a town."""

from __future__ import annotations

import math
import random

from outreach_api.plans.solver.problem import Place, Problem, Shift, Window

OPENS, CLOSES = 9 * 60, 18 * 60
TOWN_KM = 9.0
MINUTES_PER_KM = 1.35 * 60 / 20  # detour, and the speed of design.md's settings
CLUSTERED_SHARE = 0.5
MINUTE_PRICE = 0.5
OPEN_DAYS_SHARE = 0.7
Position = tuple[float, float]


def instance(places: int, shifts: int, seed: int) -> Problem:
    """`places` candidates for `shifts` vans' days, each 9:00 to 18:00 from one yard in the middle of the town."""
    chance = random.Random(f"{places} {shifts} {seed}")  # noqa: S311
    centres = [_anywhere(chance) for _ in range(5)]
    points = [_somewhere(chance, centres) for _ in range(places)]
    yard = (TOWN_KM / 2, TOWN_KM / 2)
    rows = [*points, yard, yard]
    drives = [[_minutes(a, b) for b in rows] for a in rows]
    return Problem(
        places=tuple(_place(chance, number, shifts) for number in range(places)),
        shifts=tuple(
            Shift(
                key=f"day {day}",
                day=day,
                earliest=OPENS,
                latest=CLOSES,
                longest=CLOSES - OPENS,
                drives=drives,
            )
            for day in range(shifts)
        ),
        minute_price=MINUTE_PRICE,
    )


def _place(chance: random.Random, number: int, shifts: int) -> Place:
    """The same hours on each day that its host allows."""
    hours = _windows(chance)
    days = [day for day in range(shifts) if shifts == 1 or chance.random() < OPEN_DAYS_SHARE]
    return Place(
        key=f"place {number}",
        stay=chance.randrange(20, 61),
        value=chance.randrange(10, 101),
        windows=dict.fromkeys(days, hours),
    )


def _anywhere(chance: random.Random) -> Position:
    return chance.uniform(0, TOWN_KM), chance.uniform(0, TOWN_KM)


def _somewhere(chance: random.Random, centres: list[Position]) -> Position:
    if chance.random() > CLUSTERED_SHARE:
        return _anywhere(chance)
    x, y = chance.choice(centres)
    return chance.gauss(x, 0.7), chance.gauss(y, 0.7)


def _minutes(a: Position, b: Position) -> int:
    return math.ceil(math.dist(a, b) * MINUTES_PER_KM)


def _windows(chance: random.Random) -> tuple[Window, ...]:
    """Two to five hours somewhere in the day; one place in four has a second window after a noon break."""
    width = chance.randrange(120, 301)
    opens = chance.randrange(OPENS, CLOSES - width + 1)
    closes = opens + width
    if chance.random() < 0.25 and width >= 180:
        gap = opens + width // 2
        return ((opens, gap - 30), (gap + 30, closes))
    return ((opens, closes),)
