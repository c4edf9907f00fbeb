"""/v1/report-weeks: which weeks are closed, closing one, and telling a closed one anew."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.week import IsoWeek
from outreach_api.ledger.kinds import Actor
from outreach_api.reports.rules import periods
from outreach_api.reports.weeks import listing, operations, reads
from outreach_api.web.blueprint import Blueprint
from outreach_api.web.listing import sorted_page
from outreach_api.web.problems import Refused
from outreach_api.web.resource import Change, Resource, actor, session
from outreach_api.web.services import services
from schemas import report_weeks as wire
from schemas.base import page_of
from schemas.vocabulary import Role

blp = Blueprint(
    "report-weeks", __name__, url_prefix="/v1", description="週の締め · weeks closed and told anew"
)

READERS = frozenset({Role.COORDINATOR, Role.SAFEGUARDING, Role.REPORTER, Role.ADMIN})
_PATH = [
    {
        "in": "path",
        "name": "week",
        "required": True,
        "schema": {"type": "string", "maxLength": 20},
        "example": "2026-W47",
    }
]


@blp.route("/report-weeks")
class ReportWeeks(Resource):
    @blp.reads(page_of(wire.ReportWeekOut), READERS, name="findReportWeeks", query=wire.ReportWeekQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """Weeks since the first visit with their state, the latest first."""
        now = services().now()
        weeks = listing.weeks(session(), query, now)
        return sorted_page(weeks, query, lambda page: reads.views(session(), actor(), page, now))


@blp.route("/report-weeks/<string:week>", parameters=_PATH)
class ReportWeek(Resource):
    @blp.reads(wire.ReportWeekOut, READERS, name="getReportWeek")
    def get(self, week: str) -> Any:
        """One week with every version that was kept of it; GET /v1/reports/week/{week}?version= shows one."""
        return reads.week_view(session(), actor(), _week(week), services().now())


@blp.route("/report-weeks/<string:week>/close", parameters=_PATH)
class Closing(Resource):
    @blp.changes(operations.CLOSE_WEEK, wire.ReportWeekOut, body=wire.WeekCloseBody)
    def post(self, change: Change, week: str) -> Any:
        """Close a week that is over: its report is kept as version 1. Says what is incomplete, and asks nothing."""
        return change.within(week=str(_week(week))).perform(_closed)


@blp.route("/report-weeks/<string:week>/restate", parameters=_PATH)
class Restating(Resource):
    @blp.changes(operations.RESTATE_WEEK, wire.ReportWeekOut, body=wire.RestateBody)
    def post(self, change: Change, week: str) -> Any:
        """Tell a closed week anew: what is known now is kept as its next version, with the reason. The older ones
        stay readable.
        """
        return change.within(week=str(_week(week))).perform(_closed)


def _week(text: str) -> IsoWeek:
    found = periods.parse("week", text)
    if isinstance(found, Refusal):
        raise Refused(found)
    return IsoWeek.of(found.first_day)


def _closed(session: Session, actor: Actor, version_id: uuid.UUID) -> dict[str, Any] | Refusal:
    week = reads.week_of_version(session, version_id)
    if week is None:
        return Refusal("not_found", 404)
    return reads.week_view(session, actor, week, services().now())
