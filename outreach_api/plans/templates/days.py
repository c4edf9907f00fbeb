"""Loads what a template's days depend on, and says what becomes of each."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from outreach_api.calendar.reads import school_holidays_between
from outreach_api.calendar.rules import holding_for
from outreach_api.kernel.errors import Problem
from outreach_api.kernel.holidays import PublicHoliday
from outreach_api.plans.rules.recurrence import recurrence
from outreach_api.plans.rules.template_days import (
    MOST_DAYS_MOVED,
    DayRules,
    SchoolHolidayOf,
    TemplateDay,
    school_holiday_of,
    template_days,
)
from outreach_api.storage.plan_templates import PlanTemplate
from schemas.vocabulary import HolidayRule


def days_of(
    session: Session, template: PlanTemplate, from_day: dt.date, to_day: dt.date
) -> list[TemplateDay]:
    """The days of a period that a template names; none once it is out of use."""
    if not template.active:
        return []
    around = dt.timedelta(days=3 * MOST_DAYS_MOVED)  # as far as a day near the edge looks for a free one
    school = school_holidays_of(session, template.school_area, from_day - around, to_day + around)
    return template_days(day_rules(template), school, from_day, to_day)


def school_holidays_of(
    session: Session, area: str | None, from_day: dt.date, to_day: dt.date
) -> SchoolHolidayOf:
    """What finds the school holiday of a day of a period, for one area's schools or for all."""
    rows = school_holidays_between(session, from_day, to_day)
    return school_holiday_of(
        (row.from_day, row.to_day, PublicHoliday(row.name, row.name_en or row.name))
        for row in holding_for(rows, area)
    )


def day_rules(template: PlanTemplate) -> DayRules:
    """What a kept template says about its days; its rule was read when it was kept."""
    rule = None if template.rrule is None else recurrence(template.rrule, template.first_day)
    if isinstance(rule, Problem):
        raise ValueError(f"template {template.id} was kept with a rule that can't be read: {rule.code}")
    return DayRules(
        recurrence=rule,
        more_days=frozenset(map(dt.date.fromisoformat, template.more_days)),
        except_days=frozenset(map(dt.date.fromisoformat, template.except_days)),
        on_public_holiday=HolidayRule(template.on_public_holiday),
        on_school_holiday=HolidayRule(template.on_school_holiday),
    )
