"""Drives from a road server: each in its place, what it does not know is estimated and told, and nobody asks twice."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from outreach_api.kernel.geo import Point
from outreach_api.kernel.log_lines import Lines
from outreach_api.plans import travel
from outreach_api.plans.travel import Estimates, Matrix
from outreach_api.settings import Settings
from outreach_api.storage.session import Database
from outreach_api.storage.travel import TravelLeg
from schemas.vocabulary import LegBasis
from tests.roads import Roads, by_road, place, roads

NOW = dt.datetime(2026, 11, 24, 3, 0, tzinfo=dt.UTC)
POINTS = [Point(35.78 + i / 1000, 139.9 + (i * 7 % 23) / 1000) for i in range(23)]


@pytest.fixture
def town() -> Iterator[Roads]:
    with roads() as known:
        yield known


def with_roads(town: Roads, **said: Any) -> Settings:
    return Settings(**{"osrm_url": town.url, "osrm_seconds": 10.0, **said})


def ask(
    database: Database, settings: Settings, points: list[Point], now: dt.datetime = NOW
) -> tuple[Matrix, str | None]:
    return travel.look_up(database, settings, points, now)


def estimate(points: list[Point]) -> Matrix:
    return Estimates(1.35, 20.0).table(points)


def is_by_road(matrix: Matrix, points: list[Point]) -> bool:
    expected = [[round(by_road(place(a), place(b))) for b in points] for a in points]
    return matrix.seconds.tolist() == expected and not matrix.estimated.any()


def test_without_a_road_server_every_drive_is_an_estimate(database: Database) -> None:
    matrix, code = ask(database, Settings(), POINTS)
    assert code is None
    assert matrix.seconds.tolist() == estimate(POINTS).seconds.tolist()
    assert [[i == j for j in range(23)] for i in range(23)] == (~matrix.estimated).tolist()


@pytest.mark.parametrize("most", [2, 3, 7, 22, 23, 100])
def test_every_drive_stands_in_its_place_however_few_go_into_one_question(
    database: Database, town: Roads, most: int
) -> None:
    town.most = most
    matrix, code = ask(database, with_roads(town, osrm_points=most), POINTS)
    assert code is None
    assert is_by_road(matrix, POINTS)
    # Every position counts, also one that is both an origin and a destination.
    assert all(max(asked) <= most for asked in town.asked)


def test_a_server_that_takes_less_than_was_set_is_asked_in_smaller_pieces(
    database: Database, town: Roads
) -> None:
    town.most = 5
    matrix, code = ask(database, with_roads(town), POINTS)
    assert code is None
    assert is_by_road(matrix, POINTS)


def test_what_is_kept_is_not_asked_again_until_it_is_old(database: Database, town: Roads) -> None:
    settings = with_roads(town, travel_days=30)
    ask(database, settings, POINTS[:4])
    town.asked.clear()
    ask(database, settings, POINTS[:4], NOW + dt.timedelta(days=30))
    assert town.asked == []
    matrix, _ = ask(database, settings, POINTS[:5], NOW + dt.timedelta(days=1))
    assert is_by_road(matrix, POINTS[:5])
    # Of the newcomer, both ways: the question is as small as a rectangle around that can be.
    assert town.asked == [(5, 5)]
    town.asked.clear()
    ask(database, settings, POINTS[:4], NOW + dt.timedelta(days=31))
    assert town.asked == [(4, 4)]


def test_what_is_old_still_counts_while_the_server_is_down(database: Database, town: Roads) -> None:
    settings = with_roads(town, travel_days=30)
    ask(database, settings, POINTS[:4])
    town.moods = ["500", "500"]
    matrix, code = ask(database, settings, POINTS[:4], NOW + dt.timedelta(days=40))
    assert code == "osrm_fault"
    assert is_by_road(matrix, POINTS[:4])


def test_another_server_or_profile_has_its_own_answers(database: Database, town: Roads) -> None:
    ask(database, with_roads(town), POINTS[:3])
    with database.read() as session:
        matrix = travel.known(session, with_roads(town, osrm_profile="truck"), POINTS[:3])
    assert matrix.estimated.sum() == 6


def test_an_unknown_way_is_an_estimate_that_says_so_and_is_not_asked_again(
    database: Database, town: Roads
) -> None:
    a, b, c = POINTS[:3]
    town.cut = {(place(a), place(b))}
    matrix, code = ask(database, with_roads(town), [a, b, c])
    assert code is None
    drives = matrix.drives([a, b, c])
    assert drives.basis(a, b) is LegBasis.NO_ROAD
    assert drives.basis(b, a) is LegBasis.ROAD
    assert matrix.seconds[0, 1] == estimate([a, b, c]).seconds[0, 1]
    town.asked.clear()
    ask(database, with_roads(town), [a, b, c])
    assert town.asked == []


@pytest.mark.parametrize("lost", [{0}, {22}, {3, 4, 17}, set(range(23)), set(range(22))])
def test_a_position_off_the_roads_costs_its_own_drives_only(
    database: Database, town: Roads, lost: set[int]
) -> None:
    town.lost = {place(POINTS[i]) for i in lost}
    town.most = 11
    matrix, code = ask(database, with_roads(town, osrm_points=11), POINTS)
    assert code is None
    for i, a in enumerate(POINTS):
        for j, b in enumerate(POINTS):
            if i != j:
                off = i in lost or j in lost
                assert bool(matrix.estimated[i, j]) is bool(matrix.no_road[i, j]) is off
                assert off or matrix.seconds[i, j] == round(by_road(place(a), place(b)))


@pytest.mark.parametrize("mood", ["500", "429", "gone", "cut off"])
def test_one_fault_is_tried_again(database: Database, town: Roads, mood: str) -> None:
    town.moods = [mood]
    matrix, code = ask(database, with_roads(town), POINTS[:4])
    assert code is None
    assert is_by_road(matrix, POINTS[:4])


@pytest.mark.parametrize(
    ("mood", "code"),
    [
        ("500", "osrm_fault"),
        ("429", "osrm_busy"),
        ("gone", "osrm_unreachable"),
        ("cut off", "osrm_unreachable"),
        ("403", "osrm_refused"),
        ("html", "osrm_malformed"),
        ("short", "osrm_malformed"),
        ("negative", "osrm_malformed"),
        ("elsewhere", "osrm_refused"),
    ],
)
def test_a_broken_server_leaves_estimates_and_says_why(
    database: Database, town: Roads, mood: str, code: str
) -> None:
    town.moods = [mood] * 3
    matrix, told = ask(database, with_roads(town), POINTS[:4])
    assert told == code
    assert matrix.seconds.tolist() == estimate(POINTS[:4]).seconds.tolist()
    assert matrix.estimated.sum() == 12


def test_a_server_that_never_answers_is_given_up(database: Database, town: Roads) -> None:
    town.moods = ["slow", "slow"]
    _, code = ask(database, with_roads(town, osrm_seconds=0.3), POINTS[:4])
    assert code == "osrm_slow"


def test_nobody_there_is_said_as_that(database: Database, town: Roads) -> None:
    settings = replace(with_roads(town), osrm_url="http://127.0.0.1:9")
    matrix, code = ask(database, settings, POINTS[:3])
    assert (code, matrix.estimated.sum()) == ("osrm_unreachable", 6)


def test_what_came_before_the_server_broke_is_kept_and_the_rest_estimated(
    database: Database, town: Roads
) -> None:
    settings = with_roads(town, osrm_points=4)
    town.moods = ["well", "well", "500", "500"]
    matrix, code = ask(database, settings, POINTS[:8])
    assert code == "osrm_fault"
    kept = 2 * 8  # two questions for 2 × 2 each, less the diagonal where they hold it
    assert 0 < (~matrix.estimated).sum() - 8 <= kept
    again, code = ask(database, settings, POINTS[:8])
    assert code is None
    assert is_by_road(again, POINTS[:8])


def test_no_position_stands_in_a_log(
    database: Database, town: Roads, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    town.moods = ["500", "500"]
    ask(database, with_roads(town), POINTS[:3])
    said = [json.loads(Lines().format(record)) for record in caplog.records]
    assert [line["code"] for line in said if line["event"] == "roads_did_not_answer"] == ["osrm_fault"]
    everything = json.dumps(said) + caplog.text
    assert "35.78" not in everything
    assert "139.9" not in everything


def test_what_nobody_asks_about_any_more_is_forgotten(database: Database, town: Roads) -> None:
    settings = with_roads(town, travel_days=30)
    ask(database, settings, POINTS[:3])
    for days, left in ((60, 6), (61, 0)):
        with database.write() as session:
            travel.forget_old(session, settings, NOW + dt.timedelta(days=days))
            assert session.scalar(sa.select(sa.func.count()).select_from(TravelLeg)) == left


@tries(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.integers(0, 22), max_size=12),
    st.lists(st.integers(0, 22), max_size=12),
    st.integers(2, 12),
)
def test_whatever_is_asked_in_whatever_order_it_is_the_same(
    database: Database, town: Roads, first: list[int], second: list[int], most: int
) -> None:
    town.most = most
    with database.write() as session:
        session.execute(sa.delete(TravelLeg))
    for chosen in (first, second):
        points = [POINTS[i] for i in chosen]
        matrix, code = ask(database, with_roads(town, osrm_points=most), points)
        assert code is None
        assert is_by_road(matrix, points) or len(set(chosen)) < len(chosen)
        if len(set(chosen)) == len(chosen):
            assert is_by_road(matrix, points)
