"""Promises to be kept at a stop on a day, and whether they were; phones hold the open ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from outreach_api.contacts.rules import due_day_fault
from outreach_api.contacts.writes.notes import NOTE_UNKNOWN, notes_in_reach
from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.week import IsoWeek, local_day
from outreach_api.ledger.kinds import Accepted, Announce, Applied, Work
from outreach_api.ledger.visit_facts import VISIT_UNKNOWN, fact_columns, frames, of_own_van
from outreach_api.storage import bulk
from outreach_api.storage.contacts import FollowUp, FollowUpEvent
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit

_STOP_UNKNOWN = Refusal("invalid", 422, {}, (Problem("/due_stop_id", "unknown_reference"),))
_FOLLOW_UP_UNKNOWN = Refusal(
    "follow_up_unknown", 404, {}, (Problem("/follow_up_id", "follow_up_unknown"),), passing=True
)


def promise_follow_ups(work: Work, operations: Sequence[Accepted]) -> list[Applied | Refusal]:
    visits = frames(work, (accepted.values["visit_id"] for accepted in operations))
    notes = notes_in_reach(work, {n for a in operations if (n := a.values["note_id"]) is not None})
    stop_ids = {accepted.values["due_stop_id"] for accepted in operations}
    stops = set(work.session.scalars(sa.select(Stop.id).where(Stop.id.in_(stop_ids))))
    rows: list[dict[str, Any]] = []
    answers: list[Applied | Refusal] = []
    for accepted in operations:
        given = accepted.values
        frame = visits.get(given["visit_id"])
        if frame is None:
            answers.append(VISIT_UNKNOWN)
        elif given["note_id"] is not None and given["note_id"] not in notes:
            answers.append(NOTE_UNKNOWN)
        elif given["due_stop_id"] not in stops:
            answers.append(_STOP_UNKNOWN)
        elif (fault := due_day_fault(frame.local_day, given["due_day"])) is not None:
            answers.append(fault)
        else:
            week = IsoWeek.of(given["due_day"]).as_int
            rows.append({**given, **fact_columns(work, accepted, frame), "due_week": week})
            announce = Announce("follow_up", accepted.entity_id, frame.van_id)
            answers.append(Applied(accepted.entity_id, announces=(announce,)))
    if rows:
        bulk.append(work.session, FollowUp, rows)
    return answers


def report_follow_ups(work: Work, operations: Sequence[Accepted]) -> list[Applied | Refusal]:
    visits = frames(work, (v for a in operations if (v := a.values["visit_id"]) is not None))
    ids = {accepted.values["follow_up_id"] for accepted in operations}
    select = (
        sa.select(FollowUp.id, Visit.van_id)
        .join(Visit, Visit.id == FollowUp.visit_id)
        .where(FollowUp.id.in_(ids), of_own_van(work.actor, FollowUp.visit_id))
    )
    vans = dict(work.session.execute(select).all())
    rows: list[dict[str, Any]] = []
    answers: list[Applied | Refusal] = []
    for accepted in operations:
        given = accepted.values
        frame = visits.get(given["visit_id"])
        if given["follow_up_id"] not in vans:
            answers.append(_FOLLOW_UP_UNKNOWN)
        elif given["visit_id"] is not None and frame is None:
            answers.append(VISIT_UNKNOWN)
        else:
            day = frame.local_day if frame else given["local_day"] or local_day(accepted.occurred_at)
            rows.append(
                {
                    "id": accepted.entity_id,
                    "follow_up_id": given["follow_up_id"],
                    "result": given["result"],
                    "visit_id": frame.id if frame else None,
                    "local_day": day,
                    "iso_week": IsoWeek.of(day).as_int,
                    "change_no": accepted.change_no,
                    "received_at": work.now,
                }
            )
            announce = Announce("follow_up", given["follow_up_id"], vans[given["follow_up_id"]])
            answers.append(Applied(accepted.entity_id, announces=(announce,)))
    if rows:
        bulk.append(work.session, FollowUpEvent, rows)
    return answers
