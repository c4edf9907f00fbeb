"""A coordinator's corrections of a visit's day and stop; its facts follow."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.week import IsoWeek
from outreach_api.ledger import shown_with, totals, versions
from outreach_api.ledger.kinds import Accepted, Announce, Applied, Work
from outreach_api.storage.base import VisitFact
from outreach_api.storage.contacts import FollowUpEvent
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit


def correct_visit(work: Work, accepted: Accepted) -> Applied | Refusal:
    row = versions.find(work, Visit, accepted)
    if isinstance(row, Refusal):
        return row
    if row.merged_into is not None:
        return Refusal("visit_merged", 409)
    given = accepted.values
    if "stop_id" in given:
        stop = work.session.get(Stop, given["stop_id"])
        if stop is None:
            return Refusal("invalid", 422, {}, (Problem("/stop_id", "unknown_reference"),))
        row.stop_id, row.mesh = stop.id, stop.mesh
    if "local_day" in given:
        row.local_day = given["local_day"]
        row.iso_week = IsoWeek.of(row.local_day).as_int
        row.clock_suspect = False
    if "note" in given:
        row.note = given["note"]
    work.session.flush()
    move_facts(work, row.id, row)
    totals.move_to_week(work.session, row.id, row.iso_week)
    # Whether a promise was kept in time is asked by the day on which it was.
    work.session.execute(
        sa.update(FollowUpEvent)
        .where(FollowUpEvent.visit_id == row.id)
        .values(local_day=row.local_day, iso_week=row.iso_week)
    )
    shown = shown_with.of_visit(work.session, row.id) if "local_day" in given else []
    announces = (Announce("visit", row.id, row.van_id), *shown)
    return Applied(row.id, row.version, created=False, announces=announces)


def move_facts(work: Work, visit_id: uuid.UUID, to: Visit) -> None:
    """Give all facts of a visit to another one, or to itself anew; with its day, week and cell."""
    for fact in VisitFact.__subclasses__():
        table: Any = fact
        work.session.execute(
            sa.update(table)
            .where(table.visit_id == visit_id)
            .values(visit_id=to.id, local_day=to.local_day, iso_week=to.iso_week, mesh=to.mesh)
        )
