"""On which days of a wish vans go out, by the public and school holidays that they are. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from outreach_api.kernel.holidays import PublicHoliday, public_holiday
from outreach_api.plans.rules import Violation
from outreach_api.plans.rules.template_days import SchoolHolidayOf
from outreach_api.plans.suggesting.wish import Wish
from schemas.vocabulary import HolidayDays, Severity


def is_wanted(wish: Wish, school: SchoolHolidayOf, day: dt.date) -> bool:
    """Whether a day is one of those that a wish is only for; of two kinds, either will do."""
    only = [kind for rule, kind in _kinds(wish, school) if rule is HolidayDays.ONLY]
    return not only or any(kind(day) is not None for kind in only)


def skipped(wish: Wish, school: SchoolHolidayOf, day: dt.date) -> Violation | None:
    """The holiday for which a day is left out."""
    for rule, kind in _kinds(wish, school):
        found = kind(day)
        if rule is HolidayDays.SKIP and found is not None:
            names = {"holiday": found.name, "holiday_en": found.name_en}
            return Violation("holiday_skipped", Severity.HARD, (), names)
    return None


def _kinds(
    wish: Wish, school: SchoolHolidayOf
) -> tuple[tuple[HolidayDays, Callable[[dt.date], PublicHoliday | None]], ...]:
    return (wish.public_holidays, public_holiday), (wish.school_holidays, school)
