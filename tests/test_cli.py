"""The outreach command as a person meets it: what it makes, what it refuses, and never a traceback."""

from __future__ import annotations

import datetime as dt
import os
import re
import sqlite3
import stat
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from outreach_api.access import entering
from outreach_api.cli import entry, main, serving
from outreach_api.cli.console import Failure
from outreach_api.kernel.clock import utc_now
from outreach_api.kernel.ids import new_id
from outreach_api.ledger.kinds import Actor
from outreach_api.settings import Settings, settings_in
from outreach_api.storage import migrate
from outreach_api.storage.access import Token
from outreach_api.storage.keyring import load_keyring, make_keys
from outreach_api.storage.master_key import KeyFileError
from outreach_api.storage.plans import Van
from outreach_api.storage.session import Database
from outreach_api.storage.visits import HeadCount
from schemas.vocabulary import Role
from tests.make import MADE_AT, make_visit


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own that OUTREACH_HOME names; nothing is in it yet."""
    for name in settings_in(os.environ):
        monkeypatch.delenv(name)
    folder = tmp_path / "home"
    monkeypatch.setenv("OUTREACH_HOME", str(folder))
    return folder


@pytest.fixture
def ready(home: Path) -> Path:
    assert main(["init"]) == 0
    return home


def opened(home: Path) -> Database:
    return Database(f"sqlite:///{home / 'outreach.db'}", pool_size=1)


def comes_in(home: Path, token: str) -> Actor | None:
    with closing(load_keyring(Settings(home=home))) as keyring:
        return entering.find_actor(opened(home), keyring, token, utc_now(), 120)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_init_makes_a_key_and_a_database_for_their_owner_only(ready: Path) -> None:
    assert mode(ready / "keys" / "master.key") == 0o600
    assert mode(ready / "outreach.db") == 0o600
    assert (mode(ready), mode(ready / "keys")) == (0o700, 0o700)


def test_init_again_changes_nothing(ready: Path) -> None:
    key = (ready / "keys" / "master.key").read_bytes()
    assert main(["init"]) == 0
    assert (ready / "keys" / "master.key").read_bytes() == key


@pytest.mark.parametrize(
    ("started", "found", "said"),
    [
        (".venv/bin/outreach", None, os.path.join(".venv", "bin", "outreach")),
        ("{here}/.venv/bin/outreach", None, os.path.join(".venv", "bin", "outreach")),
        ("{here}/.venv/bin/outreach", "{here}/.venv/bin/outreach", "outreach"),
        ("/elsewhere/bin/outreach", None, os.path.abspath("/elsewhere/bin/outreach")),
        ("{here}/outreach_api/cli/__main__.py", None, "outreach"),
    ],
)
def test_the_next_step_is_told_as_it_can_be_typed(
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    started: str,
    found: str | None,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", [started.format(here=tmp_path), "init"])
    monkeypatch.setattr("shutil.which", lambda _: found and found.format(here=tmp_path))
    assert main(["init"]) == 0
    assert f"次は `{said} serve`" in capsys.readouterr().err


def test_init_does_not_replace_a_lost_key_unasked(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (ready / "keys" / "master.key").unlink()
    assert main(["init"]) == 1
    assert "--new-key" in capsys.readouterr().err
    assert not (ready / "keys" / "master.key").exists()
    assert main(["init", "--new-key"]) == 0


@pytest.mark.parametrize(
    "command",
    [["tokens"], ["token", "--role", "admin"], ["verify"], ["purge"], ["migrate"], ["backup", "x"]],
    ids=lambda command: str(command[0]),
)
def test_without_a_database_every_command_says_so_and_makes_none(
    home: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 1
    told = capsys.readouterr().err
    assert "outreach init" in told
    assert f"OUTREACH_HOME を確かめてください（いま見た場所：{home / 'outreach.db'}）" in told
    assert not (home / "outreach.db").exists()


def test_a_bad_setting_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OUTREACH_PORT", "many")
    monkeypatch.setenv("OUTREACH_PROT", "1")
    assert main(["init"]) == 1
    said = capsys.readouterr().err
    assert "OUTREACH_PORT" in said
    assert "OUTREACH_PROT" in said


@pytest.mark.parametrize(
    "arguments", [[], ["dance"], ["token"], ["token", "--role", "king"], ["serve", "--port", "0"]]
)
def test_misuse_is_code_2(home: Path, arguments: list[str]) -> None:
    assert main(arguments) == 2


def test_help_is_in_japanese_and_english(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    assert "サーバーを動かす" in said
    assert "run the server" in said


def test_a_token_is_alone_on_stdout_and_opens_the_api(
    ready: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["token", "--role", "coordinator", "--label", "田中", "--days", "30"]) == 0
    printed = capsys.readouterr()
    assert re.fullmatch(r"okk_[0-9a-f]{12}_[\w-]{43}\n", printed.out)
    assert printed.out.strip() not in printed.err
    actor = comes_in(ready, printed.out.strip())
    assert actor is not None
    assert actor.role is Role.COORDINATOR


def test_a_person_on_the_team_gets_another_token_and_stays_one_person(
    ready: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["token", "--role", "coordinator", "--label", "田中"])
    first = comes_in(ready, capsys.readouterr().out.strip())
    assert first is not None
    assert main(["token", "--role", "coordinator", "--person", str(first.person_id)]) == 0
    second = comes_in(ready, capsys.readouterr().out.strip())
    assert second == replace(first, token=second.token if second else None)
    assert main(["token", "--role", "admin", "--person", str(first.person_id)]) == 1
    assert main(["token", "--role", "coordinator", "--person", str(new_id())]) == 1
    assert main(["token", "--role", "crew", "--van", "A", "--person", str(first.person_id)]) == 1


def test_a_crew_token_needs_a_van_that_exists(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["token", "--role", "crew"]) == 1
    assert main(["token", "--role", "crew", "--van", "A"]) == 1
    assert main(["token", "--role", "admin", "--van", "A"]) == 1
    database = opened(ready)
    with database.write() as session:
        van = Van(
            id=new_id(), created_at=utc_now(), code="A", name="くるくる", needs_power=False, active=True
        )
        session.add(van)
    assert main(["token", "--role", "crew", "--van", "B"]) == 1
    assert "there are: A" in capsys.readouterr().err
    assert main(["token", "--role", "crew", "--van", "A"]) == 0
    actor = comes_in(ready, capsys.readouterr().out.strip())
    assert actor is not None
    assert actor.van_id == van.id


def test_a_revoked_token_opens_nothing_and_the_list_says_so(
    ready: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["token", "--role", "admin"])
    token = capsys.readouterr().out.strip()
    prefix = token.split("_")[1]
    assert main(["revoke", token]) == 0
    assert token not in capsys.readouterr().err
    assert comes_in(ready, token) is None
    assert main(["tokens"]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith(prefix)]
    assert "revoked" in line
    assert main(["tokens"]) == 0
    head, *_ = capsys.readouterr().out.splitlines()
    assert ("役割 ROLE" in head, "期限 EXPIRES" in head) == (True, True)
    assert main(["revoke", prefix]) == 0
    assert main(["revoke", "0" * 12]) == 1
    assert main(["revoke", "short"]) == 2


def test_the_list_tells_who_may_still_hand_in_what_they_hold(
    ready: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["token", "--role", "admin"])
    prefix = capsys.readouterr().out.split("_")[1]
    now = utc_now()
    with opened(ready).write() as session:
        session.execute(
            sa.update(Token)
            .where(Token.prefix == prefix)
            .values(revoked_at=now, takes_until=now + dt.timedelta(hours=72))
        )

    def listed() -> str:
        main(["tokens"])
        (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith(prefix)]
        return line

    assert "leaving until" in listed()
    assert main(["revoke", prefix]) == 0
    assert "revoked" in listed()


def test_what_the_console_does_is_in_the_audit(ready: Path) -> None:
    main(["token", "--role", "admin"])
    with sqlite3.connect(ready / "outreach.db") as connection:
        actions = [action for (action,) in connection.execute("SELECT action FROM audit ORDER BY seq")]
    assert actions == ["migrate", "issue_token"]


def test_verify_finds_a_database_of_ours_whole(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["token", "--role", "admin"])
    capsys.readouterr()
    assert main(["verify"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 11
    assert all(line.startswith("OK ") for line in lines)


def test_verify_finds_what_counts_both_on_paper_and_by_phone(
    ready: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = opened(ready)
    van = Van(id=new_id(), created_at=MADE_AT, code="A", name="A", needs_power=False, active=True)
    with database.write() as session:
        session.add(van)
        visit = make_visit(session, van_id=van.id)
        happened = {"received_at": MADE_AT, "occurred_at": MADE_AT, "visit_id": visit.id, "mesh": visit.mesh}
        dated = {"local_day": visit.local_day, "iso_week": visit.iso_week, "change_no": 0}
        for source in ("app", "paper"):
            told = {"counts": {}, "source": source, "counted": True}
            session.add(HeadCount(id=new_id(), **happened, **dated, **told))
    database.close()
    assert main(["verify"]) == 1
    (fault,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("NG")]
    assert f"heads of visit {visit.id}" in fault


def test_verify_finds_an_altered_audit(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(ready / "outreach.db") as connection:
        connection.execute("UPDATE audit SET purpose = 'nothing happened' WHERE seq = 1")
    connection.close()
    assert main(["verify"]) == 1
    assert "NG  監査記録 · the audit's chain: broken at entry 1" in capsys.readouterr().out


def test_verify_finds_a_key_that_others_can_read(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (ready / "keys" / "master.key").chmod(0o644)
    assert main(["verify"]) == 1
    assert "chmod 600" in capsys.readouterr().out


def test_verify_finds_damage(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = ready / "outreach.db"
    whole = file.read_bytes()
    file.write_bytes(whole[:8_192] + b"\xa5" * 65_536 + whole[8_192 + 65_536 :])
    assert main(["verify"]) == 1
    assert "NG" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["init", "tokens", "migrate", "purge"])
def test_a_file_that_is_no_database_is_told_without_a_traceback(
    ready: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (ready / "outreach.db").write_bytes(os.urandom(20_000))
    assert main([command]) == 1
    assert "file is not a database" in capsys.readouterr().err


def test_a_database_of_a_later_version_is_left_alone(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(ready / "outreach.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert main(["migrate"]) == 1
    assert "later version (9999)" in capsys.readouterr().err
    assert main(["tokens"]) == 1


def test_migrate_keeps_a_copy_from_before(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.mkdir()
    database = opened(home)
    migrate.upgrade(database, to="0001")
    database.close()
    assert main(["migrate"]) == 0
    (kept,) = home.glob("outreach.db.0001-*.backup")
    assert str(kept) in capsys.readouterr().err
    assert migrate.revision(opened(home)) == migrate.newest()
    assert migrate.revision(Database(f"sqlite:///{kept}")) == "0001"


def test_serve_makes_everything_on_a_first_start(home: Path) -> None:
    serving.prepare(Settings.from_environment())
    assert main(["verify"]) == 0


def test_serve_upgrades_an_older_sqlite_after_a_copy(home: Path) -> None:
    home.mkdir()
    make_keys(Settings.from_environment()).close()
    database = opened(home)
    migrate.upgrade(database, to="0001")
    database.close()
    serving.prepare(Settings.from_environment())
    assert len(list(home.glob("*.backup"))) == 1
    assert main(["verify"]) == 0


def test_serve_makes_no_empty_database_for_a_key_that_had_one(ready: Path) -> None:
    file = ready / "outreach.db"
    file.unlink()
    with pytest.raises(Failure, match="no database at"):
        serving.prepare(Settings.from_environment())
    assert not file.exists()


def test_serve_refuses_a_database_whose_key_is_gone(ready: Path) -> None:
    (ready / "keys" / "master.key").unlink()
    with pytest.raises(KeyFileError):
        serving.prepare(Settings.from_environment())


def test_on_any_database_init_makes_it_whole_and_serve_takes_it(
    home: Path, empty_engine_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTREACH_DATABASE_URL", empty_engine_url)
    assert main(["init"]) == 0
    assert main(["token", "--role", "admin"]) == 0
    assert main(["verify"]) == 0
    serving.prepare(Settings.from_environment())


@pytest.mark.parametrize("empty_engine_url", ["postgresql"], indirect=True)
def test_serve_leaves_an_older_postgresql_to_its_owner(
    home: Path, empty_engine_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTREACH_DATABASE_URL", empty_engine_url)
    make_keys(Settings.from_environment()).close()
    database = Database(empty_engine_url, pool_size=1)
    migrate.upgrade(database, to="0001")
    with pytest.raises(Failure, match="back it up"):
        serving.prepare(Settings.from_environment())
    assert migrate.revision(database) == "0001"
    assert main(["migrate"]) == 0
    assert migrate.revision(database) == migrate.newest()
    database.close()


def test_purge_says_how_many_texts_went(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["purge"]) == 0
    assert "Erased 0 note texts" in capsys.readouterr().err


def test_the_template_is_bytes_that_a_spreadsheet_reads(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["import-stops", "--template"]) == 0
    printed = capfdbinary.readouterr().out
    assert printed.startswith(b"\xef\xbb\xbf")
    assert "コード,名称" in printed.decode()


def test_an_unexpected_fault_says_its_type_and_place_but_no_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> int:
        raise KeyError("夜泣きで眠れない")

    monkeypatch.setattr(entry, "_run", fails)
    assert main(["tokens"]) == 1
    said = "".join(capsys.readouterr())
    assert "builtins.KeyError" in said
    assert "tests/test_cli.py:" in said
    assert "夜泣き" not in said
