"""Feature collections of RFC 7946: lon before lat, closed rings counter-clockwise, seven decimals (1 cm)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from outreach_api.kernel.geo import BBox
from outreach_api.kernel.mesh import MICRO, bounds_degrees
from outreach_api.outreach_map.rules.drawing import ring_of
from outreach_api.outreach_map.shown import Areas, Cells, Counts, Points, Shown, values

# More is no map to look at: a prefecture in 500 m cells is four times that, so it wants a box or larger cells.
MOST_FEATURES = 10_000

_DECIMALS = 7

Features = list[dict[str, Any]]


def collection(shown: Shown) -> dict[str, Any]:
    """A collection with the box around it; `summary` is a foreign member, which readers that don't know it skip.

    The id of a cell is its mesh code as text: codes are not counted with.
    """
    ids: list[Any] = values(shown.codes if isinstance(shown, Cells) else shown.ids)
    features: Features = [
        {"type": "Feature", "id": str(identity), "geometry": geometry, "properties": properties}
        for identity, geometry, properties in zip(
            ids, _geometries(shown), _rows(shown.columns, len(ids)), strict=True
        )
    ]
    box = (isinstance(shown, Areas) and shown.box) or _around(features)
    return {
        "type": "FeatureCollection",
        **({} if box is None else {"bbox": box}),
        "summary": shown.summary,
        "features": features,
    }


def touches(cell: int, box: BBox | None) -> bool:
    """Whether a cell shares ground with a box; a cell's northern and eastern edges are not its own."""
    if box is None:
        return True
    south, west, north, east = bounds_degrees(cell)
    return south <= box.north and north > box.south and west <= box.east and east > box.west


def _geometries(shown: Shown) -> Iterable[Any]:
    if isinstance(shown, Cells):
        return ({"type": "Polygon", "coordinates": [ring_of(code)]} for code in values(shown.codes))
    if isinstance(shown, Points):
        return (
            {"type": "Point", "coordinates": [round(lon / MICRO, _DECIMALS), round(lat / MICRO, _DECIMALS)]}
            for lat, lon in zip(shown.lats, shown.lons, strict=True)
        )
    return shown.geometries


def _rows(columns: Mapping[str, Any], count: int) -> Iterator[dict[str, Any]]:
    """The object of each feature; an inner one of which nothing is known is null."""
    parts = [
        [None if _nothing(row) else row for row in _rows(column, count)]
        if isinstance(column, Mapping)
        else values(column)
        for column in columns.values()
    ]
    counts = isinstance(columns, Counts)
    for number in range(count):
        row = zip(columns, (part[number] for part in parts), strict=True)
        yield {name: value for name, value in row if value or not counts}


def _nothing(row: Mapping[str, Any]) -> bool:
    return bool(row) and all(value is None or value == {} for value in row.values())


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
