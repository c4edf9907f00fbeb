"""What lies inside outlines: whole sets at once against one place after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach_api.kernel.geo import Outline, Point
from outreach_api.kernel.mesh import Bounds, bounds_degrees, cells_in, children
from outreach_api.outreach_map.rules import inside
from outreach_api.outreach_map.rules.arrays import Spots
from outreach_api.outreach_map.rules.inside import boxes_around, cells_inside, holders

# Corners on a grid that no place of the lattice lies on, so that a slow twin in other floats can't differ.
CORNERS = st.tuples(st.integers(0, 20), st.integers(0, 20)).map(
    lambda at: (139.90013 + at[0] * 0.00037, 35.78007 + at[1] * 0.00029)
)
RINGS = st.lists(CORNERS, min_size=3, max_size=9, unique=True).map(lambda ring: np.array([*ring, ring[0]]))
# Rings that cross themselves or each other, holes that overlap and polygons that do stand in published files, too.
OUTLINES = st.lists(
    st.lists(st.lists(RINGS, min_size=1, max_size=4), min_size=1, max_size=2), min_size=1, max_size=3
)


def slowly(polygons: Any) -> Outline:
    return Outline(
        tuple(tuple(tuple((x, y) for x, y in ring.tolist()) for ring in rings) for rings in polygons)
    )


def places_of(cell: int) -> Sequence[Point]:
    south, west, north, east = bounds_degrees(cell)
    return [
        Point(south + (north - south) * (i + 0.5) / 16, west + (east - west) * (j + 0.5) / 16)
        for i in range(16)
        for j in range(16)
    ]


@settings(max_examples=30)
@given(OUTLINES, st.sampled_from([250, 500, 1_000]))
def test_cells_inside_are_those_whose_places_are(outlines: Any, metres: int) -> None:
    found = cells_inside(outlines, metres)
    told = dict(
        zip(zip(found.owners.tolist(), found.cells.tolist(), strict=True), found.places.tolist(), strict=True)
    )
    assert list(told) == sorted(told), "by outline and cell"
    near = cells_in(Bounds(35_780_000, 139_900_000, 35_786_000, 139_908_000), metres)
    for number, polygons in enumerate(outlines):
        outline = slowly(polygons)
        for cell in near:
            expected = sum(outline.contains(place) for place in places_of(cell))
            assert told.pop((number, cell), 0) == expected
    assert told == {}


@given(OUTLINES, st.lists(CORNERS, max_size=20))
def test_the_outlines_that_hold_a_spot_are_those_that_contain_it(
    outlines: Any, spots: list[tuple[float, float]]
) -> None:
    points = [Point(lat + 0.00011, lon + 0.00013) for lon, lat in spots]
    found = holders(outlines, boxes_around(outlines), Spots.of(points))
    assert found == [
        (spot, number)
        for spot, point in enumerate(points)
        for number, polygons in enumerate(outlines)
        if slowly(polygons).contains(point)
    ]


def test_a_bounded_number_of_cells_is_summed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    south, west, north, east = bounds_degrees(533957)
    ring = np.array([[west, south], [east, south], [east, north], [west, north], [west, south]])
    whole = cells_inside([[[ring]]])
    monkeypatch.setattr(inside, "_MOST_AT_ONCE", 100)
    in_parts = cells_inside([[[ring]]])
    assert in_parts.cells.tolist() == whole.cells.tolist() == list(children(533957, 250))
    assert set(in_parts.places.tolist()) == set(whole.places.tolist()) == {256}


def test_nothing_is_inside_of_nothing() -> None:
    assert cells_inside([]).cells.tolist() == cells_inside([[]]).cells.tolist() == []
