"""Counts attempts in the database, so that several workers and hosts agree on who tried too often."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach_api.storage.base import Base
from outreach_api.storage.bulk import CHUNK
from outreach_api.storage.session import Database

_BUCKET_BYTES = 16
_MOST_SWEPT = 500


class Attempt(Base):
    """How often something was tried within a time. The bucket is a keyed hash: no address stands here."""

    __tablename__ = "attempts"
    bucket: Mapped[bytes] = mapped_column(primary_key=True)
    ends_at: Mapped[dt.datetime] = mapped_column(index=True)
    count: Mapped[int]


def bucket_of(key: bytes, what: str, who: str | bytes) -> bytes:
    """The bucket of what is tried (`pairing`) by whom (an address, a holder); `key`: Keyring.secret("attempts")."""
    tried_by = who.encode() if isinstance(who, str) else who
    # `what` is a word of ours and holds no NUL, so no two pairs make one text.
    return hashlib.blake2b(f"{what}\0".encode() + tried_by, key=key, digest_size=_BUCKET_BYTES).digest()


def count(database: Database, bucket: bytes, now: dt.datetime, window: dt.timedelta) -> int:
    """Note one more attempt; returns how many that makes since the first one of its window, this one included.

    A short transaction of its own, committed whatever becomes of the attempt. Never call it inside another write
    transaction: on SQLite it would wait for that one's end. Raises SQLAlchemyError when the database does not answer.
    """
    with database.write() as session:
        made = _add(session, bucket, 1, now, window)
        if made == 1:
            _sweep(session, now)
    return made


def count_different(
    database: Database,
    bucket: bytes,
    tries: Mapping[bytes, bool],
    now: dt.datetime,
    window: dt.timedelta,
    most: int,
) -> bool:
    """Note tries, each with a bucket of its own; those that are True and were not noted before count in `bucket`.

    False when that makes more than `most`, or when so many had been counted before. All at once: whoever tries at
    the same time with the same `bucket` waits, so that no answer comes before its own try and all earlier ones are
    counted. Otherwise as `count`.
    """
    with database.write() as session:
        before = counted = _add(session, bucket, 0, now, window)
        if before >= most:
            return False
        for one in sorted(tries):
            if counted <= most and _add(session, one, 1, now, window) == 1 and tries[one]:
                counted += 1
        _add(session, bucket, counted - before, now, window)
        _sweep(session, now)
    return counted <= most


def _add(session: Session, bucket: bytes, more: int, now: dt.datetime, window: dt.timedelta) -> int:
    """How many there are now; nobody else adds to this bucket before the transaction has ended."""
    there = Attempt.__table__.c
    # A window that ends later than one of now would was begun by a clock that went wrong since, or by another setting.
    # One in which nothing counts yet has not begun.
    is_over = sa.or_(there.ends_at <= now, there.ends_at > now + window, there["count"] == 0)
    dialect = session.get_bind().dialect.name
    insert: Any = postgresql.insert(Attempt) if dialect == "postgresql" else sqlite.insert(Attempt)
    made = session.execute(
        insert.values(bucket=bucket, ends_at=now + window, count=more)
        .on_conflict_do_update(
            index_elements=[there.bucket],
            set_={
                "count": sa.case((is_over, more), else_=there["count"] + more),
                "ends_at": sa.case((is_over, now + window), else_=there.ends_at),
            },
        )
        .returning(there["count"])
    )
    return int(made.scalar_one())


def _sweep(session: Session, now: dt.datetime) -> None:
    """Call it last. After our own rows and never waiting for another one: nobody can be waiting in a circle."""
    there = Attempt.__table__.c
    over = sa.select(there.bucket).where(there.ends_at <= now).limit(_MOST_SWEPT)
    session.execute(sa.delete(Attempt).where(there.bucket.in_(over.with_for_update(skip_locked=True))))


def noted(
    database: Database, buckets: Collection[bytes], now: dt.datetime, window: dt.timedelta
) -> dict[bytes, int]:
    """How many attempts stand in each of these buckets in the window that runs; writes nothing."""
    wanted, found = list(buckets), dict[bytes, int]()
    with database.read() as session:
        for start in range(0, len(wanted), CHUNK):
            select = sa.select(Attempt.bucket, Attempt.count).where(
                Attempt.bucket.in_(wanted[start : start + CHUNK]),
                Attempt.ends_at > now,
                Attempt.ends_at <= now + window,
            )
            found |= {bytes(bucket): made for bucket, made in session.execute(select)}
    return found


def so_far(
    database: Database, bucket: bytes, now: dt.datetime, window: dt.timedelta
) -> tuple[int, dt.datetime]:
    """How many attempts were noted in the window that runs, and when it ends; writes nothing."""
    select = sa.select(Attempt.count, Attempt.ends_at).where(
        Attempt.bucket == bucket, Attempt.ends_at > now, Attempt.ends_at <= now + window
    )
    with database.read() as session:
        found = session.execute(select).one_or_none()
    if found is None:
        return 0, now + window
    tried, ends_at = found
    return tried, ends_at
