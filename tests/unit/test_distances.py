"""The matrix of distances: the geodesic's, to a thousandth percent and far better in a city, at any length."""

from __future__ import annotations

import math

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from outreach_api.kernel.distances import DOMAIN_M, matrix_m
from outreach_api.kernel.geo import Point

GRS80 = Geodesic(6_378_137.0, 1 / 298.257222101)
ROUNDING_M = 1e-8
ANGLES = st.floats(0, 2 * math.pi)


def true_m(a: Point, b: Point) -> float:
    return float(GRS80.Inverse(a.lat, a.lon, b.lat, b.lon)["s12"])


def point_at(start: Point, metres: float, degrees: float) -> Point:
    there = GRS80.Direct(start.lat, start.lon, degrees, metres)
    return Point(there["lat2"], there["lon2"])


@given(st.floats(-60, 60), st.floats(-170, 170), st.floats(0, DOMAIN_M), st.floats(0, 360))
def test_up_to_a_thousand_kilometres_the_error_is_below_a_thousandth_percent(
    lat: float, lon: float, metres: float, degrees: float
) -> None:
    a = Point(lat, lon)
    b = point_at(a, metres, degrees)
    assert matrix_m([a, b])[0, 1] == pytest.approx(true_m(a, b), rel=1e-5, abs=ROUNDING_M)


@given(st.floats(24, 46), st.floats(122, 154), st.floats(0, 30_000), st.floats(0, 360))
def test_in_a_city_the_error_is_below_a_ten_millionth(
    lat: float, lon: float, metres: float, degrees: float
) -> None:
    a = Point(lat, lon)
    b = point_at(a, metres, degrees)
    assert matrix_m([a, b])[0, 1] == pytest.approx(true_m(a, b), rel=1e-7, abs=ROUNDING_M)


@given(st.lists(st.tuples(st.floats(35, 36), st.floats(139, 140)), max_size=12))
def test_every_pair_stands_in_its_place_both_ways(positions: list[tuple[float, float]]) -> None:
    points = [Point(lat, lon) for lat, lon in positions]
    matrix = matrix_m(points)
    assert matrix.shape == (len(points), len(points))
    for i, a in enumerate(points):
        assert matrix[i, i] == 0
        for j, b in enumerate(points):
            assert matrix[i, j] == matrix[j, i]
            assert matrix[i, j] == pytest.approx(true_m(a, b), rel=1e-6, abs=ROUNDING_M)
