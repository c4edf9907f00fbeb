"""Feature collections of RFC 7946: lon before lat, closed rings counter-clockwise, seven decimals (1 cm)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.geo import BBox, Point
from outreach_api.kernel.mesh import bounds_degrees

# More is no map to look at: a prefecture in 500 m cells is four times that, so it wants a box or larger cells.
MOST_FEATURES = 10_000

_DECIMALS = 7

Features = list[dict[str, Any]]


def collection(features: Features, summary: Mapping[str, object]) -> dict[str, Any]:
    """A collection with the box around it; `summary` is a foreign member, which readers that don't know it skip."""
    box = _around(features)
    return {
        "type": "FeatureCollection",
        **({} if box is None else {"bbox": box}),
        "summary": dict(summary),
        "features": features,
    }


def point_feature(identity: object, point: Point, properties: Mapping[str, object]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": str(identity),
        "geometry": {
            "type": "Point",
            "coordinates": [round(point.lon, _DECIMALS), round(point.lat, _DECIMALS)],
        },
        "properties": dict(properties),
    }


def too_large(found: int) -> Refusal | None:
    """Never a part of what was asked for without saying so: more than MOST_FEATURES are refused."""
    if found <= MOST_FEATURES:
        return None
    return Refusal("map_too_large", 422, {"found": found, "most": MOST_FEATURES})


def touches(cell: int, box: BBox | None) -> bool:
    """Whether a cell shares ground with a box; a cell's northern and eastern edges are not its own."""
    if box is None:
        return True
    south, west, north, east = bounds_degrees(cell)
    return south <= box.north and north > box.south and west <= box.east and east > box.west


def _around(features: Features) -> list[float] | None:
    corners = [corner for feature in features for corner in _corners(feature["geometry"]["coordinates"])]
    if not corners:
        return None
    lons, lats = [corner[0] for corner in corners], [corner[1] for corner in corners]
    return [min(lons), min(lats), max(lons), max(lats)]


def _corners(coordinates: list[Any]) -> Iterable[list[float]]:
    if not isinstance(coordinates[0], list):
        yield coordinates
        return
    for part in coordinates:
        yield from _corners(part)
