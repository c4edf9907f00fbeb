"""A suggestion is worth the people that its stops reach together: whom two of them reach counts once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, permutations, product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from outreach_api.kernel.geo import Point
from outreach_api.outreach_map.rules.arrays import People, Spots
from outreach_api.outreach_map.rules.catching import people_within
from outreach_api.outreach_map.rules.grid import Grid
from outreach_api.plans.solver.answer import Ended, drive_of
from outreach_api.plans.solver.schedule import fits
from outreach_api.plans.solver.solve import Progress, solve
from outreach_api.plans.solver.spacing import spaced
from outreach_api.plans.suggesting import searching
from outreach_api.plans.suggesting.answering import kept
from outreach_api.plans.suggesting.bounding import bound_of, gap_of
from outreach_api.plans.suggesting.case import Case
from outreach_api.plans.suggesting.polishing import polished
from outreach_api.plans.suggesting.posing import Posed, pose
from outreach_api.plans.suggesting.scores import StopRecord, gap_points
from outreach_api.plans.suggesting.searching import search
from outreach_api.plans.suggesting.together import Together
from tests.suggested import (
    RATES,
    answered,
    candidate,
    case,
    catchments,
    cells_around,
    clustered_cases,
    peopled,
)

Orders = tuple[tuple[int, ...], ...]


def worth(posed: Posed, orders: Orders) -> float:
    """Points minus driving, with the people of all catchments as one area: by the map's own rule."""
    visits = [(place, shift) for shift, order in enumerate(orders) for place in order]
    reaching = [place for place, _ in visits if posed.visits[place].number == 1]
    points = sum(posed.problem.points(place, shift) for place, shift in visits)
    own = sum(gap_points(posed.visits[place].base) for place in reaching)
    where = [posed.case.candidates[posed.visits[place].candidate].stop.point for place in reaching]
    cells = dict.fromkeys(sorted(cells_around(where)), PEOPLE)
    alone, union = sum(within(cells, [[point] for point in where])), sum(within(cells, [where]))
    twice = min(own, round((alone - union) * RATES.per_person))
    minutes = sum(drive_of(posed.problem, shift, order) for shift, order in enumerate(orders))
    return points - twice - posed.problem.minute_price * minutes


PEOPLE = 100.0


def within(people: dict[int, float], groups: Sequence[Sequence[Point]]) -> list[float]:
    """For each group of points the people within 500 metres of any of them, as coverage counts them."""
    every = [point for group in groups for point in group]
    of_group = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    counts = People.of(np.array(list(people.values())))
    found: list[float] = people_within(
        Grid(list(people)), counts, Spots.of(every), of_group, len(groups), 500
    ).tolist()
    return found


def all_plans(posed: Posed) -> Iterator[Orders]:
    """Every choice of visits for every shift, in every order that is possible."""
    every = range(len(posed.visits))
    of_shift = [
        [
            order
            for size in range(len(posed.visits) + 1)
            for chosen in combinations(every, size)
            for order in permutations(chosen)
            if all(posed.problem.windows(place, shift) for place in order)
            and fits(posed.problem, shift, order)
        ]
        for shift in range(len(posed.shifts))
    ]
    for orders in product(*of_shift):
        days = [
            (place, posed.problem.shifts[shift].day) for shift, order in enumerate(orders) for place in order
        ]
        if len(dict(days)) == len(days) and spaced(posed.problem, dict(days)):
            yield orders


@settings(max_examples=60, deadline=None)
@given(made=clustered_cases())
def test_no_plan_of_all_there_are_is_worth_more_than_the_bound_or_than_a_proven_one(made: Case) -> None:
    assume(len(made.candidates) <= 4)
    made = peopled(replace(made, wish=replace(made.wish, must=frozenset(), iterations=24)), lambda: PEOPLE)
    posed = pose(made)
    assume(len(posed.visits) <= 4 and len(posed.shifts) <= 2)
    answer = search(posed)
    best = max(worth(posed, orders) for orders in all_plans(posed))
    assert answer.value == pytest.approx(worth(posed, tuple(route.order for route in answer.routes)))
    assert answer.value <= best + 1e-6
    assert answer.bound is not None
    assert answer.bound >= best - 1e-6
    assert bound_of(posed) >= best - 1e-6
    assert answer.proven == (answer.ended is Ended.PROVEN)
    if answer.proven:
        assert answer.value == pytest.approx(best)


@settings(max_examples=100, deadline=None)
@given(made=clustered_cases())
def test_it_is_never_worth_less_than_what_adding_up_would_have_chosen(made: Case) -> None:
    posed = pose(made)
    plain = solve(posed.problem, seed=made.wish.seed, iterations=made.wish.iterations)
    together, answer = Together(posed), search(posed)
    assert answer.value >= together.value(route.order for route in plain.routes) - 1e-6 or len(
        answer.missed
    ) < len(plain.missed)
    assert answer.value <= plain.value + 1e-6 or not plain.proven
    assert answer.value <= bound_of(posed) + 1e-6


@settings(max_examples=100, deadline=None)
@given(made=clustered_cases())
def test_the_parts_of_all_stays_add_up_to_what_they_are_worth_together(made: Case) -> None:
    posed, answer, explained = answered(made)
    told = kept(posed, answer, explained, None)
    stays = [stay for day in told["days"] for stay in day["stays"]]
    driven = sum(day["drive_minutes"] for day in told["days"])
    assert sum(stay["points"] for stay in stays) - driven == pytest.approx(told["value"])
    for one in [*stays, *told["left_out"]]:
        assert all(part["points"] >= 0 for part in one["score"])
    assert made.around is not None
    visited = {posed.visits[place].candidate for place in answer.visited if posed.visits[place].number == 1}
    union = sum(made.around.alone(number) for number in visited) - made.around.shared(visited)
    reached = sum(part["amount"] for stay in stays for part in stay["score"] if part["code"] == "gap")
    assert reached == pytest.approx(union, abs=0.1 * len(stays))
    for stay in told["left_out"]:
        (part,) = [part for part in stay["score"] if part["code"] == "gap"]
        number = next(n for n, one in enumerate(made.candidates) if str(one.stop.id) == stay["stop_id"])
        assert part["amount"] + part["shared"] == pytest.approx(made.around.alone(number), abs=0.2)


def twins(**said: int) -> Case:
    """Two stops eighty metres apart, each worth a little more than a lonely one, and room for two of the three."""
    stops = [
        candidate(0, point=Point(35.8, 139.9), record=StopRecord(days_since=28)),
        candidate(1, point=Point(35.8007, 139.9), record=StopRecord(days_since=24)),
        candidate(2, point=Point(35.82, 139.9), record=StopRecord(days_since=20)),
    ]
    return peopled(case(*stops, longest=400, **said), lambda: 60.0)


@pytest.mark.parametrize("days", [1, 2])
def test_of_two_twins_and_a_lonely_one_the_lonely_one_goes_in(days: int) -> None:
    """On one day, or on two with room for one stop each."""
    made = twins(days=days, iterations=40)
    if days == 2:
        made = replace(made, wish=replace(made.wish, longest=200))
    posed, answer, explained = answered(made)
    assert {posed.visits[place].candidate for place in answer.visited} == {0, 2}
    plain = solve(posed.problem, seed=1, iterations=40)
    assert {posed.visits[place].candidate for place in plain.visited} == {0, 1}, "which adding up would take"
    (twin,) = kept(posed, answer, explained, None)["left_out"]
    people = next(part for part in twin["score"] if part["code"] == "gap")
    assert people["amount"] < people["shared"]
    assert people["points"] < 100
    assert answer.bound is not None
    assert answer.bound >= answer.value
    assert not answer.proven, "the bound adds up, so it says nothing of twins"


def test_stops_on_one_spot_are_bounded_by_the_people_there_once() -> None:
    """Adding up counts them for each stop that a day has room for; a gap by that would say nothing of the plan."""
    spot = [candidate(n, point=Point(35.8 + n / 9_000, 139.9), stay_minutes=30) for n in range(6)]
    made = peopled(case(*spot, days=2, iterations=12), lambda: 150.0)
    posed, answer, explained = answered(made)
    told = kept(posed, answer, explained, None)
    assert answer.bound is not None
    assert answer.bound > 1.5 * answer.value
    assert told["bound"] == pytest.approx(bound_of(posed), abs=0.01)
    assert 0 <= told["gap"] < 0.2


def test_a_bound_that_is_more_than_twice_the_plan_is_kept_back() -> None:
    assert gap_of(100.0, 100.0) == 0.0
    assert gap_of(100.0, 200.0) == pytest.approx(0.5)
    assert gap_of(100.0, 201.0) is None
    assert gap_of(0.0, 0.0) == 0.0
    assert gap_of(-5.0, 40.0) is None


def test_with_stops_that_share_nobody_what_is_proven_stays_so() -> None:
    far = [candidate(n, point=Point(35.7 + n / 50, 139.9)) for n in range(4)]
    posed, answer, _ = answered(peopled(case(*far), lambda: 33.3))
    assert answer.proven
    assert answer.value == solve(posed.problem, seed=1, iterations=3).value


def test_an_answer_that_was_cut_off_by_time_can_be_had_again_by_its_iterations(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(searching, "FIRST_UNITS", 5)
    monkeypatch.setattr(searching, "ROUND_UNITS", 3)
    stops = [
        candidate(n, point=Point(35.8 + n % 5 / 300, 139.9 + n // 5 / 300), stay_minutes=60)
        for n in range(20)
    ]
    made = peopled(case(*stops, days=3, longest=300, iterations=100), lambda: 50.0)
    now = 0.0

    def tick(_: Progress) -> None:
        nonlocal now
        now += 5.0

    cut = search(pose(made), progress=tick, clock=lambda: now)
    assert cut.ended is Ended.TIME
    assert cut.iterations == 12
    again = search(pose(replace(made, wish=replace(made.wish, iterations=12))))
    assert [route.order for route in again.routes] == [route.order for route in cut.routes]
    assert (again.value, again.bound) == (cut.value, cut.bound)


def test_one_that_is_stopped_in_a_later_round_keeps_the_best_so_far_and_progress_never_falls() -> None:
    stops = [candidate(n, point=Point(35.8 + n / 700, 139.9), stay_minutes=60) for n in range(8)]
    made = peopled(case(*stops, days=3, longest=300, iterations=400), lambda: 50.0)
    seen: list[Progress] = []
    answer = search(
        pose(made), progress=seen.append, cancelled=lambda: len(seen) >= searching.FIRST_UNITS + 4
    )
    assert answer.ended is Ended.CANCELLED
    assert answer.iterations == len(seen) == searching.FIRST_UNITS + 4
    assert [one.iterations for one in seen] == list(range(1, len(seen) + 1))
    assert [one.value for one in seen] == sorted(one.value for one in seen)
    assert answer.value == seen[-1].value


@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=6),
    st.integers(0, 50),
)
def test_catchments_count_as_the_map_does(offsets: list[tuple[int, int]], step: int) -> None:
    points = [Point(35.78 + a / 1_000, 139.9 + b / 1_000) for a, b in offsets]
    people = {cell: (number * step) % 97 / 3 for number, cell in enumerate(sorted(cells_around(points)))}
    found, every = catchments(people, points), range(len(points))
    alone = within(people, [[point] for point in points])
    (union,) = within(people, [points])
    assert [found.alone(number) for number in every] == pytest.approx(alone)
    assert found.shared(every) == pytest.approx(sum(alone) - union)
    assert found.shared(every) == found.shared(reversed(every))
    added = sum(alone[:-1]) - found.shared(every[:-1]) + alone[-1]
    assert added - found.shared_with(len(points) - 1, found.counts(every[:-1])) == pytest.approx(union)


def test_polishing_ends_with_its_work_and_another_one_goes_on_from_there() -> None:
    stops = [candidate(n, point=Point(35.8 + n / 700, 139.9), stay_minutes=60) for n in range(8)]
    together = Together(pose(peopled(case(*stops, days=3, longest=300), lambda: 50.0)))
    orders: Orders = ((), (), ())

    def after(work: int, first: Orders) -> Orders:
        return polished(together, first, lambda: False, work=work)

    whole = after(10_000, orders)
    assert after(0, orders) == orders
    one_step = after(1, orders)
    assert 0 < together.value(one_step) < together.value(whole)
    assert together.value(after(1, one_step)) > together.value(one_step)
    assert after(10_000, one_step) == whole
