"""Reach: which cells the van stood in, how often, how long, and who came; in one period, or in two side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.geo import BBox
from outreach_api.ledger.kinds import Actor
from outreach_api.outreach_map.geojson import touches
from outreach_api.outreach_map.reads.held import (
    Sums,
    around,
    attendance_columns,
    attendance_view,
    cell_of,
    hours,
    summed,
    sums_of,
    vans_seen_by,
)
from outreach_api.outreach_map.shown import Cells, Counts, too_large


@dataclass(frozen=True, slots=True)
class Days:
    """A period of local days, both included."""

    first: dt.date
    last: dt.date


_NOTHING = Sums(0, 0, 0, None, {})


def reach_map(
    session: Session,
    actor: Actor,
    *,
    period: Days,
    level: int,
    box: BBox | None,
    most: int,
    against: Days | None = None,
) -> Cells | Refusal:
    """Cells of a level (metres) with held visits in a period; refused if more than `most`.

    Against another period: the cells of both, with what was held then, and by how much it is more now.
    """

    def held_in(days: Days) -> dict[int, Sums]:
        found = sums_of(
            session,
            cell_of(level),
            first=days.first,
            last=days.last,
            van_id=vans_seen_by(actor),
            where=around(box),
        )
        return {code: sums for code, sums in found.items() if touches(code, box)}

    held = held_in(period)
    held_then = held_in(against) if against else {}
    codes = sorted(held.keys() | held_then.keys())
    if refusal := too_large(len(codes), most):
        return refusal
    now = [held.get(code, _NOTHING) for code in codes]
    then = [held_then.get(code, _NOTHING) for code in codes]
    last_days = [one.last_day for one in now]
    columns = {
        **_columns(now),
        "last_visit_day": last_days,
        "days_since_last_visit": [None if day is None else (period.last - day).days for day in last_days],
        "against": _against(now, then) if against else _unasked(_against([_NOTHING], [_NOTHING]), len(codes)),
    }
    summary: dict[str, Any] = {
        "from_day": period.first,
        "to_day": period.last,
        "level": level,
        **_summary(now),
        "against": None,
    }
    if against:
        change = _summary([_change(_together(now), _together(then))])
        days = {"from_day": against.first, "to_day": against.last}
        summary["against"] = {**days, **_summary(then), "change": change}
    return Cells(level, codes, columns, summary)


def _columns(rows: Sequence[Sums]) -> dict[str, Any]:
    return {
        "visits": [row.visits for row in rows],
        "stops": [row.stops for row in rows],
        "hours_open": [hours(row.seconds_open) for row in rows],
        "attendance": attendance_columns([row.bands for row in rows]),
    }


def _against(now: Sequence[Sums], then: Sequence[Sums]) -> dict[str, Any]:
    return {
        **_columns(then),
        "last_visit_day": [one.last_day for one in then],
        "change": _columns([_change(*both) for both in zip(now, then, strict=True)]),
    }


def _unasked(columns: dict[str, Any], count: int) -> dict[str, Any]:
    """The same columns where nothing is compared: nothing is known."""
    return {
        key: column
        if isinstance(column, Counts)
        else _unasked(column, count)
        if isinstance(column, dict)
        else [None] * count
        for key, column in columns.items()
    }


def _change(now: Sums, then: Sums) -> Sums:
    bands = summed([now.bands, {band: -count for band, count in then.bands.items()}])
    return Sums(
        now.visits - then.visits,
        now.stops - then.stops,
        now.seconds_open - then.seconds_open,
        None,
        {band: count for band, count in bands.items() if count},
    )


def _together(rows: Sequence[Sums]) -> Sums:
    return Sums(
        sum(row.visits for row in rows),
        sum(row.stops for row in rows),
        sum(row.seconds_open for row in rows),
        None,
        summed([row.bands for row in rows]),
    )


def _summary(rows: Sequence[Sums]) -> dict[str, Any]:
    whole = _together(rows)
    return {
        "visits": whole.visits,
        "hours_open": hours(whole.seconds_open),
        "attendance": attendance_view(whole.bands),
    }
