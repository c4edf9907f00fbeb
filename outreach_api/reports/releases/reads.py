"""Reads releases: which weeks went out, and what each of them told, in rounded figures only."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.week import FiscalQuarter, IsoWeek, parse_period, weeks_of
from outreach_api.ledger.kinds import Actor
from outreach_api.storage.published import VISITS
from outreach_api.storage.releases import Release, ReleasedAtom, ReleasedRare
from schemas.vocabulary import PackForm


def release(session: Session, actor: Actor, release_id: uuid.UUID) -> dict[str, Any] | Refusal:
    row = session.get(Release, release_id)
    return Refusal("not_found", 404) if row is None else views(session, [row])[0]


def views(session: Session, rows: Sequence[Release]) -> list[dict[str, Any]]:
    return [_view(session, row) for row in rows]


def _view(session: Session, row: Release) -> dict[str, Any]:
    first = IsoWeek.from_int(row.from_week)
    late = ReleasedAtom.local_day < first.first_day
    heads = ReleasedAtom.figure != VISITS
    told = sa.select(late, heads, sa.func.sum(ReleasedAtom.value), sa.func.count())
    told = told.where(ReleasedAtom.release_id == row.id).group_by(late, heads)
    sums = {
        (bool(is_late), bool(is_heads)): (int(value), count)
        for is_late, is_heads, value, count in session.execute(told)
    }
    rare = sa.select(ReleasedRare.quarter_day, ReleasedRare.figure, ReleasedRare.value)
    rare = rare.where(ReleasedRare.release_id == row.id).order_by(
        ReleasedRare.quarter_day, ReleasedRare.figure
    )
    nothing = (0, 0)
    return {
        "id": row.id,
        "version": row.version,
        "number": row.number,
        "from_week": first,
        "week": IsoWeek.from_int(row.iso_week),
        "made_at": row.created_at,
        "made_by": row.made_by,
        "visits": sums.get((False, False), nothing)[0],
        "attendance": sums.get((False, True), nothing)[0],
        "late_visits": sums.get((True, False), nothing)[0],
        "late_attendance": sums.get((True, True), nothing)[0],
        "late_atoms": sums.get((True, True), nothing)[1],
        "quarters": [
            {"quarter": str(FiscalQuarter.of(day)), "figure": figure, "value": value}
            for day, figure, value in session.execute(rare)
        ],
        "warnings": [],
    }


def pack(session: Session, release_id: uuid.UUID, key: uuid.UUID, text: str) -> dict[str, Any] | Refusal:
    """Where the pack of a period is, what this call (by its key) released for it, and what is still to come."""
    row, period = session.get(Release, release_id), parse_period(text)
    through = session.scalar(sa.select(sa.func.max(Release.iso_week)))
    if row is None or through is None:
        return Refusal("not_found", 404)
    weeks = [IsoWeek.from_int(number) for number in (row.from_week, row.iso_week)]
    address = f"/v1/packs/{period}"
    return {
        "id": row.id,
        "period": str(period),
        "from_day": period.first_day,
        "to_day": period.last_day,
        "released": {"from_week": weeks[0], "week": weeks[1]} if release_id == key else None,
        "released_through": IsoWeek.from_int(through),
        "missing_weeks": [week for week in weeks_of(period) if week.as_int > through],
        "links": {form.value: f"{address}?format={form}" for form in PackForm},
        "warnings": [],
    }
