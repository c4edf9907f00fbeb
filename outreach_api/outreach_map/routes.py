"""/v1/map: the outreach map as GeoJSON and in a compact form, for those inside. What the public sees is in public/."""

from __future__ import annotations

import datetime as dt
from typing import Any

import orjson
from flask import Response, request

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.geo import BBox
from outreach_api.kernel.week import local_day
from outreach_api.outreach_map import geojson
from outreach_api.outreach_map.columnar import MOST_CELLS, columnar
from outreach_api.outreach_map.reads.areas import area_sets, areas_map
from outreach_api.outreach_map.reads.coverage import coverage_map
from outreach_api.outreach_map.reads.gaps import gaps_map
from outreach_api.outreach_map.reads.places import outlines_map, stops_map, visits_map
from outreach_api.outreach_map.reads.reach import Days, reach_map
from outreach_api.outreach_map.reads.weeks import weeks_map
from outreach_api.outreach_map.shown import Shown
from outreach_api.web.blueprint import ALL_ROLES, Blueprint
from outreach_api.web.packing import packed
from outreach_api.web.problems import Refused
from outreach_api.web.resource import Resource, actor, session
from outreach_api.web.services import services
from schemas import map_areas
from schemas import outreach_map as wire
from schemas.base import Query, WireSchema
from schemas.columns import COLUMNS
from schemas.geojson import MEDIA_TYPE
from schemas.map_gaps import GapsCompactOut, GapsMapOut, GapsQuery
from schemas.map_reach import ReachCompactOut, ReachMapOut, ReachQuery, WeeksOut, WeeksQuery
from schemas.vocabulary import Page, Role

blp = Blueprint("outreach_map", __name__, url_prefix="/v1/map", description="アウトリーチマップ · the map")

# Exact points, among them private homes: not for those who need figures only.
SEES_POINTS = ALL_ROLES - {Role.REPORTER}
# Figures of all vans together: crew see what their own van does.
SEES_NEED = ALL_ROLES - {Role.CREW}


def _reads_map(
    out: type[WireSchema],
    compact: type[WireSchema],
    roles: frozenset[Role],
    *,
    name: str,
    query: type[Query] | None = None,
) -> Any:
    """A map is GeoJSON or compact, tagged by the state of the whole database, so that a repeat costs nothing."""
    media = {MEDIA_TYPE: out, COLUMNS: compact}
    return blp.reads(None, roles, name=name, query=query, by_state=True, media=media, page=Page.MAP)


@blp.after_request
def pack(response: Response) -> Response:
    """A map is the same few words over and over."""
    return packed(response)


@blp.route("/stops")
class StopsMap(Resource):
    @_reads_map(
        wire.StopsMapOut, wire.StopsCompactOut, SEES_POINTS, name="mapStops", query=wire.StopsMapQuery
    )
    def get(self, query: dict[str, Any]) -> Any:
        """Stops as points, with their visits in a period and the last day."""
        wanted = {**_period(query), "status": query["status"], "kind": query["kind"], "box": _box(query)}
        return _answer(stops_map(session(), actor(), **wanted), query["columns"])


@blp.route("/visits")
class VisitsMap(Resource):
    @_reads_map(
        wire.VisitsMapOut, wire.VisitsCompactOut, SEES_POINTS, name="mapVisits", query=wire.VisitsMapQuery
    )
    def get(self, query: dict[str, Any]) -> Any:
        """Held visits of a period as points, with who came by band."""
        wanted = {**_period(query), "stop_id": query["stop_id"], "box": _box(query)}
        return _answer(visits_map(session(), actor(), **wanted), query["columns"])


@blp.route("/reach")
class ReachMap(Resource):
    @_reads_map(ReachMapOut, ReachCompactOut, ALL_ROLES, name="mapReach", query=ReachQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """Mesh cells with held visits in a period: how many, how long, who came, how long ago; against another one."""
        found = reach_map(
            session(),
            actor(),
            period=Days(**_period(query)),
            against=_against(query),
            level=int(query["level"]),
            box=_box(query),
            most=_most_cells(),
        )
        return _answer(found, query["columns"])


@blp.route("/weeks")
class WeeksMap(Resource):
    @blp.reads(
        None,
        ALL_ROLES,
        name="mapWeeks",
        query=WeeksQuery,
        by_state=True,
        media={COLUMNS: WeeksOut},
        page=Page.MAP,
    )
    def get(self, query: dict[str, Any]) -> Any:
        """Held visits of mesh cells week by week, for a time slider: sums of any weeks need no other question."""
        wanted = {**_period(query), "level": int(query["level"]), "box": _box(query), "most": MOST_CELLS}
        found = weeks_map(session(), actor(), **wanted)
        return found if isinstance(found, Refusal) else Response(orjson.dumps(found), mimetype=COLUMNS)


@blp.route("/coverage")
class CoverageMap(Resource):
    @_reads_map(
        wire.CoverageMapOut,
        wire.CoverageCompactOut,
        SEES_NEED,
        name="mapCoverage",
        query=wire.CoverageQuery,
    )
    def get(self, query: dict[str, Any]) -> Any:
        """Mesh cells with the people who live there, the share that stops covered lately, and who came."""
        found = coverage_map(
            session(),
            services().settings,
            **_need(query),
            against_on=query["against_on"],
            most=_most_cells(),
        )
        return _answer(found, query["columns"])


@blp.route("/gaps")
class GapsMap(Resource):
    @_reads_map(GapsMapOut, GapsCompactOut, SEES_NEED, name="mapGaps", query=GapsQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """The mesh cells where most people are missed, ranked, each with the three best places to stop."""
        found = gaps_map(session(), actor(), services().settings, **_need(query), limit=query["limit"])
        return _answer(found, query["columns"])


@blp.route("/outlines")
class OutlinesMap(Resource):
    @_reads_map(wire.OutlinesMapOut, wire.OutlinesCompactOut, ALL_ROLES, name="mapOutlines")
    def get(self) -> Any:
        """Imported outlines of cities and districts."""
        return _answer(outlines_map(session()))


@blp.route("/area-sets")
class AreaSets(Resource):
    @blp.reads(map_areas.AreaSetsOut, SEES_NEED, name="mapAreaSets", by_state=True, page=Page.MAP)
    def get(self) -> Any:
        """Imported sets of areas, such as school districts; see `outreach import-areas`."""
        return {"items": area_sets(session())}


@blp.route("/areas")
class AreasMap(Resource):
    @_reads_map(
        map_areas.AreasMapOut,
        map_areas.AreasCompactOut,
        SEES_NEED,
        name="mapAreas",
        query=map_areas.AreasQuery,
    )
    def get(self, query: dict[str, Any]) -> Any:
        """The areas of a set: what was held there in a period, who lives there, the share that stops cover."""
        period = _period(query)
        found = areas_map(
            session(),
            services().settings,
            set_id=query["set"],
            **period,
            on=query["on"] or period["last"],
            radius_m=query["radius_m"] or services().settings.catchment_m,
            box=_box(query),
            most=geojson.MOST_FEATURES,
            drawn=not _compact(),
        )
        return _answer(found, query["columns"])


def _answer(found: Shown | Refusal, columns: str | None = None) -> Response | Refusal:
    """In the form that was asked for; `columns`: only these, separated by commas, of the compact one."""
    if isinstance(found, Refusal):
        return found
    written: dict[str, Any] | Refusal
    if _compact():
        written = columnar(found, columns.split(",") if columns else None)
    elif columns:
        written = Refusal("invalid", 422, {}, (Problem("?columns", "only_compact", {"media": COLUMNS}),))
    else:
        written = geojson.collection(found)
    if isinstance(written, Refusal):
        return written
    body = orjson.dumps(written, option=orjson.OPT_SERIALIZE_NUMPY)
    return Response(body, mimetype=COLUMNS if _compact() else MEDIA_TYPE)


def _compact() -> bool:
    """Whether the compact form was asked for by its name; GeoJSON is for everybody else."""
    return request.accept_mimetypes.best_match([MEDIA_TYPE, COLUMNS], MEDIA_TYPE) == COLUMNS


def _most_cells() -> int:
    return MOST_CELLS if _compact() else geojson.MOST_FEATURES


def _today() -> dt.date:
    return local_day(services().now())


def _period(query: dict[str, Any]) -> dict[str, Any]:
    """The days asked for, both included; unless said, up to today and as long as until a gap counts in full."""
    last = query["to_day"] or _today()
    days = services().settings.gap_full_days
    first = query["from_day"] or last - dt.timedelta(days=days - 1)
    if first > last:
        raise Refused(Refusal("invalid", 422, {}, (Problem("?from_day", "wrong_order"),)))
    return {"first": first, "last": last}


def _against(query: dict[str, Any]) -> Days | None:
    first, last = query["against_from"], query["against_to"]
    if first is None and last is None:
        return None
    missing = [name for name in ("against_from", "against_to") if query[name] is None]
    faults = tuple(Problem(f"?{name}", "required") for name in missing)
    if not faults and first > last:
        faults = (Problem("?against_from", "wrong_order"),)
    if faults:
        raise Refused(Refusal("invalid", 422, {}, faults))
    return Days(first, last)


def _need(query: dict[str, Any]) -> dict[str, Any]:
    if query["radius_m"] and query["catchment"]:
        raise Refused(Refusal("invalid", 422, {}, (Problem("?catchment", "radius_or_catchment"),)))
    return {
        "on": query["on"] or _today(),
        "level": int(query["level"]),
        "radius_m": query["radius_m"] or _catchment_m(query),
        "box": _box(query),
    }


def _catchment_m(query: dict[str, Any]) -> float:
    settings = services().settings
    return (
        settings.infant_catchment_m if query["catchment"] == wire.Catchment.INFANTS else settings.catchment_m
    )


def _box(query: dict[str, Any]) -> BBox | None:
    return BBox(*query["bbox"]) if query["bbox"] else None
