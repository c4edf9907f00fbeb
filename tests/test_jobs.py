"""Leased jobs: one worker at a time has a job, a dead one's comes back, and whoever was too slow writes nothing."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.ids import new_id
from outreach_api.storage import jobs
from outreach_api.storage.jobs import LEASE, Job
from outreach_api.storage.session import Database

NOW = dt.datetime(2026, 11, 28, 3, 0, tzinfo=dt.UTC)
KINDS = {"count"}


def minutes(number: float) -> dt.timedelta:
    return dt.timedelta(minutes=number)


def add(database: Database, *subjects: uuid.UUID, due_at: dt.datetime = NOW) -> None:
    with database.write() as session:
        jobs.add(session, "count", [(subject, due_at) for subject in subjects], NOW)


def claim(database: Database, at: dt.datetime = NOW) -> jobs.Claim:
    claimed = jobs.claim(database, KINDS, at)
    assert claimed is not None
    return claimed


def write_with(database: Database, change: Callable[[Session], object]) -> None:
    with database.write() as session:
        session.execute(sa.update(Job).values(kind="written with it"))
        change(session)


def test_a_job_is_done_when_it_is_due_and_not_before(database: Database) -> None:
    add(database, new_id(), due_at=NOW + minutes(1))
    assert jobs.claim(database, KINDS, NOW) is None
    assert jobs.claim(database, {"another kind"}, NOW + minutes(2)) is None
    assert jobs.claim(database, KINDS, NOW + minutes(1)) is not None


def test_what_is_due_for_longest_comes_first(database: Database) -> None:
    late, later = new_id(), new_id()
    add(database, later, due_at=NOW - minutes(1))
    add(database, late, due_at=NOW - minutes(2))
    assert [claim(database).subject_id for _ in range(2)] == [late, later]


def test_a_subject_that_has_a_job_keeps_it_as_it_is(database: Database) -> None:
    subject = new_id()
    add(database, subject, due_at=NOW + minutes(9))
    add(database, subject)
    assert jobs.claim(database, KINDS, NOW) is None


def test_a_dead_workers_job_comes_back_when_its_lease_is_over(database: Database) -> None:
    add(database, new_id())
    dead = claim(database)
    assert jobs.claim(database, KINDS, NOW + LEASE - minutes(0.1)) is None
    assert claim(database, NOW + LEASE).job_id == dead.job_id


def test_whoever_lost_the_lease_changes_nothing_any_more(database: Database) -> None:
    add(database, new_id())
    slow = claim(database)
    quick = claim(database, NOW + LEASE)
    for change in (
        lambda session: jobs.extend(session, slow, NOW),
        lambda session: jobs.put_off(session, slow, NOW),
        lambda session: jobs.failed(session, slow, "x", NOW),
        lambda session: jobs.finish(session, slow),
    ):
        with pytest.raises(jobs.LeaseLost):
            write_with(database, change)
    with database.write() as session:
        assert session.scalars(sa.select(Job.kind)).all() == ["count"]
        jobs.finish(session, quick)
    with database.read() as session:
        assert session.scalars(sa.select(Job)).all() == []


def test_an_extended_lease_lasts_longer(database: Database) -> None:
    add(database, new_id())
    claimed = claim(database)
    with database.write() as session:
        jobs.extend(session, claimed, NOW + minutes(4))
    assert jobs.claim(database, KINDS, NOW + LEASE) is None
    assert jobs.claim(database, KINDS, NOW + minutes(4) + LEASE) is not None


def test_what_fails_comes_again_after_longer_and_longer_and_a_success_forgets_it(database: Database) -> None:
    add(database, new_id())
    at, waits = NOW, []
    for _ in range(8):
        claimed = claim(database, at)
        with database.write() as session:
            again = jobs.failed(session, claimed, "no", at)
        assert jobs.claim(database, KINDS, again - minutes(0.01)) is None
        waits.append((again - at) / minutes(1))
        at = again
    assert waits == [0.5, 1, 2, 4, 8, 15, 15, 15]
    with database.read() as session:
        assert session.execute(sa.select(Job.attempts, Job.last_error)).one() == (8, "no")
    claimed = claim(database, at)
    with database.write() as session:
        jobs.put_off(session, claimed, at)
    assert claim(database, at).attempts == 0
    with database.read() as session:
        assert session.scalar(sa.select(Job.last_error)) is None


def test_workers_at_once_never_have_the_same_job(engine_url: str, database: Database) -> None:
    """Each in a connection pool of its own, as in processes of their own."""
    subjects = [new_id() for _ in range(40)]
    add(database, *subjects)
    had: list[uuid.UUID] = []
    begin = threading.Barrier(4)

    def work() -> None:
        own = Database(engine_url, pool_size=1)
        try:
            begin.wait()
            while (claimed := jobs.claim(own, KINDS, NOW)) is not None:
                had.append(claimed.subject_id)
                with own.write() as session:
                    jobs.finish(session, claimed)
        finally:
            own.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(had) == sorted(subjects)
