"""backup and restore at the console: one whole file without the key, and a restore that phones notice."""

from __future__ import annotations

import os
import sqlite3
import uuid
from pathlib import Path

import pytest

from outreach_api.cli import main
from outreach_api.ledger import counter
from outreach_api.settings import Settings, settings_in
from outreach_api.storage import copies
from outreach_api.storage.session import Database


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in settings_in(os.environ):
        monkeypatch.delenv(name)
    folder = tmp_path / "home"
    monkeypatch.setenv("OUTREACH_HOME", str(folder))
    assert main(["init"]) == 0
    return folder


def epoch(home: Path) -> uuid.UUID:
    database = Database(f"sqlite:///{home / 'outreach.db'}", pool_size=1)
    try:
        with database.read() as session:
            return counter.current(session)[1]
    finally:
        database.close()


def tokens(capsys: pytest.CaptureFixture[str]) -> int:
    capsys.readouterr()
    assert main(["tokens"]) == 0
    return len(capsys.readouterr().out.splitlines()) - 1


def move_on(home: Path, number: int) -> None:
    """As if so many changes had been made."""
    with sqlite3.connect(home / "outreach.db") as connection:
        connection.execute("UPDATE change_counter SET value = ?", (number,))
    connection.close()


def backed_up(home: Path) -> object:
    with sqlite3.connect(home / "outreach.db") as connection:
        row = connection.execute("SELECT backed_up_no, backed_up_at FROM change_counter").fetchone()
    connection.close()
    return row


def test_a_backup_is_one_whole_private_file_without_the_key(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.sqlite3"
    assert main(["backup", str(target)]) == 0
    copies.check(target)
    assert {path.name for path in tmp_path.iterdir()} == {"copy.sqlite3", "copy.sqlite3.audit", "home"}
    if os.name == "posix":
        assert target.stat().st_mode & 0o777 == 0o600
    key = bytes.fromhex((home / "keys" / "master.key").read_text().split("\n")[1])
    content = target.read_bytes()
    assert key not in content
    assert key.hex().encode() not in content


def test_a_backup_replaces_no_file_and_wants_a_folder(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "there"
    target.write_text("something dear")
    assert main(["backup", str(target)]) == 1
    assert target.read_text() == "something dear"
    assert main(["backup", str(tmp_path / "no" / "folder")]) == 1


def test_a_backup_is_made_while_others_write(home: Path, tmp_path: Path) -> None:
    busy = sqlite3.connect(home / "outreach.db", isolation_level=None)
    busy.execute("BEGIN IMMEDIATE")
    busy.execute("UPDATE change_counter SET value = 77")
    try:
        copies.copy(home / "outreach.db", tmp_path / "copy")
    finally:
        busy.execute("ROLLBACK")
        busy.close()
    copies.check(tmp_path / "copy")


def test_what_was_backed_up_comes_back_with_a_new_epoch(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["token", "--role", "admin"])
    assert main(["backup", str(tmp_path / "copy")]) == 0
    before = epoch(home)
    main(["token", "--role", "reporter"])
    assert tokens(capsys) == 2
    assert main(["restore", str(tmp_path / "copy")]) == 1
    assert tokens(capsys) == 2
    capsys.readouterr()
    assert main(["restore", "--replace", str(tmp_path / "copy")]) == 0
    assert "無効にしたトークンは、無効のままです" in capsys.readouterr().err
    assert tokens(capsys) == 1
    assert epoch(home) != before
    assert main(["verify"]) == 0
    (kept,) = home.glob("outreach.db.*.replaced")
    copies.check(kept)
    assert not list(home.glob("*.restoring*"))


def test_a_restore_into_an_empty_home_needs_no_replace(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["token", "--role", "admin"])
    main(["backup", str(tmp_path / "copy")])
    (home / "outreach.db").unlink()
    assert main(["restore", str(tmp_path / "copy")]) == 0
    assert "the key that you keep" not in capsys.readouterr().err
    assert tokens(capsys) == 1


def test_a_restore_on_a_new_machine_says_where_the_key_belongs(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["backup", str(tmp_path / "copy")])
    (home / "outreach.db").unlink()
    key = Settings.from_environment().master_key_file
    key.unlink()
    assert main(["restore", str(tmp_path / "copy")]) == 0
    assert f"put the key that you keep back at {key}" in capsys.readouterr().err


def test_a_database_in_use_is_not_replaced(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["backup", str(tmp_path / "copy")])
    server = Database(f"sqlite:///{home / 'outreach.db'}", pool_size=1)
    before = epoch(home)
    with server.read() as session:
        counter.current(session)
        assert main(["restore", "--replace", str(tmp_path / "copy")]) == 1
    # An idle server holds no lock on a row, and must not be pulled away from under either.
    with server.engine.connect():
        assert main(["restore", "--replace", str(tmp_path / "copy")]) == 1
    server.close()
    assert "stop the server" in capsys.readouterr().err
    assert epoch(home) == before


@pytest.mark.parametrize("place", [0, 100])
def test_a_damaged_database_can_be_replaced_by_its_backup(home: Path, tmp_path: Path, place: int) -> None:
    main(["backup", str(tmp_path / "copy")])
    with (home / "outreach.db").open("r+b") as file:
        file.seek(place)
        file.write(b"damaged" * 2_000)
    assert main(["verify"]) == 1
    assert main(["restore", "--replace", str(tmp_path / "copy")]) == 0
    assert main(["verify"]) == 0


def test_a_server_that_was_started_while_the_backup_was_copied_keeps_its_database(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["backup", str(tmp_path / "copy")])
    before = epoch(home)
    server = Database(f"sqlite:///{home / 'outreach.db'}", pool_size=1)
    copy = copies.copy

    def copy_slowly(source: Path, target: Path) -> None:
        copy(source, target)
        with server.read() as session:  # its pool keeps the connection
            counter.current(session)

    monkeypatch.setattr(copies, "copy", copy_slowly)
    assert main(["restore", "--replace", str(tmp_path / "copy")]) == 1
    server.close()
    assert epoch(home) == before
    assert {path.name for path in home.iterdir()} == {"keys", "outreach.db"}


@pytest.mark.parametrize(
    "content", [b"", b"no database at all" * 500, b"SQLite format 3\0" + b"\xff" * 5_000]
)
def test_what_is_no_backup_is_refused(
    home: Path, tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "strange"
    file.write_bytes(content)
    assert main(["restore", "--replace", str(file)]) == 1
    assert "Traceback" not in capsys.readouterr().err
    assert main(["verify"]) == 0


def test_a_backup_that_is_cut_short_is_refused(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy"
    main(["backup", str(file)])
    file.write_bytes(file.read_bytes()[:-40_960])
    before = epoch(home)
    assert main(["restore", "--replace", str(file)]) == 1
    assert epoch(home) == before


def test_a_backup_of_a_later_version_is_refused(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy"
    main(["backup", str(file)])
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert main(["restore", "--replace", str(file)]) == 1


def test_a_restored_database_is_covered_by_the_file_that_it_came_from(home: Path, tmp_path: Path) -> None:
    move_on(home, 40)
    main(["backup", str(tmp_path / "copy")])
    os.utime(tmp_path / "copy", (1_700_000_000, 1_700_000_000))
    move_on(home, 50)
    assert main(["restore", "--replace", str(tmp_path / "copy")]) == 0
    assert backed_up(home) == (40, "2023-11-14 22:13:20.000000")


def test_whoever_restores_an_older_backup_hears_that_there_was_a_later_one(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["backup", str(tmp_path / "old")])
    move_on(home, 60)
    main(["backup", str(tmp_path / "new")])
    main(["restore", "--replace", str(tmp_path / "new")])
    assert "a later backup" not in capsys.readouterr().err
    main(["restore", "--replace", str(tmp_path / "old")])
    assert "a later backup" in capsys.readouterr().err
