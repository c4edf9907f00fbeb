"""Where sealed values stand, and how they end: noted in the cabinet, gone from every file, their keys destroyed."""

from __future__ import annotations

import datetime as dt
import re
import time
import uuid
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.storage.bulk import CHUNK
from outreach_api.storage.contacts import ContactNote
from outreach_api.storage.keyring import MOST_HEAD_BYTES, Keyring, month_of, secret_id
from outreach_api.storage.ledger import Rejection
from outreach_api.storage.session import Database

SEALED: dict[type[Any], tuple[Any, Any]] = {
    ContactNote: (ContactNote.text_sealed, ContactNote.text_purged_at),
    Rejection: (Rejection.sealed, Rejection.purged_at),
}
"""Of each table the sealed column, and the one that says when it was erased."""
KEY_REST = dt.timedelta(days=31)
"""After its month a key stays for so long at least: whoever began to seal with it has ended by then."""


SECONDS_FOR_READERS = 20


def erase(session: Session, keyring: Keyring, kept: type[Any], now: dt.datetime, which: Any) -> int:
    """Erase the sealed values of these rows; a restore erases them again. Returns how many. The caller commits."""
    sealed, _ = SEALED[kept]
    ends = list(session.scalars(sa.select(kept.id).where(which, sealed.is_not(None))))
    # Noted first: should we be cut off between the two, it is erased after the next restore, and not never.
    keyring.witness.note_erasures(_name(kept), ends, now)
    return _empty(session, kept, ends, now)


def bar(keyring: Keyring, kept: type[Any], row_ids: Collection[uuid.UUID], now: dt.datetime) -> None:
    """What these rows would hold was erased before they came: it must not come with them."""
    keyring.witness.note_erasures(_name(kept), row_ids, now)


def barred(keyring: Keyring, kept: type[Any], row_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Of these rows, which need not be there, those whose value was erased: also before a backup was put back."""
    return keyring.witness.erased_among(_name(kept), row_ids) if row_ids else set()


def erase_again(session: Session, keyring: Keyring, now: dt.datetime) -> int:
    """After a restore: what was erased since that backup. Returns how many. The caller commits."""
    return sum(_empty(session, kept, keyring.witness.erased_in(_name(kept)), now) for kept in SEALED)


def destroy_unused_keys(session: Session, keyring: Keyring, now: dt.datetime) -> int:
    """Destroy the keys of months of which no value is left; returns how many."""
    used: set[bytes] = set()
    for sealed, _ in SEALED.values():
        heads = session.scalars(
            sa.select(sa.func.substr(sealed, 1, MOST_HEAD_BYTES)).where(sealed.is_not(None)).distinct()
        )
        used |= {secret_id(bytes(head)) or b"" for head in heads}
    unused = keyring.cabinet.unused(month_of(now - KEY_REST), used)
    keyring.cabinet.destroy(unused)
    keyring.witness.forget_old_erasures(now)
    return len(unused)


def leave_no_bytes(database: Database) -> bool:
    """Have what was erased leave the database's files, too. False when somebody went on reading what was before.

    SQLite overwrites what is deleted (secure_delete), and its log is emptied here. PostgreSQL leaves rows where they
    are: the few tables with sealed values are written anew. (Its own log is not ours to rewrite; README says so.)
    """
    if database.is_sqlite:
        with database.engine.connect() as connection:
            busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        return not busy
    until = time.monotonic() + SECONDS_FOR_READERS
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # It wants the table for itself: whoever reads it must not be waited for with everybody else in the queue.
        connection.exec_driver_sql("SET lock_timeout = '2s'")
        try:
            for kept in SEALED:
                while _dead_rows_left(connection, kept.__tablename__):
                    if time.monotonic() > until:
                        return False
                    time.sleep(0.2)
        except sa.exc.OperationalError:
            return False
        finally:
            connection.exec_driver_sql("RESET lock_timeout")
    return True


def _dead_rows_left(connection: sa.Connection, table: str) -> int:
    """Write a table of PostgreSQL anew; returns how many dead rows a reader's snapshot (or an ANALYZE's) still holds.

    VACUUM VERBOSE tells the number, in the server's language; it is the only one in its detail that comes first.
    """
    told: list[str] = []
    session: Any = connection.connection.dbapi_connection

    def listen(notice: Any) -> None:
        told.append(notice.message_detail or "")

    session.add_notice_handler(listen)
    try:
        connection.exec_driver_sql(f"VACUUM (FULL, VERBOSE) {table}")
    finally:
        session.remove_notice_handler(listen)
    return sum(int(found[0]) for detail in told if (found := re.search(r"[0-9]+", detail)))


def _name(kept: type[Any]) -> str:
    return f"{kept.__tablename__}.{SEALED[kept][0].key}"


def _empty(session: Session, kept: type[Any], row_ids: list[Any], now: dt.datetime) -> int:
    sealed, purged_at = SEALED[kept]
    emptied = 0
    for start in range(0, len(row_ids), CHUNK):
        done: Any = session.execute(
            sa.update(kept)
            .where(kept.id.in_(row_ids[start : start + CHUNK]), sealed.is_not(None))
            .values({sealed: None, purged_at: now})
            .execution_options(synchronize_session=False)
        )
        emptied += done.rowcount
    return emptied
