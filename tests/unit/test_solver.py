"""The solver's answers: never against a rule, best where they say so, the same for the same question."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach_api.plans.solver.answer import Answer, Ended, drive_of, value_of
from outreach_api.plans.solver.inserting import cheapest_insertion
from outreach_api.plans.solver.problem import Place, Problem, Shift, Site
from outreach_api.plans.solver.recreating import Recreating, by_worth
from outreach_api.plans.solver.schedule import fits, schedule
from outreach_api.plans.solver.solve import Progress, solve
from outreach_api.plans.solver.spacing import spaced
from outreach_api.plans.solver.tours import Tours
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


def test_a_month_of_ten_vans_is_cut_off_by_the_looks_at_the_clock_and_has_a_plan() -> None:
    """Each look takes a second. Between two looks lies little work: nothing as large as the month is done at once."""
    problem = town(300, shifts=310)
    looks = [0]

    def clock() -> float:
        looks[0] += 1
        return float(looks[0])

    answer = solve(problem, seconds=500.0, clock=clock)
    assert answer.ended is Ended.TIME
    assert answer.iterations >= 1
    assert any(route.stays for route in answer.routes)
    # The first plan's unit looks once a place; then the limit is noticed at the next look.
    assert looks[0] <= 510
    again = solve(problem, iterations=answer.iterations)
    assert again == replace(answer, ended=Ended.ITERATIONS)


def test_the_first_plan_of_a_large_month_comes_in_parts_of_which_the_first_is_always_done() -> None:
    problem, told = town(300, shifts=310), list[Progress]()
    at_once = solve(problem, seconds=0.0, progress=told.append)
    assert [progress.iterations for progress in told] == [1]
    assert 0 < len(at_once.visited) < 100
    whole = solve(problem, iterations=5)
    assert len(whole.visited) > 2 * len(at_once.visited)


@pytest.mark.parametrize("shifts", [1, 3, 310])
def test_whoever_cancels_is_heard_at_the_next_look_wherever_the_search_is(shifts: int) -> None:
    problem = town(40, shifts=shifts)
    for last in (1, 10, 60, 400):
        looks = [0]

        def cancelled(looks: list[int] = looks, last: int = last) -> bool:
            looks[0] += 1
            return looks[0] >= last

        answer = solve(problem, cancelled=cancelled, iterations=100_000)
        assert answer.ended in (Ended.CANCELLED, Ended.PROVEN)
        assert looks[0] <= last


def test_where_all_find_room_each_day_drives_to_one_quarter_only() -> None:
    """Six quarters of four places, all forty minutes from the yard and from each other; a day has room for four stays."""
    quarter = [*(n % 6 for n in range(24)), -1, -1]
    drives = [
        [0 if n == m else 1 if a == b else 40 for m, b in enumerate(quarter)] for n, a in enumerate(quarter)
    ]
    day = {"earliest": 0, "latest": 600, "longest": 600, "drives": drives}
    problem = Problem(
        places=tuple(
            Place(key=str(n), stay=120, value=500, windows={day: [(0, 600)] for day in range(6)})
            for n in range(24)
        ),
        shifts=tuple(Shift(key=str(n), day=n, **day) for n in range(6)),  # type: ignore[arg-type]
        minute_price=1.0,
    )
    assert solve(problem, iterations=10).value == 24 * 500 - 6 * (40 + 3 + 40)


@settings(max_examples=60, deadline=None)
@given(problems(most_places=7, most_shifts=3), st.integers(0, 9))
def test_ruin_and_recreation_never_break_a_rule_and_tell_the_true_worth(problem: Problem, seed: int) -> None:
    search = Recreating(problem, seed, lambda: None)
    search.insert(by_worth(problem))
    first = search.orders
    best = search.steps(60, first)
    for orders in (first, search.orders, best):
        assert allowed(problem, orders)
        assert all(fits(problem, shift, order) for shift, order in enumerate(orders))
    assert score(problem, best) >= score(problem, first)


@settings(max_examples=100, deadline=None)
@given(problems(most_places=6, most_shifts=2))
def test_a_place_goes_into_a_tour_where_the_judge_of_times_says_that_it_costs_least(problem: Problem) -> None:
    tours = Tours(problem)
    for shift in range(len(problem.shifts)):
        tour = tours.empty(shift)
        for place in range(len(problem.places)):
            entry = cheapest_insertion(problem, shift, tour.order, place)
            longer = tours.grown(shift, tour, place)
            assert (longer is not None) == (entry.possible and bool(tours.begins(shift, place)))
            if longer is not None:
                assert (
                    drive_of(problem, shift, longer.order)
                    == drive_of(problem, shift, tour.order) + entry.drive
                )
                tour = longer


def test_without_any_shift_there_is_an_empty_plan() -> None:
    answer = solve(replace(town(3), shifts=()), iterations=5)
    assert answer.routes == ()
    assert answer.value == 0
