"""Which rings of a file are outer ones and which are holes, and whether each hole lies in its polygon.

RFC 7946 (3.1.6) and OGC 06-103r4 (6.1.11) want holes inside their polygon, touching it in points at most. Published
files, thinned corner by corner, overstep that by some metres; what they take away twice or from nothing takes nothing
more (rules.inside). A hole that lies elsewhere means something else than it says, and nobody can tell what.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from outreach_api.outreach_map.rules.arrays import Flags, Floats, Ring

# Degrees, about 100 m: so far outlines for the web are thinned. And 1 cm, as far as coordinates are kept: on the border.
_OVERSTEPS = 0.001
_TOUCHES = 1e-7
_MOST_AT_ONCE = 1_000_000


class Stray(NamedTuple):
    """A hole outside its polygon: the number of its ring, and a corner (lon, lat) that shows it."""

    ring: int
    lon: float
    lat: float


def turned(ring: Ring) -> float:
    """Twice the signed area in square degrees: positive when counter-clockwise (Gauss's shoelace formula)."""
    x, y = (ring - ring[0]).T
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())


def stray_hole(rings: Sequence[Ring]) -> Stray | None:
    """The first hole (ring 1 and on) of a polygon that lies outside, wholly or by more than a thinned border explains."""
    outer = rings[0]
    for number, hole in enumerate(rings[1:], 1):
        corners = hole[:-1]
        out = corners[~inside_ring(outer, corners)]
        off = off_border(outer, out)
        wholly = len(out) == len(corners) and bool((off > _TOUCHES).all())
        if wholly or (off > _OVERSTEPS).any():
            lon, lat = out[off.argmax()].tolist()
            return Stray(number, lon, lat)
    return None


def nested(rings: Sequence[Ring]) -> list[list[int]] | Stray:
    """The rings of a shapefile's record as polygons, by their numbers, each with its holes.

    ESRI's description (1998) tells holes by their turn alone, counter-clockwise; files that other programs wrote are
    turned the other way, or anyhow. So a ring in an odd number of others is a hole, as ESRI's own repair of ring order
    has it. Only a ring turned as a hole, in none, beside outer rings that are turned as such, is a hole gone astray.
    """
    import numpy as np

    boxes = np.array([[*ring.min(axis=0), *ring.max(axis=0)] for ring in rings])
    turns = np.array([turned(ring) for ring in rings])
    around = [_around(number, rings, boxes, np.abs(turns)) for number in range(len(rings))]
    outer = {number: [number] for number in range(len(rings)) if len(around[number]) % 2 == 0}
    roots = [number for number in outer if not around[number]]
    astray = [number for number in roots if turns[number] > 0]
    if len(astray) < len(roots) and astray:
        return Stray(astray[0], *rings[astray[0]][0].tolist())
    for number in range(len(rings)):
        if number not in outer:
            # The smallest ring around it is the outer one that it is cut out of.
            outer[min(around[number], key=lambda other: abs(turns[other]))].append(number)
    return list(outer.values())


def _around(number: int, rings: Sequence[Ring], boxes: Floats, sizes: Floats) -> list[int]:
    """The larger rings that most corners of a ring lie in."""
    import numpy as np

    west, south, east, north = boxes.T
    mine, corners = boxes[number], rings[number][:-1]
    meets = (west <= mine[2]) & (east >= mine[0]) & (south <= mine[3]) & (north >= mine[1])
    larger = np.flatnonzero(meets & (sizes > sizes[number])).tolist()
    return [other for other in larger if inside_ring(rings[other], corners).mean() > 0.5]


def inside_ring(ring: Ring, points: Ring) -> Flags:
    """Which points lie in a closed ring (even-odd rule; rows are (lon, lat))."""
    import numpy as np

    found = np.zeros(len(points), dtype=bool)
    if not len(points):
        return found
    # Edges that no line eastwards from any of the points can cross are left away.
    (west, south), north = points.min(axis=0), points[:, 1].max()
    lons, lats = (np.stack((ring[:-1, axis], ring[1:, axis])) for axis in (0, 1))
    near = (lats.max(axis=0) > south) & (lats.min(axis=0) <= north) & (lons.max(axis=0) > west)
    (x1, x2), (y1, y2) = lons[:, near], lats[:, near]
    for begin in range(0, len(points), step := max(1, _MOST_AT_ONCE // max(1, len(x1)))):
        lon, lat = points[begin : begin + step].T[:, :, None]
        crosses = (y1 > lat) != (y2 > lat)
        with np.errstate(divide="ignore", invalid="ignore"):
            crosses &= lon < x1 + (lat - y1) * (x2 - x1) / (y2 - y1)
        found[begin : begin + step] = crosses.sum(axis=1) % 2 == 1
    return found


def off_border(ring: Ring, points: Ring) -> Floats:
    """How far each point lies from the nearest edge of a ring, in degrees."""
    import numpy as np

    begins, along = ring[:-1], np.diff(ring, axis=0)
    lengths = np.maximum((along**2).sum(axis=1), np.finfo(float).tiny)
    found = np.empty(len(points))
    for begin in range(0, len(points), step := max(1, _MOST_AT_ONCE // len(ring))):
        to = points[begin : begin + step, None] - begins
        part = np.clip((to * along).sum(axis=2) / lengths, 0, 1)
        found[begin : begin + step] = np.hypot(*np.moveaxis(to - part[:, :, None] * along, 2, 0)).min(axis=1)
    return found
