"""The cabinet: the keys that seal texts, each wrapped by the master key.

A small database of its own, kept and backed up apart from the data. What a month's key sealed is gone for good once
the key is, in every old backup too. The witness (witness.py) stands in it as well.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.clock import utc_now
from outreach_api.storage.base import Utc
from outreach_api.storage.master_key import (
    KEY_BYTES,
    CannotOpen,
    KeyFileError,
    Master,
    is_of_first_format,
    new_master,
    read_masters,
    replace_masters,
)
from outreach_api.storage.session import Database

ID_BYTES = 8
TEXTS, SENT = "note text", "sealed payloads"
FOR_EVER = ""
_FROM_BEFORE = "0000-00"
MONTHS_AHEAD = 12
"""Keys are made so early, so that a copy of the cabinet serves for a year."""

CABINET = sa.MetaData()
_SECRETS = sa.Table(
    "secrets",
    CABINET,
    sa.Column("id", sa.LargeBinary, primary_key=True),
    sa.Column("use", sa.Text, nullable=False),
    # When it is used: a month of Tokyo, the moment from which, or for ever.
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("master_id", sa.LargeBinary, nullable=False),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("made_at", Utc, nullable=False),
    sa.UniqueConstraint("use", "period"),
)


@dataclass(frozen=True, slots=True)
class Secret:
    id: bytes
    key: bytes


class Cabinet:
    """Opens with the master key in a file, which is read again each time: a rotation meanwhile is noticed."""

    def __init__(self, database: Database, key_file: Path) -> None:
        self.database = database
        self._key_file = key_file

    def secret(self, use: str, period: str = FOR_EVER) -> Secret:
        """The key for a use and a time, made when it is asked for the first time. Raises KeyFileError."""
        found = self._there(use, period)
        if found is None:
            with self._alone() as session:
                found = (self._open(session, _which(use, period)) or [self._new(session, use, period)])[0]
        return found

    def of_month(self, month: str) -> Secret:
        """The key of texts for a month (2026-11)."""
        if self._there(TEXTS, month) is None:
            with self._alone() as session:
                for period in _from(month, MONTHS_AHEAD + 1):
                    if not self._open(session, _which(TEXTS, period)):
                        self._new(session, TEXTS, period)
        return self.secret(TEXTS, month)

    def latest(self, use: str) -> list[Secret]:
        """All keys of a use, that in force first; one is made if there is none."""
        with self.database.read() as session:
            found = self._open(session, _SECRETS.c.use == use)
        return found or [self.renew(use)]

    def renew(self, use: str) -> Secret:
        """A new key for a use; the ones before it stay."""
        with self._alone() as session:
            return self._new(session, use, utc_now().isoformat())

    def find(self, secret_id: bytes) -> Secret | None:
        """None for one that is not there, or no more."""
        with self.database.read() as session:
            found = self._open(session, _SECRETS.c.id == secret_id)
        return found[0] if found else None

    def rotate(self) -> int:
        """Wrap everything with a new master key, while servers run; returns how many keys that were.

        Whenever it is cut off, the file has the key for every one of them. Raises KeyFileError.
        """
        before = read_masters(self._key_file)
        new = new_master()
        replace_masters(self._key_file, [new, *before])
        # Whoever adds a key now waits for us, and reads the file only then.
        with self._alone() as session:
            rows = session.execute(sa.select(_SECRETS)).all()
            for row in rows:
                key = self._unwrapped(row)
                session.execute(
                    sa.update(_SECRETS)
                    .where(_SECRETS.c.id == row.id)
                    .values(
                        master_id=new.id, wrapped=new.wrap(key, bound=_bound(row.id, row.use, row.period))
                    )
                )
        with self._alone():
            replace_masters(self._key_file, [new])
        return len(rows)

    def unused(self, before: str, used: Collection[bytes]) -> list[bytes]:
        """Keys of texts, of months before that one, that seal nothing any more."""
        select = sa.select(_SECRETS.c.id).where(_SECRETS.c.use == TEXTS, _SECRETS.c.period < before)
        with self.database.read() as session:
            return [found for found in session.scalars(select) if found not in used]

    def destroy(self, secret_ids: Collection[bytes]) -> None:
        """For good."""
        with self._alone() as session:
            session.execute(sa.delete(_SECRETS).where(_SECRETS.c.id.in_(secret_ids)))

    def _there(self, use: str, period: str) -> Secret | None:
        with self.database.read() as session:
            found = self._open(session, _which(use, period))
        return found[0] if found else None

    def _new(self, session: Session, use: str, period: str) -> Secret:
        """Call it alone: only then is the master key in the file the one in force."""
        made = Secret(os.urandom(ID_BYTES), os.urandom(KEY_BYTES))
        _add(session, read_masters(self._key_file)[0], use, period, made)
        return made

    def _open(self, session: Session, which: sa.ColumnElement[bool]) -> list[Secret]:
        rows = session.execute(sa.select(_SECRETS).where(which).order_by(_SECRETS.c.period.desc()))
        return [Secret(row.id, self._unwrapped(row)) for row in rows]

    def _unwrapped(self, row: sa.Row[tuple[bytes, str, str, bytes, bytes, dt.datetime]]) -> bytes:
        for master in read_masters(self._key_file):
            if master.id == row.master_id:
                try:
                    return master.unwrap(row.wrapped, bound=_bound(row.id, row.use, row.period))
                except CannotOpen as fault:
                    raise KeyFileError(f"a key in the cabinet is damaged ({row.use}): {fault}") from None
        raise KeyFileError(
            f"the master key at {self._key_file} is not the one that closed the cabinet "
            f"({where(self.database)}): put back the two that belong together"
        )

    @contextmanager
    def _alone(self) -> Iterator[Session]:
        """A transaction in which nobody else adds or re-wraps."""
        with self.database.write() as session:
            if not self.database.is_sqlite:
                session.execute(sa.text("LOCK TABLE secrets IN EXCLUSIVE MODE"))
            yield session

    def close(self) -> None:
        self.database.close()


def _add(session: Session, master: Master, use: str, period: str, secret: Secret) -> None:
    session.execute(
        sa.insert(_SECRETS).values(
            id=secret.id,
            use=use,
            period=period,
            master_id=master.id,
            wrapped=master.wrap(secret.key, bound=_bound(secret.id, use, period)),
            made_at=utc_now(),
        )
    )


def _which(use: str, period: str) -> sa.ColumnElement[bool]:
    return sa.and_(_SECRETS.c.use == use, _SECRETS.c.period == period)


def _from(month: str, count: int) -> list[str]:
    """So many months, beginning with this one."""
    first = int(month[:4]) * 12 + int(month[5:]) - 1
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(first, first + count)]


def _bound(secret_id: bytes, use: str, period: str) -> bytes:
    return secret_id + f"{use}/{period}".encode()


def where(database: Database) -> str:
    """Its address without a password."""
    return str(database.url.database) if database.is_sqlite else database.url.render_as_string()


def exists(database: Database) -> bool:
    if database.is_sqlite and not Path(str(database.url.database)).exists():
        return False
    with database.engine.connect() as connection:
        return sa.inspect(connection).has_table(_SECRETS.name)


def bring_up_to_date(database: Database) -> None:
    """Add the tables that a cabinet of an earlier version lacks."""
    with database.engine.connect() as connection:
        there = set(sa.inspect(connection).get_table_names())
    if not CABINET.tables.keys() <= there:
        with database.write() as session:
            CABINET.create_all(session.connection())


def make(database: Database, key_file: Path) -> Cabinet:
    """Make an empty cabinet for a master key; for one of the first format, with all that was derived from it."""
    masters = read_masters(key_file)
    if database.is_sqlite:
        file = Path(str(database.url.database))
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # SQLite gives its journals the mode of the file itself.
        file.touch(mode=0o600)
    cabinet = Cabinet(database, key_file)
    with database.write() as session:
        CABINET.create_all(session.connection())
        # Left by a master key that is lost for good. What was erased stays noted.
        session.execute(sa.delete(_SECRETS))
        if is_of_first_format(key_file):
            _take_over(session, masters[0])
    if is_of_first_format(key_file):
        replace_masters(key_file, masters)
    return cabinet


def _take_over(session: Session, master: Master) -> None:
    """Texts that are sealed, receipts, cursors and phones' queues go on as they were."""
    for use in ("receipts", "cursors", "timetable"):
        _add(session, master, use, FOR_EVER, Secret(os.urandom(ID_BYTES), master.derive(use)))
    _add(session, master, SENT, _FROM_BEFORE, Secret(os.urandom(ID_BYTES), master.derive(SENT)))
    _add(session, master, TEXTS, _FROM_BEFORE, Secret(master.id, master.derive(TEXTS)))
