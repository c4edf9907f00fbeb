"""Opens a database file of a benchmark for millions of rows: nothing is safe meanwhile, and indexes come at the end."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from outreach_api.storage.session import sqlite_driver


@contextmanager
def filling(path: Path, tables: Collection[str]) -> Iterator[Any]:
    """A bare connection in a transaction; these tables have none but their own keys until it ends well."""
    driver = sqlite_driver()
    connection = driver.connect(str(path), isolation_level=None)
    # Nothing else uses the file yet, and if this fails it is thrown away.
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-1000000"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    if driver.sqlite_version_info < (3, 41):
        connection.create_function("unhex", 1, bytes.fromhex)
    connection.execute("PRAGMA temp_store=MEMORY")
    marks = ", ".join("?" for _ in tables)
    indexes = connection.execute(
        f"SELECT name, sql FROM sqlite_master WHERE sql LIKE 'CREATE%INDEX%' AND tbl_name IN ({marks})",  # noqa: S608
        tuple(tables),
    ).fetchall()
    connection.execute("BEGIN")
    for name, _ in indexes:
        connection.execute(f'DROP INDEX "{name}"')
    yield connection
    for _, sql in indexes:
        connection.execute(sql)
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode=WAL").fetchall()
    connection.close()
