"""The solver's answers: never against a rule, best where they say so, the same for the same question."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach_api.plans.solver.answer import Answer, Ended, value_of
from outreach_api.plans.solver.problem import Place, Problem, Shift, Site
from outreach_api.plans.solver.schedule import fits, schedule
from outreach_api.plans.solver.solve import Progress, solve
from outreach_api.plans.solver.spacing import spaced
from tests.solver_worlds import problems

Orders = tuple[tuple[int, ...], ...]


def brute_force(problem: Problem) -> tuple[int, float]:
    """Most must places, then the highest value, of all plans that there are."""
    ways = []
    for shift in range(len(problem.shifts)):
        all_orders = (
            order
            for size in range(len(problem.places) + 1)
            for chosen in combinations(range(len(problem.places)), size)
            for order in permutations(chosen)
        )
        ways.append([order for order in all_orders if fits(problem, shift, order)])
    return max(score(problem, orders) for orders in product(*ways) if allowed(problem, orders))


def allowed(problem: Problem, orders: Orders) -> bool:
    visited = [(place, problem.shifts[shift].day) for shift, order in enumerate(orders) for place in order]
    return len(dict(visited)) == len(visited) and spaced(problem, dict(visited))


def score(problem: Problem, orders: Orders) -> tuple[int, float]:
    musts = sum(problem.places[place].must for order in orders for place in order)
    return musts, value_of(problem, enumerate(orders))


def orders_of(answer: Answer) -> Orders:
    return tuple(route.order for route in answer.routes)


@given(problems(most_places=5))
def test_a_small_day_is_solved_to_the_proven_best(problem: Problem) -> None:
    answer = solve(problem)
    assert answer.proven
    assert score(problem, orders_of(answer)) == pytest.approx(brute_force(problem))
    assert answer.bound == answer.value


@settings(max_examples=30)
@given(problems(most_places=4, most_shifts=3), st.integers(0, 3))
def test_no_answer_breaks_a_rule_and_no_bound_is_too_low(problem: Problem, seed: int) -> None:
    answer = solve(problem, seed=seed, iterations=12)
    assert allowed(problem, orders_of(answer))
    for shift, route in enumerate(answer.routes):
        assert route == schedule(problem, shift, route.order)
    musts, best = brute_force(problem)
    reached, value = score(problem, orders_of(answer))
    assert answer.value == value
    assert answer.bound is not None
    assert answer.bound >= answer.value - 1e-6
    assert (reached, value) <= (musts, best + 1e-6)
    if reached == musts:
        assert answer.bound >= best - 1e-6
    if answer.proven:
        assert (reached, value) == pytest.approx((musts, best))
    missed = {n for n, place in enumerate(problem.places) if place.must} - answer.visited
    assert set(answer.missed) == missed


@settings(max_examples=15)
@given(problems(most_places=5, most_shifts=3), st.integers(0, 3))
def test_the_same_seed_gives_the_same_answer(problem: Problem, seed: int) -> None:
    assert solve(problem, seed=seed, iterations=5) == solve(problem, seed=seed, iterations=5)


def town(places: int, shifts: int = 1, **more: object) -> Problem:
    """Places along a street, five minutes from one to the next, all open all day; 480 minutes a shift."""
    rows = [*range(1, places + 1), 0, 0]
    drives = [[5 * abs(a - b) for b in rows] for a in rows]
    day = {"earliest": 540, "latest": 1020, "longest": 480, "drives": drives}
    return Problem(
        places=tuple(
            Place(
                key=str(n),
                stay=45,
                value=10 + n * 7 % 30,
                windows={day: [(540, 1020)] for day in range(shifts)},
            )
            for n in range(places)
        ),
        shifts=tuple(Shift(key=str(n), day=n, **day) for n in range(shifts)),  # type: ignore[arg-type]
        minute_price=0.1,
        **more,  # type: ignore[arg-type]
    )


def ticking(step: float = 1.0) -> object:
    """A clock that goes on by a step each time it is read."""
    now = [0.0]

    def clock() -> float:
        now[0] += step
        return now[0]

    return clock


def test_an_answer_cut_off_by_time_can_be_had_again_by_its_iterations() -> None:
    problem = town(25, shifts=3)
    cut = solve(problem, seed=4, seconds=400.0, clock=ticking())  # type: ignore[arg-type]
    assert cut.ended is Ended.TIME
    again = solve(problem, seed=4, iterations=cut.iterations)
    assert again == replace(cut, ended=Ended.ITERATIONS)


def test_time_that_is_over_at_once_still_gives_a_plan() -> None:
    answer = solve(town(25, shifts=3), seconds=0.0)
    assert answer.iterations == 1
    assert all(route.stays for route in answer.routes)


def test_a_cancelled_search_answers_with_what_it_has() -> None:
    told: list[Progress] = []
    problem = town(25, shifts=3)
    answer = solve(problem, progress=told.append, cancelled=lambda: len(told) >= 3)
    assert answer.ended is Ended.CANCELLED
    assert [progress.iterations for progress in told] == [1, 2, 3]
    assert answer.value == told[-1].value > 0


def test_a_must_comes_before_all_value_and_is_named_when_it_finds_no_room() -> None:
    problem = town(12)
    poor = replace(problem.places[11], value=0, must=True)
    never_there = replace(problem.places[3], must=True, windows={})
    answer = solve(replace(problem, places=(*problem.places[:3], never_there, *problem.places[4:11], poor)))
    assert 11 in answer.visited
    assert answer.missed == (3,)


def test_visits_to_one_stop_keep_their_days_apart() -> None:
    problem = town(2, shifts=5)
    twins = tuple(replace(place, site=0) for place in problem.places)
    site = Site(min_days=3, visited=(-2,))
    answer = solve(replace(problem, places=twins, sites=(site,)), iterations=10)
    days = [problem.shifts[route.shift].day for route in answer.routes if route.stays]
    assert days == [1, 4]


def test_a_week_beats_its_days_planned_one_after_the_other() -> None:
    problem = town(40, shifts=3)
    left, value = set(range(40)), 0.0
    for shift in problem.shifts:
        numbers = sorted(left)
        rows = [*numbers, problem.start, problem.end]
        drives = [[shift.drives[a][b] for b in rows] for a in rows]
        places = tuple(problem.places[number] for number in numbers)
        day = solve(
            Problem(places=places, shifts=(replace(shift, drives=drives),), minute_price=0.1), iterations=3
        )
        left -= {numbers[place] for place in day.visited}
        value += day.value
    assert solve(problem, iterations=60).value >= value
