"""What holiday a planned day is, for whoever judges who will come and when: named as it is, and nothing reckoned by it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from outreach_api.calendar.reads import calendar
from outreach_api.messages import Language, say
from schemas.vocabulary import DayKind


def holidays_between(
    session: Session, from_day: dt.date, to_day: dt.date, lang: Language
) -> dict[dt.date, list[dict[str, Any]]]:
    """By day its public holiday and the school holidays of all areas, each with a sentence."""
    return {day["day"]: _told(day, lang) for day in calendar(session, from_day, to_day)}


def _told(day: Mapping[str, Any], lang: Language) -> list[dict[str, Any]]:
    public = day["public_holiday"]
    found = [] if public is None else [_holiday(DayKind.PUBLIC_HOLIDAY, public, lang)]
    return found + [_holiday(DayKind.SCHOOL_HOLIDAY, one, lang) for one in day["school_holidays"]]


def _holiday(kind: DayKind, named: Mapping[str, Any], lang: Language) -> dict[str, Any]:
    area = named.get("area")
    code = f"holiday.{kind}" if area is None else f"holiday.{kind}.area"
    return {
        "kind": kind,
        "name": named["name"],
        "name_en": named["name_en"],
        "area": area,
        "text": say(code, lang, {"name": name_in(named, lang), "area": area or ""}),
    }


def name_in(named: Mapping[str, Any], lang: Language) -> str:
    """What a holiday is called; in Japanese where nobody gave it an English name."""
    return str(named["name"] if lang == "ja" else named["name_en"] or named["name"])
