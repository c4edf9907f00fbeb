"""Solomon's vehicle routing problems with time windows: everybody is served, loads fit the vans, the distance is least.

M. M. Solomon, "Algorithms for the vehicle routing and scheduling problems with time window constraints", Operations
Research 35 (1987). The six files are read from the installed package vrpsolvereasy (MIT), which carries them, or from a
folder. Distances and times are tenths, each distance cut off after its first decimal, as in the 12th DIMACS challenge.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from itertools import pairwise
from pathlib import Path

from outreach_api.plans.solver.problem import Place, Problem, Shift

# The least distance there is, in tenths: proven optima of that convention, as the challenge's controller has them
# (laser-ufpb/VRPTWController, genScript.sh).
BEST = {"C101": 8273, "R101": 16377, "RC101": 16198, "C201": 5891, "R201": 11432, "RC201": 12618}
CARRIER = "vrpsolvereasy"
TENTHS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Solomon:
    """Number 0 is the depot. Distances (which are minutes, too), windows and services in tenths."""

    name: str
    vans: int
    capacity: int
    demands: tuple[int, ...]
    windows: tuple[tuple[int, int], ...]
    services: tuple[int, ...]
    distances: tuple[tuple[int, ...], ...]


def read(text: str) -> Solomon:
    """An instance in Solomon's own format. ValueError when it isn't one."""
    lines = [line.split() for line in text.splitlines() if line.strip()]
    name, numbers = lines[0][0].upper(), [line for line in lines[1:] if all(map(_whole, line))]
    if not numbers or len(numbers[0]) != 2 or any(len(line) != 7 for line in numbers[1:]):
        raise ValueError(f"{name}: not an instance in Solomon's format")
    (vans, capacity), *rows = [list(map(int, line)) for line in numbers]
    return Solomon(
        name=name,
        vans=vans,
        capacity=capacity,
        demands=tuple(row[3] for row in rows),
        windows=tuple((row[4] * TENTHS, row[5] * TENTHS) for row in rows),
        services=tuple(row[6] * TENTHS for row in rows),
        distances=tuple(tuple(_tenths(a, b) for b in rows) for a in rows),
    )


def _whole(word: str) -> bool:
    return word.isascii() and word.isdigit()


def _tenths(a: Sequence[int], b: Sequence[int]) -> int:
    """Exact: the root of a whole number, cut off."""
    return math.isqrt(TENTHS**2 * ((a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2))


def instances(folder: Path | None) -> list[Solomon]:
    """The six of BEST. FileNotFoundError when one of them is nowhere."""
    found = {path.stem.upper(): path for path in (_carried() if folder is None else folder.iterdir())}
    missing = BEST.keys() - found.keys()
    if missing:
        where = folder or f"the package {CARRIER} (pip install {CARRIER})"
        raise FileNotFoundError(f"no {', '.join(sorted(missing))} in {where}")
    return [read(found[name].read_text()) for name in BEST]


def _carried() -> list[Path]:
    """The package's text files, without importing it."""
    try:
        files = metadata.files(CARRIER) or []
    except metadata.PackageNotFoundError:
        return []
    return [
        Path(str(file.locate())) for file in files if file.suffix == ".txt" and file.parent.name == "CVRPTW"
    ]


def problem_of(instance: Solomon) -> Problem:
    """As a coordinator asks it of the planner: all of these with least driving, by vans that carry so much."""
    nodes = [*range(1, len(instance.demands)), 0, 0]
    opens, closes = instance.windows[0]
    drives = [[instance.distances[a][b] for b in nodes] for a in nodes]
    return Problem(
        places=tuple(_place(instance, number) for number in nodes[:-2]),
        shifts=tuple(
            Shift(
                key=f"van {van}",
                day=0,
                earliest=opens,
                latest=closes,
                longest=closes - opens,
                drives=drives,
                room=instance.capacity,
            )
            for van in range(instance.vans)
        ),
        minute_price=1.0,
    )


def _place(instance: Solomon, number: int) -> Place:
    opens, closes = instance.windows[number]
    service = instance.services[number]
    return Place(
        key=f"{number}",
        stay=service,
        value=0,
        # Solomon's windows are those of the begin.
        windows={0: [(opens, closes + service)]},
        load=instance.demands[number],
        must=True,
    )


def length(instance: Solomon, routes: Sequence[Sequence[int]]) -> int:
    """The distance of a plan in tenths. A plan that breaks a rule is a fault of this benchmark."""
    if sorted(number for route in routes for number in route) != list(range(1, len(instance.demands))):
        raise SystemExit(f"{instance.name}: somebody is visited twice or not at all")
    if len(routes) > instance.vans or not all(_fits(instance, route) for route in routes):
        raise SystemExit(f"{instance.name}: a plan breaks a hard rule")
    return sum(instance.distances[a][b] for route in routes for a, b in pairwise((0, *route, 0)))


def _fits(instance: Solomon, route: Sequence[int]) -> bool:
    now = instance.windows[0][0]
    for before, number in pairwise((0, *route, 0)):
        opens, closes = instance.windows[number]
        now = max(now + instance.distances[before][number], opens)
        if now > closes:
            return False
        now += instance.services[number]
    return sum(instance.demands[number] for number in route) <= instance.capacity
