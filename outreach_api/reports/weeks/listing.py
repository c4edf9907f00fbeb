"""Finds the weeks that somebody asks for: by their state, and by when it last changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from outreach_api.kernel.week import IsoWeek, local_day
from outreach_api.reports.weeks import reads, rules
from schemas.vocabulary import WeekState


def weeks(session: Session, query: Mapping[str, Any], now: dt.datetime) -> list[IsoWeek]:
    """The latest first, from the first of which there is something to say up to the running one."""
    today = local_day(now)
    first = IsoWeek(*query["from_week"]) if query["from_week"] else reads.first_week(session, today)
    last = min(IsoWeek(*query["to_week"]) if query["to_week"] else IsoWeek.of(today), IsoWeek.of(today))
    if first > last:
        return []
    known = reads.versions(session, first, last)
    count = (last.monday - first.monday).days // 7 + 1
    found = [last.previous(n) for n in range(count)]
    if query["state"] is not None:
        found = [w for w in found if rules.state_of(w, today, closed=w in known) == query["state"]]
    if query["changed_since"] is not None:
        changed = {w for w in found if _changed_at(w, known, now) > query["changed_since"] - reads.OVERLAP}
        found = [w for w in found if w in changed]
    return found


def in_state(session: Session, state: WeekState, now: dt.datetime) -> list[IsoWeek]:
    """All weeks of a state, the latest first."""
    asked = {"from_week": None, "to_week": None, "state": state, "changed_since": None}
    return weeks(session, asked, now)


def _changed_at(week: IsoWeek, known: Mapping[IsoWeek, list[reads.Version]], now: dt.datetime) -> dt.datetime:
    """When its state changed last: it was told anew, closed, came to its end or began."""
    if week in known:
        return known[week][-1].made_at
    begin, end = week.bounds_utc
    return end if end <= now else begin
