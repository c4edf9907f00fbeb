"""Keeps imported gazetteers: all of an import or nothing, versioned, undone as a whole.

A list may hold a million places. They go in by many short transactions, so that phones wait for none of them, and
count only once the last one is in.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.ids import new_id
from outreach_api.stops.gazetteer.columns import CREDITS
from outreach_api.stops.gazetteer.reading import Lists, Place, places_of
from outreach_api.storage.places import GazetteerImport, GazetteerPlace
from outreach_api.storage.session import Database

_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Source:
    """The files that were handed in together, and the hash by which they are known when they come again."""

    name: str
    sha256: str

    @classmethod
    def of(cls, files: Sequence[Path]) -> Source:
        sums = []
        for file in files:
            with file.open("rb") as source:
                sums.append(hashlib.file_digest(source, "sha256").hexdigest())
        whole = sums[0] if len(sums) == 1 else hashlib.sha256("".join(sums).encode()).hexdigest()
        return cls(", ".join(file.name for file in files), whole)


def in_force_again(session: Session, source: Source) -> GazetteerImport | None:
    """The import of these very files, if it counts."""
    return next((entry for entry in in_force(session) if entry.file_sha256 == source.sha256), None)


def keep(database: Database, lists: Lists, source: Source, now: dt.datetime) -> uuid.UUID | None:
    """Import all places of some lists; None, and nothing is there, when a line has a fault or there is no place.

    The faults stand in `lists.faults`. Raises Unusable.
    """
    entry_id = new_id()
    with database.write() as session:
        session.add(
            GazetteerImport(
                id=entry_id,
                form=lists.form,
                file_name=source.name,
                file_sha256=source.sha256,
                cities=[],
                places=0,
                credit=CREDITS[lists.form],
                imported_at=now,
                ready_at=None,
                undone_at=None,
            )
        )
    done = False
    try:
        done = _fill(database, entry_id, lists, now)
    finally:
        if not done:
            _remove(database, entry_id)
    return entry_id if done else None


def _fill(database: Database, entry_id: uuid.UUID, lists: Lists, now: dt.datetime) -> bool:
    cities: dict[str, None] = {}
    numbers = count(1)
    places = 0
    for chunk in _chunks(places_of(lists)):
        if lists.faults:
            continue  # read on for the other faults, keep nothing more
        rows = [{"import_id": entry_id, "line": next(numbers), **place._asdict()} for place in chunk]
        cities.update(dict.fromkeys(place.prefecture + place.city for place in chunk))
        with database.write() as session:
            session.execute(sa.insert(GazetteerPlace), rows)
        places += len(rows)
    if lists.faults or not places:
        return False
    with database.write() as session:
        entry = session.get_one(GazetteerImport, entry_id)
        entry.cities, entry.places, entry.ready_at = sorted(cities), places, now
    return True


def _chunks(places: Iterator[Place]) -> Iterator[Sequence[Place]]:
    while chunk := list(islice(places, _CHUNK)):
        yield chunk


def _remove(database: Database, entry_id: uuid.UUID) -> None:
    """Take out an import that never counted, by as short transactions as it went in."""
    while True:
        with database.write() as session:
            lines = session.scalars(
                sa.select(GazetteerPlace.line).where(GazetteerPlace.import_id == entry_id).limit(_CHUNK)
            ).all()
            if not lines:
                session.execute(sa.delete(GazetteerImport).where(GazetteerImport.id == entry_id))
                return
            session.execute(
                sa.delete(GazetteerPlace).where(
                    GazetteerPlace.import_id == entry_id,
                    GazetteerPlace.line.between(min(lines), max(lines)),
                )
            )


def remove_unfinished(database: Database) -> None:
    """What an import that was cut off (a power cut) left behind."""
    with database.read() as session:
        left = session.scalars(sa.select(GazetteerImport.id).where(GazetteerImport.ready_at.is_(None))).all()
    for entry_id in left:
        _remove(database, entry_id)


def gazetteers(session: Session) -> Sequence[GazetteerImport]:
    """All imports, the newest first, undone ones among them."""
    select = sa.select(GazetteerImport).where(GazetteerImport.ready_at.is_not(None))
    return session.scalars(
        select.order_by(GazetteerImport.imported_at.desc(), GazetteerImport.id.desc())
    ).all()


def in_force(session: Session) -> list[GazetteerImport]:
    """The imports that count: of each form, for each city the newest one that was not undone."""
    covered: dict[str, set[str]] = {}
    found = []
    for entry in gazetteers(session):
        if entry.undone_at is not None:
            continue
        known = covered.setdefault(entry.form, set())
        if not known.issuperset(entry.cities):
            found.append(entry)
            known.update(entry.cities)
    return found


def undo(session: Session, now: dt.datetime) -> GazetteerImport | None:
    """Take the newest import out of force; what it took the place of counts again. None when there is none."""
    entry = next((entry for entry in gazetteers(session) if entry.undone_at is None), None)
    if entry is not None:
        entry.undone_at = now
    return entry
