"""backup and restore at the console on PostgreSQL: how pg_dump is run, and what people are told to run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from outreach_api.cli import main
from outreach_api.ledger import counter, epochs
from outreach_api.settings import settings_in
from outreach_api.storage.ledger import AuditEntry, ChangeCounter
from outreach_api.storage.session import Database
from tests.dumping import FakeDump

pytestmark = pytest.mark.parametrize("empty_engine_url", ["postgresql"], indirect=True)

SECRET = "s3cret word&'"


@pytest.fixture
def database(empty_engine_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A prepared database that wants a password, as far as its address goes."""
    for name in settings_in(os.environ):
        monkeypatch.delenv(name)
    url = sa.make_url(empty_engine_url).set(password=SECRET).render_as_string(hide_password=False)
    monkeypatch.setenv("OUTREACH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OUTREACH_DATABASE_URL", url)
    assert main(["init"]) == 0
    made = Database(url, pool_size=1)
    yield made
    made.close()


@pytest.fixture
def pg_dump(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeDump:
    return FakeDump(tmp_path, monkeypatch)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "backups"
    made.mkdir()
    return made


def covered(database: Database) -> int | None:
    with database.read() as session:
        return session.scalar(sa.select(ChangeCounter.backed_up_no))


def move_on(database: Database, by: int = 5) -> int:
    with database.write() as session:
        session.execute(sa.update(ChangeCounter).values(value=ChangeCounter.value + by))
        return counter.current(session)[0]


def test_the_password_is_in_no_argument(database: Database, pg_dump: FakeDump, folder: Path) -> None:
    assert main(["backup", str(folder / "weekly copy.dump")]) == 0
    assert pg_dump.called is not None
    words, environment = pg_dump.called["argv"], pg_dump.called["environment"]
    assert "s3cret" not in " ".join(words)
    assert environment["PGPASSWORD"] == SECRET
    assert {"--format=custom", "--no-password"} <= set(words)
    (address,) = [word for word in words if word.startswith("--dbname=")]
    assert f"dbname={database.url.database}" in address


def test_a_backup_is_a_private_file_that_phones_hear_of(
    database: Database, pg_dump: FakeDump, folder: Path
) -> None:
    number = move_on(database)
    assert main(["backup", str(folder / "copy")]) == 0
    assert {path.name for path in folder.iterdir()} == {"copy", "copy.audit"}
    assert (folder / "copy").read_text() == "PGDMP and more"
    assert (folder / "copy").stat().st_mode & 0o777 == 0o600
    assert covered(database) == number
    with database.read() as session:
        (row,) = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "backup"))
        assert row.purpose == f"copy {epochs.mark(session)}"


@pytest.mark.parametrize(
    ("what", "heard"),
    [
        ({"end": 1, "say": "pg_dump: error: server version mismatch"}, "server version mismatch"),
        ({"end": 3}, "exit status 3"),
        ({"write": "no dump"}, "what it wrote is no dump"),
    ],
)
def test_a_dump_that_failed_leaves_no_file_and_no_mark(
    database: Database,
    pg_dump: FakeDump,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    what: dict[str, object],
    heard: str,
) -> None:
    pg_dump.will(**what)  # type: ignore[arg-type]
    assert main(["backup", str(folder / "copy")]) == 1
    assert list(folder.iterdir()) == []
    assert covered(database) is None
    assert heard in capsys.readouterr().err


def test_a_file_that_is_there_is_not_replaced(database: Database, pg_dump: FakeDump, folder: Path) -> None:
    (folder / "copy").write_text("something dear")
    assert main(["backup", str(folder / "copy")]) == 1
    assert (folder / "copy").read_text() == "something dear"
    assert pg_dump.called is None
    assert main(["backup", str(folder / "no" / "folder")]) == 1


def test_without_pg_dump_the_commands_are_told_and_work_as_told(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(folder))
    number = move_on(database)
    assert main(["backup", "weekly copy.dump"]) == 1
    said = capsys.readouterr().err
    assert "s3cret" not in said
    dumped, marked = (line.strip() for line in said.splitlines() if line.startswith("  "))
    assert (
        dumped.startswith("pg_dump --format=custom '--file=weekly copy.dump' --dbname=")
        or "'--dbname=" in dumped
    )
    assert covered(database) is None
    move_on(database)
    assert main(marked.removeprefix("outreach ").split()) == 0
    assert covered(database) == number


def test_restore_tells_the_commands_and_names_no_password(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["restore", "copy.dump"]) == 1
    said = capsys.readouterr().err
    commands = [line.strip() for line in said.splitlines() if line.startswith("  ")]
    assert commands[0].startswith("pg_restore ")
    assert commands[0].endswith(" copy.dump")
    assert commands[1:] == ["outreach migrate", "outreach begin-epoch"]
    assert "s3cret" not in said
