"""The benchmark of the map compares with what it says: its floor finds the same, on lands of the issue's sizes."""

from __future__ import annotations

import numpy as np
import pytest
from map_bench import coverage, lands
from map_bench.plain_pass import coverage as plainly

from outreach_api.outreach_map.rules.arrays import People
from outreach_api.outreach_map.rules.covering import standing, total_coverage
from outreach_api.outreach_map.rules.grid import Grid, codes_of


def test_the_floor_finds_the_same_shares_of_the_same_cells() -> None:
    land = lands.matsudo()
    codes, people = land.by_code()
    ours = standing(Grid(codes), land.stops, land.days, 500.0, lands.WINDOW_DAYS).share
    fresh = land.stops.some(land.days <= lands.WINDOW_DAYS)
    shares, whole = plainly(coverage.plain_cells(land, 250), fresh.lat, fresh.lon, 500.0)
    assert shares.tolist() == ours[np.searchsorted(codes, codes_of(land.rows, land.columns))].tolist()
    assert 0 < whole < 1
    assert whole == pytest.approx(total_coverage(People.of(people), ours))


def test_lands_have_the_sizes_of_the_issue_and_are_the_same_each_time() -> None:
    sizes = {
        land.name: (len(coverage.plain_cells(land, 500).numbers), len(land.stops))
        for land in (lands.matsudo(), lands.chiba())
    }
    assert sizes == {"Matsudo": (288, 40), "Chiba": (40_000, 400)}
    once, again = lands.matsudo(), lands.matsudo()
    assert once.people.tolist() == again.people.tolist()
    assert once.stops.lat.tolist() == again.stops.lat.tolist()


def test_an_answer_that_is_another_one_is_worth_nothing() -> None:
    coverage.check(0.5, [0.5, 0.503])
    for other in ([0.4, 0.5], [0.5, 0.6]):
        with pytest.raises(SystemExit, match="differ"):
            coverage.check(0.5, other)
