"""Reads what a picture of a suggestion shows."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.messages import Language
from outreach_api.plans.holidays import holidays_between, name_in
from outreach_api.plans.suggesting.picture import day_svg, month_svg
from outreach_api.plans.suggesting.views import NOT_FOUND, suggestion
from outreach_api.plans.surroundings import point_of
from outreach_api.storage.stops import Stop


def draw(
    session: Session,
    suggestion_id: uuid.UUID,
    lang: Language,
    organisation: str,
    *,
    day: dt.date | None,
    van_id: uuid.UUID | None,
) -> str | Refusal:
    """The whole period, or a van's day. not_found for a day on which nothing is suggested."""
    found = suggestion(session, suggestion_id, lang)
    if isinstance(found, Refusal):
        return found
    if found["answer"] is None:
        return Refusal("suggestion_without_answer", 409)
    days = found["answer"]["days"]
    if day is None:
        first, last = (dt.date.fromisoformat(found["asked"][name]) for name in ("from_day", "to_day"))
        told = holidays_between(session, first, last, lang)
        holidays = {day: name_in(found[0], lang) for day, found in told.items() if found}
        return month_svg(days, first, last, organisation, lang, holidays)
    for one in days:
        if one["local_day"] == day and van_id in (None, one["van_id"]):
            stops = {stay["stop_id"] for stay in one["stays"]}
            rows = session.scalars(sa.select(Stop).where(Stop.id.in_(stops)))
            return day_svg(one, {row.id: point_of(row) for row in rows}, organisation, lang)
    return NOT_FOUND
