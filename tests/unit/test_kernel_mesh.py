"""The mesh of JIS X 0410: exact at every edge, the same at every level."""

import random
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach_api.kernel.errors import KernelError
from outreach_api.kernel.mesh import (
    LEVELS,
    Bounds,
    InvalidMesh,
    OutsideJapan,
    bounds_degrees,
    bounds_micro,
    cells_in,
    children,
    level_of,
    mesh_code,
    micro,
    neighbours,
    parent,
)

LATITUDES = st.integers(20_000_000, 45_999_999)
LONGITUDES = st.integers(122_000_000, 153_999_999)


@pytest.mark.parametrize(
    ("lat", "lon", "code"),
    [
        (35.7877, 139.9032, 5339574232),
        (35.7844, 139.9008, 5339574211),
        (35.8256, 139.9214, 5339579321),
        (35.7625, 139.9363, 5339571442),
        (35.8, 139.9, 5339576211),
        ("35.80", Decimal("139.900000"), 5339576211),
    ],
)
def test_known_points_lie_in_their_cells(lat: float, lon: float, code: int) -> None:
    assert mesh_code(micro(lat), micro(lon)) == code


def test_every_level_is_a_shortening_of_the_250_m_code() -> None:
    code = mesh_code(micro(35.7877), micro(139.9032))
    assert [parent(code, metres) for metres in LEVELS] == [5339, 533957, 53395742, 533957423, 5339574232]
    assert [level_of(parent(code, metres)) for metres in LEVELS] == list(LEVELS)


def test_the_edges_of_a_cell_are_exact() -> None:
    assert bounds_micro(5339574232) == Bounds(
        35_787_500, 139_903_125, Fraction(35_789_583_333_333_333, 10**9) + Fraction(1, 3 * 10**9), 139_906_250
    )
    assert bounds_degrees(5339574232)[:2] == (35.7875, 139.903125)


@given(LATITUDES, LONGITUDES, st.sampled_from(LEVELS))
def test_a_point_lies_inside_the_half_open_bounds_of_its_cell(lat: int, lon: int, metres: int) -> None:
    south, west, north, east = bounds_micro(parent(mesh_code(lat, lon), metres))
    assert south <= lat < north
    assert west <= lon < east


@given(LATITUDES, LONGITUDES)
def test_the_first_whole_micro_degree_from_the_south_west_corner_belongs_to_the_cell(
    lat: int, lon: int
) -> None:
    code = mesh_code(lat, lon)
    south, west, _, _ = bounds_micro(code)
    assert west == int(west)
    assert mesh_code(-(-south // 1), int(west)) == code
    assert parent(mesh_code(-(-south // 1), int(west)), 80_000) == code // 1_000_000


def test_20_000_random_points_lie_in_their_cells() -> None:
    rng = random.Random(20)
    points = [
        (rng.randrange(20_000_000, 46_000_000), rng.randrange(122_000_000, 154_000_000))
        for _ in range(20_000)
    ]
    codes = [mesh_code(lat, lon) for lat, lon in points]
    for (lat, lon), code in zip(points, codes, strict=True):
        bounds = bounds_micro(code)
        assert bounds.south <= lat < bounds.north
        assert bounds.west <= lon < bounds.east


@pytest.mark.parametrize(
    ("lat", "lon"), [(19.999999, 139), (46, 139), (35, 121.999999), (35, 154), (-35.8, 139.9), (0, 0)]
)
def test_points_outside_japan_have_no_cell(lat: float, lon: float) -> None:
    with pytest.raises(OutsideJapan):
        mesh_code(micro(lat), micro(lon))


@given(st.decimals(-180, 180, places=6))
def test_six_decimals_are_exact_as_decimal_text_and_float(degrees: Decimal) -> None:
    assert micro(degrees) == micro(str(degrees)) == micro(float(degrees)) == int(degrees * 1_000_000)


@pytest.mark.parametrize(
    "text", ["", "nan", "inf", "1e400", "1_0", "３５.８", "35,8", " 35.8", "180.1", "0x10"]
)
def test_what_is_no_plain_number_of_degrees_is_refused(text: str) -> None:
    with pytest.raises(KernelError, match="degrees_invalid"):
        micro(text)
    with pytest.raises(KernelError):
        micro(float("nan"))


@given(LATITUDES, LONGITUDES, st.sampled_from([(10_000, 1_000), (1_000, 500), (1_000, 250), (500, 250)]))
def test_children_tile_their_parent(lat: int, lon: int, levels: tuple[int, int]) -> None:
    coarse, fine = levels
    cell = parent(mesh_code(lat, lon), coarse)
    tiles = children(cell, fine)
    assert len(tiles) == (coarse // fine) ** 2
    assert {parent(tile, coarse) for tile in tiles} == {cell}
    edges = [bounds_micro(tile) for tile in tiles]
    area = sum((edge.north - edge.south) * (edge.east - edge.west) for edge in edges)
    whole = bounds_micro(cell)
    assert area == (whole.north - whole.south) * (whole.east - whole.west)


@given(LATITUDES, LONGITUDES, st.sampled_from(LEVELS))
def test_neighbours_know_each_other_and_touch(lat: int, lon: int, metres: int) -> None:
    cell = parent(mesh_code(lat, lon), metres)
    own = bounds_micro(cell)
    around = neighbours(cell)
    assert cell not in around
    for other in around:
        edges = bounds_micro(other)
        assert cell in neighbours(other)
        assert edges.south <= own.north
        assert own.south <= edges.north
        assert edges.west <= own.east
        assert own.west <= edges.east


def test_a_cell_in_the_middle_has_eight_neighbours_and_one_at_the_corner_of_japan_three() -> None:
    assert len(neighbours(5339574232)) == 8
    assert len(neighbours(mesh_code(20_000_000, 122_000_000))) == 3


def test_bounds_of_a_cell_hold_that_cell_only() -> None:
    for code in (5339574232, 533957423, 53395742, 533957):
        assert cells_in(bounds_micro(code), level_of(code)) == (code,)


def test_bounds_that_reach_a_hair_further_hold_the_next_row_and_column() -> None:
    south, west, north, east = bounds_micro(5339576211)
    assert len(cells_in(Bounds(south, west, north + Fraction(1, 1000), east), 250)) == 2
    assert len(cells_in(Bounds(south - Fraction(1, 1000), west - 1, north, east), 250)) == 4
    assert cells_in(Bounds(south, west, south, east), 250) == ()


def test_cells_of_bounds_beyond_japan_are_clipped() -> None:
    assert cells_in(Bounds(-90_000_000, -180_000_000, 20_000_001, 122_000_001), 250) == (
        mesh_code(20_000_000, 122_000_000),
    )


@pytest.mark.parametrize(
    "code", [0, -5339, 533, 53395, 533987, 5339570, 533957420, 533957425, 53395742310, 9999]
)
def test_a_number_that_is_no_mesh_code_is_refused(code: int) -> None:
    with pytest.raises(InvalidMesh, match="mesh_invalid"):
        bounds_micro(code)


def test_levels_that_do_not_exist_or_do_not_fit_are_refused() -> None:
    for wrong in (300, 250):
        with pytest.raises(InvalidMesh, match="mesh_level_invalid"):
            parent(533957423, wrong)
    with pytest.raises(InvalidMesh, match="mesh_level_invalid"):
        children(533957423, 1_000)
    with pytest.raises(InvalidMesh, match="mesh_level_invalid"):
        cells_in(bounds_micro(533957423), 125)
