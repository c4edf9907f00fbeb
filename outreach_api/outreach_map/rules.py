"""Reach against need: how much of each mesh cell the stops cover, and how large the gap is that remains.

Coverage says that a stop was near enough; reach says who came. The two are different, and both are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from outreach_api.kernel.errors import KernelError
from outreach_api.kernel.geo import Point, metres_per_degree
from outreach_api.kernel.mesh import InvalidMesh, bounds_degrees

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

CATCHMENT_M = 500
INFANT_CATCHMENT_M = 300
WINDOW_DAYS = 42
FULL_GAP_AFTER_DAYS = 84
MAX_RADIUS_M = 5_000

# Every cell is looked at in LATTICE × LATTICE places, at the middles of equal rectangles. Against a much finer
# lattice, discs of 300 and 500 m on cells of 250 to 1,000 m were off by 0.3 % of a cell's area on average over
# the cells that a rim cuts, by 1.4 % at worst (2 % with up to four discs); other cells are exact.
LATTICE = 16

# A stop and the last local day on which it was held.
HeldStop = tuple[Point, date]


def coverage(
    cells: Iterable[int],
    stops: Sequence[HeldStop],
    on: date,
    radius_m: float = CATCHMENT_M,
    window_days: int = WINDOW_DAYS,
) -> dict[int, float]:
    """The share (0 to 1) of each cell that lies within `radius_m` of a stop held in the window up to `on`.

    The union of the discs counts, so two stops side by side cover nothing twice. Stops held after `on` or more
    than `window_days` before it do not count. Raises KernelError `radius_invalid`, InvalidMesh for no mesh code.
    """
    import numpy as np

    codes = list(cells)
    fresh = [point for point, held in stops if 0 <= (on - held).days <= window_days]
    covered: npt.NDArray[np.bool_] = np.zeros((len(codes), LATTICE * LATTICE), dtype=np.bool_)
    touched = np.zeros(len(codes), dtype=np.bool_)
    for _, near, inside in discs(codes, fresh, radius_m):
        covered[near] |= inside
        touched[near] = True
    share = np.zeros(len(codes))
    share[touched] = covered[touched].mean(axis=1)
    return dict(zip(codes, share.tolist(), strict=True))


def days_since_last_visit(
    cells: Iterable[int], stops: Sequence[HeldStop], on: date, radius_m: float = CATCHMENT_M
) -> dict[int, int]:
    """Days from the last visit whose disc reaches into a cell, up to `on`; cells never reached are left out."""
    codes = list(cells)
    past = sorted((stop for stop in stops if stop[1] <= on), key=lambda stop: stop[1])
    days: dict[int, int] = {}
    for number, near, inside in discs(codes, [point for point, _ in past], radius_m):
        for index in near[inside.any(axis=1)].tolist():
            days[codes[index]] = (on - past[number][1]).days
    return days


def total_coverage(population: Mapping[int, float], covered: Mapping[int, float]) -> float | None:
    """Σ population · coverage / Σ population; None where nobody lives."""
    people = sum(population.values())
    if people <= 0:
        return None
    return sum(count * covered.get(cell, 0.0) for cell, count in population.items()) / people


def gap(
    target: float, coverage: float, days_since_last_visit: int | None, full_after: int = FULL_GAP_AFTER_DAYS
) -> float:
    """Target people whom a cell still misses: target × (1 - coverage) × min(1, days since last visit / 84).

    None means never visited, which counts in full, as 84 days (`full_after`) do.
    """
    days = full_after if days_since_last_visit is None else max(0, days_since_last_visit)
    return target * (1 - coverage) * min(1.0, days / full_after)


def gaps(
    targets: Mapping[int, float],
    covered: Mapping[int, float],
    days_since: Mapping[int, int],
    full_after: int = FULL_GAP_AFTER_DAYS,
) -> dict[int, float]:
    """The gap of every cell of known target, largest first; equal ones in the order of their codes."""
    by_cell = {
        cell: gap(target, covered.get(cell, 0.0), days_since.get(cell), full_after)
        for cell, target in targets.items()
    }
    return dict(sorted(by_cell.items(), key=lambda item: (-item[1], item[0])))


def children_in_catchment(point: Point, cells: Mapping[int, float], radius_m: float = CATCHMENT_M) -> float:
    """The people of all cells within `radius_m` of a point, each cell counted with the share inside the disc."""
    codes = list(cells)
    people = 0.0
    for _, near, inside in discs(codes, [point], radius_m):
        shares = inside.mean(axis=1).tolist()
        people += sum(cells[codes[index]] * share for index, share in zip(near.tolist(), shares, strict=True))
    return people


def people_within(
    people: Mapping[int, float], groups: Sequence[Sequence[Point]], radius_m: float = CATCHMENT_M
) -> list[float]:
    """For each group of points the people within `radius_m` of at least one of them: discs count as their union."""
    codes = list(people)
    owners = [number for number, group in enumerate(groups) for _ in group]
    union: list[dict[int, npt.NDArray[np.bool_]]] = [{} for _ in groups]
    for number, near, inside in discs(codes, [point for group in groups for point in group], radius_m):
        own = union[owners[number]]
        for index, places in zip(near.tolist(), inside, strict=True):
            own[index] = places | own[index] if index in own else places
    return [
        sum(people[codes[index]] * float(places.mean()) for index, places in own.items()) for own in union
    ]


def best_points(
    cells: Sequence[int], points: Sequence[Point], radius_m: float = CATCHMENT_M
) -> dict[int, tuple[int, float]]:
    """For each cell the number of the point whose disc holds most of it, and that share (0 to 1).

    The first of equal points wins; cells that no disc reaches are left out.
    """
    best: dict[int, tuple[int, float]] = {}
    for number, near, inside in discs(cells, points, radius_m):
        for index, share in zip(near.tolist(), inside.mean(axis=1).tolist(), strict=True):
            if share > 0 and share > best.get(cells[index], (0, 0.0))[1]:
                best[cells[index]] = (number, share)
    return best


def reach_rate(attendance: int, children: float) -> float | None:
    """Attendance (延べ, visits and not people) per 100 children of the catchment; None where there are none."""
    return 100 * attendance / children if children > 0 else None


def ring_of(code: int) -> list[list[float]]:
    """A cell as a closed linear ring of RFC 7946: lon, lat, counter-clockwise from the south-west corner.

    Rounded to seven decimals (1 cm): corners are for drawing, never for computing a cell from.
    """
    south, west, north, east = (round(edge, 7) for edge in bounds_degrees(code))
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def area_m2(code: int) -> float:
    """A cell's area in square metres, from the ellipsoid's radii at its middle latitude (1 km and finer: 1 ppm)."""
    south, west, north, east = bounds_degrees(code)
    per_lat, per_lon = metres_per_degree((south + north) / 2)
    return (north - south) * per_lat * (east - west) * per_lon


def discs(
    codes: Sequence[int], points: Sequence[Point], radius_m: float
) -> Iterator[tuple[int, npt.NDArray[np.intp], npt.NDArray[np.bool_]]]:
    """For each point with cells near: its number, their indices, and which of their lattice points are inside.

    Distances with the ellipsoid's radii at the point itself: over 5 km in Japan the scale of a degree of
    longitude changes by less than 0.09 %, over 500 m by less than a tenth of that.
    """
    import numpy as np

    if not 0 < radius_m <= MAX_RADIUS_M:
        raise KernelError("radius_invalid", most=MAX_RADIUS_M)
    south, west, height, width = _corners(codes)
    middles = (np.arange(LATTICE) + 0.5) / LATTICE
    for number, point in enumerate(points):
        per_lat, per_lon = metres_per_degree(point.lat)
        lat_reach, lon_reach = radius_m / per_lat, radius_m / per_lon
        near = np.flatnonzero(
            (south <= point.lat + lat_reach)
            & (south + height >= point.lat - lat_reach)
            & (west <= point.lon + lon_reach)
            & (west + width >= point.lon - lon_reach)
        )
        if not near.size:
            continue
        north_m = (south[near, None] + height[near, None] * middles - point.lat) * per_lat
        east_m = (west[near, None] + width[near, None] * middles - point.lon) * per_lon
        inside = north_m[:, :, None] ** 2 + east_m[:, None, :] ** 2 <= radius_m**2
        yield number, near, inside.reshape(near.size, -1)


def _corners(codes: Sequence[int]) -> tuple[npt.NDArray[np.float64], ...]:
    """South, west, height and width of cells in degrees: kernel.mesh for many at once (a test compares them)."""
    import numpy as np

    code = np.asarray(codes, dtype=np.int64)
    if code.size and (code.min() < 1_000 or code.max() >= 10**10):
        raise InvalidMesh("mesh_invalid")
    south_west, steps = code.copy(), np.ones_like(code)
    # digits of a level, what fills it up to ten digits towards the south-west, its size in steps
    for digits, zeros, fill, size in ((4, 6, 11, 320), (6, 4, 11, 40), (8, 2, 11, 4), (9, 1, 1, 2)):
        level = (code >= 10 ** (digits - 1)) & (code < 10**digits)
        south_west[level] = code[level] * 10**zeros + fill
        steps[level] = size
    quarter, half = south_west % 10 - 1, south_west // 10 % 10 - 1
    w, r = south_west // 100 % 10, south_west // 1_000 % 10
    v, q = south_west // 10_000 % 10, south_west // 100_000 % 10
    u, p = south_west // 10**6 % 100, south_west // 10**8
    i = p * 320 + q * 40 + r * 4 + half // 2 * 2 + quarter // 2
    j = u * 320 + v * 40 + w * 4 + half % 2 * 2 + quarter % 2
    return i / 480, j / 320 + 100, steps / 480, steps / 320
