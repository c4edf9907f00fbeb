"""What a provider of drives answers: seconds between all its points, and of each whether it is an estimate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from outreach_api.kernel.geo import Point
from outreach_api.plans.rules.drives import EVEN, Drives
from schemas.vocabulary import LegBasis

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Seconds = npt.NDArray[np.int32]
    Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """n × n, from the row's point to the column's. The diagonal is 0 and no estimate."""

    seconds: Seconds
    """At the mean speed, to the nearest second."""
    estimated: Flags
    no_road: Flags
    """Of the estimated ones: the roads were asked and know no way."""

    def drives(self, points: Sequence[Point], speeds: tuple[int, ...] = ()) -> Drives:
        """The same as plain values, for rules. `speeds` by hour in percent, () is even."""
        bases = [
            [
                LegBasis.NO_ROAD if lost else LegBasis.ESTIMATE if guessed else LegBasis.ROAD
                for guessed, lost in zip(*rows, strict=True)
            ]
            for rows in zip(self.estimated.tolist(), self.no_road.tolist(), strict=True)
        ]
        places = {point: index for index, point in enumerate(points)}
        return Drives(places, self.seconds.tolist(), bases, speeds or EVEN)


class Provider(Protocol):
    """Anything that knows how long drives take among points."""

    def table(self, points: Sequence[Point]) -> Matrix: ...
