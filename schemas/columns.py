"""The compact form of a map's answer: one array for each figure, over the cells or points in their order."""

from copy import deepcopy
from typing import Any

from marshmallow import Schema, fields

from schemas.base import Out, WireSchema
from schemas.fields import Id, Nested, Whole

COLUMNS = "application/vnd.kurukuru.columns+json"
MOST_CELLS = 60_000

_FIRST_THEN = "The first, then by how much each is more than the one before it: "


def columns_of(
    name: str, place: str, properties: type[Out], summary: type[Out], geojson: dict[str, Any]
) -> type[WireSchema]:
    """The compact schema of what is a collection in GeoJSON; its example is that of the GeoJSON (of one feature).

    `place` is what a feature is: cell, point or area.
    """
    (feature,), said = geojson["features"], geojson["summary"]
    return type(
        f"{name}CompactOut",
        (WireSchema,),
        {
            "form": fields.Integer(required=True, metadata={"enum": [1]}),
            **_places(place),
            "columns": fields.Nested(_turned(f"{name}ColumnsOut", properties), required=True),
            "summary": fields.Nested(summary, required=True),
            "example": {
                "form": 1,
                **_example_place(place, feature, said),
                "columns": _turn(feature["properties"], properties),
                "summary": said,
            },
        },
    )


def _places(place: str) -> dict[str, Any]:
    if place == "cell":
        return {
            "level": Whole(250, 1000, required=True),
            "cells": numbers("mesh codes (JIS X 0410), which say where a cell is."),
        }
    ids = Id() if place == "point" else fields.String()
    found: dict[str, Any] = {"ids": fields.List(ids, required=True)}
    if place == "point":
        found |= {edge: numbers("micro-degrees.") for edge in ("lat", "lon")}
    return found


def numbers(what: str) -> fields.List[Any]:
    return fields.List(
        fields.Integer(), required=True, metadata={"description": _FIRST_THEN + what, "maxItems": MOST_CELLS}
    )


def _turned(name: str, properties: type[Schema], *, optional: bool = False) -> type[WireSchema]:
    """Each field becomes a list of what it was, and an inner object columns of its own.

    None is required, as one may ask for some. `optional`: the object may be null; then each of its columns is.
    """
    columns: dict[str, Any] = {}
    for key, field in properties().fields.items():
        if isinstance(field, Nested):
            inner = f"{name.removesuffix('Out')}{key.title().replace('_', '')}Out"
            columns[key] = Nested(
                _turned(inner, type(field.schema), optional=optional or bool(field.allow_none))
            )
        elif isinstance(field, fields.Dict):
            columns[key] = fields.Dict(
                keys=fields.String(),
                values=fields.List(fields.Integer()),
                metadata={"description": "What no feature has is left out; what one of them lacks is 0."},
            )
        else:
            columns[key] = fields.List(_or_null(field) if optional else deepcopy(field))
    return type(name, (WireSchema,), columns)


def _or_null(field: fields.Field[Any]) -> fields.Field[Any]:
    found = deepcopy(field)
    found.allow_none = True
    if "enum" in found.metadata:
        found.metadata = {**found.metadata, "enum": [*found.metadata["enum"], None]}
    return found


def _turn(row: dict[str, Any], properties: type[Schema]) -> dict[str, Any]:
    return {
        key: _turn(row[key] or dict.fromkeys(field.schema.fields), type(field.schema))
        if isinstance(field, Nested)
        else {word: [count] for word, count in row[key].items()}
        if isinstance(field, fields.Dict)
        else [row[key]]
        for key, field in properties().fields.items()
    }


def _example_place(place: str, feature: dict[str, Any], summary: dict[str, Any]) -> dict[str, Any]:
    if place == "cell":
        return {"level": summary["level"], "cells": [int(feature["id"])]}
    if place == "area":
        return {"ids": [feature["id"]]}
    lon, lat = (round(degrees * 1_000_000) for degrees in feature["geometry"]["coordinates"])
    return {"ids": [feature["id"]], "lat": [lat], "lon": [lon]}
