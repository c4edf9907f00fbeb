"""Counts attempts in the database, so that several workers and hosts agree on who tried too often."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from outreach_api.storage.base import Base
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
    there = Attempt.__table__.c
    # A window that ends later than one of now would was begun by a clock that went wrong since, or by another setting.
    is_over = sa.or_(there.ends_at <= now, there.ends_at > now + window)
    insert: Any = sqlite.insert(Attempt) if database.is_sqlite else postgresql.insert(Attempt)
    with database.write() as session:
        made = session.execute(
            insert.values(bucket=bucket, ends_at=now + window, count=1)
            .on_conflict_do_update(
                index_elements=[there.bucket],
                set_={
                    "count": sa.case((is_over, 1), else_=there["count"] + 1),
                    "ends_at": sa.case((is_over, now + window), else_=there.ends_at),
                },
            )
            .returning(there["count"])
        ).scalar_one()
        if made == 1:
            # After our own row and never waiting for another one: nobody can be waiting in a circle.
            over = sa.select(there.bucket).where(there.ends_at <= now).limit(_MOST_SWEPT)
            session.execute(
                sa.delete(Attempt).where(there.bucket.in_(over.with_for_update(skip_locked=True)))
            )
    return int(made)


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
