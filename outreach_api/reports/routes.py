"""/v1/reports: the weekly reach report and its trend, as JSON and as files for people and scripts."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.week import IsoWeek, local_day
from outreach_api.reports import files, reads
from outreach_api.reports.reads.visit_rows import held_visits
from outreach_api.reports.rules import periods, visit_rows
from outreach_api.reports.weeks import reads as weeks
from outreach_api.web.blueprint import Blueprint
from outreach_api.web.going_out import note_export
from outreach_api.web.resource import Resource, actor, session
from outreach_api.web.services import services
from schemas import reports as wire
from schemas.vocabulary import ReportForm, Role

blp = Blueprint("reports", __name__, url_prefix="/v1", description="週報 · what was reached, in figures")

READERS = frozenset({Role.COORDINATOR, Role.SAFEGUARDING, Role.REPORTER, Role.ADMIN})
_PATH = [
    {
        "in": "path",
        "name": "kind",
        "required": True,
        "schema": {"type": "string", "enum": list(periods.KINDS)},
    },
    {
        "in": "path",
        "name": "period",
        "required": True,
        "schema": {"type": "string", "maxLength": 20},
        "description": "2026-W48, 2026-11, FY2026-Q3 or FY2026, as the kind demands.",
        "example": "2026-W48",
    },
]


@blp.route("/reports/trend")
class Trend(Resource):
    @blp.reads(wire.TrendOut, READERS, name="getTrend", query=wire.TrendQuery, by_state=True)
    def get(self, query: dict[str, Any]) -> Any:
        """Some weeks side by side, oldest first."""
        today = local_day(services().now())
        week = IsoWeek(*query["week"]) if query["week"] else IsoWeek.of(today)
        return reads.trend(session(), periods.span("week", week, today, query["weeks"]))


@blp.route("/reports/<string:kind>/<string:period>", parameters=_PATH)
class Report(Resource):
    @blp.reads(
        wire.ReachReportOut,
        READERS,
        name="getReport",
        query=wire.ReachReportQuery,
        by_state=True,
        errors=(406,),
        media=files.DESCRIBED,
    )
    def get(self, query: dict[str, Any], kind: str, period: str) -> Any:
        """Every figure of a week, month, quarter or fiscal year (April to March)."""
        found = periods.parse(kind, period)
        if isinstance(found, Refusal):
            return found
        form = query["format"] or _preferred()
        if form is None:
            return Refusal("not_acceptable", 406)
        here = services()
        now = here.now()
        if form is ReportForm.VISITS:
            if query["version"] not in (None, weeks.LIVE):
                return Refusal("invalid", 422, {}, (Problem("?version", "visits_as_known_now"),))
            rows = list(visit_rows.rows(held_visits(session(), found), actor().role))
            _note_export(f"{kind} {found} {form}")
            return files.visits(rows, f"visits-{kind}-{found}.csv", bom=bool(query["bom"]))
        span = periods.span(kind, found, local_day(now))
        made = weeks.report(
            session(), actor(), span, version=query["version"], now=now, settings=here.settings
        )
        if isinstance(made, Refusal):
            return made
        if weeks.unchanged(made, query["changed_since"]):
            return Response(status=304)
        if form is ReportForm.JSON:
            return made
        _note_export(f"{kind} {found} {form}")
        return files.answer(form, made, bom=bool(query["bom"]))


def _note_export(what: str) -> None:
    note_export(what, action="exportReport", entity_kind="report")


def _preferred() -> ReportForm | None:
    """What the Accept header likes best; JSON where it doesn't care."""
    if not request.accept_mimetypes:
        return ReportForm.JSON
    offered = {"application/json": ReportForm.JSON, **files.OFFERED}
    best = request.accept_mimetypes.best_match(list(offered))
    return None if best is None else offered[best]
