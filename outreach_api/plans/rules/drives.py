"""How long the van drives from place to place, and whether roads or an estimate say so: what every rule asks.

Times are whole minutes since local midnight. A drive takes its seconds at the mean speed; in hours with slower traffic it
goes on more slowly, hour by hour (piecewise constant speeds, as in Ichoua, Gendreau, Potvin: Vehicle dispatching with
time-dependent travel times, EJOR 144, 2003), so that whoever leaves later never arrives earlier. All of it is reckoned
in integers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from outreach_api.kernel.geo import Point
from schemas.vocabulary import LegBasis

HOURS = 24
EVEN = (100,) * HOURS
"""The mean speed at every hour, in percent of itself."""
_HOUR_SECONDS = 3_600


@dataclass(frozen=True, slots=True)
class Drives:
    """Drives among some places. Raises KeyError for a place that is none of them."""

    places: Mapping[Point, int]
    seconds: Sequence[Sequence[int]]
    """From place to place at the mean speed."""
    bases: Sequence[Sequence[LegBasis]]
    speeds: tuple[int, ...] = EVEN
    """By hour, in percent of the mean speed; each above 0."""

    def minutes(self, a: Point, b: Point, leaving_at: int) -> int:
        """Whole minutes of a drive, rounded up. Exactly whole ones stay so."""
        left = self.seconds[self.places[a]][self.places[b]] * 100
        at, gone = leaving_at * 60, 0
        while left:
            speed = self.speeds[(at + gone) // _HOUR_SECONDS % HOURS]
            until = _HOUR_SECONDS - (at + gone) % _HOUR_SECONDS
            if left <= until * speed:
                return -((gone * speed + left) // -(60 * speed))
            left -= until * speed
            gone += until
        return -(gone // -60)

    def leave_by(self, a: Point, b: Point, arriving_at: int) -> int:
        """The last whole minute at which one may leave and be there in time."""
        left = self.seconds[self.places[a]][self.places[b]] * 100
        at, gone = arriving_at * 60, 0
        while left:
            speed = self.speeds[(at - gone - 1) // _HOUR_SECONDS % HOURS]
            since = (at - gone - 1) % _HOUR_SECONDS + 1
            if left <= since * speed:
                return ((at - gone) * speed - left) // (60 * speed)
            left -= since * speed
            gone += since
        return (at - gone) // 60

    def basis(self, a: Point, b: Point) -> LegBasis:
        return self.bases[self.places[a]][self.places[b]]
