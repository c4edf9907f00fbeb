"""What was held in each cell in each week: whoever has this can sum any weeks and compare any two runs of them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.geo import BBox
from outreach_api.kernel.week import IsoWeek
from outreach_api.ledger.kinds import Actor
from outreach_api.outreach_map.columnar import FORM, differences
from outreach_api.outreach_map.geojson import touches
from outreach_api.outreach_map.reads.held import around, cell_of, chosen, last_day, of_stop, vans_seen_by
from outreach_api.outreach_map.shown import too_large
from outreach_api.storage.held_days import HeldDay
from schemas.vocabulary import CHILD_BANDS, Band

_FIGURES = ("visits", "attendance", "children")
_Sums = tuple[int, ...]


def weeks_map(
    session: Session, actor: Actor, *, first: dt.date, last: dt.date, level: int, box: BBox | None, most: int
) -> dict[str, Any] | Refusal:
    """Cells of a level (metres) that were ever visited up to the period's end, and what was held in each of its weeks.

    Local days, both included: a first or last week may be a part of one. The compact form alone: as GeoJSON it would
    be a feature for each cell and week.
    """
    asked = {"first": first, "before": first - dt.timedelta(days=1), "last": last, "van": vans_seen_by(actor)}
    last_before: dict[int, dt.date] = {}
    until: dict[uuid.UUID, _Sums] = {}
    for stop_id, cell, day, *sums in session.execute(_before(level, box), asked):
        until[stop_id] = tuple(sums)
        last_before[cell] = max(day, last_before.get(cell, day))
    held: dict[tuple[IsoWeek, int], _Sums] = defaultdict(lambda: (0,) * len(_FIGURES))
    for stop_id, cell, day, *sums in session.execute(_within(level, box), asked):
        if day is None:
            continue  # a stop without a held day in the period
        own = (now - early for now, early in zip(sums, until.get(stop_id, (0,) * len(_FIGURES)), strict=True))
        place = (IsoWeek.of(day), cell)
        held[place] = tuple(map(sum, zip(held[place], own, strict=True)))
        until[stop_id] = tuple(sums)
    cells = sorted(code for code in {*last_before, *(cell for _, cell in held)} if touches(code, box))
    if refusal := too_large(len(cells), most):
        return refusal
    number = {code: index for index, code in enumerate(cells)}
    rows = sorted((week, number[cell], sums) for (week, cell), sums in held.items() if cell in number)
    weeks = _weeks(first, last)
    since = weeks[0].first_day
    columns = {name: [sums[index] for *_, sums in rows] for index, name in enumerate(_FIGURES)}
    return {
        "form": FORM,
        "level": level,
        "cells": differences(cells),
        "weeks": [str(week) for week in weeks],
        "columns": {
            "last_day_before": [last_before.get(code) for code in cells],
            "week": [(week.first_day - since).days // 7 for week, *_ in rows],
            "cell": [index for _, index, _ in rows],
            **columns,
        },
        "summary": {
            "from_day": first,
            "to_day": last,
            "level": level,
            **{name: sum(column) for name, column in columns.items()},
        },
    }


def _weeks(first: dt.date, last: dt.date) -> list[IsoWeek]:
    weeks = [IsoWeek.of(first)]
    while weeks[-1].last_day < last:
        weeks.append(weeks[-1].next())
    return weeks


def _before(level: int, box: BBox | None) -> sa.Select[Any]:
    """Each stop's sums up to the period."""
    row = aliased(HeldDay)
    known = last_day("before").is_not(None)
    stops = chosen([*around(box), known], place=cell_of(level), day=last_day("before"))
    return _sums(row, stops).outerjoin(row, sa.and_(of_stop(row, stops), row.local_day == stops.c.day))


def _within(level: int, box: BBox | None) -> sa.Select[Any]:
    """Each stop's sums up to each of its held days in the period."""
    row = aliased(HeldDay)
    stops = chosen(around(box), place=cell_of(level))
    days = row.local_day.between(sa.bindparam("first"), sa.bindparam("last"))
    found = _sums(row, stops).outerjoin(row, sa.and_(of_stop(row, stops), days))
    return found.order_by(stops.c.stop_id, row.local_day)


def _sums(row: Any, stops: sa.CTE) -> sa.Select[Any]:
    people, children = (
        sum((getattr(row, band) for band in bands[1:]), getattr(row, bands[0]))
        for bands in (list(Band), CHILD_BANDS)
    )
    columns = (stops.c.stop_id, stops.c.place, row.local_day, row.visits, people, children)
    return sa.select(*columns).select_from(stops)
