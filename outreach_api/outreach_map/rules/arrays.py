"""The arrays that the map's rules pass around. NumPy is imported where it is used: most processes draw no map."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    import numpy.typing as npt

    from outreach_api.kernel.geo import Point

    Codes = npt.NDArray[np.int64]
    Days = npt.NDArray[np.int32]
    Flags = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float64]
    Indexes = npt.NDArray[np.intp]
    Ints = npt.NDArray[np.integer]
    Places = npt.NDArray[np.uint64]
    Ring = npt.NDArray[np.float64]
    """A closed ring of corners: rows of (lon, lat)."""


class Spots(NamedTuple):
    """Points on the ground in degrees."""

    lat: Floats
    lon: Floats

    @classmethod
    def of(cls, points: Iterable[Point]) -> Spots:
        import numpy as np

        both = np.array([(point.lat, point.lon) for point in points], dtype=np.float64).reshape(-1, 2)
        return cls(both[:, 0].copy(), both[:, 1].copy())

    def some(self, chosen: Indexes | Flags | slice) -> Spots:
        return Spots(self.lat[chosen], self.lon[chosen])

    def __len__(self) -> int:
        """How many points, not how many arrays."""
        return len(self.lat)


class People(NamedTuple):
    """People by cell of a grid; 0 where `known` is false."""

    counts: Floats
    known: Flags

    @classmethod
    def of(cls, counts: Floats) -> People:
        """NaN is unknown."""
        import numpy as np

        known = ~np.isnan(counts)
        return cls(np.where(known, counts, 0.0), known)
