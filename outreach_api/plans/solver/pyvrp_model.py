"""A problem in PyVRP's words: only what it can say, and only when it is installed.

A place with several windows is a group of clients of which one at most is served; shifts that are alike are one type of
vehicle; to what is shut on its day no vehicle has the time to drive. Breaks, days between the visits to one stop and vans
that are filled on their way it knows none of.
"""

from __future__ import annotations

from collections import defaultdict
from importlib.util import find_spec
from typing import Any

import numpy as np

from outreach_api.plans.solver.placing import Placing
from outreach_api.plans.solver.problem import Problem
from outreach_api.plans.solver.schedule import schedule

Orders = tuple[tuple[int, ...], ...]

# Points times this are its whole costs.
_POINT = 100
# Minutes of a drive that no shift has time for.
_SHUT = 1_000_000
# Of its matrices, two of eight bytes for each shift and pair of places: 64 MB.
_MOST_CELLS = 4_000_000


def sayable(problem: Problem) -> bool:
    """Whether PyVRP is there and can be told all of a problem."""
    return (
        all(when.pause is None for when in problem.shifts)
        and not problem.filled_on_the_way
        and all(len(members) < 2 for members in problem.members)
        and all(site.max_days is None for site in problem.sites)
        and len(problem.shifts) * len(problem.places) ** 2 <= _MOST_CELLS
        and find_spec("pyvrp") is not None
    )


class Model:
    """`data` is PyVRP's; orders are turned into its solutions and back."""

    def __init__(self, placing: Placing) -> None:
        from pyvrp import Depot, Location, ProblemData

        self._placing = placing
        # Of each client its place, the first and last minute at which its stay may begin, and its shifts.
        self._meant: list[tuple[int, int, int, frozenset[int]]] = []
        vans: dict[int, list[int]] = defaultdict(list)
        for shift, kind in enumerate(placing.kinds):
            vans[kind].append(shift)
        self._vans = list(vans.values())
        clients, groups = self._clients()
        rows = len(clients)
        distances, durations = zip(*(self._drives(shifts[0]) for shifts in self._vans), strict=True)
        self.data: Any = ProblemData(
            locations=[Location(0, 0) for _ in range(rows + 2)],
            clients=clients,
            depots=[Depot(location=rows), Depot(location=rows + 1)],
            vehicle_types=self._vehicles(),
            distance_matrices=list(distances),
            duration_matrices=list(durations),
            groups=groups,
        )

    def orders(self, solution: Any) -> Orders:
        free = [list(shifts) for shifts in self._vans]
        found: list[tuple[int, ...]] = [() for _ in self._placing.kinds]
        for route in solution.routes():
            visits = [self._meant[one.idx][0] for one in route if one.is_client()]
            found[free[route.vehicle_type()].pop(0)] = tuple(visits)
        return tuple(found)

    def solution(self, orders: Orders) -> Any:
        from pyvrp import Route, Solution

        routes = []
        for kind, shifts in enumerate(self._vans):
            routes += [
                Route(self.data, visits, kind)
                for shift in shifts
                if (visits := self._visits(shift, orders[shift]))
            ]
        return Solution(self.data, routes)

    def _visits(self, shift: int, order: tuple[int, ...]) -> list[int]:
        route = schedule(self._placing.problem, shift, order)
        if route is None:
            raise AssertionError(f"an order breaks a hard rule in shift {shift}: {order}")
        return [
            next(
                number
                for number, (place, opens, last, shifts) in enumerate(self._meant)
                if place == stay.place and shift in shifts and opens <= stay.arrive <= last
            )
            for stay in route.stays
        ]

    def _clients(self) -> tuple[list[Any], list[Any]]:
        from pyvrp import Client, ClientGroup

        clients: list[Any] = []
        groups: list[Any] = []
        for number in self._placing.able:
            place = self._placing.problem.places[number]
            ways: dict[tuple[int, int, int], list[int]] = defaultdict(list)
            for shift, weight in self._placing.shifts(number):
                for opens, last in self._placing.tours.begins(shift, number):
                    ways[opens, last, weight].append(shift)
            group = len(groups) if len(ways) > 1 else None
            if group is not None:
                members = list(range(len(clients), len(clients) + len(ways)))
                groups.append(ClientGroup(members, required=False))
            for (opens, last, weight), shifts in ways.items():
                client = Client(
                    location=len(clients),
                    delivery=[place.load],
                    service_duration=place.stay,
                    tw_early=opens,
                    tw_late=last,
                    prize=weight * _POINT,
                    required=False,
                    group=group,
                )
                clients.append(client)
                self._meant.append((number, opens, last, frozenset(shifts)))
        return clients, groups

    def _vehicles(self) -> list[Any]:
        from pyvrp import VehicleType

        everything = sum(place.load for place in self._placing.problem.places)
        found = []
        for profile, shifts in enumerate(self._vans):
            when = self._placing.problem.shifts[shifts[0]]
            van = VehicleType(
                num_available=len(shifts),
                capacity=[everything if when.room is None else when.room],
                start_depot=0,
                end_depot=1,
                tw_early=when.earliest,
                tw_late=when.latest,
                shift_duration=when.longest,
                profile=profile,
            )
            found.append(van)
        return found

    def _drives(self, shift: int) -> tuple[Any, Any]:
        """What drives cost and how long they take."""
        problem, legs = self._placing.problem, self._placing.tours.legs[shift]
        rows = [*(meant[0] for meant in self._meant), problem.start, problem.end]
        some = np.ix_(rows, rows)
        durations = np.asarray(legs, dtype=np.int64)[some]
        durations[:, [n for n, meant in enumerate(self._meant) if shift not in meant[3]]] = _SHUT
        np.fill_diagonal(durations, 0)
        drives = np.asarray(problem.shifts[shift].drives, dtype=np.int64)[some]
        return np.rint(drives * (problem.minute_price * _POINT)).astype(np.int64), durations
