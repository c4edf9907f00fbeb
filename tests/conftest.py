"""The app under test, on both databases; each test finds it migrated and empty."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from outreach_api.app import create_app
from outreach_api.settings import Settings, settings_in
from outreach_api.storage import migrate
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.session import Database
from outreach_api.storage.tables import METADATA
from tests.api import Api, StandingClock
from tests.keys import some_keyring

pytest_plugins = ["tests.databases"]

# No test fails because a machine is slow; what CI tries is the same each time, what people try is not.
hypothesis.settings.register_profile("suite", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.register_profile("long", deadline=None, max_examples=10_000)  # --hypothesis-profile=long
hypothesis.settings.load_profile("suite")

START = dt.datetime(2026, 11, 28, 3, 0, tzinfo=dt.UTC)
KEPT = {"change_counter", "tax_rates", "alembic_version"}


@pytest.fixture(scope="session")
def migrated(engine_url: str) -> Iterator[Database]:
    """The worker's database with all tables."""
    database = Database(engine_url, pool_size=8)
    migrate.upgrade(database)
    _empty(database)
    yield database
    database.close()


@pytest.fixture
def database(migrated: Database) -> Iterator[Database]:
    """The database, emptied after the test."""
    yield migrated
    _empty(migrated)


def _empty(database: Database) -> None:
    """Leave nothing but the counter at zero and the tax rates that every database begins with."""
    with database.write() as session:
        tables = [table for table in METADATA.sorted_tables if table.name not in KEPT]
        if database.is_sqlite:
            session.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
            for table in reversed(tables):
                session.execute(table.delete())
        else:
            session.execute(sa.text("TRUNCATE " + ", ".join(table.name for table in tables)))
        session.execute(
            sa.text("UPDATE change_counter SET value = 0, backed_up_no = NULL, backed_up_at = NULL")
        )
        session.execute(sa.text("DELETE FROM tax_rates WHERE valid_from <> '2019-10-01'"))


@pytest.fixture
def console(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The console at the test's database; files may be put into the folder."""
    for name in settings_in(os.environ):
        monkeypatch.delenv(name)
    monkeypatch.setenv("OUTREACH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OUTREACH_DATABASE_URL", database.url.render_as_string(hide_password=False))
    return tmp_path


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A write transaction of the test's own; committed when the test commits it."""
    with database.write() as session:
        yield session


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    return some_keyring()


@pytest.fixture(scope="session")
def standing() -> StandingClock:
    return StandingClock(START)


@pytest.fixture(scope="session")
def app(migrated: Database, standing: StandingClock, keyring: Keyring) -> Flask:
    """One app for all tests of a worker: describing itself takes it longer than most tests take."""
    return create_app(Settings(), database=migrated, keyring=keyring, now=standing)


@pytest.fixture
def clock(standing: StandingClock) -> StandingClock:
    """Server time: stands still at Saturday 2026-11-28 12:00 in Tokyo until a test moves it."""
    standing.now = START
    return standing


@pytest.fixture
def api(app: Flask, database: Database, clock: StandingClock) -> Api:
    """The API as clients meet it: tokens by role, and every answer checked against openapi.yaml."""
    return Api(app, database, clock)


@pytest.fixture(scope="module")
def module_api(app: Flask, migrated: Database, standing: StandingClock) -> Iterator[Api]:
    """For a module whose tests share one world and take back what they change; emptied when the module is over."""
    standing.now = START
    yield Api(app, migrated, standing)
    _empty(migrated)


@pytest.fixture
def own_api(database: Database, clock: StandingClock, keyring: Keyring) -> Api:
    """The same with an app of the test's own, for tests that change the app."""
    return Api(create_app(Settings(), database=database, keyring=keyring, now=clock), database, clock)
