"""/v1/public/timetable and the page /when: open to everybody, the same bytes for everybody."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import orjson
from flask import Response, g, request

from outreach_api.kernel.week import local_day
from outreach_api.public import calendar, reads, when_page
from outreach_api.web import pages
from outreach_api.web.blueprint import Blueprint
from outreach_api.web.problems import language
from outreach_api.web.resource import Resource, session
from outreach_api.web.services import services
from schemas import public as wire

blp = Blueprint("public", __name__, description="だれでも見られるもの · what anyone may see")

_DUMP = wire.TimetableOut()
_ENTRY = wire.EntryOut()
_CACHE = "public, max-age=60"
_ANY_TEXT = {"type": "string"}
_SHOWN = wire.EntryOut.example
_FEATURES = {
    "type": "object",
    "required": ["type", "features"],
    "properties": {
        "type": {"const": "FeatureCollection"},
        "features": {"type": "array", "items": {"type": "object"}},
    },
    "example": {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": _SHOWN["id"],
                "geometry": reads.geometry(_SHOWN),
                "properties": {name: _SHOWN[name] for name in _SHOWN if name not in ("id", "position")},
            }
        ],
    },
}


@blp.route("/v1/public/timetable.json")
class Timetable(Resource):
    @blp.open(wire.TimetableOut, name="getTimetable", query=wire.TimetableQuery, cached=True)
    def get(self, query: dict[str, Any]) -> Any:
        """Where the van will be. Places of which only the area is announced carry no point."""
        from_day, to_day, views = _views(query)
        shown = {"from_day": from_day, "to_day": to_day, "timezone": "Asia/Tokyo", "entries": views}
        return _cached(orjson.dumps(_DUMP.dump(shown)), "application/json")


@blp.route("/v1/public/timetable.geojson")
class TimetableMap(Resource):
    @blp.open(
        None,
        name="getTimetableGeoJson",
        query=wire.TimetableQuery,
        media={"application/geo+json": _FEATURES},
        cached=True,
    )
    def get(self, query: dict[str, Any]) -> Any:
        """The timetable for a map: points, and 1 km cells where only the area is announced."""
        _, _, views = _views(query)
        features = []
        for view in views:
            said = _ENTRY.dump(view)
            said.pop("position")
            features.append(
                {
                    "type": "Feature",
                    "id": said.pop("id"),
                    "geometry": reads.geometry(view),
                    "properties": said,
                }
            )
        body = orjson.dumps({"type": "FeatureCollection", "features": features})
        return _cached(body, "application/geo+json")


@blp.route("/v1/public/timetable.ics")
class TimetableCalendar(Resource):
    @blp.open(
        None,
        name="getTimetableCalendar",
        query=wire.TimetableQuery,
        media={"text/calendar": _ANY_TEXT},
        cached=True,
    )
    def get(self, query: dict[str, Any]) -> Any:
        """The timetable to subscribe to (iCalendar)."""
        _, _, views = _views(query)
        name = services().settings.organisation
        body = calendar.calendar(views, name=name, lang=language(), today=_today())
        return _cached(body, "text/calendar; charset=utf-8")


@blp.route("/when")
class When(Resource):
    @blp.open(None, name="getTimetablePage", media={"text/html": _ANY_TEXT}, cached=True)
    def get(self) -> Any:
        """The timetable as a page, in Japanese or English."""
        lang, name = language(), services().settings.organisation
        _, _, views = _views({"from_day": None, "to_day": None})
        response = pages.page(
            when_page.title(name, lang), when_page.body(views, name=name, lang=lang, today=_today()), lang
        )
        return _conditional(response)


def _today() -> dt.date:
    return local_day(services().now())


def _views(query: dict[str, Any]) -> tuple[dt.date, dt.date, list[dict[str, Any]]]:
    from_day, to_day = reads.span(query["from_day"], query["to_day"], _today())
    found = reads.entries(session(), from_day, to_day, wire.ENTRIES_MOST)
    return from_day, to_day, [reads.entry_view(entry) for entry in found]


def _cached(body: bytes, content_type: str) -> Response:
    return _conditional(Response(body, content_type=content_type))


def _conditional(response: Response) -> Response:
    """Its ETag is a hash of the body alone: the change counter would show that something hidden changed."""
    g.etag = hashlib.blake2b(response.get_data(), digest_size=12).hexdigest()
    if request.if_none_match.contains_weak(g.etag):
        response = Response(status=304)
    response.headers["Cache-Control"] = _CACHE
    return response
