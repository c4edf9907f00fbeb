"""All distances between some hundred points at once: what a planner needs, and what a formula a pair is too slow for.

NumPy is imported when it is used, because most processes never plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from outreach_api.kernel.geo import ECCENTRICITY_2, SEMI_MAJOR_M, Point

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Metres = npt.NDArray[np.float64]

DOMAIN_M = 1_000_000
"""Up to so many metres the error is below 0.001 %; beyond, the chord tells ever less of the way on the ground."""


def matrix_m(points: Sequence[Point]) -> Metres:
    """Metres on the ellipsoid (GRS 80) from each point to each: n × n, symmetric, zeros on the diagonal.

    The chord c through the ground, from geocentric coordinates, is exact at any length; the arc above it is
    2R·asin(c/2R) = c·(1 + c²/24R² + 3c⁴/640R⁴ + …). Source: R. H. Rapp, Geometric Geodesy Part I (Ohio State
    University, 1991), the chapter on lengths of normal sections and their chords; R is the Gaussian mean radius of
    curvature √(MN) of both ends. Error against the geodesic: below 0.001 % up to DOMAIN_M anywhere south of 60°
    (tests/unit/test_distances.py), below 0.00001 % within a city; a nanometre or two of rounding at any length.
    """
    import numpy as np

    lat = np.radians([point.lat for point in points])
    lon = np.radians([point.lon for point in points])
    sine, cosine = np.sin(lat), np.cos(lat)
    w2 = 1 - ECCENTRICITY_2 * sine * sine
    normal = SEMI_MAJOR_M / np.sqrt(w2)
    gaussian2 = SEMI_MAJOR_M**2 * (1 - ECCENTRICITY_2) / (w2 * w2)  # M·N
    axes = (
        normal * cosine * np.cos(lon),
        normal * cosine * np.sin(lon),
        normal * (1 - ECCENTRICITY_2) * sine,
    )
    chord2 = np.zeros((len(lat), len(lat)))
    step = np.empty_like(chord2)
    for axis in axes:
        np.subtract.outer(axis, axis, out=step)
        step *= step
        chord2 += step
    share = 0.5 / gaussian2
    np.add.outer(share, share, out=step)
    step *= chord2  # (c/R)²
    np.sqrt(chord2, out=chord2)
    chord2 *= 1 + step * (1 / 24 + step * (3 / 640))
    return chord2
