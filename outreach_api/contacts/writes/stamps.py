"""Marks stamp cards: the same card twice at one visit is one mark, on however many phones."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger.kinds import Accepted, Applied, Tally, Work
from outreach_api.ledger.measures import STAMPS
from outreach_api.ledger.visit_facts import VISIT_UNKNOWN, fact_columns, frames
from outreach_api.storage import bulk
from outreach_api.storage.contacts import StampMark


def mark_stamps(work: Work, operations: Sequence[Accepted]) -> list[Applied | Refusal]:
    visits = frames(work, (accepted.values["visit_id"] for accepted in operations))
    visit_ids = {frame.id for frame in visits.values()}
    cards = {accepted.values["card"] for accepted in operations}
    select = sa.select(StampMark.visit_id, StampMark.card, StampMark.id).where(
        StampMark.visit_id.in_(visit_ids), StampMark.card.in_(cards)
    )
    marked: dict[tuple[uuid.UUID, str], uuid.UUID] = {
        (visit_id, card): mark_id for visit_id, card, mark_id in work.session.execute(select)
    }
    rows: list[dict[str, Any]] = []
    answers: list[Applied | Refusal] = []
    for accepted in operations:
        frame = visits.get(accepted.values["visit_id"])
        if frame is None:
            answers.append(VISIT_UNKNOWN)
            continue
        place = (frame.id, accepted.values["card"])
        if place in marked:
            answers.append(Applied(marked[place], created=False))
            continue
        marked[place] = accepted.entity_id
        rows.append({**accepted.values, **fact_columns(work, accepted, frame)})
        answers.append(Applied(accepted.entity_id, tallies=(Tally(frame.id, STAMPS, "", 1),)))
    if rows:
        bulk.append(work.session, StampMark, rows)
    return answers
