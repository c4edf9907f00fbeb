"""Proof that whoever follows the change numbers misses nothing, however late writers commit.

Many write at once and wait before they commit, while others pull from where they stopped. A control takes its
numbers from a sequence, as one might, without the counter's lock: it must miss some, or the proof proves nothing.
"""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from unittest import mock

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.app import KINDS
from outreach_api.kernel.clock import utc_now
from outreach_api.kernel.ids import new_id
from outreach_api.ledger import counter, perform
from outreach_api.ledger.kinds import Actor, Operation, Registry, Work
from outreach_api.settings import Settings
from outreach_api.storage.ledger import Change
from outreach_api.storage.session import Database
from outreach_api.sync.feed import FEEDS
from outreach_api.sync.pull import page_after
from schemas.vocabulary import Role
from tests.keys import some_keyring

WRITERS = 16
IN_ONE_WRITE = 25
PAGE = 500
LATEST_COMMIT = 0.01
"""Seconds that a writer may wait before it commits."""
FEED = {"stop": FEEDS["stop"]}


@dataclass(frozen=True, slots=True)
class Report:
    database: str
    seed: int
    changes: int
    missed: int
    twice: int
    """Changes that a puller got a second time."""
    pages: int

    @property
    def holds(self) -> bool:
        return self.missed == 0 and self.twice == 0

    def __str__(self) -> str:
        return (
            f"changes on {self.database} (seed {self.seed}): {WRITERS} writers, {self.changes} changes, "
            f"{self.pages} pages: {self.missed} missed, {self.twice} twice"
        )


def run(database: Database, seed: int, changes: int, *, naive: bool = False) -> Report:
    """Write so many changes to a migrated database while they are pulled. `naive`: as the control does it."""
    actor = Actor(new_id(), Role.COORDINATOR)
    each = max(1, changes // WRITERS // IN_ONE_WRITE)
    done = threading.Event()
    with _numbers_from_a_sequence(database) if naive else nullcontext():
        with database.read() as session:
            begin, _ = counter.current(session)
        with ThreadPoolExecutor(WRITERS + 1) as pool:
            pulling = pool.submit(_follow, database, actor, begin, done)
            try:
                writing = [
                    pool.submit(_write, database, actor, random.Random(f"{seed} {number}"), each)
                    for number in range(WRITERS)
                ]
                written = {entity for one in writing for entity in one.result()}
            finally:
                done.set()
            pulled, pages = pulling.result()
    return Report(
        database="SQLite" if database.is_sqlite else "PostgreSQL",
        seed=seed,
        changes=len(written),
        missed=len(written - set(pulled)),
        twice=len(pulled) - len(set(pulled)),
        pages=pages,
    )


def _write(database: Database, actor: Actor, dice: random.Random, times: int) -> list[uuid.UUID]:
    registry, keyring = Registry(KINDS), some_keyring()
    written: list[uuid.UUID] = []
    for _ in range(times):
        ids = [new_id() for _ in range(IN_ONE_WRITE)]
        operations = [Operation(one, "stop.request", 1, one, _place(dice)) for one in ids]
        ready = perform.read(operations, actor=actor, kinds=registry, hash_key=bytes(32))
        with database.write() as session:
            perform.perform(Work(session, actor, utc_now(), Settings(), keyring), ready)
            time.sleep(dice.random() * LATEST_COMMIT * (dice.random() < 0.5))
        written += ids
    return written


def _place(dice: random.Random) -> dict[str, object]:
    """Far from the others: what is near is looked at in each write, and this is not about that."""
    position = {"lat": dice.uniform(30, 45), "lon": dice.uniform(130, 145)}
    return {"name": "公園", "kind": "park", "position": position}


def _follow(
    database: Database, actor: Actor, after: int, done: threading.Event
) -> tuple[list[uuid.UUID], int]:
    """Pull page after page, as phones do, until nothing comes any more."""
    pulled: list[uuid.UUID] = []
    pages, ends = 0, False
    while True:
        was_done = done.is_set()
        with database.read() as session:
            page = page_after(session, actor, after, PAGE, FEED)
        pages += 1
        pulled += [item["id"] for item in page.items]
        after = page.change_no
        if was_done and not page.items:
            if ends:
                return pulled, pages
            ends = True


class _Naive:
    """What the counter would be as a sequence: no lock, so that nobody waits for anybody."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def next(self) -> int:
        return int(self._session.execute(sa.text("SELECT nextval('naive_numbers')")).scalar_one())

    def store(self) -> None:
        """A sequence keeps itself."""


@contextmanager
def _numbers_from_a_sequence(database: Database) -> Iterator[None]:
    last, epoch = _current(database)

    def newest(session: Session) -> tuple[int, uuid.UUID]:
        return session.scalar(sa.select(sa.func.max(Change.change_no))) or 0, epoch

    with database.write() as session:
        session.execute(sa.text(f"CREATE SEQUENCE naive_numbers START WITH {last + 1}"))
    try:
        with (
            mock.patch.object(perform, "ChangeNumbers", _Naive),
            mock.patch.object(counter, "current", newest),
        ):
            yield
    finally:
        with database.write() as session:
            session.execute(sa.text("DROP SEQUENCE naive_numbers"))


def _current(database: Database) -> tuple[int, uuid.UUID]:
    with database.read() as session:
        return counter.current(session)
