"""What becomes of each day that a template names: held, skipped, or moved off a holiday; each with its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from outreach_api.calendar.rules import is_weekend
from outreach_api.kernel.holidays import PublicHoliday, public_holiday
from outreach_api.plans.rules.recurrence import Recurrence
from schemas.vocabulary import DayOutcome, HolidayRule

MOST_DAYS_MOVED = 14
"""Further away it is no longer the same occasion; the whole summer holidays can't be moved out of."""

_MOVING = {HolidayRule.NEXT_WORKING_DAY: 1, HolidayRule.PREVIOUS_WORKING_DAY: -1}

SchoolHolidayOf = Callable[[dt.date], PublicHoliday | None]
"""The school holiday that a day lies in, by its names, if it is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRules:
    """What a template says about its days."""

    recurrence: Recurrence | None = None
    more_days: frozenset[dt.date] = frozenset()
    except_days: frozenset[dt.date] = frozenset()
    on_public_holiday: HolidayRule = HolidayRule.HOLD
    on_school_holiday: HolidayRule = HolidayRule.HOLD


@dataclass(frozen=True, slots=True)
class TemplateDay:
    """A day that was named. `planned_on` is the day of its plan; `code` and `holiday` say why it is not this one."""

    day: dt.date
    outcome: DayOutcome
    planned_on: dt.date | None
    code: str | None = None
    holiday: PublicHoliday | None = None


def template_days(
    rules: DayRules, school: SchoolHolidayOf, from_day: dt.date, to_day: dt.date
) -> list[TemplateDay]:
    """The named days of a period with what becomes of them; a day that is moved out of it still belongs to it.

    What a day becomes does not depend on the period that it is asked in.
    """
    around = dt.timedelta(days=2 * MOST_DAYS_MOVED)
    named = _named(rules, from_day - around, to_day + around)
    found = {day: _alone(rules, school, day) for day in named}
    taken = {one.day for one in found.values() if one.outcome is DayOutcome.HELD}
    for day, one in found.items():  # in order: of two that move to one day, the earlier goes there
        if one.outcome is DayOutcome.MOVED and one.planned_on is not None:
            if one.planned_on in taken:
                code = "template_day_taken"
                found[day] = TemplateDay(day, DayOutcome.SKIPPED, None, code, one.holiday)
            else:
                taken.add(one.planned_on)
    return [one for day, one in found.items() if from_day <= day <= to_day]


def _named(rules: DayRules, from_day: dt.date, to_day: dt.date) -> list[dt.date]:
    days = {day for day in rules.more_days if from_day <= day <= to_day}
    if rules.recurrence is not None:
        days.update(rules.recurrence.days(from_day, to_day))
    return sorted(days)


def _alone(rules: DayRules, school: SchoolHolidayOf, day: dt.date) -> TemplateDay:
    """What becomes of one day, whatever becomes of the others."""
    if day in rules.except_days:
        return TemplateDay(day, DayOutcome.SKIPPED, None, "template_day_excepted")
    touched = [
        (rule, code, holiday)
        for rule, code, holiday in (
            (rules.on_public_holiday, "template_day_public_holiday", public_holiday(day)),
            (rules.on_school_holiday, "template_day_school_holiday", school(day)),
        )
        if holiday is not None and rule is not HolidayRule.HOLD
    ]
    for rule, code, holiday in touched:
        if rule is HolidayRule.SKIP:
            return TemplateDay(day, DayOutcome.SKIPPED, None, code, holiday)
    for rule, code, holiday in touched:
        target = _nearest_working_day(rules, school, day, _MOVING[rule])
        if target is None:
            return TemplateDay(day, DayOutcome.SKIPPED, None, "template_day_nowhere_to_go", holiday)
        return TemplateDay(day, DayOutcome.MOVED, target, f"{code}_moved", holiday)
    return TemplateDay(day, DayOutcome.HELD, day)


def _nearest_working_day(rules: DayRules, school: SchoolHolidayOf, day: dt.date, step: int) -> dt.date | None:
    """The nearest day Monday to Friday that is no public holiday, and nothing that the template shuns."""
    for away in range(1, MOST_DAYS_MOVED + 1):
        target = day + dt.timedelta(days=step * away)
        if not _is_shunned(rules, school, target):
            return target
    return None


def _is_shunned(rules: DayRules, school: SchoolHolidayOf, day: dt.date) -> bool:
    return (
        is_weekend(day)
        or public_holiday(day) is not None
        or day in rules.except_days
        or (rules.on_school_holiday is not HolidayRule.HOLD and school(day) is not None)
    )


def school_holiday_of(holidays: Iterable[tuple[dt.date, dt.date, PublicHoliday]]) -> SchoolHolidayOf:
    """A function that finds the school holiday of a day among (first day, last day, names)."""
    rows = list(holidays)

    def found(day: dt.date) -> PublicHoliday | None:
        return next((names for first, last, names in rows if first <= day <= last), None)

    return found
