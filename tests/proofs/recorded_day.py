"""A day whose writes were recorded, and what a database that is found after a power cut must hold of it."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.ledger import counter, recount
from outreach_api.storage.contacts import ContactNote, StampMark
from outreach_api.storage.ledger import Receipt
from outreach_api.storage.sales import Sale, SaleVoid
from outreach_api.storage.session import Database
from outreach_api.storage.visits import HeadCount, HygieneEntry
from schemas.vocabulary import VisitStatus
from tests.proofs.disk import Created, Disk, Event, Wrote
from tests.proofs.house import FILE, House, work_at_once, work_in_turns
from tests.proofs.phones import Phone, Told
from tests.proofs.traced_sqlite import traced

SHIFTS = 3
"""The server is stopped and started between them, so that the log is put away and begun anew."""
APPENDED: Mapping[str, Any] = {
    "sale.record": Sale,
    "sale.void": SaleVoid,
    "head_count.add": HeadCount,
    "hygiene.log": HygieneEntry,
    "note.write": ContactNote,
    "stamp.mark": StampMark,
}
"""Where the one row of an applied operation stands, under the operation's entity, with its change number."""

Id = bytes
Rows = dict[Id, tuple[Any, ...]]
"""Whole rows as they are stored, by id: the change number, then all columns."""


class Held(NamedTuple):
    """What a database holds of a day."""

    counter: int
    receipts: Rows
    facts: dict[str, Rows]
    visits: set[Id]
    closed: set[Id]
    dead_letters: set[Id]
    totals: set[tuple[Any, ...]]
    wrong_totals: int

    @classmethod
    def of(cls, session: Session) -> Held:
        def rows(select: str) -> list[tuple[Any, ...]]:
            # As stored: reading every row of a thousand databases into Python's types takes longer than the proof.
            return [tuple(row) for row in session.connection().exec_driver_sql(select)]

        def whole(table: Any, key: str = "id") -> Rows:
            return {row[0]: row[1:] for row in rows(f"SELECT {key}, change_no, * FROM {table.__tablename__}")}

        visits = rows("SELECT id, status FROM visits")
        return cls(
            counter=counter.current(session)[0],
            receipts=whole(Receipt, "op_id"),
            facts={kind: whole(table) for kind, table in APPENDED.items()},
            visits={visit for visit, _ in visits},
            closed={visit for visit, status in visits if status == VisitStatus.CLOSED},
            dead_letters={op_id for (op_id,) in rows("SELECT op_id FROM rejections WHERE state = 'open'")},
            totals=set(rows("SELECT visit_id, measure, key, value FROM visit_totals WHERE value <> 0")),
            wrong_totals=len(recount.differences(session)),
        )

    def has(self, told: Told) -> bool:
        """Whether an answer that was given is still true: its receipt stands, and what it did."""
        if told.op_id.bytes not in self.receipts:
            return False
        entity = told.entity_id.bytes
        if told.result != "applied":
            return told.op_id.bytes in self.dead_letters
        if told.kind in APPENDED:
            return entity in self.facts[told.kind]
        return entity in (self.closed if told.kind == "visit.close" else self.visits)


class Day:
    """Phones that worked, each write to the disk, and what the database held in the end."""

    def __init__(
        self, folder: Path, dice: random.Random, *, pushes: int, at_once: bool, pragmas: Sequence[str]
    ) -> None:
        # All that the server makes up comes from the dice too, so that the same day writes the same.
        with traced(folder) as trace, mock.patch.object(os, "urandom", dice.randbytes):
            house = House(folder, pragmas)
            self.phones: list[Phone] = house.furnish(dice, lambda: trace.position)
            self.began = trace.position
            for _ in range(SHIFTS):
                if at_once:
                    work_at_once(house, self.phones, pushes=pushes // SHIFTS)
                else:
                    work_in_turns(house, self.phones, dice, pushes=pushes // SHIFTS)
                house.database.close()
            for phone in self.phones:
                phone.finish(house.push)
            house.close()
        if trace.half_syncs:
            raise AssertionError(f"{trace.half_syncs} syncs would not reach the disk of a Mac")
        self.events: Sequence[Event] = trace.events
        self.told = [told for phone in self.phones for told in phone.told.values()]
        disk = Disk(self.events)
        disk.play(len(self.events))
        if disk.as_written() != {path.name: path.read_bytes() for path in folder.iterdir()}:
            raise AssertionError("the record of the writes does not lead to the files that are there")
        with house.database.read() as session:
            self.end = Held.of(session)
        house.database.close()

    @property
    def logs_begun(self) -> int:
        """How often a journal or a write-ahead log was begun: without that, the day had no checkpoint to cut."""
        names = {event.file: event.name for event in self.events if isinstance(event, Created)}
        return sum(
            isinstance(event, Wrote) and event.offset == 0 and not names[event.file].endswith(FILE)
            for event in self.events[self.began :]
        )


class Findings(NamedTuple):
    """What a cut did."""

    lost: int
    """Operations whose answer had reached a phone and is no longer true."""
    forgotten: int
    """Change numbers that a phone had seen and that will be given out again."""
    damage: list[str]
    """What no database may show, whatever was synced."""


def examine(database: Database, day: Day, at: int) -> Findings:
    """Hold a database that was found after a cut at `at` against the day that it belongs to."""
    with database.engine.connect() as connection:
        damage = [
            f"integrity_check: {row[0]}" for row in _says(connection, "integrity_check") if row[0] != "ok"
        ]
        damage += [f"foreign_key_check: {row}" for row in _says(connection, "foreign_key_check")]
    with database.read() as session:
        held = Held.of(session)
    seen = [number for phone in day.phones for seen_at, number in phone.seen if seen_at <= at]
    return Findings(
        lost=sum(told.at <= at and not held.has(told) for told in day.told),
        forgotten=sum(number > held.counter for number in seen),
        damage=damage + list(_half_done(held, day.end)),
    )


def _says(connection: sa.Connection, pragma: str) -> Sequence[Any]:
    return connection.exec_driver_sql(f"PRAGMA {pragma}").all()


def _half_done(held: Held, end: Held) -> Iterator[str]:
    """It must be what it once was: all up to its counter as it was written, and nothing beyond."""
    tables = [("receipts", held.receipts, end.receipts)]
    tables += [(kind, held.facts[kind], end.facts[kind]) for kind in APPENDED]
    for name, found, written in tables:
        expected = {key: row for key, row in written.items() if row[0] <= held.counter}
        if found != expected:
            yield f"{name}: {len(found)} rows, {len(expected)} were written up to change {held.counter}"
    applied = [row for row in held.receipts.values() if "applied" in row]
    if len(held.visits) != sum("visit.open" in row for row in applied):
        yield "visits and their openings differ"
    if len(held.closed) != sum("visit.close" in row for row in applied):
        yield "closed visits and their closings differ"
    if held.wrong_totals:
        yield f"{held.wrong_totals} totals differ from a recount"
