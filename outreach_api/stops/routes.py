"""/v1/stops: a route is its contract and a line or two."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

from outreach_api.kernel.errors import KernelError, Problem, Refusal
from outreach_api.kernel.geo import BBox, Point
from outreach_api.stops import duplicates, operations, reads
from outreach_api.stops.geocoding.asking import Finder, outlines_in_force
from outreach_api.stops.geocoding.views import found_view
from outreach_api.storage.stops import Stop
from outreach_api.web.blueprint import ALL_ROLES, Blueprint
from outreach_api.web.limits import Limit, try_once
from outreach_api.web.listing import page, sorted_page
from outreach_api.web.problems import language
from outreach_api.web.resource import Change, Resource, actor, session
from outreach_api.web.services import services
from schemas import geocode as places
from schemas import stops as wire
from schemas.base import page_of
from schemas.vocabulary import Role

blp = Blueprint("stops", __name__, url_prefix="/v1", description="出店場所 · where the van may stand")

StopPage = page_of(wire.StopOut)
DuplicatePage = page_of(places.DuplicateOut)
_OUTSIDE = Limit("geocode", 100, dt.timedelta(hours=1))
# A private home is a stop too: reporters see places in reports and on the map, never the list of their doors.
READERS = ALL_ROLES - {Role.REPORTER}
_PAIR = re.compile(r"(-?[0-9]{1,3}(?:\.[0-9]{1,12})?),(-?[0-9]{1,3}(?:\.[0-9]{1,12})?)")


@blp.route("/stops")
class Stops(Resource):
    @blp.reads(StopPage, READERS, name="findStops", query=wire.StopQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """Find stops in a box, near a point, by status, kind or words."""
        box = BBox(*query["bbox"]) if query["bbox"] else None
        select = reads.matching(status=query["status"], kind=query["kind"], q=query["q"], box=box)
        if query["near"] is None:
            return page(select, query, [Stop.code, Stop.id], self._views)
        point = _point(query["near"])
        if isinstance(point, Refusal):
            return point
        found = reads.near(session(), select, point, query["radius_m"])
        distances = {row.id: metres for metres, row in found}
        return sorted_page(
            [row for _, row in found],
            query,
            lambda rows: reads.stop_views(session(), actor(), rows, distances),
        )

    @staticmethod
    def _views(rows: list[Stop]) -> list[dict[str, Any]]:
        return reads.stop_views(session(), actor(), rows)

    @blp.changes(
        operations.ADD_STOP, wire.StopChangedOut, links={"getStop": {"stop_id": "$response.body#/id"}}
    )
    def post(self, change: Change) -> Any:
        """Add a stop."""
        return change.perform(reads.stop)


@blp.route("/stop-requests")
class StopRequests(Resource):
    @blp.changes(operations.REQUEST_STOP, wire.StopChangedOut)
    def post(self, change: Change) -> Any:
        """Note a place that asked for the van; a coordinator takes it from there."""
        return change.perform(reads.stop)


@blp.route("/stops/duplicates")
class StopDuplicates(Resource):
    @blp.reads(DuplicatePage, operations.PLANNERS, name="findDuplicateStops", query=places.DuplicateQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """Pairs of stops that may be one place, the likeliest first."""
        return sorted_page(duplicates.pairs(session()), query, duplicates.pair_views)


@blp.route("/geocode")
class Geocode(Resource):
    @blp.reads(places.GeocodeOut, operations.PLANNERS, name="geocode", query=places.GeocodeQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """Find where an address is, or what was pasted: coordinates, a map link, a plus code.

        Without a network by an imported gazetteer; others are asked only if OUTREACH_GEOCODERS names them.
        """
        near = None if query["near"] is None else _point(query["near"])
        if isinstance(near, Refusal):
            return near
        here = services()
        finder = Finder(here.database, here.keyring, here.settings, here.now, _may_ask_outside)
        found = finder.find(query["q"], kind=query["kind"], near=near)
        return found_view(found, outlines_in_force(session()), language())


def _may_ask_outside() -> None:
    """No bulk: who lets one address after the other be looked up elsewhere wants a gazetteer."""
    try_once(_OUTSIDE, actor().holder_id.bytes)


@blp.route("/stops/<uuid:stop_id>")
class OneStop(Resource):
    @blp.reads(wire.StopOut, READERS, name="getStop")
    def get(self, stop_id: uuid.UUID) -> Any:
        """One stop with its permissions and windows."""
        return reads.stop(session(), actor(), stop_id)

    @blp.changes(operations.CHANGE_STOP, wire.StopChangedOut, status=200)
    def patch(self, change: Change, stop_id: uuid.UUID) -> Any:
        """Change what is said; the rest stays."""
        return change.of(stop_id).perform(reads.stop)


@blp.route("/stops/<uuid:stop_id>/history")
class StopHistory(Resource):
    @blp.reads(wire.StopHistoryOut, operations.PLANNERS, name="getStopHistory")
    def get(self, stop_id: uuid.UUID) -> Any:
        """The steps of a stop's life, from the request on, and what may follow."""
        return reads.history(session(), stop_id)


@blp.route("/stops/<uuid:stop_id>/permissions")
class Permissions(Resource):
    @blp.changes(operations.GRANT_PERMISSION, wire.PermissionOut, body=wire.PermissionBody)
    def post(self, change: Change, stop_id: uuid.UUID) -> Any:
        """Record a permission for this stop."""
        return change.within(stop_id=stop_id).perform(reads.permission)


@blp.route("/permissions/<uuid:permission_id>/withdraw")
class PermissionWithdrawal(Resource):
    @blp.changes(operations.WITHDRAW_PERMISSION, wire.PermissionOut, status=200)
    def post(self, change: Change, permission_id: uuid.UUID) -> Any:
        """Record that a permission was withdrawn."""
        return change.of(permission_id).perform(reads.permission)


def _point(text: str) -> Point | Refusal:
    pair = _PAIR.fullmatch(text)  # float() alone would also take "７", "1_0" and "nan"
    try:
        if pair is None:
            raise KernelError("position_invalid")
        return Point(float(pair[1]), float(pair[2]))
    except KernelError:
        return Refusal("invalid", 422, {}, (Problem("?near", "not_position"),))
