"""Reach: which cells the van stood in, how often, how long, and who came. Grouped in SQL from visits."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.geo import BBox
from outreach_api.ledger.kinds import Actor
from outreach_api.outreach_map.geojson import touches
from outreach_api.outreach_map.reads.held import (
    attendance,
    attendance_columns,
    attendance_view,
    between,
    held,
    hours,
    in_scope,
    seconds_open,
    summed,
)
from outreach_api.outreach_map.rules.grid import DIVISOR
from outreach_api.outreach_map.shown import Cells, too_large
from outreach_api.storage.visits import Visit


def reach_map(
    session: Session, actor: Actor, *, first: dt.date, last: dt.date, level: int, box: BBox | None, most: int
) -> Cells | Refusal:
    """Cells of a level (metres) with held visits in a period of local days; refused if more than `most`."""
    cell = Visit.mesh if level == 250 else Visit.mesh.op("/")(sa.literal_column(str(DIVISOR[level])))
    wanted = (between(first, last), in_scope(actor))
    visited = session.execute(
        sa.select(
            cell.label("cell"),
            sa.func.count().label("visits"),
            sa.func.count(sa.distinct(Visit.stop_id)).label("stops"),
            sa.func.max(Visit.local_day).label("last_day"),
            seconds_open().label("seconds"),
        )
        .where(held(), *wanted)
        .group_by(cell)
        .order_by(cell)
    )
    rows = [row for row in visited if touches(row.cell, box)]
    if refusal := too_large(len(rows), most):
        return refusal
    by_cell = attendance(session, cell, *wanted)
    came = [by_cell.get(row.cell, {}) for row in rows]
    return Cells(
        level,
        [row.cell for row in rows],
        {
            "visits": [row.visits for row in rows],
            "stops": [row.stops for row in rows],
            "hours_open": [hours(row.seconds) for row in rows],
            "last_visit_day": [row.last_day for row in rows],
            "days_since_last_visit": [(last - row.last_day).days for row in rows],
            "attendance": attendance_columns(came),
        },
        {
            "from_day": first,
            "to_day": last,
            "level": level,
            "visits": sum(row.visits for row in rows),
            "hours_open": hours(sum(row.seconds for row in rows)),
            "attendance": attendance_view(summed(came)),
        },
    )
