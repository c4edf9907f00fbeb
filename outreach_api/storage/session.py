"""Opens the database the way its faults demand: see README, "Decisions", for what each line prevents."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from outreach_api.kernel.log_lines import tell
from outreach_api.storage.turns import NoTurn, Turns

log = logging.getLogger(__name__)

BUSY_MILLISECONDS = 15_000
_TICKET = "ticket"
_BEGIN_WRITING = "BEGIN IMMEDIATE"


def sqlite_driver() -> ModuleType:
    """The SQLite binding to use: pysqlite3, which brings a recent SQLite, where it has a wheel."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        import sqlite3 as dbapi2
    driver: ModuleType = dbapi2
    return driver


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """False for a SQLite with the WAL-reset fault: 3.7.0 to 3.51.2, but for 3.44.6+ and 3.50.7+ of their series.

    Source: sqlite.org, "WAL-reset bug", fixed in 3.51.3 and back-ported to 3.50.7 and 3.44.6.
    """
    if version >= (3, 51, 3):
        return True
    return any(version[:2] == fixed[:2] and version >= fixed for fixed in ((3, 50, 7), (3, 44, 6)))


def pragmas(*, safe: bool) -> tuple[str, ...]:
    """How every connection to SQLite is set up; `safe` as `wal_is_safe` said."""
    return (
        f"busy_timeout={BUSY_MILLISECONDS}",
        # A Mac's plain fsync stops at the drive's own memory; elsewhere this changes nothing. Before journal_mode,
        # which may bring a log's content into the database and then delete the log.
        "fullfsync=ON",
        f"journal_mode={'WAL' if safe else 'DELETE'}",
        # Without a log a commit is the end of a journal's name: only EXTRA has the disk keep that too.
        f"synchronous={'FULL' if safe else 'EXTRA'}",
        "foreign_keys=ON",
        "secure_delete=ON",
        "temp_store=MEMORY",
        "cache_size=-8192",
    )


class Database:
    """An engine and its two kinds of transaction: `read` sees one snapshot, `write` is alone on SQLite."""

    def __init__(self, url: str, *, pool_size: int = 32) -> None:
        self.url = sa.engine.make_url(url)
        self._turns = Turns(BUSY_MILLISECONDS / 1000)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self.engine = _sqlite_engine(self.url, pool_size, self._turns)
        else:
            self.engine = _postgres_engine(self.url, pool_size)
        maker = sessionmaker(expire_on_commit=False, autoflush=False)
        self._read = maker
        self._write = sessionmaker(expire_on_commit=False, autoflush=False)
        sa.event.listen(self._write, "after_transaction_end", self._ended)
        self._reading = (
            self.engine.execution_options(outreach_begin="BEGIN", isolation_level="REPEATABLE READ")
            if not self.is_sqlite
            else self.engine.execution_options(outreach_begin="BEGIN")
        )
        self._writing = self.engine.execution_options(outreach_begin=_BEGIN_WRITING)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A snapshot that is never committed."""
        with self._read(bind=self._reading) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: committed when the block ends well, rolled back when it raises."""
        with (
            self._turns.ticket() as ticket,
            self._write(bind=self._writing, info={_TICKET: ticket}) as session,
            session.begin(),
        ):
            yield session

    def _ended(self, session: Session, transaction: sa.orm.SessionTransaction) -> None:
        if transaction.parent is None:
            self._turns.give_back(session.info[_TICKET])

    def close(self) -> None:
        self.engine.dispose()


def _sqlite_engine(url: sa.URL, pool_size: int, turns: Turns) -> sa.Engine:
    driver = sqlite_driver()
    safe = wal_is_safe(driver.sqlite_version_info)
    if not safe:
        tell(log, logging.WARNING, "sqlite_has_wal_reset_fault_so_journal_mode_is_delete")
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        module=driver,
        pool_size=pool_size,
        max_overflow=8,
        # The connection that wrote last has the pages that the next write needs; the others' are stale.
        pool_use_lifo=True,
        poolclass=sa.pool.QueuePool,
        hide_parameters=True,
        connect_args={"timeout": BUSY_MILLISECONDS / 1000, "check_same_thread": False},
    )

    @sa.event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we send BEGIN ourselves, see `begin`
        until = time.monotonic() + BUSY_MILLISECONDS / 1000
        for pragma in pragmas(safe=safe):
            while True:
                try:
                    connection.execute(f"PRAGMA {pragma}").close()
                    break
                except driver.OperationalError:
                    # Of several who open a new file at once, SQLite lets some fail without waiting.
                    if time.monotonic() > until:
                        raise
                    time.sleep(0.01)

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        statement = connection.get_execution_options().get("outreach_begin", "BEGIN")
        if statement == _BEGIN_WRITING:
            try:
                turns.take()
            except NoTurn:
                raise sa.exc.TimeoutError("others were writing for too long") from None
        connection.exec_driver_sql(statement)

    return engine


def _postgres_engine(url: sa.URL, pool_size: int) -> sa.Engine:
    engine = sa.create_engine(
        url,
        pool_size=pool_size,
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
        # An error's text goes to the log; what was being written does not.
        hide_parameters=True,
        connect_args={"connect_timeout": 5, "application_name": "outreach"},
    )

    @sa.event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        # Whoever made the cluster fast has its commits answered before they are on the disk: when one of its
        # processes dies, what phones were told is in goes with it. A stricter setting of theirs stays.
        connection.autocommit = True
        connection.execute(
            "SELECT set_config('synchronous_commit', 'on', false)"
            " WHERE current_setting('synchronous_commit') = 'off'"
        ).close()
        connection.autocommit = False

    return engine
