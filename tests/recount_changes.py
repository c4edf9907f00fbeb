"""Tells again the slow way what changed in a period and why, from the raw rows and the figures counted again."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.week import Period, local_day
from outreach_api.settings import Settings
from outreach_api.storage.calendar import SchoolHoliday
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import HeadCount
from tests.recount import Counted, Key, counted

Told = tuple[str, str, float, float, frozenset[tuple[Any, ...]]]
FEWEST = {"held": 1, "cancelled": 1, "sales_yen": 1_000}


def changes(
    session: Session, period: Period, figures: dict[Key, Any], *, now: dt.datetime, settings: Settings
) -> list[Told]:
    """Each with what it is held against and its causes: (cause, count, reason, before, amount, codes of stops)."""
    if period.last_day > local_day(now):
        return []
    here = counted(session, period, now=now, settings=settings)
    there = counted(session, period.previous(), now=now, settings=settings)
    codes = {stop.id: stop.code for stop in session.scalars(sa.select(Stop))}
    found = []
    for (figure, key), value in figures.items():
        if not figure.startswith("trend.") or key != str(period):
            continue
        name = figure.removeprefix("trend.")
        for against in ("before", "mean"):
            then = next(
                (v for (f, k), v in figures.items() if f == f"compared.{name}" and k.endswith(f"/{against}")),
                None,
            )
            if then is None:
                continue
            larger, apart = max(abs(value), abs(then), 1), abs(value - then)
            if apart >= FEWEST.get(name, 3) and apart * 5 >= larger - 1e-9:
                earlier = there if against == "before" else None
                causes = frozenset(_causes(session, name, value > then, here, earlier, codes))
                found.append((apart / larger, (name, against, value, then, causes)))
                break
    found.sort(key=lambda pair: -pair[0])
    return [told for _, told in found[:5]]


def _causes(
    session: Session, name: str, rose: bool, here: Counted, there: Counted | None, codes: dict[Any, str]
) -> list[tuple[Any, ...]]:
    off, early = (
        _reasons(here.called_off()),
        _reasons([v.cancel_reason for v in here.held if v.cancel_reason]),
    )
    off_then: dict[str, int] = {}
    early_then: dict[str, int] = {}
    if there:
        off_then = _reasons(there.called_off())
        early_then = _reasons([v.cancel_reason for v in there.held if v.cancel_reason])
    if name == "cancelled":
        return _more("cancelled", off, off_then) + _more("was_cancelled", off_then, off)
    found: list[tuple[Any, ...]] = []
    mine, past = _by_stop(here), _by_stop(there) if there else {}
    first = {
        stop
        for stop in mine
        if not any(
            v.stop_id == stop and here.was_held(v) and v.local_day < here.period.first_day
            for v in here.all_visits.values()
        )
    }
    if rose:
        if there:
            found += _more("was_cancelled", off_then, off)
            found += _places(
                "held_here", name, {s: n for s, n in mine.items() if s not in past and s not in first}, codes
            )
        found += _places("first_time", name, {s: n for s, n in mine.items() if s in first}, codes)
    else:
        found += _more("cancelled", off, off_then) + _more("ended_early", early, early_then)
        found += _places("not_held_here", name, {s: n for s, n in past.items() if s not in mine}, codes)
        blank = [
            v
            for v in here.held
            if v.local_day < here.today and not any(row.visit_id == v.id for row in here.rows(HeadCount))
        ]
        if blank and name in ("attendance", "children"):
            found.append(("no_head_count", len(blank), None, None, None, ()))
    if there:
        holidays = [h for h in session.scalars(sa.select(SchoolHoliday)) if h.active]
        days, days_then = (
            sum(any(h.from_day <= day <= h.to_day for h in holidays) for day in one.period.days)
            for one in (here, there)
        )
        if days != days_then:
            found.append(("school_holiday", days, None, days_then, None, ()))
    return found


def _reasons(reasons: list[str | None]) -> dict[str, int]:
    said = [reason or "other" for reason in reasons]
    return {reason: said.count(reason) for reason in said}


def _more(cause: str, these: dict[str, int], those: dict[str, int]) -> list[tuple[Any, ...]]:
    return [(cause, n, reason, None, None, ()) for reason, n in these.items() if n > those.get(reason, 0)]


def _by_stop(count: Counted) -> dict[Any, int]:
    people = dict.fromkeys((visit.stop_id for visit in count.held), 0)
    held = {visit.id: visit.stop_id for visit in count.held}
    for row in count.rows(HeadCount):
        if row.counted and row.visit_id in held:
            people[held[row.visit_id]] += sum(row.counts.values())
    return people


def _places(cause: str, name: str, people: dict[Any, int], codes: dict[Any, str]) -> list[tuple[Any, ...]]:
    if not people:
        return []
    order = sorted(people, key=lambda stop: (-people[stop], codes[stop]))
    amount = sum(people.values()) if name == "attendance" else None
    return [(cause, len(people), None, None, amount, tuple(codes[stop] for stop in order[:3]))]
