"""PyVRP and OR-Tools on Solomon's problems, each as its guide says. ImportError where one isn't installed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from plan_bench.plain_ortools import solved
from plan_bench.solomon import Solomon

Routes = list[list[int]]


def pyvrp(instance: Solomon, seconds: float, clock: Callable[[], float]) -> Routes:
    import pyvrp

    until = clock() + seconds
    distances = np.array(instance.distances, dtype=np.int64)
    clients = [
        pyvrp.Client(
            location=number,
            delivery=[instance.demands[number]],
            service_duration=instance.services[number],
            tw_early=opens,
            tw_late=closes,
        )
        for number, (opens, closes) in enumerate(instance.windows)
        if number
    ]
    opens, closes = instance.windows[0]
    van = pyvrp.VehicleType(
        num_available=instance.vans, capacity=[instance.capacity], tw_early=opens, tw_late=closes
    )
    data: Any = pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in instance.windows],
        clients=clients,
        depots=[pyvrp.Depot(location=0)],
        vehicle_types=[van],
        distance_matrices=[distances],
        duration_matrices=[distances],
    )
    result = pyvrp.solve(data, lambda best: clock() >= until, seed=1, collect_stats=False, display=False)
    if not result.is_feasible():
        return []
    return [
        [activity.idx + 1 for activity in route if activity.is_client()] for route in result.best.routes()
    ]


def ortools(instance: Solomon, seconds: float, clock: Callable[[], float]) -> Routes:
    from ortools.constraint_solver import pywrapcp

    until = clock() + seconds
    manager = pywrapcp.RoutingIndexManager(len(instance.windows), instance.vans, 0)
    routing = pywrapcp.RoutingModel(manager)
    distances = np.array(instance.distances, dtype=np.int64)
    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitMatrix(distances.tolist()))
    legs = distances + np.array(instance.services, dtype=np.int64)[:, None]
    horizon = instance.windows[0][1]
    routing.AddDimension(routing.RegisterTransitMatrix(legs.tolist()), horizon, horizon, False, "time")
    loads = routing.RegisterUnaryTransitVector(list(instance.demands))
    routing.AddDimension(loads, 0, instance.capacity, True, "load")
    times = routing.GetDimensionOrDie("time")
    for number, (opens, closes) in enumerate(instance.windows):
        if number:
            times.CumulVar(manager.NodeToIndex(number)).SetRange(opens, closes)
    # From the cheapest arcs it finds no plan that serves everybody.
    routes = solved(routing, manager, "PARALLEL_CHEAPEST_INSERTION", until, seconds, clock)
    return [route for route in routes if route]
