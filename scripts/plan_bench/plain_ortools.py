"""OR-Tools' routing library, plain: a cheapest arc first, then guided local search, as its guides say.

Told in full of instances.py's problems: a place has the same hours on each day that it is open.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from outreach_api.plans.solver.problem import Problem
from plan_bench.plain_pyvrp import POINT, Orders


def solve(problem: Problem, seed: int, seconds: float, clock: Callable[[], float]) -> Orders:
    """An order for each shift; building its model counts as its time. ImportError when it isn't installed."""
    from ortools.constraint_solver import pywrapcp

    del seed  # it has none
    until = clock() + seconds
    size, vans = len(problem.places), len(problem.shifts)
    manager = pywrapcp.RoutingIndexManager(size + 2, vans, [problem.start] * vans, [problem.end] * vans)
    routing = pywrapcp.RoutingModel(manager)
    drives = np.asarray(problem.shifts[0].drives, dtype=np.int64)
    stays = np.array([*(place.stay for place in problem.places), 0, 0], dtype=np.int64)
    costs = np.rint(drives * problem.minute_price * POINT).astype(np.int64)
    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitMatrix(costs.tolist()))
    horizon = max(when.latest for when in problem.shifts)
    legs = routing.RegisterTransitMatrix((drives + stays[:, None]).tolist())
    routing.AddDimension(legs, horizon, horizon, False, "time")
    times = routing.GetDimensionOrDie("time")
    for number, place in enumerate(problem.places):
        index = manager.NodeToIndex(number)
        routing.AddDisjunction([index], problem.weight(number, 0) * POINT)
        days = [shift for shift in range(vans) if problem.windows(number, shift)]
        if not days:
            routing.VehicleVar(index).SetValue(-1)
            continue
        routing.VehicleVar(index).SetValues([-1, *days])
        free = 0
        for opens, closes in problem.windows(number, days[0]):
            if opens > free:
                times.CumulVar(index).RemoveInterval(free, opens - 1)
            free = closes - place.stay + 1
        times.CumulVar(index).RemoveInterval(free, horizon)
    for shift, when in enumerate(problem.shifts):
        for index in (routing.Start(shift), routing.End(shift)):
            times.CumulVar(index).SetRange(when.earliest, when.latest)
    return [tuple(order) for order in solved(routing, manager, "PATH_CHEAPEST_ARC", until, seconds, clock)]


def solved(
    routing: Any, manager: Any, first: str, until: float, seconds: float, clock: Callable[[], float]
) -> list[list[int]]:
    """The nodes of each vehicle of a model, without its ends; searched until the clock says `until`.

    `first` names the strategy that makes the first plan.
    """
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = getattr(routing_enums_pb2.FirstSolutionStrategy, first)
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    # A ceiling on the wall; the clock that all are measured by ends it.
    parameters.time_limit.FromMilliseconds(round(seconds * 20_000))
    limit = routing.solver().CustomLimit(lambda: clock() >= until)
    routing.AddSearchMonitor(limit)
    found = routing.SolveWithParameters(parameters)
    orders: list[list[int]] = [[] for _ in range(routing.vehicles())]
    for vehicle, order in enumerate(orders):
        index = routing.Start(vehicle)
        while found is not None and not routing.IsEnd(index):
            index = found.Value(routing.NextVar(index))
            if not routing.IsEnd(index):
                order.append(manager.IndexToNode(index))
    return orders
