"""Leased jobs: what is to be done later is a row, and of several workers one at a time has it.

At least once: a worker that dies keeps its job until the lease ends, then another one takes it. Whatever a job does
to the database goes into the transaction of `extend`, `put_off` or `finish`: they raise LeaseLost when somebody else
has the job by now, and so nothing is written twice.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach_api.kernel.ids import new_id
from outreach_api.storage.base import Base
from outreach_api.storage.session import Database

LEASE = dt.timedelta(minutes=5)
"""Longer than any job takes between two extensions: else two workers would do the same at once."""
_FIRST_DELAY = dt.timedelta(seconds=30)
_LONGEST_DELAY = dt.timedelta(minutes=15)


class Job(Base):
    """One thing to do at a time, about one subject. Done, it is put off to its next time or is gone."""

    __tablename__ = "jobs"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject_id: Mapped[uuid.UUID]
    due_at: Mapped[dt.datetime] = mapped_column(index=True)
    leased_until: Mapped[dt.datetime | None]
    lease: Mapped[uuid.UUID | None]
    """Drawn anew by each claim: a worker that slept too long is a stranger, even to itself."""
    attempts: Mapped[int]
    """Failures in a row."""
    last_error: Mapped[str | None]
    """A code: never what a server or a library said."""
    created_at: Mapped[dt.datetime]
    __table_args__ = (sa.UniqueConstraint("kind", "subject_id"),)


class Claim(NamedTuple):
    """A job that is ours until its lease ends."""

    job_id: uuid.UUID
    kind: str
    subject_id: uuid.UUID
    attempts: int
    lease: uuid.UUID


class LeaseLost(Exception):
    """We were too slow: the job is somebody else's now."""


def add(
    session: Session, kind: str, subjects: Sequence[tuple[uuid.UUID, dt.datetime]], now: dt.datetime
) -> None:
    """Have something done about each subject when it is due; one that has such a job keeps it as it is."""
    rows = [
        {
            "id": new_id(),
            "kind": kind,
            "subject_id": subject_id,
            "due_at": due_at,
            "attempts": 0,
            "created_at": now,
        }
        for subject_id, due_at in subjects
    ]
    if rows:
        session.execute(insert_new(session, Job), rows)


def insert_new(session: Session, kept: type[Base]) -> Any:
    """INSERT that leaves alone what is there already."""
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(kept.__table__).on_conflict_do_nothing()


def claim(database: Database, kinds: Collection[str], now: dt.datetime) -> Claim | None:
    """Take the job that is due for longest, if there is one that nobody has."""
    free = sa.or_(Job.leased_until.is_(None), Job.leased_until <= now)
    due = sa.select(Job).where(Job.kind.in_(kinds), Job.due_at <= now, free)
    with database.read() as session:
        # Asked every few seconds: a worker with nothing to do must not stand in the queue of writers.
        if session.scalar(due.with_only_columns(Job.id).limit(1)) is None:
            return None
    with database.write() as session:
        # On SQLite a write transaction is alone; PostgreSQL gives each worker another row.
        job = session.scalar(due.order_by(Job.due_at, Job.id).limit(1).with_for_update(skip_locked=True))
        if job is None:
            return None
        job.lease, job.leased_until = new_id(), now + LEASE
        return Claim(job.id, job.kind, job.subject_id, job.attempts, job.lease)


def extend(session: Session, claimed: Claim, now: dt.datetime) -> None:
    """Go on with a job, with what was done so far in this transaction. Raises LeaseLost."""
    _change(session, claimed, sa.update(Job).values(leased_until=now + LEASE))


def put_off(session: Session, claimed: Claim, due_at: dt.datetime) -> None:
    """Done for this time. Raises LeaseLost."""
    free: dict[str, Any] = {"lease": None, "leased_until": None}
    _change(session, claimed, sa.update(Job).values(due_at=due_at, attempts=0, last_error=None, **free))


def failed(session: Session, claimed: Claim, code: str, now: dt.datetime) -> dt.datetime:
    """Not done: it comes again, each time after twice as long, a quarter of an hour at most. Raises LeaseLost.

    Answers when it comes again.
    """
    again = now + min(_LONGEST_DELAY, _FIRST_DELAY * (1 << min(claimed.attempts, 10)))
    values: dict[str, Any] = {"due_at": again, "attempts": claimed.attempts + 1, "last_error": code}
    _change(session, claimed, sa.update(Job).values(lease=None, leased_until=None, **values))
    return again


def try_again(session: Session, kinds: Collection[str], now: dt.datetime, *, code: str | None = None) -> None:
    """What failed (with this code, if one is given) is due at once: what it failed for has been mended, perhaps."""
    waiting = sa.update(Job).where(Job.kind.in_(kinds), Job.attempts > 0, Job.due_at > now)
    if code is not None:
        waiting = waiting.where(Job.last_error == code)
    session.execute(waiting.values(due_at=now).execution_options(synchronize_session=False))


def bring_forward(session: Session, kind: str, subjects: Collection[uuid.UUID], now: dt.datetime) -> None:
    """What waits for these is due at once."""
    waiting = sa.update(Job).where(Job.kind == kind, Job.subject_id.in_(subjects), Job.due_at > now)
    session.execute(waiting.values(due_at=now).execution_options(synchronize_session=False))


def finish(session: Session, claimed: Claim) -> None:
    """Nothing is left to do. Raises LeaseLost."""
    _change(session, claimed, sa.delete(Job))


def _change(session: Session, claimed: Claim, statement: Any) -> None:
    mine = statement.where(Job.id == claimed.job_id, Job.lease == claimed.lease)
    done: Any = session.execute(mine.execution_options(synchronize_session=False))
    if not done.rowcount:
        raise LeaseLost
