"""The benchmark of plans compares with what it says: its optimum is one, and it measures the same instances again."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest
from bench_plan import SIZES, Size, gaps, solomon_gaps, worth
from plan_bench import solomon
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

    found = gaps(Size("day12_gap", 8, 1), {"idle": stays_home}, seeds=range(2), seconds=60.0, longer=60.0)
    assert found == {"plan_day12_gap": 0.0, "plan_day12_gap_idle": 100.0}


def test_a_rivals_plan_that_breaks_a_rule_counts_for_nothing() -> None:
    problem = instance(40, 1, 0)
    with pytest.raises(SystemExit, match="breaks a hard rule"):
        worth(problem, [tuple(range(40))])
    with pytest.raises(SystemExit, match="twice"):
        worth(problem, [(3, 3)])


def test_every_size_of_the_issue_is_measured() -> None:
    wanted = {(12, 1), (30, 1), (100, 1), (300, 1), (300, 5)}
    assert wanted <= {(size.places, size.shifts) for size in SIZES}


SMALL = """X1

VEHICLE
NUMBER     CAPACITY
  2         10

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

    0      0         0          0          0         100          0
    1      1         1          6          0          50         10
    2      3         4          5         20          30         10
"""


def test_solomons_format_is_read_in_tenths_cut_off_after_the_first_decimal() -> None:
    task = solomon.read(SMALL)
    assert (task.name, task.vans, task.capacity, task.demands) == ("X1", 2, 10, (0, 6, 5))
    assert task.distances[0] == (0, 14, 50)
    assert task.windows[2] == (200, 300)
    assert solomon.length(task, [[1], [2]]) == 2 * 14 + 2 * 50


@pytest.mark.parametrize(
    ("routes", "fault"),
    [
        ([[1]], "not at all"),
        ([[1, 2], [2]], "twice"),
        ([[1, 2]], "hard rule"),  # 11 of 10
        ([[1], [2], []], "hard rule"),  # three vans of two
    ],
)
def test_a_plan_that_breaks_solomons_rules_counts_for_nothing(routes: list[list[int]], fault: str) -> None:
    with pytest.raises(SystemExit, match=fault):
        solomon.length(solomon.read(SMALL), routes)


def test_a_stay_that_begins_after_its_window_breaks_solomons_rules() -> None:
    late = solomon.read(SMALL.replace("20          30", "0            4"))
    with pytest.raises(SystemExit, match="hard rule"):
        solomon.length(late, [[1], [2]])


def test_solomons_six_are_read_from_a_folder_and_what_is_not_there_is_named(tmp_path: Path) -> None:
    for name in solomon.BEST:
        (tmp_path / f"{name.lower()}.txt").write_text(SMALL.replace("X1", name))
    assert [task.name for task in solomon.instances(tmp_path)] == list(solomon.BEST)
    (tmp_path / "rc101.txt").unlink()
    with pytest.raises(FileNotFoundError, match="no RC101 in"):
        solomon.instances(tmp_path)


def test_a_gap_of_solomons_is_what_is_driven_too_much_in_percent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(solomon.BEST, "X1", 100)
    task = solomon.read(SMALL)
    found = solomon_gaps([task], {"one_each": lambda *_: [[1], [2]]}, seconds=0.1)
    assert found == {"plan_solomon_gap_5s": 28.0, "plan_solomon_gap_5s_one_each": 28.0}
