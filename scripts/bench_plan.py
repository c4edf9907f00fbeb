"""How far plans are from the best after one second: of a day out of 12, 30, 100 and 300 places, of a week out of 300, and
where nearly all find room, of 40 places in five days and 90 in ten.

Each size is the mean over seeded instances (plan_bench/instances.py) of (best - value) / best, in percent. The best is the
optimum by another exact method (12), the proven optimum (30), else the best that anybody found in this run: a long run
of ours with another seed, a long run of PyVRP, and all the short ones. PyVRP and OR-Tools solve the same instances with
the same second in the same run. A second is one of this process's processor time, so that a busy machine is fair to all.

Solomon's six ask for another answer: everybody must be served, loads must fit, the distance is to be least. To the
planner each place is a must and has its load; all answers are judged by the benchmark's own sum of distances.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from plan_bench import plain_ortools, plain_pyvrp, solomon, solomon_rivals
from plan_bench.exact import optimum
from plan_bench.instances import instance

from outreach_api.plans.solver.answer import value_of
from outreach_api.plans.solver.problem import Problem
from outreach_api.plans.solver.schedule import fits
from outreach_api.plans.solver.solve import solve

Orders = Sequence[Sequence[int]]
Rival = Callable[[Problem, int, float, Callable[[], float]], Orders]
SolomonRival = Callable[[solomon.Solomon, float, Callable[[], float]], Orders]

CLOCK = time.process_time
LONG_SEED = 10_007
RIVALS: dict[str, Rival] = {"pyvrp": plain_pyvrp.solve, "ortools": plain_ortools.solve}
SOLOMON_SECONDS = 5.0
SOLOMON_RIVALS: dict[str, SolomonRival] = {"pyvrp": solomon_rivals.pyvrp, "ortools": solomon_rivals.ortools}


@dataclass(frozen=True, slots=True)
class Size:
    name: str
    places: int
    shifts: int


SIZES = (
    Size("day12_gap", 12, 1),
    Size("day30_gap_1s", 30, 1),
    Size("day100_gap_1s", 100, 1),
    Size("day300_gap_1s", 300, 1),
    Size("week300_gap_1s", 300, 5),
    Size("loose40_gap_1s", 40, 5),
    Size("loose90_gap_1s", 90, 10),
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument("--seeds", type=int, default=5, help="instances a size (default 5)")
    parser.add_argument("--seconds", type=float, default=1.0, help="of each short run (default 1)")
    parser.add_argument("--long", type=float, default=20.0, help="seconds of each long run (default 20)")
    parser.add_argument("--first-seed", type=int, default=0, help="of those instances (default 0)")
    parser.add_argument("--only", help="one size, as in the figures' names: day100, solomon")
    parser.add_argument("--solomon", type=Path, metavar="DIR", help="read Solomon's files from this folder")
    parser.add_argument("--quick", action="store_true", help="two instances a size, long runs of 5 seconds")
    options = parser.parse_args()
    if options.quick:
        options.seeds, options.long = 2, 5.0
    rivals = {name: rival for name, rival in RIVALS.items() if installed(name, rival)}
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    for size in SIZES:
        if options.only is None or size.name.startswith(options.only):
            say(gaps(size, rivals, seeds, options.seconds, options.long), options.json)
    if options.only in (None, "solomon"):
        try:
            six = solomon.instances(options.solomon)
        except FileNotFoundError as missing:
            print(f"Solomon's figures are left out: {missing}", file=sys.stderr)
        else:
            able = {name: rival for name, rival in SOLOMON_RIVALS.items() if name in rivals}
            say(solomon_gaps(six, able, SOLOMON_SECONDS), options.json)


def say(figures: dict[str, float], as_json: bool) -> None:
    for figure, gap in figures.items():
        said = {"figure": figure, "value": float(f"{gap:.3g}"), "unit": "percent"}
        print(json.dumps(said) if as_json else f"{figure} {gap:.3g} %", flush=True)


def installed(name: str, rival: Rival) -> bool:
    """Whether a rival can be imported; it also pays for its import here and not in its first second."""
    try:
        rival(instance(3, 1, 0), 0, 0.05, CLOCK)
    except ImportError:
        print(f"{name} is not installed: its figures are left out (pip install {name})", file=sys.stderr)
        return False
    return True


def gaps(
    size: Size, rivals: dict[str, Rival], seeds: Iterable[int], seconds: float, longer: float
) -> dict[str, float]:
    """Mean gaps of ours and of each rival."""
    found: dict[str, list[float]] = {}
    for seed in seeds:
        problem = instance(size.places, size.shifts, seed)
        values = {"": solve(problem, seconds=seconds, iterations=sys.maxsize, clock=CLOCK).value}
        for name, rival in rivals.items():
            values[f"_{name}"] = worth(problem, rival(problem, 1, seconds, CLOCK))
        best = best_known(size, problem, values, longer)
        for name, value in values.items():
            found.setdefault(f"plan_{size.name}{name}", []).append(100 * (best - value) / best)
        print(f"{size.name} {seed}: best {best} {values}", file=sys.stderr)
    return {figure: statistics.mean(each) for figure, each in found.items()}


def solomon_gaps(
    instances: Iterable[solomon.Solomon], rivals: dict[str, SolomonRival], seconds: float
) -> dict[str, float]:
    """Mean gaps of ours and of each rival to the least distance there is."""
    found: dict[str, list[float]] = {}
    for task in instances:
        best = solomon.BEST[task.name]
        for name, rival in {"": planned, **{f"_{name}": rival for name, rival in rivals.items()}}.items():
            length = solomon.length(task, rival(task, seconds, CLOCK))
            found.setdefault(f"plan_solomon_gap_5s{name}", []).append(100 * (length - best) / best)
            print(f"solomon {task.name}{name}: {length / 10} of {best / 10}", file=sys.stderr)
    return {figure: statistics.mean(each) for figure, each in found.items()}


def planned(task: solomon.Solomon, seconds: float, clock: Callable[[], float]) -> Orders:
    """Our planner's routes, by Solomon's numbers, of which the first place is 1."""
    problem = solomon.problem_of(task)
    answer = solve(problem, seconds=seconds, iterations=sys.maxsize, clock=clock)
    return [[place + 1 for place in route.order] for route in answer.routes if route.stays]


def best_known(size: Size, problem: Problem, values: dict[str, float], longer: float) -> float:
    if size.places <= 12:
        return optimum(problem)
    answer = solve(problem, seed=LONG_SEED, seconds=longer, iterations=sys.maxsize, clock=CLOCK)
    if answer.proven:
        return answer.value
    if size.places <= 30:
        raise SystemExit(
            f"{size.name}: the optimum was not proven in {longer} seconds; give it more (--long)"
        )
    known = [answer.value, *values.values()]
    with contextlib.suppress(ImportError):  # said before
        known.append(worth(problem, plain_pyvrp.solve(problem, 2, longer, CLOCK)))
    return max(known)


def worth(problem: Problem, orders: Orders) -> float:
    """The value of a rival's plan, by our own judge of times. A plan that breaks a rule is a fault of this benchmark."""
    visited = [place for order in orders for place in order]
    if len(set(visited)) != len(visited):
        raise SystemExit("a rival visits a place twice")
    if not all(fits(problem, shift, order) for shift, order in enumerate(orders)):
        raise SystemExit("a rival's plan breaks a hard rule")
    return value_of(problem, enumerate(orders))


if __name__ == "__main__":
    main()
