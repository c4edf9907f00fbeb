"""Files of outlines as publishers make them: squares in GeoJSON, shapefiles and their zips."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import shapefile

JGD2011 = (
    'GEOGCS["GCS_JGD_2011",DATUM["D_JGD_2011",SPHEROID["GRS_1980",6378137.0,298.257222101]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)
Square = tuple[float, float, float]
"""West, south and side in degrees."""


def ring(west: float, south: float, side: float) -> list[list[float]]:
    """Clockwise, as shapefiles have it."""
    return [
        [west, south],
        [west, south + side],
        [west + side, south + side],
        [west + side, south],
        [west, south],
    ]


def geojson(*records: tuple[Square, Mapping[str, Any]]) -> bytes:
    features = [
        {
            "type": "Feature",
            "properties": dict(says),
            "geometry": {"type": "Polygon", "coordinates": [ring(*square)]},
        }
        for square, says in records
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def shapefile_parts(
    stem: str,
    *records: tuple[Square, Mapping[str, str]],
    encoding: str = "cp932",
    prj: str | None = JGD2011,
    cpg: str | None = None,
) -> dict[str, bytes]:
    shp, shx, dbf = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with shapefile.Writer(shp=shp, shx=shx, dbf=dbf, encoding=encoding) as writer:
        for name in records[0][1]:
            writer.field(name, "C", size=60)
        for square, says in records:
            writer.poly([ring(*square)])
            writer.record(**says)
    parts = {f"{stem}.shp": shp.getvalue(), f"{stem}.shx": shx.getvalue(), f"{stem}.dbf": dbf.getvalue()}
    return parts | {
        f"{stem}.{ending}": text.encode() for ending, text in (("prj", prj), ("cpg", cpg)) if text is not None
    }


def zipped(*parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for files in parts:
            for name, content in files.items():
                archive.writestr(name, content)
    return out.getvalue()


def shapefile_zip(stem: str, *records: tuple[Square, Mapping[str, str]], **kwargs: Any) -> bytes:
    return zipped(shapefile_parts(stem, *records, **kwargs))


def areas_of(*names: str) -> Sequence[tuple[Square, dict[str, str]]]:
    """School districts of one city side by side, as A27 of 2021 and later writes them."""
    return [
        (
            (139.90 + number * 0.01, 35.78, 0.01),
            {
                "A27_001": "12207",
                "A27_002": "松戸市立",
                "A27_003": f"B1122070000{number:02d}",
                "A27_004": name,
                "A27_005": "松戸市（架空）",
            },
        )
        for number, name in enumerate(names)
    ]
