"""matrix_vs_geopy: distances among 500 places of a city, all at once, over geopy's geodesic of each pair once.

matrix_error: the largest error of that matrix against geographiclib, in percent, over pairs from a metre apart to a
thousand kilometres; geopy's geodesic is geographiclib's. The two alternate, and the medians are compared.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any, NamedTuple

from geographiclib.geodesic import Geodesic
from geopy.distance import geodesic

from outreach_api.kernel.distances import DOMAIN_M, matrix_m
from outreach_api.kernel.geo import Point

PLACES = 500
ROUNDS = 3
PAIRS_A_SCALE = 2_000
SCALES_M = (1, 100, 10_000, 100_000, DOMAIN_M)
GRS80 = Geodesic(6_378_137.0, 1 / 298.257222101)


class Figure(NamedTuple):
    """As run.py bench --json prints it, a line each."""

    figure: str
    value: float
    unit: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    as_json = parser.parse_args().json
    for found in figures():
        print(json.dumps(found._asdict()) if as_json else f"{found.figure} {found.value} {found.unit}")


def figures() -> Iterator[Figure]:
    chance = random.Random(5)  # noqa: S311
    places = [Point(chance.uniform(35.74, 35.86), chance.uniform(139.87, 140.0)) for _ in range(PLACES)]
    ours, theirs = measure(places)
    yield Figure("matrix_vs_geopy", round(theirs / ours, 0), "ratio")
    yield Figure("matrix_error", float(f"{worst_error(chance) * 100:.2g}"), "percent")


def measure(places: list[Point]) -> tuple[float, float]:
    """Median seconds of the matrix, and of geopy's geodesic for each pair once."""

    def by_matrix() -> float:
        return float(matrix_m(places).sum()) / 2

    def by_geopy() -> float:
        pairs = combinations([(place.lat, place.lon) for place in places], 2)
        return float(sum(geodesic(a, b, ellipsoid="GRS-80").meters for a, b in pairs))

    both: list[tuple[Callable[[], float], list[float]]] = [(by_matrix, []), (by_geopy, [])]
    by_matrix()
    totals: list[float] = []
    for _ in range(ROUNDS):
        for act, times in both:
            began = time.perf_counter()
            totals.append(act())
            times.append(time.perf_counter() - began)
    if not math.isclose(min(totals), max(totals), rel_tol=1e-6):
        raise SystemExit("the matrix and geopy measure different distances")
    ours, theirs = (statistics.median(times) for _, times in both)
    return ours, theirs


def worst_error(chance: random.Random) -> float:
    """The largest relative error over pairs of every length in the domain, all over Japan."""
    worst = 0.0
    for scale in SCALES_M:
        for _ in range(PAIRS_A_SCALE):
            a = Point(chance.uniform(24, 46), chance.uniform(122, 154))
            metres = scale * chance.uniform(0.3, 1)
            there: dict[str, Any] = GRS80.Direct(a.lat, a.lon, chance.uniform(0, 360), metres)
            b = Point(there["lat2"], there["lon2"])
            true = GRS80.Inverse(a.lat, a.lon, b.lat, b.lon)["s12"]
            worst = max(worst, abs(matrix_m([a, b])[0, 1] / true - 1))
    return worst


if __name__ == "__main__":
    main()
