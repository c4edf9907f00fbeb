"""/v1/public/reach and the page /reach: what was released, the same bytes for everybody."""

from __future__ import annotations

from typing import Any

import orjson
from flask import g, request

from outreach_api.kernel.csv_cells import write_csv
from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.mesh import bounds_degrees
from outreach_api.kernel.week import local_day
from outreach_api.public import answering
from outreach_api.public.reach import page, periods, reads
from outreach_api.public.reach.style import STYLE
from outreach_api.web import pages
from outreach_api.web.blueprint import Blueprint
from outreach_api.web.problems import Refused
from outreach_api.web.resource import Resource, session
from outreach_api.web.services import services
from schemas import public_reach as wire

blp = Blueprint("public_reach", __name__, description="公表した数 · what was released, for everybody")

_DUMP = wire.PublicReachOut()
_CELL = wire.ReleasedCellOut()
_ANY_TEXT = {"type": "string"}
_STYLE_AT = "/reach.css"
_NO_SUCH_PERIOD = {
    "description": "There is no such period: a page that offers those that there are.",
    "content": {"text/html": {"schema": _ANY_TEXT}},
}
_PERIOD_WISHES = [
    {"name": name, "in": "query", "required": False, "schema": {"type": "string"}, "description": said}
    for name, said in (
        ("period", f"{wire.PERIODS}."),
        ("until", "Another one, up to whose last day it goes."),
    )
]


def _ring(mesh: int) -> list[list[float]]:
    south, west, north, east = bounds_degrees(mesh)
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def _feature(cell: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": str(cell["mesh1000"]),
        "geometry": {"type": "Polygon", "coordinates": [_ring(cell["mesh1000"])]},
        "properties": cell,
    }


_FEATURES = {
    "type": "object",
    "required": ["type", "features", "summary"],
    "properties": {
        "type": {"const": "FeatureCollection"},
        "features": {"type": "array", "items": {"type": "object"}},
        "summary": {"type": "object"},
    },
    "example": {
        "type": "FeatureCollection",
        "features": [_feature(wire.ReleasedCellOut.example)],
        "summary": {name: value for name, value in wire.PublicReachOut.example.items() if name != "cells"},
    },
}


@blp.route("/v1/public/reach")
class Reach(Resource):
    @blp.open(wire.PublicReachOut, name="getPublicReach", query=wire.ReachQuery, cached=True)
    def get(self, query: dict[str, Any]) -> Any:
        """How many came (延べ人数), where by 1 km cell, and how long ago the van was last there. Released weeks only."""
        _, _, shown = _shown(query)
        return answering.cached(orjson.dumps(_DUMP.dump(shown)), "application/json")


@blp.route("/v1/public/reach.geojson")
class ReachMap(Resource):
    @blp.open(
        None,
        name="getPublicReachGeoJson",
        query=wire.ReachQuery,
        media={"application/geo+json": _FEATURES},
        cached=True,
    )
    def get(self, query: dict[str, Any]) -> Any:
        """The same for a map: cells of 1 km."""
        _, _, shown = _shown(query)
        said = _DUMP.dump(shown)
        features = [_feature(cell) for cell in said.pop("cells")]
        body = orjson.dumps({"type": "FeatureCollection", "features": features, "summary": said})
        return answering.cached(body, "application/geo+json")


@blp.route("/v1/public/reach.csv")
class ReachTable(Resource):
    @blp.open(
        None, name="getPublicReachCsv", query=wire.ReachCsvQuery, media={"text/csv": _ANY_TEXT}, cached=True
    )
    def get(self, query: dict[str, Any]) -> Any:
        """The same as tidy rows, one a figure."""
        span, _, shown = _shown(query)
        text = write_csv(reads.rows(shown, span), reads.HEADER, bom=bool(query["bom"]))
        response = answering.cached(text.encode(), "text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="reach-{span}.csv"'
        return response


@blp.route("/reach")
class ReachPage(Resource):
    @blp.open(None, name="getPublicReachPage", media={"text/html": _ANY_TEXT}, cached=True)
    @blp.doc(parameters=[*answering.PAGE_WISHES, *_PERIOD_WISHES], responses={422: _NO_SUCH_PERIOD})
    def get(self) -> Any:
        """The same as a page with a map, in easy Japanese (with readings when asked for) or in English.

        Of a period that is none it says so, with those that there are.
        """
        reader, name = answering.reader(), services().settings.organisation
        span, out = _span({name: request.args.get(name) for name in ("period", "until")})
        title = page.title(name, reader)
        if isinstance(span, Refusal):
            response = pages.page(title, page.no_such_period(name, out, reader), reader.lang, style=_STYLE_AT)
            response.status_code, g.refused_as = span.status, span.code
            return response
        made = page.Shown(reads.reach(session(), span, out), span, out, name)
        return answering.conditional(pages.page(title, page.body(made, reader), reader.lang, style=_STYLE_AT))


@blp.route(_STYLE_AT)
class ReachStyle(Resource):
    @blp.open(None, name="getPublicReachStyle", media={"text/css": _ANY_TEXT}, cached=True)
    def get(self) -> Any:
        """How that page looks."""
        return answering.cached(STYLE.encode(), "text/css; charset=utf-8")


def _span(query: dict[str, str | None]) -> tuple[periods.Span | Refusal, reads.Released | None]:
    out = reads.released(session())
    usual = reads.usual(out, local_day(services().now()))
    return periods.span(query["period"], query["until"], usual), out


def _shown(query: dict[str, Any]) -> tuple[periods.Span, reads.Released | None, dict[str, Any]]:
    span, out = _span(query)
    if isinstance(span, Refusal):
        raise Refused(span)
    return span, out, reads.reach(session(), span, out)
