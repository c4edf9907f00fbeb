"""What was promised, where and when it is due; and stamp cards, counted and never listed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.contacts.reads.notes import that_exist_for
from outreach_api.contacts.rules import chapman
from outreach_api.kernel.errors import Refusal
from outreach_api.ledger.kinds import Actor
from outreach_api.ledger.visit_facts import of_own_van
from outreach_api.storage.contacts import FollowUp, FollowUpEvent, StampMark
from schemas.vocabulary import FollowUpState


def _last_result() -> sa.ScalarSelect[Any]:
    return (
        sa.select(FollowUpEvent.result)
        .where(FollowUpEvent.follow_up_id == FollowUp.id)
        .order_by(FollowUpEvent.change_no.desc())
        .limit(1)
        .correlate(FollowUp)
        .scalar_subquery()
    )


def in_scope(actor: Actor) -> sa.Select[Any]:
    return sa.select(FollowUp).where(of_own_van(actor, FollowUp.visit_id))


def matching(actor: Actor, wanted: dict[str, Any], today: dt.date) -> sa.Select[Any]:
    """Follow-ups in scope by due day, stop and state as of `today` in Tokyo."""
    select = in_scope(actor)
    if wanted["due_from"] is not None:
        select = select.where(FollowUp.due_day >= wanted["due_from"])
    if wanted["due_to"] is not None:
        select = select.where(FollowUp.due_day <= wanted["due_to"])
    if wanted["due_stop_id"] is not None:
        select = select.where(FollowUp.due_stop_id == wanted["due_stop_id"])
    state = wanted["state"]
    if state in (FollowUpState.DUE, FollowUpState.OVERDUE):
        select = select.where(_last_result().is_(None))
        if state is FollowUpState.OVERDUE:
            select = select.where(FollowUp.due_day < today)
    elif state is not None:
        select = select.where(_last_result() == state.value)
    return select


def follow_up(session: Session, actor: Actor, follow_up_id: uuid.UUID) -> dict[str, Any] | Refusal:
    found = follow_ups(session, actor, [follow_up_id])
    return found[0] if found else Refusal("not_found", 404)


def follow_ups(session: Session, actor: Actor, ids: Sequence[uuid.UUID]) -> list[dict[str, Any]]:
    """Several at once, for phones."""
    rows = session.scalars(in_scope(actor).where(FollowUp.id.in_(ids)).order_by(FollowUp.id))
    return follow_up_views(session, actor, list(rows))


def reported_follow_up(session: Session, actor: Actor, event_id: uuid.UUID) -> dict[str, Any] | Refusal:
    """The follow-up that a report belongs to."""
    follow_up_id = session.scalar(sa.select(FollowUpEvent.follow_up_id).where(FollowUpEvent.id == event_id))
    return Refusal("not_found", 404) if follow_up_id is None else follow_up(session, actor, follow_up_id)


def follow_up_views(session: Session, actor: Actor, rows: Sequence[FollowUp]) -> list[dict[str, Any]]:
    notes = that_exist_for(session, actor, (row.note_id for row in rows))
    reports: dict[uuid.UUID, list[dict[str, Any]]] = {row.id: [] for row in rows}
    for event in session.scalars(
        sa.select(FollowUpEvent)
        .where(FollowUpEvent.follow_up_id.in_(reports))
        .order_by(FollowUpEvent.change_no)
    ):
        reports[event.follow_up_id].append(
            {
                "id": event.id,
                "result": event.result,
                "visit_id": event.visit_id,
                "local_day": event.local_day,
            }
        )
    return [
        {
            "id": row.id,
            "visit_id": row.visit_id,
            "local_day": row.local_day,
            "promise": row.promise,
            "due_day": row.due_day,
            "due_stop_id": row.due_stop_id,
            "note_id": row.note_id if row.note_id in notes else None,
            "card_word": row.card_word,
            "result": reports[row.id][-1]["result"] if reports[row.id] else None,
            "reports": reports[row.id],
        }
        for row in rows
    ]


def stamp(session: Session, actor: Actor, mark_id: uuid.UUID) -> dict[str, Any] | Refusal:
    row = session.scalar(
        sa.select(StampMark).where(StampMark.id == mark_id, of_own_van(actor, StampMark.visit_id))
    )
    if row is None:
        return Refusal("not_found", 404)
    return {"id": row.id, "visit_id": row.visit_id, "local_day": row.local_day, "card": row.card}


def card_holders(
    session: Session, *, from_day: dt.date, split_day: dt.date, to_day: dt.date
) -> dict[str, Any]:
    """How many card holders there are, from [from_day, split_day) and [split_day, to_day]; no card is named."""

    def cards(first: dt.date, last: dt.date) -> sa.Select[Any]:
        return sa.select(StampMark.card).where(StampMark.local_day.between(first, last)).distinct()

    def count(select: sa.Select[Any]) -> int:
        return session.scalar(sa.select(sa.func.count()).select_from(select.subquery())) or 0

    before = cards(from_day, split_day - dt.timedelta(days=1))
    after = cards(split_day, to_day)
    n1, n2 = count(before), count(after)
    both = count(before.where(StampMark.card.in_(after)))
    estimate = chapman(n1, n2, both)
    return {
        "first": n1,
        "second": n2,
        "both": both,
        "method": "chapman",
        "estimate": estimate.people if estimate else None,
        "standard_error": estimate.standard_error if estimate else None,
        "low": estimate.low if estimate else None,
        "high": estimate.high if estimate else None,
    }
