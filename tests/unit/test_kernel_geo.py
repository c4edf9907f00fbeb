"""Distances, boxes and outlines: close to the geodesic, never leaving out what is near."""

import math

import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from outreach_api.kernel.errors import KernelError
from outreach_api.kernel.geo import BBox, Outline, Point, box_around, distance_m

LATITUDES = st.floats(24, 46)
LONGITUDES = st.floats(122, 154)
ANGLES = st.floats(0, 2 * math.pi)


def point_near(start: Point, metres: float, angle: float) -> Point:
    lat = start.lat + metres * math.cos(angle) / 111_000
    return Point(lat, start.lon + metres * math.sin(angle) / (111_000 * math.cos(math.radians(start.lat))))


@given(LATITUDES, LONGITUDES, st.floats(1, 49_000), ANGLES)
def test_distances_below_50_km_are_within_a_thousandth_percent(
    lat: float, lon: float, metres: float, angle: float
) -> None:
    a = Point(lat, lon)
    b = point_near(a, metres, angle)
    true = geodesic((a.lat, a.lon), (b.lat, b.lon), ellipsoid="GRS-80").meters
    assert distance_m(a, b) == pytest.approx(true, rel=1e-5, abs=1e-4)


def test_the_same_place_is_no_distance_and_both_ways_are_equal() -> None:
    a, b = Point(35.7877, 139.9032), Point(35.7844, 139.9008)
    assert distance_m(a, a) == 0
    assert distance_m(a, b) == distance_m(b, a)
    assert distance_m(a, b) == pytest.approx(425.7, abs=0.1)


@pytest.mark.parametrize(("lat", "lon"), [(91, 0), (0, 181), (math.nan, 0), (0, math.inf)])
def test_an_impossible_position_is_refused(lat: float, lon: float) -> None:
    with pytest.raises(KernelError, match="position_invalid"):
        Point(lat, lon)


def test_a_box_is_read_west_south_east_north() -> None:
    box = BBox.parse("139.88,35.74,140.0,35.86")
    assert box == BBox(west=139.88, south=35.74, east=140.0, north=35.86)
    assert box.contains(Point(35.8, 139.9))
    assert box.contains(Point(35.74, 139.88))
    assert not box.contains(Point(35.8, 140.1))
    assert not box.contains(Point(35.9, 139.9))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,2,3",
        "1,2,3,4,5",
        "2,0,1,1",
        "0,2,1,1",
        "a,b,c,d",
        "nan,0,1,1",
        "0,0,1,91",
        "-181,0,1,1",
        "1e1,0,20,1",
        " 0,0,1,1",
    ],
)
def test_a_malformed_box_is_refused(text: str) -> None:
    with pytest.raises(KernelError, match="bbox_invalid"):
        BBox.parse(text)


@given(LATITUDES, LONGITUDES, st.floats(0, 100_000), ANGLES, st.floats(0, 1))
def test_the_box_around_a_point_holds_everything_within_the_radius(
    lat: float, lon: float, radius: float, angle: float, share: float
) -> None:
    middle = Point(lat, lon)
    other = point_near(middle, radius * share, angle)
    if distance_m(middle, other) <= radius:
        assert box_around(middle, radius).contains(other)


def test_the_box_around_a_point_is_not_much_larger_than_needed() -> None:
    box = box_around(Point(35.8, 139.9), 500)
    width = distance_m(Point(35.8, box.west), Point(35.8, box.east))
    height = distance_m(Point(box.south, 139.9), Point(box.north, 139.9))
    assert 1000 <= width < 1010
    assert 1000 <= height < 1010
    with pytest.raises(KernelError, match="radius_invalid"):
        box_around(Point(35.8, 139.9), -1)


SQUARE = [[139.0, 35.0], [140.0, 35.0], [140.0, 36.0], [139.0, 36.0], [139.0, 35.0]]
HOLE = [[139.4, 35.4], [139.4, 35.6], [139.6, 35.6], [139.6, 35.4], [139.4, 35.4]]
FAR = [[150.0, 40.0], [151.0, 40.0], [150.5, 41.0], [150.0, 40.0]]


def test_a_hole_is_outside_and_another_part_is_inside() -> None:
    outline = Outline.from_geojson({"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE], [FAR]]})
    assert outline.contains(Point(35.2, 139.2))
    assert not outline.contains(Point(35.5, 139.5))
    assert outline.contains(Point(40.3, 150.5))
    assert not outline.contains(Point(40.9, 150.1))
    assert not outline.contains(Point(30, 130))
    assert outline.bbox == BBox(139.0, 35.0, 151.0, 41.0)


def test_features_and_collections_of_them_are_outlines_too() -> None:
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [SQUARE]}}
    assert Outline.from_geojson(feature).contains(Point(35.2, 139.2))
    collection = {"type": "FeatureCollection", "features": [feature]}
    assert Outline.from_geojson(collection) == Outline.from_geojson(feature)


@given(st.floats(139.01, 139.99), st.floats(35.01, 35.99))
def test_a_point_belongs_to_exactly_one_of_two_halves(lon: float, lat: float) -> None:
    west = [[139.0, 35.0], [139.5, 35.0], [139.7, 36.0], [139.0, 36.0], [139.0, 35.0]]
    east = [[139.5, 35.0], [140.0, 35.0], [140.0, 36.0], [139.7, 36.0], [139.5, 35.0]]
    halves = [Outline.from_geojson({"type": "Polygon", "coordinates": [ring]}) for ring in (west, east)]
    assert [half.contains(Point(lat, lon)) for half in halves].count(True) == 1


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"type": "Point", "coordinates": [139, 35]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [SQUARE[:-1]]},
        {"type": "Polygon", "coordinates": [[[139, 35], [140, 35], [139, 35]]]},
        {"type": "Polygon", "coordinates": [[["139", 35], [140, 35], [140, 36], ["139", 35]]]},
        {"type": "Polygon", "coordinates": [[[True, 35], [140, 35], [140, 36], [True, 35]]]},
        {"type": "Polygon", "coordinates": [[[999, 35], [140, 35], [140, 36], [999, 35]]]},
        {"type": "Polygon", "coordinates": [[[139], [140, 35], [140, 36], [139]]]},
        {"type": "FeatureCollection", "features": [1]},
        {"type": "Feature", "geometry": None},
    ],
)
def test_a_malformed_outline_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(KernelError, match="geometry_invalid"):
        Outline.from_geojson(data)


BLOCK_OF_LAND = Outline(((((139.9, 35.7), (140.0, 35.7), (140.0, 35.8), (139.9, 35.8), (139.9, 35.7)),),))


@given(st.floats(35.701, 35.799), st.floats(139.901, 139.999))
def test_inside_an_outline_nothing_is_away_from_it(lat: float, lon: float) -> None:
    assert BLOCK_OF_LAND.distance_m(Point(lat, lon)) == 0


@given(st.floats(35.70, 35.80), st.floats(0.001, 0.4))
def test_beside_an_edge_it_is_as_far_as_the_edge(lat: float, east: float) -> None:
    away = BLOCK_OF_LAND.distance_m(Point(lat, 140.0 + east))
    assert away == pytest.approx(distance_m(Point(lat, 140.0), Point(lat, 140.0 + east)), rel=1e-3)


@given(st.floats(0.001, 0.3), st.floats(0.001, 0.3))
def test_off_a_corner_it_is_as_far_as_the_corner(north: float, west: float) -> None:
    point = Point(35.8 + north, 139.9 - west)
    assert BLOCK_OF_LAND.distance_m(point) == pytest.approx(distance_m(point, Point(35.8, 139.9)), rel=2e-3)


def test_a_hole_in_an_outline_is_outside_of_it() -> None:
    hole = ((139.94, 35.74), (139.94, 35.76), (139.96, 35.76), (139.96, 35.74), (139.94, 35.74))
    ring = Outline(((*BLOCK_OF_LAND.polygons[0], hole),))
    assert ring.distance_m(Point(35.75, 139.95)) == pytest.approx(904, abs=1)
