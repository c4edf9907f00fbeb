"""The audit can't be altered, cut off or written anew without `outreach verify` noticing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.cli import main
from outreach_api.ledger import audit
from outreach_api.settings import Settings, settings_in
from outreach_api.storage.ledger import AuditEntry
from outreach_api.storage.session import Database


@pytest.fixture
def database(empty_engine_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """With an audit of some entries, which `verify` has seen."""
    for name in settings_in(os.environ):
        monkeypatch.delenv(name)
    monkeypatch.setenv("OUTREACH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OUTREACH_DATABASE_URL", empty_engine_url)
    assert main(["init"]) == 0
    for number in range(5):
        assert main(["token", "--role", "coordinator", "--label", f"事務所{number}"]) == 0
    made = Database(empty_engine_url, pool_size=2)
    yield made
    made.close()


def faults(capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    capsys.readouterr()
    main(["verify", *options])
    return [line for line in capsys.readouterr().out.splitlines() if line.startswith("NG")]


def flip(session: Session) -> None:
    session.execute(sa.update(AuditEntry).where(AuditEntry.seq == 3).values(purpose="another"))


def remove(session: Session) -> None:
    session.execute(sa.delete(AuditEntry).where(AuditEntry.seq == 3))


def insert(session: Session) -> None:
    row = session.execute(sa.select(AuditEntry.__table__).where(AuditEntry.seq == 3)).mappings().one()
    session.execute(sa.update(AuditEntry).where(AuditEntry.seq == 6).values(seq=7))
    session.execute(sa.insert(AuditEntry).values({**row, "seq": 6}))


def reorder(session: Session) -> None:
    for before, after in ((3, 99), (4, 3), (99, 4)):
        session.execute(sa.update(AuditEntry).where(AuditEntry.seq == before).values(seq=after))


def truncate(session: Session) -> None:
    session.execute(sa.delete(AuditEntry).where(AuditEntry.seq > 4))


def empty(session: Session) -> None:
    session.execute(sa.delete(AuditEntry))


def write_anew(session: Session) -> None:
    """As somebody does who knows this program and has the whole database."""
    flip(session)
    before = bytes(32)
    for entry in session.scalars(sa.select(AuditEntry).order_by(AuditEntry.seq)):
        entry.hash = before = audit.entry_hash(before, entry)
    session.flush()


ATTACKS = [flip, remove, insert, reorder, truncate, empty, write_anew]


@pytest.mark.parametrize("attack", ATTACKS)
def test_whatever_is_done_to_the_audit_is_noticed(
    database: Database, capsys: pytest.CaptureFixture[str], attack: Callable[[Session], None]
) -> None:
    assert faults(capsys) == []
    with database.write() as session:
        attack(session)
    (line,) = faults(capsys)
    assert "the audit's chain: broken at entry " in line


@pytest.mark.parametrize("attack", [truncate, write_anew])
def test_the_file_beside_a_backup_shows_it_even_if_the_cabinet_is_another(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str], attack: Callable[[Session], None]
) -> None:
    file = tmp_path / "copy"
    if database.is_sqlite:
        assert main(["backup", str(file)]) == 0
        beside = file.with_name("copy.audit")
    else:
        with database.read() as session:
            seq, head = audit.head(session) or (0, b"")
        beside = tmp_path / "copy.audit"
        beside.write_text(f"{seq} {head.hex()}\n", encoding="ascii")
    cabinet = Path(Settings.from_environment().cabinet.removeprefix("sqlite:///"))
    with_head = ("--head", str(beside))
    assert faults(capsys, *with_head) == []
    witness = Database(f"sqlite:///{cabinet}", pool_size=1)
    with witness.write() as session:
        session.execute(sa.text("DELETE FROM audit_heads"))
    witness.close()
    with database.write() as session:
        attack(session)
    assert "broken at entry" in faults(capsys, *with_head)[0]


def test_what_is_no_head_is_refused(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x").write_text("rubbish")
    assert main(["verify", "--head", str(tmp_path / "x")]) == 1
    assert "is no .audit file" in capsys.readouterr().err


@pytest.mark.parametrize("empty_engine_url", ["sqlite"], indirect=True)
def test_a_restore_is_no_attack_and_says_how_far_the_audit_had_come(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backup", str(tmp_path / "copy")]) == 0
    for _ in range(3):
        assert main(["token", "--role", "reporter", "--label", "later"]) == 0
    assert faults(capsys) == []
    database.close()
    assert main(["restore", str(tmp_path / "copy"), "--replace"]) == 0
    assert faults(capsys) == []
    with database.read() as session:
        said = session.scalar(sa.select(AuditEntry.purpose).where(AuditEntry.action == "restore"))
    assert said is not None
    until, seen = (int(word) for word in said.replace(",", "").split() if word.isdigit())
    assert seen > until
