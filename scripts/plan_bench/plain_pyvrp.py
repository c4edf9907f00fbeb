"""PyVRP, plain: what a well-kept solver of routing problems makes of the same instances without our own engines.

A place with several windows is a mutually exclusive group of optional clients; a shift is a vehicle type, whose drives to
clients that are shut that day take longer than any day. Wouda, Lan and Kool, "PyVRP: A High-Performance VRP Solver
Package", INFORMS Journal on Computing 36 (2024).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from outreach_api.plans.solver.problem import Problem, Window

# Minutes of a drive that no shift has time for.
SHUT = 100_000
# Points times this are whole costs.
POINT = 100

Orders = list[tuple[int, ...]]


def solve(problem: Problem, seed: int, seconds: float, clock: Callable[[], float]) -> Orders:
    """An order for each shift; building its model counts as its time. ImportError when it isn't installed."""
    import pyvrp

    until = clock() + seconds
    data, meant = _data(problem)
    result = pyvrp.solve(data, lambda best: clock() >= until, seed=seed, collect_stats=False, display=False)
    orders: Orders = [() for _ in problem.shifts]
    if result.is_feasible():
        for route in result.best.routes():
            visits = [meant[activity.idx] for activity in route if activity.is_client()]
            orders[route.vehicle_type()] = tuple(visits)
    return orders


def _data(problem: Problem) -> tuple[Any, list[int]]:
    """The problem in PyVRP's words, and the place of each of its clients."""
    from pyvrp import Client, ClientGroup, Depot, Location, ProblemData, VehicleType

    clients: list[Any] = []
    groups: list[Any] = []
    meant: list[int] = []
    open_in: list[set[int]] = []
    for number, place in enumerate(problem.places):
        hours: dict[Window, set[int]] = {}
        for shift in range(len(problem.shifts)):
            for window in problem.windows(number, shift):
                hours.setdefault(window, set()).add(shift)
        group = len(groups) if len(hours) > 1 else None
        if group is not None:
            groups.append(ClientGroup(list(range(len(clients), len(clients) + len(hours))), required=False))
        for (opens, closes), shifts in hours.items():
            client = Client(
                location=len(clients),
                service_duration=place.stay,
                tw_early=opens,
                tw_late=closes - place.stay,
                prize=problem.weight(number, 0) * POINT,
                required=False,
                group=group,
            )
            clients.append(client)
            meant.append(number)
            open_in.append(shifts)
    rows = [*meant, problem.start, problem.end]
    depots = [Depot(location=len(clients)), Depot(location=len(clients) + 1)]
    vehicles, distances, durations = [], [], []
    for shift, when in enumerate(problem.shifts):
        drives = np.asarray(when.drives, dtype=np.int64)[np.ix_(rows, rows)]
        legs = drives.copy()
        legs[:, [client for client, shifts in enumerate(open_in) if shift not in shifts]] = SHUT
        np.fill_diagonal(legs, 0)
        distances.append(np.rint(drives * (problem.minute_price * POINT)).astype(np.int64))
        durations.append(legs)
        vehicles.append(
            VehicleType(
                num_available=1,
                start_depot=0,
                end_depot=1,
                tw_early=when.earliest,
                tw_late=when.latest,
                shift_duration=when.longest,
                profile=shift,
            )
        )
    data: Any = ProblemData(
        locations=[Location(0, 0) for _ in rows],
        clients=clients,
        depots=depots,
        vehicle_types=vehicles,
        distance_matrices=distances,
        duration_matrices=durations,
        groups=groups,
    )
    return data, meant
