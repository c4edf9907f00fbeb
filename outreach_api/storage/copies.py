"""Copies of an SQLite database: taken while it is in use, whole or not at all, on the disk before they count."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from outreach_api.kernel.ids import new_id
from outreach_api.storage.base import id_bytes
from outreach_api.storage.session import BUSY_MILLISECONDS, sqlite_driver
from outreach_api.storage.whole_files import beside, finish, sync


class CopyError(Exception):
    """A copy can't be made or used; `code` says why, `detail` what SQLite said."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


def copy(source: Path, target: Path) -> None:
    """Copy a database that may be in use to a new file that only its owner can read.

    The copy has an epoch of its own: by whatever way it takes the database's place some day, phones notice.
    Raises FileExistsError rather than replace a file, and CopyError (`not_a_database`, `damaged`).
    """
    with beside(target) as unfinished:
        with reading(source) as old, contextlib.closing(_connect(unfinished)) as new:
            _sqlite(lambda: old.backup(new))
            # One file, not three: the copy is carried away alone.
            new.execute("PRAGMA journal_mode=DELETE").close()
            _sqlite(lambda: _begin_an_epoch(new))
        check(unfinished)
        finish(unfinished, target)


def check(file: Path) -> None:
    """Raises CopyError when SQLite finds damage in a file, or references to nothing."""
    with reading(file) as connection:
        said = _sqlite(lambda: connection.execute("PRAGMA integrity_check(5)").fetchall())
        if said != [("ok",)]:
            raise CopyError("damaged", "; ".join(str(line[0]) for line in said))
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise CopyError("damaged", f"{len(broken)} references to nothing, first in {broken[0][0]}")


def in_use(file: Path) -> bool:
    """Whether another process has the database open: only alone can its journal mode be changed."""
    with contextlib.closing(_connect(file)) as connection:
        connection.execute("PRAGMA busy_timeout=300").close()
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite_driver().OperationalError:
            return True
        except sqlite_driver().DatabaseError:
            return False  # damaged, which is when a backup is wanted most: it must not stand in its own way
        return bool(mode != ("delete",))


@contextlib.contextmanager
def reading(file: Path) -> Iterator[Any]:
    """A connection that can't write. Raises CopyError `not_a_database`."""
    uri = f"{file.resolve().as_uri()}?mode=ro"
    connection = _sqlite(lambda: sqlite_driver().connect(uri, uri=True, isolation_level=None))
    with contextlib.closing(connection):
        connection.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}").close()
        _sqlite(lambda: connection.execute("SELECT count(*) FROM sqlite_schema").fetchone())
        yield connection


def replace(target: Path, copied: Path, keep_as: Path) -> None:
    """Put a finished copy in a database's place; the old one stays under another name, its journals with it.

    A journal of the old one beside the new one would be written into it: none may be there when that gets its
    name, also not after a power cut on a file system that keeps names in another order than they were given.
    """
    for part in ("", "-wal", "-shm", "-journal"):
        old = target.with_name(target.name + part)
        if old.exists():
            old.rename(keep_as.with_name(keep_as.name + part))
    sync(target.parent)
    copied.rename(target)
    sync(target.parent)


def _begin_an_epoch(connection: Any) -> None:
    if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'change_counter'").fetchall():
        connection.execute("UPDATE change_counter SET epoch = ?", (id_bytes(new_id()),)).close()


def _connect(file: Path) -> Any:
    connection = sqlite_driver().connect(str(file), isolation_level=None)
    # Without it a Mac's drive may not have what a journal brought when that is deleted; elsewhere nothing changes.
    connection.execute("PRAGMA fullfsync=ON").close()
    return connection


def _sqlite(call: Any) -> Any:
    driver = sqlite_driver()
    try:
        return call()
    except driver.DatabaseError as fault:
        raise CopyError("not_a_database", str(fault)) from None
