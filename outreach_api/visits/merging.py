"""Two visits that were one are joined: facts, totals and tellings go to the one that remains, whatever the order."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.ledger import measures, shown_with, timetable, totals, versions
from outreach_api.ledger.held_days import HELD
from outreach_api.ledger.kinds import Accepted, Announce, Applied, Tally, Warn, Work
from outreach_api.ledger.tellings import heads, receipts, tills
from outreach_api.storage.contacts import FollowUpEvent, SafetyConcern, StampMark
from outreach_api.storage.visits import Visit
from outreach_api.visits import rules
from outreach_api.visits.corrections import move_facts
from schemas.vocabulary import Source, VisitStatus


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
    on_paper = Source.PAPER in (row.source, target.source)
    # What one source tells adds up; but the same sheet may have been typed in twice.
    warnings = (Warn("both_on_paper"),) if row.source == target.source == Source.PAPER else ()
    both = [target.id, row.id]
    of_heads = heads.Standing(work.session, both).first(both) if on_paper else None
    of_receipts = receipts.standing(work.session, both) if on_paper else {}
    tallies = _move(work, row, target)
    if not on_paper:
        turned = [tills.let_stand(work.session, target.id, None)]
    else:
        # What the visit that remains was told first stands; of what it was never told, the other's does.
        target.source = Source.PAPER
        turned = [receipts.settle(work.session, target.id, *(of_receipts.get(visit_id) for visit_id in both))]
        turned += [heads.let_stand(work.session, target.id, of_heads)] if of_heads else []
    _join_times(work, row, target)
    target.version += 1
    target.change_no = accepted.change_no
    row.merged_into = target.id
    return Applied(
        target.id,
        target.version,
        created=False,
        tallies=(*tallies, *(tally for each in turned for tally in each.tallies)),
        announces=(
            *(announce for each in turned for announce in each.announces),
            *shown_with.of_visit(work.session, target.id),
            Announce("visit", target.id, target.van_id),
            Announce("visit", row.id, row.van_id, gone=True),
        ),
        warnings=warnings,
    )


def _move(work: Work, row: Visit, target: Visit) -> list[Tally]:
    """Give the duplicate's facts and totals to the visit that remains; what that adds to its totals."""
    stamps = _drop_repeated_stamps(work, row.id, target.id)
    move_facts(work, row.id, target)
    for table, column in ((SafetyConcern, SafetyConcern.visit_id), (FollowUpEvent, FollowUpEvent.visit_id)):
        work.session.execute(sa.update(table).where(column == row.id).values(visit_id=target.id))
    work.session.execute(sa.update(Visit).where(Visit.merged_into == row.id).values(merged_into=target.id))
    tallies = [Tally(target.id, measures.STAMPS, "", -stamps)] if stamps else []
    return tallies + [Tally(target.id, *total) for total in totals.take_away(work.session, row.id)]


def _join_times(work: Work, row: Visit, target: Visit) -> None:
    """A visit that two phones opened lasts from the first arrival to the last departure that was told."""
    # One phone called it off, another one was there: what was counted belongs to a visit that was held.
    held_after_all = row.status in HELD and target.status not in HELD
    if held_after_all or (row.status == VisitStatus.CLOSED and _left_later(row, target)):
        target.status, target.closed_at, target.cancel_reason = row.status, row.closed_at, row.cancel_reason
    timetable.follow_visit(work, target)
    opened = [at for at in (row.opened_at, target.opened_at) if at is not None]
    target.opened_at = min(opened, default=None)
    target.note = rules.both_notes(target.note, row.note)


def _left_later(row: Visit, target: Visit) -> bool:
    """Whether the duplicate's departure says more than that of the visit that remains."""
    if row.closed_at is None or target.closed_at is None:
        return target.closed_at is None
    unexplained = row.closed_at == target.closed_at and target.cancel_reason is None
    return unexplained or row.closed_at > target.closed_at


def _drop_repeated_stamps(work: Work, visit_id: uuid.UUID, target_id: uuid.UUID) -> int:
    there = sa.select(StampMark.card).where(StampMark.visit_id == target_id)
    repeated = work.session.scalars(
        sa.select(StampMark.id).where(StampMark.visit_id == visit_id, StampMark.card.in_(there))
    ).all()
    if repeated:
        work.session.execute(sa.delete(StampMark).where(StampMark.id.in_(repeated)))
    return len(repeated)
