"""Totals of visits and the feed for devices: both follow from what writes answered, in their transaction."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from outreach_api.ledger.counter import ChangeNumbers
from outreach_api.ledger.kinds import Announce, Tally
from outreach_api.storage import bulk
from outreach_api.storage.ledger import Change, VisitTotal
from outreach_api.storage.visits import Visit

CHUNK = 500  # ids in one IN (…)


def add_up(session: Session, tallies: Iterable[Tally]) -> None:
    """Add increments to visit_totals. Zero sums are skipped, so a tap and its mis-tap cost nothing."""
    sums: dict[tuple[uuid.UUID, str, str], int] = defaultdict(int)
    for tally in tallies:
        sums[tally.visit_id, tally.measure, tally.key] += tally.value
    if not sums:
        return
    weeks: dict[uuid.UUID, int] = {}
    visit_ids = list({visit_id for visit_id, _, _ in sums})
    for start in range(0, len(visit_ids), CHUNK):
        found = sa.select(Visit.id, Visit.iso_week).where(Visit.id.in_(visit_ids[start : start + CHUNK]))
        weeks.update((visit_id, week) for visit_id, week in session.execute(found))
    rows = [
        {"visit_id": visit_id, "measure": measure, "key": key, "iso_week": weeks[visit_id], "value": value}
        for (visit_id, measure, key), value in sorted(sums.items(), key=lambda entry: _order(entry[0]))
        if value
    ]
    if rows:
        session.execute(_upsert_total(session), rows)


def _order(key: tuple[uuid.UUID, str, str]) -> tuple[bytes, str, str]:
    return key[0].bytes, key[1], key[2]


def _upsert_total(session: Session) -> Any:
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(VisitTotal.__table__)
    return statement.on_conflict_do_update(
        index_elements=["visit_id", "measure", "key"],
        set_={"value": VisitTotal.__table__.c.value + statement.excluded.value},
    )


def announce(session: Session, announces: Sequence[Announce], numbers: ChangeNumbers) -> None:
    """Put the latest change of each thing into the feed; an older line about it in that scope goes."""
    latest = {(a.kind, a.entity_id, a.van_id): a for a in announces}
    for a in latest.values():
        scope = Change.van_id.is_(None) if a.van_id is None else Change.van_id == a.van_id
        session.execute(
            sa.delete(Change).where(Change.kind == a.kind, Change.entity_id == a.entity_id, scope)
        )
    bulk.append(
        session,
        Change,
        [
            {
                "change_no": numbers.next(),
                "kind": a.kind,
                "entity_id": a.entity_id,
                "van_id": a.van_id,
                "gone": a.gone,
            }
            for a in latest.values()
        ],
    )
