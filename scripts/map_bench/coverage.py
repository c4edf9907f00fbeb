"""coverage_vs_numpy: covered shares and total coverage as the map reckons them, over one plain NumPy pass (plain_pass.py).

Ours is what a request does once the import is in memory: rules.covering.standing and total_coverage, which also find the
days since the last visit and leave out stops that are not fresh. The worst of three lands: Matsudo (288 cells of 500 m),
Chiba (40,000 of 500 m), a nation (1.5 million of 250 m, 10,000 stops). The map keeps all imports on 250 m cells, so for
the first two ours has four times the cells that were imported. The floor is run on both: the same 250 m arrays, and the
fewer cells of the import; the quicker of the two counts.
"""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable, Iterator

import numpy as np

from map_bench.figure import CLOCK, Figure, medians
from map_bench.lands import WINDOW_DAYS, Land, chiba, matsudo, nation
from map_bench.plain_pass import COLUMNS, Cells, coverage
from outreach_api.outreach_map.rules.arrays import People
from outreach_api.outreach_map.rules.covering import standing, total_coverage
from outreach_api.outreach_map.rules.grid import Grid

RADIUS_M = 500.0
LANDS = ((matsudo, 501), (chiba, 101), (nation, 11))


def figures() -> Iterator[Figure]:
    ratios = []
    for make, rounds in LANDS:
        land = make()
        ratio, said = measure(land, rounds)
        ratios.append(ratio)
        print(f"{land.name}: {said}", file=sys.stderr)
    print(f"the nation in memory: {memory(nation())}", file=sys.stderr)
    yield Figure("coverage_vs_numpy", round(max(ratios), 2), "ratio")


def measure(land: Land, rounds: int) -> tuple[float, str]:
    """Ours over the quicker floor, and that in words."""
    codes, counts = land.by_code()
    grid, people = Grid(codes), People.of(counts)
    fresh = land.stops.some(land.days <= WINDOW_DAYS)
    floors = [plain_cells(land, metres) for metres in sorted({250, land.imported_m})]

    def ours() -> float | None:
        share = standing(grid, land.stops, land.days, RADIUS_M, WINDOW_DAYS).share
        return total_coverage(people, share)

    def plain(cells: Cells) -> Callable[[], float]:
        return lambda: coverage(cells, fresh.lat, fresh.lon, RADIUS_M)[1]

    check(ours() or 0.0, [plain(cells)() for cells in floors])
    taken, *plainly = medians(rounds, ours, *map(plain, floors))
    said = ", ".join(
        f"{len(cells.numbers):,} cells {seconds * 1000:.2f} ms"
        for cells, seconds in zip(floors, plainly, strict=True)
    )
    ratio = taken / min(plainly)
    return ratio, (
        f"{ratio:.2f} ({len(codes):,} cells and {len(land.stops):,} stops {taken * 1000:.2f} ms; plain NumPy {said})"
    )


def plain_cells(land: Land, metres: int) -> Cells:
    """The land's cells as the floor likes them."""
    size = metres // 250
    numbers, cell = np.unique(land.rows // size * COLUMNS + land.columns // size, return_inverse=True)
    return Cells(numbers, np.bincount(cell, land.people).astype(np.float64), 480 / size, 320 / size)


def check(ours: float, plain: list[float]) -> None:
    """A fast answer that is another one is worth nothing; larger cells are looked at in fewer places."""
    if abs(ours / plain[0] - 1) > 1e-9 or any(abs(ours / other - 1) > 0.02 for other in plain):
        raise SystemExit(f"the map and plain NumPy differ: {ours}, {plain}")


def memory(land: Land) -> str:
    """What an import keeps, what a pass takes on top at most, and how much longer the first answer takes."""
    codes, counts = land.by_code()
    began = CLOCK()
    grid, people = Grid(codes), People.of(counts)
    first = standing(grid, land.stops, land.days, RADIUS_M, WINDOW_DAYS)
    total_coverage(people, first.share)
    cold = CLOCK() - began
    kept = grid.nbytes + people.counts.nbytes + people.known.nbytes
    tracemalloc.start()
    standing(grid, land.stops, land.days, RADIUS_M, WINDOW_DAYS)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    began = CLOCK()
    total_coverage(people, standing(grid, land.stops, land.days, RADIUS_M, WINDOW_DAYS).share)
    warm = CLOCK() - began
    return (
        f"{kept / 1e6:.0f} MB are kept, {peak / 1e6:.0f} MB more are taken by a pass;"
        f" cold (with finding out where cells are) {cold * 1000:.0f} ms, warm {warm * 1000:.0f} ms"
    )
