"""Reach: which cells the van stood in, how often, how long, and who came."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.geo import BBox
from outreach_api.ledger.kinds import Actor
from outreach_api.outreach_map.geojson import touches
from outreach_api.outreach_map.reads.held import (
    around,
    attendance_columns,
    attendance_view,
    hours,
    summed,
    sums_of,
    vans_seen_by,
)
from outreach_api.outreach_map.rules.grid import DIVISOR
from outreach_api.outreach_map.shown import Cells, too_large
from outreach_api.storage.stops import Stop


def reach_map(
    session: Session, actor: Actor, *, first: dt.date, last: dt.date, level: int, box: BBox | None, most: int
) -> Cells | Refusal:
    """Cells of a level (metres) with held visits in a period of local days; refused if more than `most`."""
    cell = Stop.mesh.op("/")(sa.literal_column(str(DIVISOR[level])))
    found = sums_of(session, cell, first=first, last=last, van_id=vans_seen_by(actor), where=around(box))
    held = {code: sums for code, sums in found.items() if touches(code, box)}
    if refusal := too_large(len(held), most):
        return refusal
    rows = list(held.values())
    came = [row.bands for row in rows]
    return Cells(
        level,
        list(held),
        {
            "visits": [row.visits for row in rows],
            "stops": [row.stops for row in rows],
            "hours_open": [hours(row.seconds_open) for row in rows],
            "last_visit_day": [row.last_day for row in rows],
            "days_since_last_visit": [(last - row.last_day).days for row in rows],
            "attendance": attendance_columns(came),
        },
        {
            "from_day": first,
            "to_day": last,
            "level": level,
            "visits": sum(row.visits for row in rows),
            "hours_open": hours(sum(row.seconds_open for row in rows)),
            "attendance": attendance_view(summed(came)),
        },
    )
