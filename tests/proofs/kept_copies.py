"""Keeps a whole database as it stands, and puts it back: files of SQLite as the console does it, rows of PostgreSQL."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from outreach_api.storage import copies
from outreach_api.storage.session import Database
from outreach_api.storage.tables import METADATA


class Files:
    """An SQLite database is copied and replaced as the console commands do it."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._file = Path(str(database.url.database))
        self._folder = folder
        self._made = 0

    def keep(self) -> Path:
        self._made += 1
        target = self._folder / f"backup{self._made}"
        copies.copy(self._file, target)
        return target

    def forget_all_but(self, kept: Path) -> None:
        for path in self._folder.iterdir():
            if path != kept:
                path.unlink()

    def put_back(self, kept: Path) -> None:
        self._database.close()
        coming = self._file.with_name("coming")
        shutil.copyfile(kept, coming)
        copies.replace(self._file, coming, keep_as=self._file.with_name("replaced"))


class Rows:
    """A PostgreSQL database: all rows of all tables as one document, which is what pg_dump amounts to."""

    def __init__(self, database: Database) -> None:
        self._database = database
        tables = [table.name for table in METADATA.sorted_tables]
        self._tables = tables
        self._delete = "; ".join(f"DELETE FROM {name}" for name in reversed(tables))
        # A function takes a hundred arguments at most.
        parts = (tables[start : start + 40] for start in range(0, len(tables), 40))
        self._keep = "SELECT " + " || ".join(
            "jsonb_build_object("
            + ", ".join(f"'{name}', (SELECT coalesce(jsonb_agg(t), '[]') FROM {name} t)" for name in part)
            + ")"
            for part in parts
        )

    def keep(self) -> dict[str, list[Any]]:
        with self._database.read() as session:
            kept: dict[str, list[Any]] = session.connection().exec_driver_sql(self._keep).scalar_one()
        return {name: rows for name, rows in kept.items() if rows}

    def forget_all_but(self, kept: dict[str, list[Any]]) -> None:
        """They are in memory only."""

    def put_back(self, kept: dict[str, list[Any]]) -> None:
        with self._database.write() as session:
            connection = session.connection()
            connection.exec_driver_sql(self._delete)
            for name in self._tables:
                if name in kept:
                    rows = f"jsonb_populate_recordset(NULL::{name}, %s::jsonb)"
                    connection.exec_driver_sql(
                        f"INSERT INTO {name} SELECT * FROM {rows}", (json.dumps(kept[name]),)
                    )
