"""The benchmark of plans compares with what it says: its optimum is one, and it measures the same instances again."""

from __future__ import annotations

from itertools import permutations

import pytest
from bench_plan import SIZES, Size, gaps, worth
from plan_bench.exact import optimum
from plan_bench.instances import instance

from outreach_api.plans.solver.answer import value_of
from outreach_api.plans.solver.problem import Problem
from outreach_api.plans.solver.schedule import fits
from outreach_api.plans.solver.solve import solve


@pytest.mark.parametrize("seed", range(3))
def test_the_optimum_of_a_small_day_is_the_best_of_all_orders(seed: int) -> None:
    problem = instance(5, 1, seed)
    orders = (order for size in range(6) for order in permutations(range(5), size))
    assert optimum(problem) == max(value_of(problem, [(0, o)]) for o in orders if fits(problem, 0, o))


@pytest.mark.parametrize("seed", range(3))
def test_two_exact_methods_agree_on_a_day_of_nine(seed: int) -> None:
    problem = instance(9, 1, seed)
    assert solve(problem).value == pytest.approx(optimum(problem))


def test_instances_are_the_same_each_time_and_differ_by_seed() -> None:
    assert instance(30, 5, 1) == instance(30, 5, 1)
    assert instance(30, 5, 1) != instance(30, 5, 2)


def test_a_gap_is_what_is_missing_to_the_best_in_percent() -> None:
    def stays_home(problem: Problem, *_: object) -> list[tuple[int, ...]]:
        return [()]

    found = gaps(Size("day12_gap", 8, 1), {"idle": stays_home}, seeds=2, seconds=60.0, longer=60.0)
    assert found == {"plan_day12_gap": 0.0, "plan_day12_gap_idle": 100.0}


def test_a_rivals_plan_that_breaks_a_rule_counts_for_nothing() -> None:
    problem = instance(40, 1, 0)
    with pytest.raises(SystemExit, match="breaks a hard rule"):
        worth(problem, [tuple(range(40))])
    with pytest.raises(SystemExit, match="twice"):
        worth(problem, [(3, 3)])


def test_every_size_of_the_issue_is_measured() -> None:
    assert [(size.places, size.shifts) for size in SIZES] == [(12, 1), (30, 1), (100, 1), (300, 1), (300, 5)]
