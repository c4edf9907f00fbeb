"""/v1/calendar and /v1/school-holidays."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from outreach_api.calendar import operations, reads
from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.storage.calendar import SchoolHoliday
from outreach_api.web.blueprint import ALL_ROLES, Blueprint
from outreach_api.web.listing import page
from outreach_api.web.resource import Change, Resource, actor, session
from schemas import calendar as wire
from schemas.base import page_of

blp = Blueprint(
    "calendar", __name__, url_prefix="/v1", description="カレンダー · public holidays and school holidays"
)


@blp.route("/calendar")
class Calendar(Resource):
    @blp.reads(wire.CalendarOut, ALL_ROLES, name="getCalendar", query=wire.CalendarQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """Each day of a period: weekday, weekend, public holiday or school holiday."""
        from_day, to_day = query["from_day"], query["to_day"]
        fault = _fault_of(from_day, to_day)
        if fault is not None:
            return Refusal("invalid", 422, {}, (fault,))
        days = reads.calendar(session(), from_day, to_day, query["area"])
        return {"from_day": from_day, "to_day": to_day, "days": days}


@blp.route("/school-holidays")
class SchoolHolidays(Resource):
    @blp.reads(
        page_of(wire.SchoolHolidayOut), ALL_ROLES, name="findSchoolHolidays", query=wire.SchoolHolidayQuery
    )
    def get(self, query: dict[str, Any]) -> Any:
        """School holidays by days and area."""
        select = reads.school_holidays(from_day=query["from_day"], to_day=query["to_day"], area=query["area"])
        order = [SchoolHoliday.from_day, SchoolHoliday.id]
        return page(select, query, order, lambda rows: [reads.school_holiday_view(row) for row in rows])

    @blp.changes(
        operations.ADD_SCHOOL_HOLIDAY,
        wire.SchoolHolidayOut,
        links={"getSchoolHoliday": {"school_holiday_id": "$response.body#/id"}},
    )
    def post(self, change: Change) -> Any:
        """Enter a school holiday, of one area's schools or of all."""
        return change.perform(reads.school_holiday)


@blp.route("/school-holidays/<uuid:school_holiday_id>")
class OneSchoolHoliday(Resource):
    @blp.reads(wire.SchoolHolidayOut, ALL_ROLES, name="getSchoolHoliday")
    def get(self, school_holiday_id: uuid.UUID) -> Any:
        """One school holiday."""
        return reads.school_holiday(session(), actor(), school_holiday_id)

    @blp.changes(operations.CHANGE_SCHOOL_HOLIDAY, wire.SchoolHolidayOut, status=200)
    def patch(self, change: Change, school_holiday_id: uuid.UUID) -> Any:
        """Change what is said; active=false takes it back."""
        return change.of(school_holiday_id).perform(reads.school_holiday)


def _fault_of(from_day: dt.date, to_day: dt.date) -> Problem | None:
    if to_day < from_day:
        return Problem("?to_day", "wrong_order")
    if (to_day - from_day).days >= wire.CALENDAR_MOST_DAYS:
        return Problem("?to_day", "too_many_days", {"most": wire.CALENDAR_MOST_DAYS})
    return None
