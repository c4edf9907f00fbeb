"""Mesh codes against an independent slow reference: the text of JIS X 0410, in fractions of degrees, digit by digit."""

from __future__ import annotations

import random
from fractions import Fraction
from functools import cache

from outreach_api.kernel.mesh import mesh_code

MICRO = 1_000_000
SOUTH, NORTH, WEST, EAST = 20 * MICRO, 46 * MICRO, 122 * MICRO, 154 * MICRO


@cache
def along(micro: int, first: int, parts: Fraction) -> tuple[int, int, int, int, int]:
    """One axis as the standard tells it: first mesh, its eighth, the tenth of that, and two halvings (0 or 1)."""
    whole, rest = divmod((Fraction(micro, MICRO) - first) * parts, 1)
    eighth, rest = divmod(rest * 8, 1)
    tenth, rest = divmod(rest * 10, 1)
    half, rest = divmod(rest * 2, 1)
    quarter, _ = divmod(rest * 2, 1)
    return int(whole), int(eighth), int(tenth), int(half), int(quarter)


def reference(lat: int, lon: int) -> str:
    """A first mesh is 40' high (1.5 to a degree) and 1° wide from 100° E; quadrants count 1 SW, 2 SE, 3 NW, 4 NE."""
    p, q, r, upper, top = along(lat, 0, Fraction(3, 2))
    u, v, w, right, far = along(lon, 100, Fraction(1))
    return f"{p:02d}{u:02d}{q}{v}{r}{w}{1 + 2 * upper + right}{1 + 2 * top + far}"


def test_200_000_random_points_lie_where_the_standard_says() -> None:
    dice = random.Random(2_020)
    lats = [dice.randrange(SOUTH, NORTH) for _ in range(5_000)]
    lons = [dice.randrange(WEST, EAST) for _ in range(5_000)]
    for _ in range(200_000):
        lat, lon = dice.choice(lats), dice.choice(lons)
        assert str(mesh_code(lat, lon)) == reference(lat, lon), (lat, lon)


def test_every_parallel_of_250_m_cells_and_what_lies_a_micro_degree_beside_it() -> None:
    """All 12,480 southern edges of Japan's grid; of one that is no whole micro-degree, those on either side of it."""
    for step in range(20 * 480, 46 * 480):
        for lat in range(step * MICRO // 480 - 1, step * MICRO // 480 + 3):
            if lat >= SOUTH:
                assert str(mesh_code(lat, 139_903_125)) == reference(lat, 139_903_125), lat


def test_every_meridian_of_250_m_cells_and_what_lies_a_micro_degree_beside_it() -> None:
    """All 10,240 western edges of Japan's grid, each a whole number of micro-degrees."""
    for step in range(122 * 320, 154 * 320):
        assert step * MICRO % 320 == 0
        for lon in range(step * MICRO // 320 - 1, step * MICRO // 320 + 2):
            if lon >= WEST:
                assert str(mesh_code(35_787_500, lon)) == reference(35_787_500, lon), lon


def test_where_edges_of_all_levels_meet_the_cell_to_the_north_east_has_the_corner() -> None:
    """All corners of 1/60° by 1/16° from 35° to 36° N, 139° to 140° E, and a micro-degree beside each."""
    for lat in {step * MICRO // 60 + beside for step in range(35 * 60, 36 * 60) for beside in (-1, 0, 1)}:
        for lon in {step * MICRO // 16 + beside for step in range(139 * 16, 140 * 16) for beside in (-1, 0)}:
            assert str(mesh_code(lat, lon)) == reference(lat, lon), (lat, lon)
