"""Cells as GeoJSON draws them."""

from __future__ import annotations

from outreach_api.kernel.mesh import bounds_degrees


def ring_of(code: int) -> list[list[float]]:
    """A cell as a closed linear ring of RFC 7946: lon, lat, counter-clockwise from the south-west corner.

    Rounded to seven decimals (1 cm): corners are for drawing, never for computing a cell from.
    """
    south, west, north, east = (round(edge, 7) for edge in bounds_degrees(code))
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]
