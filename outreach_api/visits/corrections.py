"""A coordinator's corrections of visits: day, stop, and two visits that were one. Their facts follow."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.week import IsoWeek
from outreach_api.ledger import measures, versions
from outreach_api.ledger.kinds import Accepted, Announce, Applied, Tally, Work
from outreach_api.storage.base import VisitFact
from outreach_api.storage.contacts import FollowUpEvent, SafetyConcern, StampMark
from outreach_api.storage.ledger import VisitTotal
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit
from outreach_api.visits.told_twice import hold_back
from schemas.vocabulary import VisitStatus

_HELD = (VisitStatus.OPEN, VisitStatus.CLOSED)


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
    _move_facts(work, row.id, row)
    work.session.execute(
        sa.update(VisitTotal).where(VisitTotal.visit_id == row.id).values(iso_week=row.iso_week)
    )
    # Whether a promise was kept in time is asked by the day on which it was.
    work.session.execute(
        sa.update(FollowUpEvent)
        .where(FollowUpEvent.visit_id == row.id)
        .values(local_day=row.local_day, iso_week=row.iso_week)
    )
    return Applied(row.id, row.version, created=False, announces=(Announce("visit", row.id, row.van_id),))


def merge_visit(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Join an ad-hoc duplicate to the visit that it was; facts that come later follow by `merged_into`."""
    row = versions.find(work, Visit, accepted)
    if isinstance(row, Refusal):
        return row
    target = work.session.get(Visit, accepted.values["into"])
    if target is None or target.id == row.id:
        return Refusal("invalid", 422, {}, (Problem("/into", "unknown_reference"),))
    if row.merged_into is not None or target.merged_into is not None:
        return Refusal("visit_merged", 409)
    if row.plan_stop_id is not None or (target.van_id, target.local_day) != (row.van_id, row.local_day):
        return Refusal("visit_not_duplicate", 409)
    taken_back = hold_back(work, accepted, row, target)
    stamps = _drop_repeated_stamps(work, row.id, target.id)
    _move_facts(work, row.id, target)
    for table, column in ((SafetyConcern, SafetyConcern.visit_id), (FollowUpEvent, FollowUpEvent.visit_id)):
        work.session.execute(sa.update(table).where(column == row.id).values(visit_id=target.id))
    work.session.execute(sa.update(Visit).where(Visit.merged_into == row.id).values(merged_into=target.id))
    tallies = [Tally(target.id, measures.STAMPS, "", -stamps)] if stamps else []
    for total in work.session.scalars(sa.select(VisitTotal).where(VisitTotal.visit_id == row.id)):
        tallies.append(Tally(target.id, total.measure, total.key, total.value))
    work.session.execute(sa.delete(VisitTotal).where(VisitTotal.visit_id == row.id))
    opened = [at for at in (row.opened_at, target.opened_at) if at is not None]
    closed = [at for at in (row.closed_at, target.closed_at) if at is not None]
    if row.status in _HELD and target.status not in _HELD:
        # One phone called it off, another one was there: what was counted belongs to a visit that was held.
        target.status, target.cancel_reason = row.status, row.cancel_reason
    elif row.status == VisitStatus.CLOSED:
        # As it would be if they had been joined first: the first close counts.
        target.status = VisitStatus.CLOSED
    target.opened_at = min(opened, default=None)
    target.closed_at = max(closed, default=None)
    target.version += 1
    target.change_no = accepted.change_no
    row.merged_into = target.id
    return Applied(
        target.id,
        target.version,
        created=False,
        tallies=(*tallies, *taken_back),
        announces=(
            Announce("visit", target.id, target.van_id),
            Announce("visit", row.id, row.van_id, gone=True),
        ),
    )


def _move_facts(work: Work, visit_id: uuid.UUID, to: Visit) -> None:
    for fact in VisitFact.__subclasses__():
        table: Any = fact
        work.session.execute(
            sa.update(table)
            .where(table.visit_id == visit_id)
            .values(visit_id=to.id, local_day=to.local_day, iso_week=to.iso_week, mesh=to.mesh)
        )


def _drop_repeated_stamps(work: Work, visit_id: uuid.UUID, target_id: uuid.UUID) -> int:
    there = sa.select(StampMark.card).where(StampMark.visit_id == target_id)
    repeated = work.session.scalars(
        sa.select(StampMark.id).where(StampMark.visit_id == visit_id, StampMark.card.in_(there))
    ).all()
    if repeated:
        work.session.execute(sa.delete(StampMark).where(StampMark.id.in_(repeated)))
    return len(repeated)
