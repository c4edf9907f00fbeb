"""GeoJSON (RFC 7946) as this API answers it: points, cells and outlines, with a summary of them."""

from typing import Any

from marshmallow import fields

from schemas.base import Out, WireSchema
from schemas.fields import Nested, Number

MEDIA_TYPE = "application/geo+json"
MOST_FEATURES = 10_000


def _word(word: str) -> fields.String:
    return fields.String(metadata={"enum": [word]})


def _degrees() -> Number:
    return Number(-180, 180)


class PointOut(Out):
    type = _word("Point")
    coordinates = fields.List(_degrees(), metadata={"description": "lon, lat", "minItems": 2, "maxItems": 2})


class PolygonOut(Out):
    type = _word("Polygon")
    coordinates = fields.List(
        fields.List(fields.List(_degrees())),
        metadata={"description": "One closed ring of lon, lat, counter-clockwise."},
    )


class MultiPolygonOut(Out):
    type = _word("MultiPolygon")
    coordinates = fields.List(fields.List(fields.List(fields.List(_degrees()))))


class FeatureCollectionOut(WireSchema):
    """`bbox` is left out where there are no features."""

    type = fields.String(required=True, metadata={"enum": ["FeatureCollection"]})
    bbox = fields.List(_degrees(), metadata={"minItems": 4, "maxItems": 4})


def collection_of(
    name: str, geometry: type[Out], properties: type[Out], summary: type[Out], example: dict[str, Any]
) -> type[FeatureCollectionOut]:
    """The schema of a collection, with an example of one feature."""
    feature: Any = type(
        f"{name}FeatureOut",
        (Out,),
        {
            "type": _word("Feature"),
            "id": fields.String(),
            "geometry": Nested(geometry),
            "properties": Nested(properties),
        },
    )
    return type(
        f"{name}MapOut",
        (FeatureCollectionOut,),
        {
            "features": fields.List(
                fields.Nested(feature), required=True, metadata={"maxItems": MOST_FEATURES}
            ),
            "summary": fields.Nested(summary, required=True),
            "example": {"type": "FeatureCollection", **example},
        },
    )
