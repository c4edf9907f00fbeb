"""Brings a database to the tables of this version, in one transaction, under a lock."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from outreach_api.storage.session import Database
from outreach_api.storage.tables import METADATA

_LOCK = 724_106_031  # any number of our own


def folder() -> Path:
    """migrations/ of the checkout; the package is only ever installed from it."""
    return Path(__file__).resolve().parents[2] / "migrations"


def config() -> Config:
    made = Config()
    made.set_main_option("script_location", str(folder()))
    return made


def upgrade(database: Database, to: str = "head") -> None:
    """Run what is missing. Safe to call from several processes at once."""
    settings = config()
    with database.engine.execution_options(outreach_begin="BEGIN IMMEDIATE").connect() as connection:
        if database.is_sqlite:
            # Recreating a table with foreign keys on would cascade deletes; it can't be switched inside BEGIN.
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        try:
            with connection.begin():
                if not database.is_sqlite:
                    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
                settings.attributes["connection"] = connection
                command.upgrade(settings, to)
                if database.is_sqlite:
                    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                    if broken:
                        raise RuntimeError(f"the migration broke {len(broken)} references")
        finally:
            if database.is_sqlite:
                connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]


def is_current(database: Database) -> bool:
    return revision(database) == newest()


def revision(database: Database) -> str | None:
    """The migration that a database is at; None for an empty one."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The last migration of this version."""
    head = ScriptDirectory.from_config(config()).get_current_head()
    if head is None:
        raise RuntimeError("there are no migrations: the package must be installed from its checkout")
    return head


def is_known(number: str) -> bool:
    """False for a migration of a later version than this one."""
    return any(script.revision == number for script in ScriptDirectory.from_config(config()).walk_revisions())


def differences(database: Database) -> list[Any]:
    """What autogenerate would still change: empty when models and migrations agree."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, METADATA))
