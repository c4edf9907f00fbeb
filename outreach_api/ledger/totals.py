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
from outreach_api.storage.base import Base
from outreach_api.storage.bulk import CHUNK as CHUNK
from outreach_api.storage.ledger import Change, VisitTotal, WeekTotal
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
    added = [
        (ids[number], weeks[number], measure, key, value)
        for (number, measure, key), value in sorted(sums.items())
        if value
    ]
    _add(session, VisitTotal, ("visit_id", "iso_week", "measure", "key", "value"), added)
    _add_to_weeks(session, (change[1:] for change in added))
    return called_off


def move_to_week(session: Session, visit_id: uuid.UUID, iso_week: int) -> None:
    """The visit turns out to have been in that week, and all that was counted at it."""
    elsewhere = sa.and_(_T.visit_id == visit_id, _T.iso_week != iso_week)
    found = session.execute(sa.select(_T.iso_week, _T.measure, _T.key, _T.value).where(elsewhere)).all()
    _add_to_weeks(
        session,
        [
            (week, measure, key, change)
            for was_in, measure, key, value in found
            for week, change in ((was_in, -value), (iso_week, value))
        ],
    )
    session.execute(sa.update(VisitTotal).where(elsewhere).values(iso_week=iso_week))


def take_away(session: Session, visit_id: uuid.UUID) -> list[tuple[str, str, int]]:
    """Leave a visit without totals; what they were: measure, key and value."""
    of_visit = _T.visit_id == visit_id
    found = session.execute(sa.select(_T.iso_week, _T.measure, _T.key, _T.value).where(of_visit)).all()
    _add_to_weeks(session, ((week, measure, key, -value) for week, measure, key, value in found))
    session.execute(sa.delete(VisitTotal).where(of_visit))
    return [(measure, key, value) for _, measure, key, value in found if value]


def fill_weeks(session: Session) -> None:
    """Sum the totals of all visits anew: whoever writes tables directly calls this."""
    session.execute(sa.delete(WeekTotal))
    place = (_T.iso_week, _T.measure, _T.key)
    sums = sa.select(*place, sa.func.sum(_T.value)).group_by(*place)
    session.execute(sa.insert(WeekTotal).from_select(["iso_week", "measure", "key", "value"], sums))


def _add_to_weeks(session: Session, changes: Iterable[tuple[int, str, str, int]]) -> None:
    sums: dict[tuple[int, str, str], int] = defaultdict(int)
    for week, measure, key, value in changes:
        sums[week, measure, key] += value
    added = [(*place, value) for place, value in sorted(sums.items()) if value]
    _add(session, WeekTotal, ("iso_week", "measure", "key", "value"), added)


def _add(session: Session, kept: type[Base], names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    if rows:
        statement = _UPSERTS[kept, session.get_bind().dialect.name]
        session.connection().execute(statement, [dict(zip(names, row, strict=True)) for row in rows])


_WEEKS = sa.select(
    Visit.id, Visit.iso_week, Visit.status, Visit.stop_id, Visit.van_id, Visit.local_day
).where(bulk.among(Visit.id))


def _upsert_total(kept: type[Base], dialect: Any) -> Any:
    statement = dialect.insert(kept.__table__)
    return statement.on_conflict_do_update(
        index_elements=list(kept.__table__.primary_key),
        set_={"value": kept.__table__.c.value + statement.excluded.value},
    )


_UPSERTS: dict[tuple[type[Base], str], Any] = {
    (kept, name): _upsert_total(kept, dialect)
    for kept in (VisitTotal, WeekTotal)
    for name, dialect in (("postgresql", postgresql), ("sqlite", sqlite))
}
_T = VisitTotal.__table__.c


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
