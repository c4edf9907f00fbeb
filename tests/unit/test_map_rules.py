"""Coverage, gaps and reach: the quick way agrees with the obvious one, and the formulas say what they promise."""

import math
import random
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach_api.kernel.errors import KernelError
from outreach_api.kernel.geo import Point, distance_m
from outreach_api.kernel.mesh import (
    Bounds,
    InvalidMesh,
    bounds_degrees,
    bounds_micro,
    cells_in,
    children,
    level_of,
    mesh_code,
    micro,
    parent,
)
from outreach_api.outreach_map import rules
from outreach_api.outreach_map.population import Unit, cell_targets, cell_totals, spread

TODAY = date(2026, 11, 23)
CELL = 5339574232


def middle_of(code: int) -> Point:
    south, west, north, east = bounds_degrees(code)
    return Point((south + north) / 2, (west + east) / 2)


def cells_around(point: Point, metres: int = 500) -> tuple[int, ...]:
    lat, lon = micro(point.lat), micro(point.lon)
    return cells_in(Bounds(lat - 12_000, lon - 14_000, lat + 12_000, lon + 14_000), metres)


def obvious_coverage(cell: int, points: Sequence[Point], radius_m: float, lattice: int = 60) -> float:
    """A cell looked at place by place, with the distance that the rest of the house uses."""
    south, west, north, east = bounds_degrees(cell)
    inside = 0
    for row in range(lattice):
        for column in range(lattice):
            place = Point(
                south + (north - south) * (row + 0.5) / lattice,
                west + (east - west) * (column + 0.5) / lattice,
            )
            inside += any(distance_m(place, point) <= radius_m for point in points)
    return inside / lattice**2


@settings(max_examples=15, deadline=None)
@given(
    st.integers(0, 10**6), st.sampled_from([250, 500, 1000]), st.sampled_from([300, 500]), st.integers(1, 4)
)
def test_coverage_agrees_with_looking_place_by_place(seed: int, metres: int, radius: int, stops: int) -> None:
    rng = random.Random(seed)
    points = [
        Point(35.79 + rng.uniform(-0.006, 0.006), 139.9 + rng.uniform(-0.006, 0.006)) for _ in range(stops)
    ]
    cells = rng.sample(cells_around(points[0], metres), 3)
    quick = rules.coverage(cells, [(point, TODAY) for point in points], TODAY, radius)
    for cell in cells:
        assert quick[cell] == pytest.approx(obvious_coverage(cell, points, radius), abs=0.03)


def test_the_covered_ground_around_one_stop_is_the_area_of_its_disc() -> None:
    stop = Point(35.7877, 139.9032)
    for radius in (300, 500):
        covered = rules.coverage(cells_around(stop, 250), [(stop, TODAY)], TODAY, radius)
        ground = sum(share * rules.area_m2(cell) for cell, share in covered.items())
        assert ground == pytest.approx(math.pi * radius**2, rel=0.01)


def test_two_stops_at_the_same_place_cover_nothing_twice() -> None:
    stop = (middle_of(CELL), TODAY)
    cells = cells_around(stop[0])
    assert rules.coverage(cells, [stop, stop], TODAY) == rules.coverage(cells, [stop], TODAY)


def test_more_stops_never_cover_less() -> None:
    near, aside = middle_of(CELL), Point(35.792, 139.9)
    cells = cells_around(near)
    one = rules.coverage(cells, [(near, TODAY)], TODAY)
    both = rules.coverage(cells, [(near, TODAY), (aside, TODAY)], TODAY)
    assert all(both[cell] >= one[cell] for cell in cells)
    assert sum(both.values()) > sum(one.values())


@pytest.mark.parametrize(
    ("age", "counts"), [(0, True), (28, True), (35, True), (42, True), (43, False), (-1, False)]
)
def test_a_stop_counts_for_six_weeks_after_it_was_held(age: int, counts: bool) -> None:
    covered = rules.coverage([CELL], [(middle_of(CELL), TODAY - timedelta(days=age))], TODAY)
    assert (covered[CELL] > 0) is counts


def test_cells_far_away_are_uncovered_and_without_stops_all_are() -> None:
    far = mesh_code(micro(43.06), micro(141.35))
    assert rules.coverage([CELL, far], [(middle_of(CELL), TODAY)], TODAY) == {CELL: 1.0, far: 0.0}
    assert rules.coverage([CELL], [], TODAY) == {CELL: 0.0}
    assert rules.coverage([], [(middle_of(CELL), TODAY)], TODAY) == {}


@given(
    st.integers(24_000_000, 45_999_999),
    st.integers(122_000_000, 153_999_999),
    st.sampled_from([80_000, 10_000, 1_000, 500, 250]),
)
def test_many_cells_at_once_lie_where_the_kernel_says(lat: int, lon: int, metres: int) -> None:
    code = parent(mesh_code(lat, lon), metres)
    south, west, height, width = (float(array[0]) for array in rules._corners([code]))
    assert (south, west, south + height, west + width) == pytest.approx(bounds_degrees(code), abs=1e-10)


def test_what_is_no_cell_or_no_radius_is_refused() -> None:
    stop = (middle_of(CELL), TODAY)
    with pytest.raises(InvalidMesh):
        rules.coverage([12], [stop], TODAY)
    for radius in (0, -1, math.nan, 5_001):
        with pytest.raises(KernelError, match="radius_invalid"):
            rules.coverage([CELL], [stop], TODAY, radius)


def test_40_000_cells_and_100_stops_are_reckoned_at_once() -> None:
    cells = cells_in(Bounds(35_500_000, 139_500_000, 35_916_666, 140_125_000), 250)
    assert len(cells) == 40_000
    rng = random.Random(7)
    stops = [(Point(rng.uniform(35.5, 35.91), rng.uniform(139.5, 140.12)), TODAY) for _ in range(100)]
    covered = rules.coverage(cells, stops, TODAY)
    assert sum(1 for share in covered.values() if share > 0) > 1_000


def test_total_coverage_weighs_cells_with_their_people() -> None:
    assert rules.total_coverage({1: 300, 2: 100}, {1: 0.5, 2: 1.0, 3: 1.0}) == pytest.approx(0.625)
    assert rules.total_coverage({1: 300, 2: 100}, {}) == 0
    assert rules.total_coverage({1: 0.0}, {1: 1.0}) is None


@pytest.mark.parametrize(
    ("covered", "days", "gap"),
    [
        (0, None, 200),
        (0, 84, 200),
        (0, 840, 200),
        (0, 42, 100),
        (0.25, 42, 75),
        (1, None, 0),
        (0, 0, 0),
        (0, -3, 0),
    ],
)
def test_a_gap_grows_with_the_time_since_the_last_visit_until_twelve_weeks(
    covered: float, days: int | None, gap: float
) -> None:
    assert rules.gap(200, covered, days) == pytest.approx(gap)


def test_the_largest_gap_comes_first_and_a_cell_never_reached_counts_in_full() -> None:
    found = rules.gaps({3: 50, 2: 100, 1: 50}, {2: 0.9}, {2: 84})
    assert list(found.items()) == [(1, 50), (3, 50), (2, pytest.approx(10))]


def test_a_cell_remembers_the_last_visit_that_reached_into_it() -> None:
    home = middle_of(CELL)
    stops = [(home, TODAY - timedelta(days=days)) for days in (90, 30, 60, -7)]
    far = mesh_code(micro(43.06), micro(141.35))
    assert rules.days_since_last_visit([CELL, far], stops, TODAY) == {CELL: 30}


def test_the_catchment_counts_each_cell_with_its_share_of_the_disc() -> None:
    stop = middle_of(CELL)
    density = 0.001  # children per square metre
    cells = {cell: rules.area_m2(cell) * density for cell in cells_around(stop, 250)}
    assert rules.children_in_catchment(stop, cells, 500) == pytest.approx(
        math.pi * 500**2 * density, rel=0.01
    )
    assert rules.children_in_catchment(stop, {CELL: 12.0}, 500) == 12
    assert rules.children_in_catchment(Point(30, 130), {CELL: 12.0}) == 0


def test_the_reach_rate_is_attendance_per_hundred_children() -> None:
    assert rules.reach_rate(51, 340) == pytest.approx(15)
    assert rules.reach_rate(51, 0) is None


@given(
    st.dictionaries(st.sampled_from(children(53395742, 500) + children(53395743, 500)), st.floats(0, 1000))
)
def test_moving_people_to_another_level_keeps_their_number(people: dict[int, float]) -> None:
    for metres in (250, 500, 1000):
        moved = spread(people, metres)
        assert sum(moved.values()) == pytest.approx(sum(people.values()))
        assert all(level_of(cell) == metres for cell in moved)


def test_people_go_down_in_equal_parts_and_up_as_a_sum() -> None:
    assert spread({533957423: 40.0}, 250) == dict.fromkeys(children(533957423, 250), 10.0)
    assert spread({533957423: 40.0, 533957421: 2.0, 533957521: 5.0}, 1000) == {53395742: 42.0, 53395752: 5.0}


def test_the_target_of_merged_cells_is_split_by_their_residents_and_weighted_with_the_share() -> None:
    units = [
        Unit((1, 2), (30, 10), {"target": 8}, share=0.5),
        Unit((3, 4), (0, None), {"target": 6}),
        Unit((5,), (7,), {"target": None}),
    ]
    assert cell_targets(units, "target") == {1: 3.0, 2: 1.0, 3: 3.0, 4: 3.0}
    assert cell_totals(units) == {1: 15.0, 2: 5.0, 3: 0.0, 5: 7.0}


@pytest.mark.parametrize("code", [53395742, 533957423, CELL])
def test_the_ring_of_a_cell_is_closed_and_runs_counter_clockwise_in_lon_lat(code: int) -> None:
    ring = rules.ring_of(code)
    assert ring[0] == ring[-1]
    doubled = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring))
    assert doubled > 0, "the right-hand rule of RFC 7946"
    south, west, north, east = (float(edge) / 1e6 for edge in bounds_micro(code))
    assert ring[0] == pytest.approx([west, south], abs=1e-7)
    assert ring[2] == pytest.approx([east, north], abs=1e-7)
    assert all(len(repr(number).split(".")[1]) <= 7 for corner in ring for number in corner)


def test_a_cell_in_matsudo_is_as_large_as_the_domain_says() -> None:
    assert rules.area_m2(CELL) == pytest.approx(231 * 283, rel=0.005)
    assert rules.area_m2(533957423) == pytest.approx(462 * 565, rel=0.005)
