"""Totals of visits and the feed for devices: both follow from what writes answered, in their transaction."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from outreach_api.ledger import held_days, measures
from outreach_api.ledger.counter import ChangeNumbers
from outreach_api.ledger.kinds import Announce, Tally
from outreach_api.storage import bulk
from outreach_api.storage.bulk import CHUNK as CHUNK
from outreach_api.storage.ledger import Change, VisitTotal
from outreach_api.storage.visits import Visit
from schemas.vocabulary import VisitStatus


def add_up(session: Session, tallies: Iterable[Tally]) -> set[uuid.UUID]:
    """Add increments to visit_totals; of their visits, those that stand as called off.

    Zero sums are skipped, so a tap and its mis-tap cost nothing.
    """
    # By the number of an id: UUIDs hash in Python, and there are thousands of tallies in one push.
    sums: dict[tuple[int, str, str], int] = defaultdict(int)
    ids: dict[int, uuid.UUID] = {}
    for tally in tallies:
        number = tally.visit_id.int
        ids[number] = tally.visit_id
        sums[number, tally.measure, tally.key] += tally.value
    if not sums:
        return set()
    weeks: dict[int, int] = {}
    called_off: set[uuid.UUID] = set()
    attended = {number for number, measure, _ in sums if measure == measures.ATTENDANCE}
    for visit_id, iso_week, status, *place in bulk.find(session, _WEEKS, ids.values()):
        weeks[visit_id.int] = iso_week
        if status == VisitStatus.CANCELLED:
            called_off.add(visit_id)
        if visit_id.int in attended:
            held_days.touch(session, [held_days.Place(*place)])
    rows = [
        {"visit_id": ids[number], "measure": measure, "key": key, "iso_week": weeks[number], "value": value}
        for (number, measure, key), value in sorted(sums.items())
        if value
    ]
    if rows:
        session.connection().execute(_UPSERTS[session.get_bind().dialect.name], rows)
    return called_off


_WEEKS = sa.select(
    Visit.id, Visit.iso_week, Visit.status, Visit.stop_id, Visit.van_id, Visit.local_day
).where(bulk.among(Visit.id))


def _upsert_total(dialect: Any) -> Any:
    statement = dialect.insert(VisitTotal.__table__)
    return statement.on_conflict_do_update(
        index_elements=["visit_id", "measure", "key"],
        set_={"value": VisitTotal.__table__.c.value + statement.excluded.value},
    )


_UPSERTS = {"postgresql": _upsert_total(postgresql), "sqlite": _upsert_total(sqlite)}


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
