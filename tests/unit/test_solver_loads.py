"""What a van carries: no plan takes more, a tap on the way fills it again, and PyVRP's search keeps to the same judge."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach_api.plans.solver import many_shifts
from outreach_api.plans.solver.answer import value_of
from outreach_api.plans.solver.inserting import cheapest_insertion
from outreach_api.plans.solver.lacking import Lack, Lacking
from outreach_api.plans.solver.placing import Placing
from outreach_api.plans.solver.problem import Place, Problem, Shift
from outreach_api.plans.solver.pyvrp_model import Model, sayable
from outreach_api.plans.solver.solve import solve
from outreach_api.plans.solver.tours import Tours
from tests.solver_worlds import lasts, problems


def street(loads: list[int], vans: int, room: int, *, must: bool = True) -> Problem:
    """Places a minute apart along one street, each open all day, for vans that carry so much."""
    rows = [*range(1, len(loads) + 1), 0, 0]
    drives = [[abs(a - b) for b in rows] for a in rows]
    return Problem(
        places=tuple(
            Place(key=f"{number}", stay=10, value=100, windows={0: [(0, 600)]}, load=load, must=must)
            for number, load in enumerate(loads)
        ),
        shifts=tuple(
            Shift(key=f"van {van}", day=0, earliest=0, latest=600, longest=600, drives=drives, room=room)
            for van in range(vans)
        ),
        minute_price=1.0,
    )


def test_what_two_stays_use_goes_on_two_vans_when_one_carries_too_little() -> None:
    answer = solve(street([30, 30, 20], vans=2, room=60), iterations=30)
    assert answer.missed == ()
    assert sorted(sum([30, 30, 20][place] for place in route.order) for route in answer.routes) in (
        [20, 60],
        [30, 50],
    )


def test_of_more_than_one_van_carries_the_best_that_fits_is_proven() -> None:
    answer = solve(street([50, 40, 20], vans=1, room=60, must=False))
    assert answer.proven
    assert answer.visited == {1, 2}


def test_a_stay_with_a_tap_fills_the_van_for_those_after_it() -> None:
    problem = street([40, 0, 40], vans=1, room=50)
    places = list(problem.places)
    assert solve(problem).missed != ()
    places[1] = replace(places[1], refills=True)
    answer = solve(replace(problem, places=tuple(places)))
    assert answer.proven
    assert answer.routes[0].order in ((0, 1, 2), (2, 1, 0))


def test_who_asks_why_hears_how_much_is_missing() -> None:
    found = cheapest_insertion(street([40, 30], vans=1, room=60), 0, (0,), 1)
    assert found.lacks == (Lack(Lacking.EMPTY, load=10),)


@settings(max_examples=60)
@given(problems(most_places=5), st.permutations(range(5)))
def test_a_tour_grows_to_what_it_would_be_made_as(problem: Problem, order: list[int]) -> None:
    tours = Tours(problem)
    tour = tours.empty(0)
    for place in order[: len(problem.places)]:
        if place >= len(problem.places) or not tours.begins(0, place):
            continue
        tour = tours.grown(0, tour, place) or tour
    made = Tours(problem).tour(0, tour.order)
    assert made is not None
    assert lasts(problem, 0, tour.order)
    assert (made.free, made.last, made.spare) == (tour.free, tour.last, tour.spare)
    assert (made.worth, made.busy, made.path) == (tour.worth, tour.busy, tour.path)


def everybody(vans: int) -> Problem:
    """Thirty places all over a town that must all be served, with more than two vans carry."""
    spots = [(number * 37 % 100, number * 61 % 97) for number in range(30)]
    rows = [*spots, (50, 50), (50, 50)]
    drives = [[abs(a[0] - b[0]) + abs(a[1] - b[1]) for b in rows] for a in rows]
    return Problem(
        places=tuple(
            Place(key=f"{number}", stay=8, value=0, windows={0: [(number % 4 * 60, 600)]}, load=5, must=True)
            for number in range(len(spots))
        ),
        shifts=tuple(
            Shift(key=f"van {van}", day=0, earliest=0, latest=700, longest=700, drives=drives, room=50)
            for van in range(vans)
        ),
        minute_price=1.0,
    )


def test_where_all_must_be_served_the_least_drive_is_looked_for() -> None:
    problem = everybody(4)
    first, answer = solve(problem, iterations=1), solve(problem, iterations=40)
    assert answer.missed == ()
    assert answer.value == -sum(route.drive for route in answer.routes)
    assert answer.value > first.value


def test_with_and_without_pyvrp_the_same_units_have_the_same_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = everybody(4)
    assert solve(problem, seed=3, iterations=20) == solve(problem, seed=3, iterations=20)
    monkeypatch.setattr(many_shifts, "sayable", lambda problem: False)
    without = solve(problem, seed=3, iterations=20)
    assert without == solve(problem, seed=3, iterations=20)
    assert without.missed == ()


def test_what_pyvrp_can_not_say_it_is_not_asked() -> None:
    problem = everybody(2)
    tapped = replace(problem.places[0], refills=True, load=0)
    assert not sayable(replace(problem, places=(tapped, *problem.places[1:])))
    assert sayable(problem) == sayable(replace(problem, minute_price=0.5))


def test_orders_are_the_same_after_they_were_said_to_pyvrp() -> None:
    pytest.importorskip("pyvrp")
    problem = everybody(4)
    answer = solve(problem, iterations=1)
    orders = tuple(route.order for route in answer.routes)
    model = Model(Placing(problem, random.Random(0)))
    said = model.solution(orders)
    assert said.is_feasible()
    assert value_of(problem, enumerate(model.orders(said))) == answer.value
