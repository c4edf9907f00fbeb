"""Copies of an SQLite database and files that come whole: what a power cut or a leftover may not spoil."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import sys
from pathlib import Path

import pytest

from outreach_api.cli import main
from outreach_api.settings import settings_in
from outreach_api.storage import copies, whole_files
from outreach_api.storage.session import sqlite_driver


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in settings_in(os.environ):
        monkeypatch.delenv(name)
    monkeypatch.setenv("OUTREACH_HOME", str(tmp_path / "home"))
    assert main(["init"]) == 0
    return tmp_path / "home"


def epoch(file: Path) -> bytes:
    with sqlite3.connect(file) as connection:
        (found,) = connection.execute("SELECT epoch FROM change_counter").fetchone()
    connection.close()
    return bytes(found)


def test_every_copy_has_an_epoch_of_its_own(home: Path, tmp_path: Path) -> None:
    database = home / "outreach.db"
    for name in ("first", "second"):
        copies.copy(database, tmp_path / name)
    assert len({epoch(file) for file in (database, tmp_path / "first", tmp_path / "second")}) == 3


@pytest.mark.parametrize("journal", ["-wal", "-journal"])
def test_a_journal_that_was_left_behind_never_gets_into_a_restored_database(
    home: Path, tmp_path: Path, journal: str
) -> None:
    """Its database was thrown away, and SQLite would play it back into whatever has that name."""
    main(["backup", str(tmp_path / "copy")])
    database, left = home / "outreach.db", home / f"outreach.db{journal}"
    busy = sqlite_driver().connect(str(database), isolation_level=None)
    busy.execute(f"PRAGMA journal_mode={'WAL' if journal == '-wal' else 'DELETE'}").close()
    busy.execute("PRAGMA cache_size=1").close()
    busy.execute("UPDATE change_counter SET value = 4000").close()
    # More than its cache takes: so the journal is written down as one that is needed.
    busy.execute("BEGIN IMMEDIATE").close()
    busy.execute("UPDATE change_counter SET value = 5000").close()
    busy.execute(
        "CREATE TABLE left_behind AS SELECT zeroblob(3000) FROM sqlite_schema, sqlite_schema"
    ).close()
    kept = left.read_bytes()
    busy.close()
    database.unlink()
    left.write_bytes(kept)
    assert main(["restore", str(tmp_path / "copy")]) == 0
    assert main(["verify"]) == 0
    with sqlite3.connect(database) as connection:
        (number,) = connection.execute("SELECT value FROM change_counter").fetchone()
    connection.close()
    assert number < 4000


def test_the_old_names_are_gone_from_the_disk_before_the_new_one_is_given(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut may keep names in another order, but for a sync of their folder between them."""
    database, log = home / "outreach.db", home / "outreach.db-wal"
    copies.copy(database, tmp_path / "copy")
    log.touch()
    log.with_name("outreach.db-shm").unlink(missing_ok=True)
    done: list[str] = []
    rename = Path.rename

    def renamed(path: Path, to: Path) -> Path:
        done.append(f"{path.name} away" if to.parent == home and path.parent == home else "new name")
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", renamed)
    monkeypatch.setattr(copies, "sync", lambda path: done.append(f"sync {path.name}"))
    copies.replace(database, tmp_path / "copy", keep_as=home / "old")
    assert set(done[:-3]) == {"outreach.db away", "outreach.db-wal away"}
    assert done[-3:] == ["sync home", "new name", "sync home"]
    assert {path.name for path in home.iterdir()} == {"keys", "outreach.db", "old", "old-wal"}


def test_a_file_without_a_name_leaves_nothing(tmp_path: Path) -> None:
    with contextlib.suppress(KeyError), whole_files.beside(tmp_path / "new") as unfinished:
        unfinished.write_text("half")
        raise KeyError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("links", [True, False])
def test_what_came_meanwhile_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    target = tmp_path / "new"

    def refuse(*_: object) -> None:
        raise PermissionError  # as a memory stick does

    if not links:
        monkeypatch.setattr(os, "link", refuse)
    with whole_files.beside(target) as unfinished:
        unfinished.write_text("ours")
        target.write_text("theirs")
        with pytest.raises(FileExistsError):
            whole_files.finish(unfinished, target)
        target.unlink()
        whole_files.finish(unfinished, target)
    assert target.read_text() == "ours"
    assert list(tmp_path.iterdir()) == [target]


def test_a_mac_is_asked_to_write_through_the_drive_and_else_to_do_what_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(fcntl, "F_FULLFSYNC", 51, raising=False)
    monkeypatch.setattr(os, "fsync", lambda handle: asked.append("fsync"))
    monkeypatch.setattr(fcntl, "fcntl", lambda handle, request: asked.append(request))
    whole_files.sync(tmp_path)
    assert asked == [51]

    def unknown(handle: int, request: int) -> None:
        raise OSError

    monkeypatch.setattr(fcntl, "fcntl", unknown)
    whole_files.sync(tmp_path)
    assert asked == [51, "fsync"]
