"""/v1/public/timetable and the page /when: open to everybody, the same bytes for everybody."""

from __future__ import annotations

import datetime as dt
from typing import Any

import orjson

from outreach_api.kernel.week import local_day
from outreach_api.public import answering, calendar, reads, when_page
from outreach_api.public.when_style import STYLE
from outreach_api.web import pages
from outreach_api.web.blueprint import Blueprint
from outreach_api.web.problems import language
from outreach_api.web.resource import Resource, session
from outreach_api.web.services import services
from schemas import public as wire

blp = Blueprint("public", __name__, description="だれでも見られるもの · what anyone may see")

_DUMP = wire.TimetableOut()
_ENTRY = wire.EntryOut()
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
        shown = {
            "from_day": from_day,
            "to_day": to_day,
            "updated_at": max((view["updated_at"] for view in views), default=None),
            "timezone": "Asia/Tokyo",
            "entries": views,
        }
        return answering.cached(orjson.dumps(_DUMP.dump(shown)), "application/json")


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
        return answering.cached(body, "application/geo+json")


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
        body = calendar.calendar(views, name=name, lang=language(), page=_address())
        return answering.cached(body, "text/calendar; charset=utf-8")


@blp.route("/when")
class When(Resource):
    @blp.open(None, name="getTimetablePage", media={"text/html": _ANY_TEXT}, cached=True)
    @blp.doc(parameters=answering.PAGE_WISHES)
    def get(self) -> Any:
        """The timetable as a page, in easy Japanese (with readings when asked for) or in English."""
        reader = answering.reader()
        settings = services().settings
        _, _, views = _views({"from_day": None, "to_day": None})
        shown = when_page.Shown(
            views,
            _today(),
            settings.organisation,
            settings.organisation_reading,
            reads.links(session()),
            _address(),
        )
        title, body = when_page.title(shown, reader), when_page.body(shown, reader)
        return answering.conditional(pages.page(title, body, reader.lang, style="/when.css"))


@blp.route("/when.css")
class WhenStyle(Resource):
    @blp.open(None, name="getTimetableStyle", media={"text/css": _ANY_TEXT}, cached=True)
    def get(self) -> Any:
        """How that page looks."""
        return answering.cached(STYLE.encode(), "text/css; charset=utf-8")


def _address() -> str:
    """Where the page is read on the net; empty where the installer did not say so."""
    url = services().settings.public_url
    return f"{url}/when" if url else ""


def _today() -> dt.date:
    return local_day(services().now())


def _views(query: dict[str, Any]) -> tuple[dt.date, dt.date, list[dict[str, Any]]]:
    from_day, to_day = reads.span(query["from_day"], query["to_day"], _today())
    found = reads.entries(session(), from_day, to_day, wire.ENTRIES_MOST)
    here = services()
    return from_day, to_day, reads.views(found, here.now(), here.settings.weather_decided)
