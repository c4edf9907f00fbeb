"""An invented population around the stops, so that coverage and gaps have something to show without a census file."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from outreach_api.demo.chance import Chance
from outreach_api.demo.town import Place
from outreach_api.kernel.csv_cells import write_csv
from outreach_api.kernel.geo import Point, box_around, distance_m
from outreach_api.kernel.mesh import Bounds, bounds_degrees, cells_in, micro
from schemas.vocabulary import TargetPopulation

LABEL = "架空の人口（デモ用）"
TARGET_LABELS: dict[str, str] = {
    TargetPopulation.CHILDREN_0_14.value: "０～１４歳（架空）",
    TargetPopulation.CHILDREN_0_5.value: "０～５歳（架空）",
    TargetPopulation.HOUSEHOLDS_UNDER_6.value: "６歳未満のいる世帯（架空）",
}
FILE_NAME = "demo.csv"
_CELL_M = 500
_AROUND_M = 1_400
_FEWEST, _MOST = 300, 3_400


def population_csv(chance: Chance, places: Iterable[Place]) -> bytes:
    """A file as import-population takes it: 500 m cells within 1.4 km of a stop, residents and target people."""
    points = [Point(place.payload["position"]["lat"], place.payload["position"]["lon"]) for place in places]
    boxes = [box_around(point, _AROUND_M) for point in points]
    around = Bounds(
        Fraction(micro(min(box.south for box in boxes))),
        Fraction(micro(min(box.west for box in boxes))),
        Fraction(micro(max(box.north for box in boxes))),
        Fraction(micro(max(box.east for box in boxes))),
    )
    rows = []
    for cell in cells_in(around, _CELL_M):
        south, west, north, east = bounds_degrees(cell)
        middle = Point((south + north) / 2, (west + east) / 2)
        if any(distance_m(middle, point) <= _AROUND_M for point in points):
            residents = chance.randint(_FEWEST, _MOST)
            children = round(residents * chance.uniform(0.08, 0.16))
            under_6, households = round(children * 0.36), round(children * 0.27)
            rows.append([cell, residents, children, under_6, households])
    return write_csv(rows, ["mesh500", "population", *TargetPopulation], bom=False).encode()
