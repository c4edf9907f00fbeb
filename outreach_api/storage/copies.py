"""Copies of an SQLite database: taken while it is in use, whole or not at all, on the disk before they count."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from outreach_api.storage.session import BUSY_MILLISECONDS, sqlite_driver


class CopyError(Exception):
    """A copy can't be made or used; `code` says why, `detail` what SQLite said."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


def copy(source: Path, target: Path) -> None:
    """Copy a database that may be in use to a new file that only its owner can read.

    Raises FileExistsError rather than replace a file, and CopyError (`not_a_database`, `damaged`).
    """
    with _beside(target) as unfinished:
        with reading(source) as old, contextlib.closing(_connect(unfinished)) as new:
            _sqlite(lambda: old.backup(new))
            # One file, not three: the copy is carried away alone.
            new.execute("PRAGMA journal_mode=DELETE").close()
        check(unfinished)
        _sync(unfinished)
        _name(unfinished, target)
    _sync(target.parent)


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
    """Put a finished copy in a database's place; the old one stays under another name."""
    if target.exists():
        for leftover in ("-wal", "-shm"):
            target.with_name(target.name + leftover).unlink(missing_ok=True)
        target.rename(keep_as)
    copied.rename(target)
    _sync(target.parent)


def _connect(file: Path) -> Any:
    return sqlite_driver().connect(str(file), isolation_level=None)


def _sqlite(call: Any) -> Any:
    driver = sqlite_driver()
    try:
        return call()
    except driver.DatabaseError as fault:
        raise CopyError("not_a_database", str(fault)) from None


@contextlib.contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A private file in the target's folder that is gone afterwards, whatever happens."""
    if target.exists():
        raise FileExistsError(17, "it exists already", str(target))
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".unfinished", dir=target.parent)
    os.close(handle)  # mkstemp made it with mode 0600
    unfinished = Path(name)
    try:
        yield unfinished
    finally:
        for leftover in ("", "-journal", "-wal", "-shm"):
            unfinished.with_name(unfinished.name + leftover).unlink(missing_ok=True)


def _name(unfinished: Path, target: Path) -> None:
    try:
        os.link(unfinished, target)  # unlike a rename, it never replaces what came there meanwhile
    except FileExistsError:
        raise
    except OSError:  # a memory stick has no links
        if target.exists():
            raise FileExistsError(17, "it exists already", str(target)) from None
        unfinished.rename(target)


def _sync(path: Path) -> None:
    """Have the disk keep it: a file's content, or the names in a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
