"""The provider that always answers: the straight line over the ground, times a detour, at a mean speed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from outreach_api.kernel.distances import matrix_m
from outreach_api.kernel.geo import Point
from outreach_api.plans.travel.matrix import Matrix


@dataclass(frozen=True, slots=True)
class Estimates:
    detour_factor: float
    kmh: float

    def table(self, points: Sequence[Point]) -> Matrix:
        import numpy as np

        metres_per_second = self.kmh / 3.6
        seconds = np.rint(matrix_m(points) * (self.detour_factor / metres_per_second)).astype(np.int32)
        return Matrix(seconds, ~np.eye(len(points), dtype=bool), np.zeros(seconds.shape, dtype=bool))
