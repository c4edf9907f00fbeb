"""Many write at once: change numbers rise in the order of the commits, and a reader of the feed misses none."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa

from outreach_api.app import KINDS
from outreach_api.kernel.ids import new_id
from outreach_api.ledger.counter import ChangeNumbers
from outreach_api.ledger.kinds import Actor, Operation, Registry, Work
from outreach_api.ledger.outcomes import Ending
from outreach_api.ledger.perform import perform, read
from outreach_api.settings import Settings
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.ledger import Change, ChangeCounter, Receipt
from outreach_api.storage.session import Database
from schemas.vocabulary import Role
from tests.api import StandingClock

THREADS, WRITES = 8, 50
PLACE = {"name": "公園", "kind": "park", "position": {"lat": 35.8, "lon": 139.9}}
REGISTRY = Registry(KINDS)


def test_no_number_is_lost_doubled_or_overtaken(
    database: Database, clock: StandingClock, keyring: Keyring
) -> None:
    actor = Actor(new_id(), Role.COORDINATOR)
    done = threading.Event()
    seen: list[int] = []

    def write(_: int) -> list[int]:
        numbers = []
        for _ in range(WRITES):
            key = new_id()
            operation = Operation(key, "stop.request", 1, key, PLACE)
            ready = read([operation], actor=actor, kinds=REGISTRY, hash_key=bytes(32))
            with database.write() as session:
                work = Work(session, actor, clock(), Settings(), keyring)
                outcome = perform(work, ready)[0]
            assert outcome.ending is Ending.APPLIED
            numbers.append(outcome.change_no)
        return numbers

    def follow() -> None:
        """As a phone pulls: what is new after the last number it saw."""
        last = False
        while not last:
            last = done.is_set()
            with database.read() as session:
                after = seen[-1] if seen else 0
                found = sa.select(Change.change_no).where(Change.change_no > after).order_by(Change.change_no)
                seen.extend(session.scalars(found))

    reader = threading.Thread(target=follow)
    reader.start()
    try:
        with ThreadPoolExecutor(THREADS) as pool:
            given = [number for numbers in pool.map(write, range(THREADS)) for number in numbers]
    finally:
        done.set()
        reader.join()
    with database.read() as session:
        feed = list(session.scalars(sa.select(Change.change_no).order_by(Change.change_no)))
        receipts = list(session.scalars(sa.select(Receipt.change_no)))
        last = session.scalar(sa.select(ChangeCounter.value))
    assert len(feed) == len(receipts) == THREADS * WRITES
    assert seen == feed
    assert sorted(given) == sorted(receipts)
    assert sorted(feed + receipts) == list(range(1, 2 * THREADS * WRITES + 1))
    assert last == 2 * THREADS * WRITES


def test_one_id_sent_by_many_at_once_is_performed_once(
    database: Database, clock: StandingClock, keyring: Keyring
) -> None:
    actor, key = Actor(new_id(), Role.COORDINATOR), new_id()

    def send(_: int) -> Any:
        ready = read(
            [Operation(key, "stop.request", 1, key, PLACE)], actor=actor, kinds=REGISTRY, hash_key=bytes(32)
        )
        with database.write() as session:
            return perform(Work(session, actor, clock(), Settings(), keyring), ready)[0]

    with ThreadPoolExecutor(THREADS) as pool:
        outcomes = list(pool.map(send, range(THREADS)))
    assert sorted(outcome.ending for outcome in outcomes) == [Ending.APPLIED] + [Ending.DUPLICATE] * (
        THREADS - 1
    )
    assert {(o.status, o.entity_id, o.version, o.change_no) for o in outcomes} == {
        (201, key, 1, outcomes[0].change_no)
    }


def test_what_is_read_behind_the_counters_lock_is_never_lost(database: Database) -> None:
    """Every write takes the counter first, so that reading and writing back is safe on both databases."""
    here = uuid.uuid4()
    with database.write() as session:
        session.add(Change(change_no=0, kind="tally", entity_id=here, van_id=None, gone=False))

    def count(_: int) -> None:
        for _ in range(WRITES):
            with database.write() as session:
                numbers = ChangeNumbers(session)
                row = session.scalars(sa.select(Change).where(Change.entity_id == here)).one()
                row.change_no += 1
                numbers.store()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(count, range(THREADS)))
    with database.read() as session:
        assert session.scalar(sa.select(Change.change_no).where(Change.entity_id == here)) == THREADS * WRITES
