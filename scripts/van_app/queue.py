"""The queue: one SQLite file in which everything waits. Whatever the crew was told is kept, is on the disk by then.

Several processes may use it at once: nothing here is ever held over a request.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from van_app.clock import Moment, as_the_clock_stands, read, tokyo_day, written
from van_app.kept import FORGOTTEN, Kept, kept_in

_VERSION = 2
_BUSY_SECONDS = 30
_TABLES = """
CREATE TABLE operations (
  seq INTEGER PRIMARY KEY,
  op_id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  v INTEGER NOT NULL,
  entity_id TEXT,
  base_version INTEGER,
  payload TEXT,
  sealed TEXT,
  visit_id TEXT,
  instead TEXT,
  turn INTEGER NOT NULL,
  kept_at TEXT,
  kept_boot TEXT,
  kept_since REAL,
  occurred_at TEXT,
  sent_at TEXT,
  sent_boot TEXT,
  sent_since REAL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  retries INTEGER NOT NULL DEFAULT 0,
  tried_at TEXT,
  wait_seconds REAL NOT NULL DEFAULT 0,
  answer TEXT,
  result TEXT,
  day TEXT,
  held_for TEXT,
  pin TEXT
);
CREATE INDEX operations_state ON operations (state, turn, seq);
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE pulled (run INTEGER, kind TEXT, id TEXT, data TEXT NOT NULL, PRIMARY KEY (run, kind, id));
"""


class Queue:
    """The file. Many may keep things in it at once; only one at a time may sync (see Phone.sync)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # SQLite gives its side files the mode of the file itself: the token and the day's takings are in there.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._db = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        try:
            self._set_up()
        except BaseException:
            self._db.close()
            raise

    def _set_up(self) -> None:
        for pragma in _pragmas():
            self._db.execute(f"PRAGMA {pragma}").close()
        with self.writing():
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            if version > _VERSION:
                raise sqlite3.DatabaseError("it was written by a later version of this program")
            if version == 0:
                for statement in _TABLES.split(";"):
                    self._db.execute(statement)
            elif version == 1:
                self._db.execute("ALTER TABLE operations ADD COLUMN pin TEXT")
            self._db.execute(f"PRAGMA user_version = {_VERSION}")

    def close(self) -> None:
        self._db.close()

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction, on the disk when the block ends. Never held over a request: others keep things meanwhile."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # an interrupt may come when it is committed already
                self._db.execute("ROLLBACK")
            raise

    # Settings: small values of the phone itself.

    def get(self, name: str, default: Any = None) -> Any:
        row = self._db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return default if row is None else json.loads(row[0])

    def set(self, **values: Any) -> None:
        for name, value in values.items():
            self._db.execute("REPLACE INTO settings VALUES (?, ?)", (name, json.dumps(value)))

    # Operations.

    def add(self, **columns: Any) -> bool:
        """One more operation. False when its id is in the queue already."""
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        statement = f"INSERT OR IGNORE INTO operations ({names}) VALUES ({marks})"  # noqa: S608 - our own names
        return self._db.execute(statement, list(columns.values())).rowcount == 1

    def find(self, where: str, *values: Any) -> list[Kept]:
        """Operations that still have their content, in the order in which they were kept."""
        statement = (
            "SELECT * FROM operations WHERE state <> 'forgotten' AND "  # noqa: S608 - our own conditions
            f"({where}) ORDER BY seq"
        )
        return [kept_in(row) for row in self._db.execute(statement, values)]

    def waiting(self) -> list[Kept]:
        return self.find("state = 'waiting'")

    def count(self, where: str, *values: Any) -> int:
        statement = f"SELECT count(*) FROM operations WHERE {where}"  # noqa: S608 - our own conditions
        return int(self._db.execute(statement, values).fetchone()[0])

    def due(self, now: Moment, *, at_once: bool = False) -> list[Kept]:
        """Those waiting whose time has come; `at_once`: all of them.

        A wait is over too when the clock shows a time before it began: it was set back, and how long it has been is
        not known. So a wrong clock can make an operation wait no longer than the server asked for.
        """
        rows = self._db.execute("SELECT * FROM operations WHERE state = 'waiting' ORDER BY turn, seq")
        return [kept_in(row) for row in rows if at_once or not _still_waits(row, now)]

    def change(self, op_ids: Iterable[str], **columns: Any) -> None:
        names = ", ".join(f"{name} = ?" for name in columns)
        statement = f"UPDATE operations SET {names} WHERE op_id = ?"  # noqa: S608 - our own names
        self._db.executemany(statement, [[*columns.values(), op_id] for op_id in op_ids])

    def about_to_send(self, operations: Sequence[Kept], now: Moment) -> list[Kept]:
        """Fix each one's time for good before it leaves; on the disk first, because it may arrive without an answer."""
        with self.writing():
            for one in operations:
                if one.sent is None:
                    at = (
                        as_the_clock_stands(one.kept, now)
                        if one.occurred_at is None
                        else read(one.occurred_at)
                    )
                    self.change(
                        [one.op_id],
                        occurred_at=written(at),
                        day=tokyo_day(read(written(at))),
                        sent_at=written(now.wall),
                        sent_boot=now.boot,
                        sent_since=now.since_boot,
                    )
            self._db.executemany(
                "UPDATE operations SET attempts = attempts + 1 WHERE op_id = ?",
                [(one.op_id,) for one in operations],
            )
            return [self.find("op_id = ?", one.op_id)[0] for one in operations]

    def put_back(self, where: str = "1", *values: Any) -> int:
        """Let operations that were answered wait again, to be sent at once. How many they are."""
        statement = (
            "UPDATE operations SET state = 'waiting', result = NULL, held_for = NULL, retries = 0, "  # noqa: S608
            f"wait_seconds = 0 WHERE state IN ('acknowledged', 'with_office', 'dead') AND ({where})"
        )
        return self._db.execute(statement, values).rowcount

    def seen_epoch(self, epoch: str) -> int | None:
        """Compare an answer's epoch with the last one. Another one: the server was restored from a backup, and may have
        lost what it acknowledged since; then all that is still here waits again. How many; None: it is the same.

        Belongs into the transaction that writes down the rest of the answer.
        """
        known = self.get("epoch")
        if known == epoch:
            return None
        self.set(epoch=epoch, disputed={})
        if known is None:
            return None
        # What this phone itself found too big was never sent. The rest the server must hear again, refused ones too:
        # its dead-letter list went with the restore, and a child's worry may be in one.
        return self.put_back("state = 'acknowledged' OR attempts > 0")

    def forget(self, op_ids: Iterable[str]) -> None:
        """Erase contents. Id, kind, day and result stay, because the digest counts them too."""
        self.change(
            op_ids,
            state=FORGOTTEN,
            **dict.fromkeys(
                ("payload", "sealed", "visit_id", "instead", "answer", "kept_at", "occurred_at", "sent_at")
            ),
        )

    def rows(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        return self._db.execute(statement, values).fetchall()

    def do(self, statement: str, *values: Any) -> None:
        self._db.execute(statement, values)


def _still_waits(row: sqlite3.Row, now: Moment) -> bool:
    if not row["wait_seconds"] or row["tried_at"] is None:
        return False
    passed = (now.wall - read(row["tried_at"])).total_seconds()
    return 0 <= passed < float(row["wait_seconds"])


def _pragmas() -> list[str]:
    """FULL: a commit is on the disk. An SQLite with the WAL-reset fault (up to 3.51.2, but for 3.44.6+ and 3.50.7+)
    can lose a commit when two processes use one log: there it is an ordinary journal, with the disk told as well
    that the journal is gone (EXTRA). secure_delete: what is forgotten is overwritten."""
    at = sqlite3.sqlite_version_info
    sound = at >= (3, 51, 3) or any(at[:2] == good[:2] and at >= good for good in ((3, 50, 7), (3, 44, 6)))
    journal = (
        ["journal_mode=WAL", "synchronous=FULL"] if sound else ["journal_mode=DELETE", "synchronous=EXTRA"]
    )
    return [*journal, "fullfsync=ON", "secure_delete=ON", "temp_store=MEMORY"]
