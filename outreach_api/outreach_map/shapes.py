"""Reads outlines of cities and districts as they are published: GeoJSON or shapefiles, plain or in a zip, bounded.

Formats: RFC 7946; ESRI Shapefile Technical Description (1998), read by pyshp. A zip of 国土数値情報 often holds the same
areas in both forms, and points beside them: of one file, one layer of polygons is taken.
"""

from __future__ import annotations

import io
import re
import struct
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

import orjson

from outreach_api.outreach_map.rules.rings import Stray, nested, stray_hole, turned
from outreach_api.outreach_map.table_file import Unreadable, Unzipped, unzipped

if TYPE_CHECKING:
    from outreach_api.outreach_map.rules.arrays import Flags, Ring

_GEOJSON = (".geojson", ".json")
_SHAPEFILE = (".shp", ".dbf", ".prj", ".cpg")
_BOM = b"\xef\xbb\xbf"
# "crs" was part of GeoJSON before RFC 7946; these are degrees all the same: WGS 84, JGD2000, JGD2011.
_SAME_DEGREES = ("CRS84", "EPSG::4326", "EPSG:4326", "EPSG::4612", "EPSG:4612", "EPSG::6668", "EPSG:6668")
# Of a .prj (OGC 01-009, or ESRI's way to write it): degrees, and on which datum.
_GEOGRAPHIC = re.compile(r'\s*(?:GEOGCS|GEOGCRS|GEODCRS)\s*\[\s*"')
_DATUM = re.compile(r'DATUM\s*\[\s*"([^"]*)"')
_SAME_DATUMS = (
    "jgd2000",
    "jgd2011",
    "wgs1984",
    "wgs84",
    "japanesegeodeticdatum2000",
    "japanesegeodeticdatum2011",
)
_POLYGONS = (5, 15, 25)
# Square degrees; 北海道 has 9. A ring around half of Japan holds more than a hundred million cells.
_LARGEST = 20.0
_CP932_NAMES = ("cp932", "932", "ms932", "ansi932", "sjis", "shiftjis", "oem932", "windows31j")
# What pyshp raises for what is no sound file; it has no exception of its own for all of them.
_BROKEN = (struct.error, ValueError, IndexError, KeyError, TypeError, EOFError, OverflowError, AttributeError)


@dataclass(frozen=True, slots=True)
class Shape:
    """One record of a file, counted from 1: what it says of itself, and its polygons of closed rings."""

    file: str
    number: int
    says: Mapping[str, object]
    polygons: Sequence[Sequence[Ring]]


@dataclass(frozen=True, slots=True)
class Layer:
    """The records of one file of outlines. `datum_said` is False for a shapefile without a .prj."""

    file: str
    shapes: Sequence[Shape]
    datum_said: bool = True


def read_layer(name: str, data: bytes, most: int, layer: str | None = None) -> Layer:
    """The polygons of a file, or of the one layer in a zip (or that whose name holds `layer`). Raises Unreadable.

    `most` bytes at most, unpacked too. Coordinates are checked (closed rings of some area, all in Japan) and otherwise
    taken as they are.
    """
    by_name: dict[str, tuple[str, dict[str, bytes]]] = {}
    for named, parts in _layers(unzipped(name, data, (*_GEOJSON, *_SHAPEFILE), most)):
        # The same areas often come twice, in folders for UTF-8 and for Shift_JIS: of one name the first is taken.
        by_name.setdefault(re.split(r"[/\\]| › ", named)[-1], (named, parts))
    chosen = {short: one for short, one in by_name.items() if layer is None or layer in short}
    if not chosen:
        raise Unreadable(0, "", "layer_none", known=", ".join(sorted(by_name))[:300])
    if len(chosen) > 1:
        raise Unreadable(0, "", "layer_several", known=", ".join(sorted(chosen))[:300])
    ((named, parts),) = chosen.values()
    return _shapefile(named, parts) if ".shp" in parts else _geojson(named, parts[".json"])


def _layers(files: Sequence[Unzipped]) -> list[tuple[str, dict[str, bytes]]]:
    """Each layer of polygons by its name: a shapefile's parts by their endings; without any, a GeoJSON's text."""
    by_stem: dict[str, dict[str, bytes]] = {}
    for name, content in files:
        stem, _, ending = name.rpartition(".")
        if f".{ending.lower()}" in _SHAPEFILE:
            by_stem.setdefault(stem, {})[f".{ending.lower()}"] = content
    shapefiles = [(f"{stem}.shp", parts) for stem, parts in by_stem.items() if _of_polygons(parts)]
    texts = [(name, {".json": content}) for name, content in files if not name.lower().endswith(_SHAPEFILE)]
    if len(texts) > 1:
        texts = [(name, parts) for name, parts in texts if b'Polygon"' in parts[".json"]]
    return shapefiles or texts


def _of_polygons(parts: Mapping[str, bytes]) -> bool:
    return int.from_bytes(parts.get(".shp", b"")[32:36], "little") in _POLYGONS


def _geojson(file: str, data: bytes) -> Layer:
    try:
        read = orjson.loads(data.removeprefix(_BOM))
    except orjson.JSONDecodeError as fault:
        raise Unreadable(0, "", "boundary_not_json", line=fault.lineno, column=fault.colno) from None
    if not isinstance(read, dict):
        raise Unreadable(0, "", "boundary_not_geojson")
    if "crs" in read and not orjson.dumps(read["crs"]).decode().rstrip('"}').endswith(_SAME_DEGREES):
        raise Unreadable(0, "", "boundary_crs")
    features = read.get("features") if read.get("type") == "FeatureCollection" else [read]
    if not isinstance(features, list) or not features:
        raise Unreadable(0, "", "boundary_not_geojson")
    return Layer(file, [_shape(file, number, one) for number, one in enumerate(features, 1)])


def _shape(file: str, number: int, feature: object) -> Shape:
    """A GeoJSON feature, or a geometry alone. Raises Unreadable."""
    if not isinstance(feature, dict):
        raise Unreadable(0, "", "geometry_invalid", feature=number)
    whole = feature.get("type") == "Feature"
    says = feature.get("properties") if whole else None
    geometry = feature.get("geometry") if whole else feature
    return Shape(file, number, says if isinstance(says, dict) else {}, _polygons(number, geometry))


def _shapefile(file: str, parts: Mapping[str, bytes]) -> Layer:
    import shapefile

    if ".dbf" not in parts:
        raise Unreadable(0, "", "shapefile_without_dbf")
    projection = parts.get(".prj")
    if projection is not None:
        _check_datum(projection.decode("ascii", "replace"))
    shapes: list[Shape] = []
    corrupt = shapefile.PossiblyCorruptFileHeader
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", corrupt)
        try:
            reader = shapefile.Reader(
                shp=io.BytesIO(parts[".shp"]),
                dbf=io.BytesIO(parts[".dbf"]),
                encoding=_encoding(parts[".dbf"], parts.get(".cpg", b"")),
                # A name that was cut off in the middle of its last letter is no reason to refuse the file.
                encodingErrors="replace",
            )
            for number, found in enumerate(reader.iterShapeRecords(), 1):
                says = {name: _whole_letters(value) for name, value in found.record.as_dict().items()}
                shapes.append(Shape(file, number, says, _parts(number, found.shape)))
            whole = len(shapes) == reader.numRecords
        except (shapefile.ShapefileException, corrupt, *_BROKEN):
            whole = False
    if not whole:
        raise Unreadable(0, "", "shapefile_broken", after=len(shapes))
    if not shapes:
        raise Unreadable(0, "", "layer_none", known=file)
    return Layer(file, shapes, datum_said=projection is not None)


def _check_datum(projection: str) -> None:
    if not _GEOGRAPHIC.match(projection):
        raise Unreadable(0, "", "prj_projected")
    datum = _DATUM.search(projection)
    plain = re.sub(r"[^a-z0-9]", "", datum[1].lower()).removeprefix("d") if datum else ""
    if plain not in _SAME_DATUMS:
        raise Unreadable(0, "", "prj_datum", datum=datum[1][:40] if datum else "?")


def _encoding(dbf: bytes, cpg: bytes) -> str:
    """By the .cpg beside it; without one, UTF-8 if the whole reads so, which cp932 hardly ever does."""
    named = re.sub(r"[^a-z0-9]", "", cpg.decode("ascii", "replace").lower())
    if named in ("utf8", "65001"):
        return "utf-8"
    if named and named not in _CP932_NAMES:
        raise Unreadable(0, "", "cpg_unknown", name=cpg.decode("ascii", "replace")[:20].strip())
    if named:
        return "cp932"
    try:
        dbf[32:].decode("utf-8")
    except UnicodeDecodeError:
        return "cp932"
    return "utf-8"


def _whole_letters(value: Any) -> object:
    text = value.rstrip("\ufffd\0 ") if isinstance(value, str) else value
    if isinstance(text, str) and "\ufffd" in text:
        raise Unreadable(0, "", "dbf_encoding")
    return text


def _polygons(number: int, geometry: object) -> list[list[Ring]]:
    """The rings of a Polygon or MultiPolygon. Raises Unreadable."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if (
        kind not in ("Polygon", "MultiPolygon")
        or not isinstance(coordinates, list | tuple)
        or not coordinates
    ):
        raise Unreadable(0, "", "geometry_invalid", feature=number)
    polygons = [coordinates] if kind == "Polygon" else coordinates
    found = [[_ring(number, ring) for ring in rings] for rings in polygons if isinstance(rings, list | tuple)]
    if len(found) != len(polygons) or not all(found):
        raise Unreadable(0, "", "geometry_invalid", feature=number)
    before = 0
    for rings in found:
        stray = stray_hole(rings)
        if stray is not None:
            raise _astray(number, stray._replace(ring=before + stray.ring))
        before += len(rings)
    return found


def _parts(number: int, shape: Any) -> list[list[Ring]]:
    """The polygons of a shapefile's record, whose rings say only by their turn what they are. Raises Unreadable."""
    begins = [*shape.parts, len(shape.points)] if shape.shapeType in _POLYGONS else [0]
    rings = [_ring(number, shape.points[begin:end]) for begin, end in pairwise(begins)]
    if not rings:
        raise Unreadable(0, "", "geometry_invalid", feature=number)
    if len(rings) == 1:
        return [rings]
    polygons = nested(rings)
    if isinstance(polygons, Stray):
        raise _astray(number, polygons)
    for numbers in polygons:
        found = stray_hole([rings[one] for one in numbers])
        if found is not None:
            raise _astray(number, found._replace(ring=numbers[found.ring]))
    return [[rings[one] for one in numbers] for numbers in polygons]


def _astray(number: int, stray: Stray) -> Unreadable:
    return Unreadable(
        0, "", "hole_outside", feature=number, ring=stray.ring + 1, lat=stray.lat, lon=stray.lon
    )


def _ring(number: int, positions: Any) -> Ring:
    """A closed ring of some area, all of it in Japan: as an array of (lon, lat). Raises Unreadable."""
    import numpy as np

    invalid = Unreadable(0, "", "geometry_invalid", feature=number)
    try:
        flat = list(chain.from_iterable(position[:2] for position in positions))
        # Nothing that only looks like a number: true, "139".
        if set(map(type, flat)) - {float, int}:
            raise invalid
        ring = np.array(flat, dtype=np.float64).reshape(-1, 2)
    except (TypeError, ValueError, OverflowError, KeyError):  # KeyError: an object where a position should be
        raise invalid from None
    if len(ring) < 4 or len(ring) != len(positions) or (ring[0] != ring[-1]).any():
        raise invalid
    inside = _in_japan(ring)
    if not inside.all():
        if _in_japan(ring[:, ::-1]).all():
            raise Unreadable(0, "", "boundary_turned_round", feature=number)
        if not (np.abs(ring) <= (180, 90)).all():
            raise Unreadable(0, "", "boundary_not_degrees", feature=number)
        lon, lat = ring[~inside.all(axis=1)][0].tolist()
        raise Unreadable(0, "", "boundary_outside_japan", feature=number, lat=lat, lon=lon)
    area = abs(turned(ring)) / 2
    if not area:
        raise invalid
    if area > _LARGEST:
        raise Unreadable(0, "", "boundary_too_large", feature=number)
    return ring


def _in_japan(ring: Ring) -> Flags:
    return (ring >= (122, 20)) & (ring < (154, 46))


def geometry_of(polygons: Sequence[Sequence[Ring]]) -> dict[str, Any]:
    """RFC 7946: outer rings counter-clockwise, holes clockwise, seven decimals (1 cm)."""
    return {
        "type": "MultiPolygon",
        "coordinates": [
            [
                (ring if (turned(ring) > 0) == (number == 0) else ring[::-1]).round(7).tolist()
                for number, ring in enumerate(rings)
            ]
            for rings in polygons
        ],
    }


def as_rings(geometry: Mapping[str, Any]) -> list[list[Ring]]:
    """What geometry_of made, as arrays again."""
    import numpy as np

    return [[np.array(ring) for ring in rings] for rings in geometry["coordinates"]]
