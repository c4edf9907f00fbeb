"""Coverage, gaps and reach on arrays: the same as looking at one place after the other, and what they promise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach_api.kernel.errors import KernelError
from outreach_api.kernel.geo import Point, distance_m, metres_per_degree
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
    neighbours,
    parent,
)
from outreach_api.outreach_map.population import Unit, cell_targets, cell_totals, spread
from outreach_api.outreach_map.rules import discs
from outreach_api.outreach_map.rules.arrays import People, Spots
from outreach_api.outreach_map.rules.catching import people_within, reach_rate
from outreach_api.outreach_map.rules.covering import NEVER, Standing, standing, total_coverage
from outreach_api.outreach_map.rules.drawing import ring_of
from outreach_api.outreach_map.rules.gathering import added, gathered, least
from outreach_api.outreach_map.rules.grid import Grid, codes_of
from outreach_api.outreach_map.rules.missing import Missed, gaps, worst
from outreach_api.outreach_map.rules.placing import best_ground, best_places, largest_shares
from outreach_api.outreach_map.rules.sharing import Catchments
from tests import obvious_map as obvious
from tests.obvious_map import Held

CELL = 5339574232
AROUND = sorted({cell for kilometre in (53395742, 53395743) for cell in children(kilometre, 250)})
LEVELS = (250, 500, 1000)


@dataclass(frozen=True)
class World:
    """Cells in the middle of Matsudo, who lives there, and when stops were held."""

    people: dict[int, float | None]
    held: list[Held]
    radius_m: float

    @property
    def grid(self) -> Grid:
        return Grid(list(self.people))

    @property
    def counts(self) -> People:
        return People.of(
            np.array([np.nan if count is None else count for count in self.people.values()], dtype=np.float64)
        )

    @property
    def spots(self) -> Spots:
        return Spots.of(stop.point for stop in self.held)

    @property
    def standing(self) -> Standing:
        days = np.array([stop.days for stop in self.held], dtype=np.int32)
        return standing(self.grid, self.spots, days, self.radius_m, 42)

    @property
    def missed(self) -> Missed:
        return Missed.of(self.grid, self.counts, self.standing, 84)


@st.composite
def places(draw: st.DrawFn) -> Point:
    """Anywhere near the cells; or at a corner or in the middle of one, where an edge could be taken wrongly."""
    south, west, north, east = bounds_degrees(draw(st.sampled_from(AROUND)))
    return draw(
        st.one_of(
            st.builds(Point, st.floats(35.775, 35.805), st.floats(139.885, 139.93)),
            st.builds(Point, st.sampled_from([south, north]), st.sampled_from([west, east])),
            st.just(Point((south + north) / 2, (west + east) / 2)),
        )
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    cells = draw(st.lists(st.sampled_from(AROUND), unique=True, max_size=7))
    count = st.one_of(st.none(), st.just(0.0), st.floats(0.01, 1_000))
    stops = st.builds(Held, places(), st.one_of(st.integers(-3, 100), st.sampled_from([0, 42, 43, 84])))
    held = draw(st.lists(stops, max_size=4))
    if held and draw(st.booleans()):
        held.append(held[0])  # two stops at one place
    radius_m = draw(st.sampled_from([50.0, 300.0, 500.0, 1_500.0]))
    return World({cell: draw(count) for cell in sorted(cells)}, held, radius_m)


def middle_of(code: int) -> Point:
    south, west, north, east = bounds_degrees(code)
    return Point((south + north) / 2, (west + east) / 2)


def cells_around(point: Point, metres: int = 500) -> list[int]:
    lat, lon = micro(point.lat), micro(point.lon)
    return list(cells_in(Bounds(lat - 12_000, lon - 14_000, lat + 12_000, lon + 14_000), metres))


def shares(cells: list[int], points: list[Point], radius_m: float = 500) -> dict[int, float]:
    """The share of each cell within reach of points that were held today."""
    found = standing(Grid(cells), Spots.of(points), np.zeros(len(points), dtype=np.int32), radius_m, 42)
    return dict(zip(cells, found.share.tolist(), strict=True))


def would_add(world: World, points: list[Point]) -> list[float]:
    """The missed people whom a stop at each point would reach."""
    around = Catchments.of(world.missed, Spots.of(points), world.radius_m)
    return [around.alone(number) for number in range(len(points))]


@settings(deadline=None)
@given(worlds())
def test_coverage_and_days_are_those_of_looking_place_by_place(world: World) -> None:
    found = world.standing
    for at, cell in enumerate(world.people):
        assert found.share[at] == obvious.share(cell, world.held, world.radius_m, 42)
        days = obvious.days_since(cell, world.held, world.radius_m)
        assert found.days[at] == (NEVER if days is None else days)
    whole = obvious.total_share(world.people, dict(zip(world.people, found.share.tolist(), strict=True)))
    assert total_coverage(world.counts, found.share) == pytest.approx(whole)


@settings(deadline=None)
@given(worlds(), st.sampled_from(LEVELS))
def test_cells_of_every_level_and_their_gaps_are_those_of_looking_place_by_place(
    world: World, metres: int
) -> None:
    found, level = world.standing, world.grid.level(metres)
    whole = gathered(world.counts, found.share, level)
    days = least(found.days, level)
    missed = gaps(whole.people, whole.share, days, 84)
    expected = obvious.at_level(
        world.people, world.held, world.radius_m, metres, window_days=42, full_after=84
    )
    assert level.codes[whole.known].tolist() == list(expected)
    for at, cell in zip(np.flatnonzero(whole.known).tolist(), expected.values(), strict=True):
        assert whole.people[at] == pytest.approx(cell.people)
        assert whole.share[at] == pytest.approx(cell.share)
        assert days[at] == (NEVER if cell.days is None else cell.days)
        assert missed[at] == pytest.approx(cell.gap)
    ranked = worst(level.codes, missed, 3)
    largest = sorted(missed[missed > 0].tolist(), reverse=True)[:3]
    assert missed[ranked].tolist() == largest


@settings(deadline=None)
@given(worlds(), st.lists(places(), max_size=4))
def test_whom_a_stop_would_reach_is_counted_place_by_place(world: World, spots: list[Point]) -> None:
    near = would_add(world, spots)
    for at, point in enumerate(spots):
        expected = obvious.would_reach(
            world.people, world.held, point, world.radius_m, window_days=42, full_after=84
        )
        assert near[at] == pytest.approx(expected)


@settings(deadline=None)
@given(worlds(), st.lists(places(), max_size=5), st.sampled_from(LEVELS))
def test_the_best_places_of_a_gap_are_those_that_looking_place_by_place_finds(
    world: World, spots: list[Point], metres: int
) -> None:
    cells = world.grid.level(metres).codes
    found = best_places(world.missed, cells, metres, Spots.of(spots), world.radius_m)
    for cell in cells.tolist():
        expected = []
        for point in spots:
            adds, here = (
                obvious.would_reach(
                    world.people,
                    world.held,
                    point,
                    world.radius_m,
                    within=within,
                    window_days=42,
                    full_after=84,
                )
                for within in (None, cell)
            )
            if round(here, 6) > 0:
                expected.append(
                    (round(adds, 6), round(here, 6), len(obvious.reached(cell, point, world.radius_m)) / 256)
                )
        enough = max((here for _, here, _ in expected), default=0) / 2
        expected.sort(key=lambda place: (place[1] < enough, -place[0]))
        places = found.get(cell, [])
        assert [place.adds for place in places] == pytest.approx(
            [adds for adds, _, _ in expected][:3], abs=2e-6
        )
        assert all(
            (place.adds_here, place.share)
            in [(pytest.approx(here, abs=2e-6), pytest.approx(share)) for _, here, share in expected]
            for place in places
        )


@settings(deadline=None)
@given(worlds(), st.lists(st.lists(places(), max_size=3), max_size=4))
def test_people_within_reach_of_a_group_count_once_as_place_by_place(
    world: World, groups: list[list[Point]]
) -> None:
    owners = np.array([number for number, group in enumerate(groups) for _ in group], dtype=np.int64)
    spots = Spots.of(point for group in groups for point in group)
    near = people_within(world.grid, world.counts, spots, owners, len(groups), world.radius_m)
    for at, group in enumerate(groups):
        assert near[at] == pytest.approx(obvious.people_within(world.people, group, world.radius_m))


@settings(deadline=None)
@given(worlds(), st.lists(places(), min_size=1, max_size=4))
def test_work_in_small_blocks_gives_the_same(world: World, spots: list[Point]) -> None:
    points, owners = Spots.of(spots), np.arange(len(spots))

    def figures() -> list[float]:
        found = world.standing
        return [
            *found.share.tolist(),
            *found.days.tolist(),
            *would_add(world, spots),
            *people_within(world.grid, world.counts, points, owners, len(spots), world.radius_m).tolist(),
        ]

    at_once = figures()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(discs, "MOST_LINES", 1)
        assert figures() == at_once


@given(
    st.integers(24_000_000, 45_999_999),
    st.integers(122_000_000, 153_999_999),
    st.sampled_from([80_000, 10_000, 1_000, 500, 250]),
)
def test_many_cells_at_once_lie_where_the_kernel_says(lat: int, lon: int, metres: int) -> None:
    code = parent(mesh_code(lat, lon), metres)
    assert tuple(edge.tolist() for edge in Grid([code]).corners()) == tuple(
        [edge] for edge in bounds_degrees(code)
    )


@given(st.integers(24_000_000, 45_999_999), st.integers(122_000_000, 153_999_999))
def test_a_row_and_a_column_are_the_cell_that_the_kernel_names(lat: int, lon: int) -> None:
    rows, columns = np.array([lat * 480 // 10**6]), np.array([lon * 320 // 10**6 - 32_000])
    assert codes_of(rows, columns).tolist() == [mesh_code(lat, lon)]


@pytest.mark.parametrize("code", [53, 5339, 533957, 53395742, 533957423, CELL])
def test_a_row_of_cells_is_found_from_its_first_to_its_last_column(code: int) -> None:
    if code == 53:
        with pytest.raises(InvalidMesh):
            Grid([code])
        return
    cells = sorted({code, *neighbours(code)})
    grid = Grid(cells)
    south, west, north, east = grid.corners()
    at = cells.index(code)
    row = round(south[at] / (north[at] - south[at]))
    column = round((west[at] - 100) / (east[at] - west[at]))
    asked, found, columns = grid.find(
        np.array([row, row, row + 9]),
        np.array([column - 5, column, column]),
        np.array([column, column, column]),
    )
    own = [
        cell
        for cell in cells
        if south[cells.index(cell)] == south[at] and west[cells.index(cell)] <= west[at]
    ]
    assert sorted(cells[index] for index in found[asked == 0].tolist()) == sorted(own)
    assert [cells[index] for index in found[asked == 1].tolist()] == [code]
    assert columns[asked == 1].tolist() == [column]
    assert not (asked == 2).any()


@pytest.mark.parametrize(
    "codes", [[12], [CELL, 533957423], [CELL, CELL], [CELL, 5339574231], [5339574252], [5339584232], [-CELL]]
)
def test_what_is_no_list_of_cells_of_one_level_is_refused(codes: list[int]) -> None:
    with pytest.raises(InvalidMesh):
        Grid(codes)


@pytest.mark.parametrize("radius_m", [0, -1, math.nan, 5_001])
def test_a_radius_that_means_nothing_is_refused(radius_m: float) -> None:
    with pytest.raises(KernelError, match="radius_invalid"):
        shares([CELL], [middle_of(CELL)], radius_m)


def test_the_covered_ground_around_one_stop_is_the_area_of_its_disc() -> None:
    stop = Point(35.7877, 139.9032)
    for radius in (300, 500):
        ground = sum(
            share * area_m2(cell) for cell, share in shares(cells_around(stop, 250), [stop], radius).items()
        )
        assert ground == pytest.approx(math.pi * radius**2, rel=0.01)


def area_m2(code: int) -> float:
    south, west, north, east = bounds_degrees(code)
    per_lat, per_lon = metres_per_degree((south + north) / 2)
    return (north - south) * per_lat * (east - west) * per_lon


@settings(max_examples=15, deadline=None)
@given(st.lists(places(), min_size=1, max_size=4), st.sampled_from(LEVELS), st.sampled_from([300, 500]))
def test_sixteen_places_a_side_are_near_enough_to_a_much_finer_look(
    points: list[Point], metres: int, radius_m: int
) -> None:
    """With another distance, too: the one that the rest of the house uses."""
    cell, fine = cells_around(points[0], metres)[0], 60
    south, west, north, east = bounds_degrees(cell)
    inside = sum(
        any(
            distance_m(
                Point(
                    south + (north - south) * (row + 0.5) / fine, west + (east - west) * (column + 0.5) / fine
                ),
                point,
            )
            <= radius_m
            for point in points
        )
        for row in range(fine)
        for column in range(fine)
    )
    assert shares([cell], points, radius_m)[cell] == pytest.approx(inside / fine**2, abs=0.03)


def test_more_stops_never_cover_less() -> None:
    near, aside = middle_of(CELL), Point(35.792, 139.9)
    cells = cells_around(near)
    one, both = shares(cells, [near]), shares(cells, [near, aside])
    assert all(both[cell] >= one[cell] for cell in cells)
    assert sum(both.values()) > sum(one.values())


@pytest.mark.parametrize(
    ("age", "counts"), [(0, True), (28, True), (35, True), (42, True), (43, False), (-1, False)]
)
def test_a_stop_counts_for_six_weeks_after_it_was_held(age: int, counts: bool) -> None:
    held = World({CELL: 1.0}, [Held(middle_of(CELL), age)], 500)
    assert held.standing.share.tolist() == [float(counts)]


def test_cells_far_away_are_uncovered_and_without_stops_all_are() -> None:
    far = mesh_code(micro(43.06), micro(141.35))
    assert shares([CELL, far], [middle_of(CELL)]) == {CELL: 1.0, far: 0.0}
    assert shares([CELL], []) == {CELL: 0.0}
    assert shares([], [middle_of(CELL)]) == {}
    assert shares([CELL], [Point(-90, -180), Point(90, 180), Point(0, 0)]) == {CELL: 0.0}


@pytest.mark.parametrize(
    ("covered", "days", "gap"),
    [
        (0, NEVER, 200),
        (0, 84, 200),
        (0, 840, 200),
        (0, 42, 100),
        (0.25, 42, 75),
        (1, NEVER, 0),
        (0, 0, 0),
    ],
)
def test_a_gap_grows_with_the_time_since_the_last_visit_until_twelve_weeks(
    covered: float, days: int, gap: float
) -> None:
    found = gaps(np.array([200.0]), np.array([covered]), np.array([days], dtype=np.int32), 84)
    assert found.tolist() == pytest.approx([gap])


def test_the_largest_gap_comes_first_and_equal_ones_by_their_codes() -> None:
    codes, missed = np.array([1, 2, 3, 4]), np.array([50.0, 10.0, 50.0, 0.0])
    assert worst(codes, missed, 9).tolist() == [0, 2, 1]
    assert worst(codes, missed, 1).tolist() == [0]


def test_the_places_of_a_cell_add_up_to_its_gap() -> None:
    world = World({CELL: 200.0}, [Held(Point(35.788, 139.9), 20), Held(middle_of(CELL), 60)], 500)
    found = world.standing
    (gap,) = gaps(world.counts.counts, found.share, found.days, 84).tolist()
    assert 0 < found.share[0] < 1
    assert would_add(world, [middle_of(CELL)]) == pytest.approx([gap])


def test_a_place_beside_a_stop_of_last_week_adds_only_what_that_leaves() -> None:
    here = middle_of(CELL)
    people = dict.fromkeys(cells_around(here, 250), 10.0)
    fresh = World(people, [Held(here, 7)], 500)
    aside = Point(here.lat + 0.009, here.lon)  # a kilometre: the discs just touch
    same, apart = would_add(fresh, [here, aside])
    assert same == 0
    (whole,) = would_add(World(people, [], 500), [aside])
    assert apart < whole, "cells at the rim were visited a week ago"


def test_what_closes_little_of_a_gap_comes_after_what_closes_it_however_many_live_next_door() -> None:
    crowded = 5339574241
    world = World({CELL: 50.0, crowded: 5_000.0}, [], 200)
    inside, outside = middle_of(CELL), middle_of(crowded)
    (first, second) = best_places(world.missed, np.array([CELL]), 250, Spots.of([outside, inside]), 200)[CELL]
    assert (first.spot, second.spot) == (1, 0)
    assert first.adds < second.adds


def test_suggested_ground_is_in_the_cell_where_a_stop_would_add_most() -> None:
    world = World({5339574224: 0.0, CELL: 100.0, 5339574241: 900.0}, [], 300)
    (ground,) = best_ground(world.missed, np.array([CELL]), 250, 300).values()
    south, west, north, east = bounds_degrees(CELL)
    assert south < ground.lat < north
    assert west < ground.lon < east
    for other in (middle_of(CELL), Point(south, west), Point(north, east)):
        adds = obvious.would_reach(world.people, [], other, 300, window_days=42, full_after=84)
        assert adds <= ground.adds * 1.05
    assert ground.adds == pytest.approx(
        obvious.would_reach(
            world.people, [], Point(ground.lat, ground.lon), 300, window_days=42, full_after=84
        )
    )
    alone = World({CELL: 100.0}, [], 1_500)
    (ground,) = best_ground(alone.missed, np.array([CELL]), 250, 1_500).values()
    assert (ground.lat, ground.lon) == pytest.approx((middle_of(CELL).lat, middle_of(CELL).lon))


def test_the_stop_that_holds_most_of_a_cell_is_the_first_of_equal_ones() -> None:
    near, far = middle_of(CELL), Point(middle_of(CELL).lat + 0.004, middle_of(CELL).lon)
    found = largest_shares(np.array([CELL]), Spots.of([far, near, near]), 500)
    assert found == {CELL: (1, 1.0)}
    assert largest_shares(np.array([CELL]), Spots.of([Point(30, 130)]), 500) == {}


def test_the_reach_rate_is_attendance_per_hundred_people() -> None:
    assert reach_rate(51, 340) == pytest.approx(15)
    assert reach_rate(51, 0) is None


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
    ring = ring_of(code)
    assert ring[0] == ring[-1]
    doubled = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring))
    assert doubled > 0, "the right-hand rule of RFC 7946"
    south, west, north, east = (float(edge) / 1e6 for edge in bounds_micro(code))
    assert ring[0] == pytest.approx([west, south], abs=1e-7)
    assert ring[2] == pytest.approx([east, north], abs=1e-7)
    assert all(len(repr(number).split(".")[1]) <= 7 for corner in ring for number in corner)


def test_a_cell_in_matsudo_is_as_large_as_the_domain_says() -> None:
    assert area_m2(CELL) == pytest.approx(231 * 283, rel=0.005)
    assert area_m2(533957423) == pytest.approx(462 * 565, rel=0.005)


def test_what_is_unknown_is_not_nobody() -> None:
    cells = [5339574231, 5339574232, 5339574241]
    people = People.of(np.array([np.nan, 3.0, np.nan]))
    half = added(people, Grid(cells).level(500))
    assert half.known.tolist() == [True, False]
    assert half.counts.tolist() == [3.0, 0.0]
