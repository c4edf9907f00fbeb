"""Japanese public holidays, named in both languages. Which days they are, jpholiday knows: the law, its changes, equinoxes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

_SUBSTITUTE = " 振替休日"
_YEARS_HELD = 32

# The Cabinet Office's own translations.
_ENGLISH = {
    "元日": "New Year's Day",
    "成人の日": "Coming of Age Day",
    "建国記念の日": "National Foundation Day",
    "天皇誕生日": "The Emperor's Birthday",
    "春分の日": "Vernal Equinox Day",
    "昭和の日": "Showa Day",
    "憲法記念日": "Constitution Memorial Day",
    "みどりの日": "Greenery Day",
    "こどもの日": "Children's Day",
    "海の日": "Marine Day",
    "山の日": "Mountain Day",
    "敬老の日": "Respect for the Aged Day",
    "秋分の日": "Autumnal Equinox Day",
    "体育の日": "Health and Sports Day",
    "スポーツの日": "Sports Day",
    "文化の日": "Culture Day",
    "勤労感謝の日": "Labor Thanksgiving Day",
    "国民の休日": "Citizens' Holiday",
}
_UNTRANSLATED = "Public holiday"


@dataclass(frozen=True, slots=True)
class PublicHoliday:
    """A day of rest by law, also one that stands in for a Sunday (振替休日)."""

    name: str
    name_en: str


def public_holiday(day: dt.date) -> PublicHoliday | None:
    """The public holiday of a local day, if it is one. Equinoxes of years to come are computed, not yet gazetted."""
    return _of_year(day.year).get(day)


@lru_cache(maxsize=_YEARS_HELD)
def _of_year(year: int) -> Mapping[dt.date, PublicHoliday]:
    import jpholiday  # where it is used: most requests ask for no holiday

    # A new instance: the library's shared one keeps every day that it was ever asked about.
    held = jpholiday.JPHoliday().year_holidays(year)
    return {holiday.date: PublicHoliday(holiday.name, _in_english(holiday.name)) for holiday in held}


def _in_english(name: str) -> str:
    if name.endswith(_SUBSTITUTE):
        return f"{_in_english(name.removesuffix(_SUBSTITUTE))} (substitute holiday)"
    return _ENGLISH.get(name, _UNTRANSLATED)
