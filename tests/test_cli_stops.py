"""import-stops at the console: all or nothing, twice is once, and bad lines come back to be mended."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.cli import main
from outreach_api.cli.console import CONSOLE
from outreach_api.ledger.kinds import Actor
from outreach_api.settings import Settings, settings_in
from outreach_api.stops.csv_rows import read_stops_csv
from outreach_api.stops.imports import Imported, import_stops
from outreach_api.storage.keyring import Keyring, make_keys
from outreach_api.storage.ledger import Change, Receipt
from outreach_api.storage.session import Database
from outreach_api.storage.stops import OpeningWindow, Permission, Stop
from tests.api import Api
from tests.lists import BLOCKS, imported

HEADER = "code,name,kind,lat,lon,windows,permission_type,permission_from,permission_to"
TEMPLE = "K01,本土寺,寺,35.7877,139.9032,土 10:00-16:00,consent,2026-04-01,2027-03-31"
PARK = "K02,中央公園,公園,35.8001,139.9001,,,,"
BAD = "K03,学校,学校,north,139.9,,,,"


@pytest.fixture
def console(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The environment of a console whose database is the one under test; a folder to write in."""
    for name in settings_in(os.environ):
        monkeypatch.delenv(name)
    monkeypatch.setenv("OUTREACH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OUTREACH_DATABASE_URL", database.url.render_as_string(hide_password=False))
    make_keys(Settings.from_environment()).close()
    return tmp_path


def write(folder: Path, *lines: str, name: str = "stops.csv", encoding: str = "utf-8") -> str:
    file = folder / name
    file.write_bytes("\r\n".join(lines).encode(encoding))
    return str(file)


def codes(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(sa.select(Stop.code).order_by(Stop.code)))


def count(session: Session, table: Any) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_a_good_file_becomes_stops_windows_and_permissions(database: Database, console: Path) -> None:
    assert main(["import-stops", write(console, HEADER, TEMPLE, PARK, encoding="cp932")]) == 0
    assert codes(database) == ["K01", "K02"]
    with database.read() as session:
        assert count(session, OpeningWindow) == 1
        permission = session.scalars(sa.select(Permission)).one()
        assert (permission.type, permission.valid_to.isoformat()) == ("consent", "2027-03-31")  # type: ignore[union-attr]
        stop = session.get(Stop, permission.stop_id)
        assert stop is not None
        assert (stop.name, stop.mesh) == ("本土寺", 5339574232)


def test_the_same_file_twice_adds_nothing_and_says_so(
    database: Database, console: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(console, HEADER, TEMPLE, PARK)
    assert main(["import-stops", file]) == 0
    capsys.readouterr()
    assert main(["import-stops", file]) == 0
    assert "Added 0 stops and 0 permissions; 2 stops were there already." in capsys.readouterr().err
    assert codes(database) == ["K01", "K02"]


@pytest.mark.parametrize("as_a_spreadsheet_saves_it", [False, True])
def test_the_example_of_the_template_is_no_place_of_anybodys(
    database: Database,
    console: Path,
    capfdbinary: pytest.CaptureFixture[bytes],
    as_a_spreadsheet_saves_it: bool,
) -> None:
    assert main(["import-stops", "--template"]) == 0
    header, example = capfdbinary.readouterr().out.decode("utf-8-sig").splitlines()
    if as_a_spreadsheet_saves_it:
        assert "2026-04-01" in example
        example = example.replace("2026-04-01", "2026/4/1").replace("2027-03-31", "2027/3/31")
    own = example.replace("K07", "K08")
    assert main(["import-stops", write(console, header, example, own)]) == 1
    told = capfdbinary.readouterr().err.decode()
    assert "2行目 · line 2: ひな形の例のままです。この行を消してください。" in told
    assert "3行目" not in told
    assert codes(database) == []
    assert main(["import-stops", write(console, header, own)]) == 0
    assert codes(database) == ["K08"]


def test_one_bad_cell_and_nothing_is_imported(
    database: Database, console: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import-stops", write(console, HEADER, TEMPLE, BAD)]) == 1
    said = capsys.readouterr().err
    assert "3行目 緯度 · line 3, lat「north」" in said
    assert "数ではありません" in said
    assert "It is not a number" in said
    assert "Traceback" not in said
    assert codes(database) == []
    with database.read() as session:
        assert count(session, Receipt) == count(session, Change) == 0


def test_partial_imports_the_good_lines_and_the_mended_file_adds_the_rest(
    database: Database, console: Path
) -> None:
    assert main(["import-stops", "--partial", write(console, HEADER, TEMPLE, BAD, PARK)]) == 1
    assert codes(database) == ["K01", "K02"]
    bad = console / "stops-bad.csv"
    text = bad.read_text(encoding="utf-8-sig")
    assert text.splitlines()[0] == HEADER + ",reasons"
    assert [line.split(",")[0] for line in text.splitlines()[1:]] == ["K03"]
    bad.write_text(text.replace("north", "35.79"), encoding="utf-8-sig")
    assert main(["import-stops", str(bad)]) == 0
    assert codes(database) == ["K01", "K02", "K03"]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_the_file_of_bad_lines_is_its_owners_only_and_never_replaced(console: Path) -> None:
    arguments = ["import-stops", "--partial", write(console, HEADER, BAD)]
    assert main(arguments) == 1
    bad = console / "stops-bad.csv"
    assert bad.stat().st_mode & 0o777 == 0o600
    bad.write_text("somebody is mending this")
    assert main(arguments) == 1
    assert bad.read_text() == "somebody is mending this"
    assert main([*arguments, "--bad", str(console / "other.csv")]) == 1
    assert (console / "other.csv").exists()


def test_a_changed_line_with_a_known_code_is_told_and_changes_nothing(
    database: Database, console: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import-stops", write(console, HEADER, TEMPLE)]) == 0
    capsys.readouterr()
    changed = TEMPLE.replace("本土寺", "東漸寺")
    assert main(["import-stops", write(console, HEADER, PARK, changed, BAD)]) == 1
    said = capsys.readouterr().err
    assert "line 3, code「K01」" in said
    assert "line 4, lat" in said
    assert codes(database) == ["K01"]
    assert main(["import-stops", "--partial", write(console, HEADER, PARK, changed)]) == 1
    assert codes(database) == ["K01", "K02"]
    with database.read() as session:
        assert session.scalar(sa.select(Stop.name).where(Stop.code == "K01")) == "本土寺"


def test_a_refused_line_may_be_imported_once_the_code_is_free(database: Database, console: Path) -> None:
    assert main(["import-stops", write(console, HEADER, TEMPLE)]) == 0
    other = write(console, HEADER, TEMPLE.replace("本土寺", "東漸寺"), name="other.csv")
    assert main(["import-stops", "--partial", other]) == 1
    with database.write() as session:
        session.execute(sa.update(Stop).values(code="K99"))
    assert main(["import-stops", other]) == 0
    assert codes(database) == ["K01", "K99"]


def test_next_years_permission_is_added_to_the_same_stop(database: Database, console: Path) -> None:
    assert main(["import-stops", write(console, HEADER, TEMPLE)]) == 0
    renewed = TEMPLE.replace("2026-04-01,2027-03-31", "2027-04-01,2028-03-31")
    assert main(["import-stops", write(console, HEADER, renewed)]) == 0
    assert codes(database) == ["K01"]
    with database.read() as session:
        assert count(session, Permission) == 2


def test_imported_stops_reach_phones_like_any_other(
    api: Api, database: Database, keyring: Keyring, console: Path
) -> None:
    file = read_stops_csv("\n".join([HEADER, TEMPLE]).encode())
    done = import_stops(database, keyring, Settings(), CONSOLE, file)
    assert done == Imported(added=1, unchanged=0, permissions=1)
    (stop,) = api.get("/v1/stops").json["items"]
    assert (stop["code"], len(stop["permissions"])) == ("K01", 1)
    with database.read() as session:
        assert {change.kind for change in session.scalars(sa.select(Change))} == {"stop"}


def test_a_role_that_may_not_add_stops_adds_none(database: Database, keyring: Keyring) -> None:
    reporter = Actor(CONSOLE.holder_id, type(CONSOLE.role).REPORTER)
    file = read_stops_csv("\n".join([HEADER, PARK]).encode())
    done = import_stops(database, keyring, Settings(), reporter, file, partial=True)
    assert [fault.code for row in done.bad for fault in row.faults] == ["forbidden"]
    assert codes(database) == []


def test_a_place_off_the_grid_is_told_at_its_position(
    database: Database, console: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import-stops", write(console, HEADER, "K01,沖,公園,46,154,,,,")]) == 1
    assert "line 2, lat" in capsys.readouterr().err
    assert codes(database) == []


def test_a_file_that_is_too_large_or_not_there_is_refused(
    console: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OUTREACH_MAX_IMPORT_BYTES", "1000")
    assert main(["import-stops", write(console, HEADER, *[TEMPLE] * 50)]) == 1
    assert "larger than 1000 bytes" in capsys.readouterr().err
    assert main(["import-stops", str(console / "nowhere.csv")]) == 1
    assert main(["import-stops", str(console)]) == 1
    assert main(["import-stops"]) == 2


ADDRESSES = "code,name,kind,address,lat,lon"


def test_a_line_without_position_is_placed_by_the_gazetteer_and_said(
    database: Database,
    console: Path,
    capsys: pytest.CaptureFixture[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    imported(database, tmp_path_factory.mktemp("lists"), *BLOCKS)
    lines = [
        "P1,さくら公園,公園,松戸市常盤平3-11-1,,",
        "P2,戸山の森,公園,松戸市二十世紀ヶ丘戸山町99,,",
        "P3,根本神社,寺社,松戸市根本387,35.7876,139.9034",
    ]
    file = write(console, ADDRESSES, *lines)
    assert main(["import-stops", file]) == 0
    told = capsys.readouterr().err
    assert "2行目 住所 · line 2, address: 位置は一覧から入れました（block）" in told
    assert "（town）" in told
    with database.read() as session:
        rows = {row.code: row for row in session.scalars(sa.select(Stop))}
    assert (rows["P1"].lat_micro, rows["P1"].lon_micro) == (35_804_123, 139_952_345)
    assert [(rows[code].position_precision, rows[code].position_source) for code in ("P1", "P2", "P3")] == [
        ("block", "gazetteer"),
        ("town", "gazetteer"),
        ("manual", "pin"),
    ]


def test_the_same_lines_again_change_nothing_even_after_a_newer_gazetteer(
    database: Database, console: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lists = tmp_path_factory.mktemp("lists")
    imported(database, lists, *BLOCKS)
    file = write(console, ADDRESSES, "P1,さくら公園,公園,松戸市常盤平3-11-1,,")
    assert main(["import-stops", file]) == 0
    imported(database, lists, *(line.replace("35.804123", "35.8055") for line in BLOCKS))
    assert main(["import-stops", file]) == 0
    with database.read() as session:
        (row,) = session.scalars(sa.select(Stop))
        assert row.lat_micro == 35_804_123


def test_an_address_that_no_list_knows_or_several_fit_is_a_bad_line(
    database: Database,
    console: Path,
    capsys: pytest.CaptureFixture[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    file = write(console, ADDRESSES, "P1,さくら公園,公園,本町5,,", "P2,どこか,公園,松戸市どこか1,,")
    assert main(["import-stops", file]) == 1
    assert "import-gazetteer" in capsys.readouterr().err
    imported(database, tmp_path_factory.mktemp("lists"), *BLOCKS)
    assert main(["import-stops", file]) == 1
    told = capsys.readouterr().err
    assert "この住所は2か所にあてはまります" in told
    assert "この住所は一覧にありません" in told
    assert codes(database) == []


def test_what_may_be_there_already_is_said_and_imported(
    database: Database, console: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    twin = TEMPLE.replace("K01", "K09").replace("35.7877", "35.7879")
    assert main(["import-stops", write(console, HEADER, TEMPLE, twin)]) == 0
    assert "line 3, name: 22m先に似た場所があります（K01）" in capsys.readouterr().err
    assert codes(database) == ["K01", "K09"]
