"""Outlines of cities and districts: read from GeoJSON, and how much of each mesh cell lies inside one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import orjson

from outreach_api.kernel.errors import KernelError
from outreach_api.kernel.geo import Outline, Ring
from outreach_api.kernel.mesh import bounds_degrees, mesh_code, micro
from outreach_api.outreach_map.rules.discs import LATTICE

# Names that codes and names of areas go by: our own, and those of 国土数値情報 行政区域データ (N03).
_CODES = ("code", "N03_007")
_NAMES = ("name", "name_ja", "N03_004")
_DECIMALS = 7
# "crs" was part of the format before RFC 7946; these are degrees all the same: WGS 84, JGD2000, JGD2011.
_SAME_DEGREES = ("CRS84", "EPSG::4326", "EPSG:4326", "EPSG::4612", "EPSG:4612", "EPSG::6668", "EPSG:6668")


class BadOutline(Exception):
    """Why a file can't be used as an outline: a code of messages with what it names."""

    def __init__(self, reason: str, /, **params: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.params: Mapping[str, object] = params


@dataclass(frozen=True, slots=True)
class NamedOutline:
    code: str
    name: str
    outline: Outline

    @property
    def geometry(self) -> dict[str, Any]:
        """RFC 7946: outer rings counter-clockwise, holes clockwise, seven decimals (1 cm)."""
        return {
            "type": "MultiPolygon",
            "coordinates": [
                [_wound(ring, outer=number == 0) for number, ring in enumerate(rings)]
                for rings in self.outline.polygons
            ],
        }


def read_outline(data: bytes, code: str | None = None, name: str | None = None) -> NamedOutline:
    """The area of a GeoJSON file (Polygon, MultiPolygon, Feature or FeatureCollection). Raises BadOutline.

    Of a file with several areas, `code` picks one. Without it all features must belong to one area. What the file
    does not say about itself, `code` and `name` say.
    """
    try:
        read = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as fault:
        raise BadOutline("boundary_not_json", line=fault.lineno, column=fault.colno) from None
    if not isinstance(read, dict):
        raise BadOutline("boundary_not_geojson")
    if "crs" in read and not orjson.dumps(read["crs"]).decode().rstrip('"}').endswith(_SAME_DEGREES):
        raise BadOutline("boundary_crs")
    collection = read.get("type") == "FeatureCollection"
    features = read.get("features") if collection else [read]
    if not isinstance(features, list) or not features:
        raise BadOutline("boundary_not_geojson")
    chosen = [(number, feature) for number, feature in enumerate(features, 1) if _is_of(feature, code)]
    codes = {said for _, feature in chosen if (said := _said(feature, _CODES))}
    if not chosen:
        known = sorted({said for feature in features if (said := _said(feature, _CODES))})
        raise BadOutline("boundary_code_unknown", code=code, known=", ".join(known[:10]))
    if len(codes) > 1:
        raise BadOutline("boundary_several", known=", ".join(sorted(codes)[:10]))
    names = {said for _, feature in chosen if (said := _said(feature, _NAMES))}
    code = code or next(iter(codes), None)
    name = name or (next(iter(names)) if len(names) == 1 else None)
    if code is None or name is None:
        raise BadOutline("boundary_nameless")
    polygons = [polygon for number, feature in chosen for polygon in _polygons(number, feature)]
    return NamedOutline(code[:40], name[:120], Outline(tuple(polygons)))


def shares_inside(outline: Outline, cells: Iterable[int]) -> dict[int, float]:
    """The part (0 to 1) of each cell inside an outline, from the places that coverage is counted on, too.

    Row by row of places: where the outline's edges cross the row's parallel, inside and outside change over.
    """
    import numpy as np

    codes = list(cells)
    bounds = {code: bounds_degrees(code) for code in codes}
    middles = (np.arange(LATTICE) + 0.5) / LATTICE
    inside = {code: np.zeros((LATTICE, LATTICE), dtype=np.bool_) for code in codes}
    rows: dict[tuple[float, float], list[int]] = {}
    for code, box in bounds.items():
        rows.setdefault((box.south, box.north), []).append(code)
    for rings in outline.polygons:
        edges = np.array([(*a, *b) for ring in rings for a, b in pairwise(ring)])
        x1, y1, x2, y2 = edges.T
        west, south, east, north = x1.min(), y1.min(), x1.max(), y1.max()
        for (row_south, row_north), row in rows.items():
            near = [code for code in row if bounds[code].east >= west and bounds[code].west <= east]
            if not near or row_south > north or row_north < south:
                continue
            starts = np.array([bounds[code].west for code in near])
            widths = np.array([bounds[code].east - bounds[code].west for code in near])
            across = starts[:, None] + widths[:, None] * middles
            for place, lat in enumerate(row_south + (row_north - row_south) * middles):
                cut = (y1 > lat) != (y2 > lat)
                crossings = np.sort(x1[cut] + (lat - y1[cut]) * (x2[cut] - x1[cut]) / (y2[cut] - y1[cut]))
                odd = (crossings.size - np.searchsorted(crossings, across, side="right")) % 2 == 1
                for code, hit in zip(near, odd, strict=True):
                    inside[code][place] |= hit
    return {code: float(places.mean()) for code, places in inside.items()}


def _is_of(feature: object, code: str | None) -> bool:
    """Whether a feature belongs to the area asked for; one that names no area does."""
    return code is None or _said(feature, _CODES) in (None, code)


def _said(feature: object, names: Sequence[str]) -> str | None:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        return None
    found = next((properties[name] for name in names if properties.get(name)), None)
    text = str(found).strip() if isinstance(found, str | int) else ""
    return text if text.isprintable() and text else None


def _polygons(number: int, feature: object) -> Sequence[tuple[Ring, ...]]:
    try:
        if not isinstance(feature, dict):
            raise KernelError("geometry_invalid")
        polygons = Outline.from_geojson(feature).polygons
    except (KernelError, RecursionError):
        raise BadOutline("geometry_invalid", feature=number) from None
    for rings in polygons:
        for ring in rings:
            if not _area(ring):
                raise BadOutline("geometry_invalid", feature=number)
            for lon, lat in ring:
                try:
                    mesh_code(micro(lat), micro(lon))
                except KernelError:
                    raise BadOutline("boundary_outside_japan", feature=number, lat=lat, lon=lon) from None
    return polygons


def _area(ring: Ring) -> float:
    """Twice the signed area in square degrees: positive when counter-clockwise (Gauss's shoelace formula)."""
    x0, y0 = ring[0]
    return sum((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0) for (x1, y1), (x2, y2) in pairwise(ring))


def _wound(ring: Ring, *, outer: bool) -> list[list[float]]:
    right = ring if (_area(ring) > 0) == outer else ring[::-1]
    return [[round(lon, _DECIMALS), round(lat, _DECIMALS)] for lon, lat in right]
