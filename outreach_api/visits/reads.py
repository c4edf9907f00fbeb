"""Reads visits with their attendance. Crew see their own van's."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger import measures
from outreach_api.ledger.kinds import Actor
from outreach_api.ledger.tellings.receipts import RECEIPTS
from outreach_api.ledger.visit_facts import VISIT_UNKNOWN
from outreach_api.storage.ledger import VisitTotal
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import HeadCount, HygieneEntry, Visit
from schemas.vocabulary import CHILD_BANDS, Role, Source


def in_scope(actor: Actor) -> sa.Select[Any]:
    select = sa.select(Visit)
    return select.where(Visit.van_id == actor.van_id) if actor.role is Role.CREW else select


def visit(session: Session, actor: Actor, visit_id: uuid.UUID) -> dict[str, Any] | Refusal:
    found = session.scalar(in_scope(actor).where(Visit.id == visit_id))
    return VISIT_UNKNOWN if found is None else visit_views(session, [found])[0]


def remaining_visit(session: Session, actor: Actor, visit_id: uuid.UUID) -> dict[str, Any] | Refusal:
    """The visit, or the one that it was joined to, where its facts are."""
    found = session.scalar(in_scope(actor).where(Visit.id == visit_id))
    return visit(session, actor, visit_id if found is None else found.merged_into or found.id)


def visit_views(session: Session, rows: Sequence[Visit]) -> list[dict[str, Any]]:
    ids = [row.id for row in rows]
    stops = sa.select(Stop.id, Stop.name).where(Stop.id.in_({row.stop_id for row in rows}))
    names = {row.id: row.name for row in session.execute(stops)}
    bands = attendance(session, ids)
    told_twice = [row.id for row in rows if row.source == Source.PAPER]
    held_back = _held_back(session, told_twice)
    receipts = _receipts_held_back(session, told_twice)
    return [
        {
            "id": row.id,
            "version": row.version,
            "van_id": row.van_id,
            "stop_id": row.stop_id,
            "stop_name": names[row.stop_id],
            "plan_id": row.plan_id,
            "plan_stop_id": row.plan_stop_id,
            "plan_revision": row.plan_revision,
            "status": row.status,
            "source": row.source,
            "local_day": row.local_day,
            "iso_week": f"{row.iso_week // 100:04d}-W{row.iso_week % 100:02d}",
            "opened_at": row.opened_at,
            "closed_at": row.closed_at,
            "cancel_reason": row.cancel_reason,
            "note": row.note,
            "clock_suspect": row.clock_suspect,
            "merged_into": row.merged_into,
            "attendance": {
                "total": sum(bands[row.id].values()),
                "children": sum(bands[row.id].get(band, 0) for band in CHILD_BANDS),
                "by_band": bands[row.id],
                "held_back": held_back[row.id],
            },
            "receipts_held_back": receipts[row.id],
            "telling_chosen_at": row.telling_chosen_at,
        }
        for row in rows
    ]


def attendance(session: Session, visit_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, int]]:
    """People counted by band, for each visit; bands that nobody tapped are absent."""
    bands: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    found = sa.select(VisitTotal.visit_id, VisitTotal.key, VisitTotal.value).where(
        VisitTotal.visit_id.in_(visit_ids), VisitTotal.measure == measures.ATTENDANCE
    )
    for visit_id, band, value in session.execute(found.order_by(VisitTotal.key)):
        if value:
            bands[visit_id][band] = value
    return bands


def _held_back(session: Session, visit_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, int]]:
    """The telling that does not count, by band, of visits that were told twice."""
    bands: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    if visit_ids:
        found = sa.select(HeadCount).where(HeadCount.visit_id.in_(visit_ids), ~HeadCount.counted)
        for row in session.scalars(found.order_by(HeadCount.change_no)):
            for band, n in row.counts.items():
                bands[row.visit_id][band] = bands[row.visit_id].get(band, 0) + n
    return bands


def _receipts_held_back(session: Session, visit_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    receipts: dict[uuid.UUID, int] = defaultdict(int)
    if visit_ids:
        found = sa.select(VisitTotal.visit_id, VisitTotal.value).where(
            VisitTotal.visit_id.in_(visit_ids),
            VisitTotal.measure == measures.HELD_BACK,
            VisitTotal.key == RECEIPTS,
        )
        for visit_id, value in session.execute(found):
            receipts[visit_id] = value
    return receipts


def told_twice() -> sa.ColumnElement[bool]:
    """Visits of which something is held back beside what counts."""
    here = VisitTotal.visit_id == Visit.id
    return sa.exists().where(here, VisitTotal.measure == measures.HELD_BACK, VisitTotal.value != 0)


def hygiene(session: Session, actor: Actor, visit_id: uuid.UUID) -> sa.Select[Any] | Refusal:
    if session.scalar(in_scope(actor).where(Visit.id == visit_id)) is None:
        return VISIT_UNKNOWN
    return sa.select(HygieneEntry).where(HygieneEntry.visit_id == visit_id)


def hygiene_entry(session: Session, actor: Actor, entry_id: uuid.UUID) -> dict[str, Any] | Refusal:
    own = in_scope(actor).with_only_columns(Visit.id)
    found = session.scalar(
        sa.select(HygieneEntry).where(HygieneEntry.id == entry_id, HygieneEntry.visit_id.in_(own))
    )
    return Refusal("not_found", 404) if found is None else hygiene_view(found)


def hygiene_view(row: HygieneEntry) -> dict[str, Any]:
    return {
        "id": row.id,
        "visit_id": row.visit_id,
        "check": row.check,
        "passed": row.passed,
        "celsius": None if row.celsius_tenths is None else row.celsius_tenths / 10,
        "action": row.action,
        "signed_by": row.signed_by,
        "occurred_at": row.occurred_at,
    }
