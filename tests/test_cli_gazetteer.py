"""import-gazetteer at the console: the published forms, all or nothing, versions, and faults with line and cause."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from outreach_api.cli import main
from outreach_api.stops.gazetteer import files, imports
from outreach_api.stops.gazetteer.lookup import Listed, look_up
from outreach_api.storage.ledger import AuditEntry
from outreach_api.storage.places import GazetteerImport, GazetteerPlace
from outreach_api.storage.session import Database
from tests.lists import (
    ABR_TOWN_POSITIONS,
    ABR_TOWNS,
    ABR_UNIT_POSITIONS,
    ABR_UNITS,
    BLOCK_HEADER,
    BLOCKS,
    TOWN_HEADER,
    block,
    town,
    write,
    zipped,
)


@pytest.fixture
def console(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OUTREACH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OUTREACH_DATABASE_URL", database.url.render_as_string(hide_password=False))
    return tmp_path


def run(*arguments: object) -> int:
    return main(["import-gazetteer", *(str(argument) for argument in arguments)])


def found(database: Database, address: str) -> list[Listed]:
    with database.read() as session:
        return look_up(session, address)


def titles(database: Database, address: str) -> list[str]:
    return [listed.title for listed in found(database, address)]


def places(database: Database) -> int:
    with database.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(GazetteerPlace)) or 0


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig"])
def test_blocks_are_imported_in_the_encodings_they_come_in(
    database: Database, console: Path, encoding: str
) -> None:
    assert run(write(console, "12_2024.csv", *BLOCKS, encoding=encoding)) == 0
    (listed,) = found(database, "松戸市根本387-5")
    assert (listed.title, listed.precision, listed.unused) == ("千葉県松戸市根本387番地", "block", "5")
    with database.read() as session:
        (entry,) = imports.in_force(session)
        assert (entry.form, entry.places) == ("isj-block", len(BLOCKS) - 1)
        assert entry.cities == ["千葉県松戸市", "千葉県柏市"]
        (audited,) = session.scalars(sa.select(AuditEntry))
        assert audited.action == "import_gazetteer"


def test_a_zip_is_taken_as_it_was_handed_out(database: Database, console: Path) -> None:
    content = "\r\n".join(BLOCKS).encode("cp932")
    assert run(zipped(console, "12207-23.0a.zip", **{"12207_2024": content})) == 0
    assert titles(database, "常盤平3-11-1") == ["千葉県松戸市常盤平三丁目11番"]


def test_towns_are_enough_to_be_roughly_right_and_blocks_make_it_finer(
    database: Database, console: Path
) -> None:
    towns = write(
        console,
        "towns.csv",
        TOWN_HEADER,
        town("常盤平三丁目", 35.8046, 139.9527),
        town("根本", 35.7871, 139.9031),
    )
    assert run(towns) == 0
    (rough,) = found(database, "松戸市常盤平3-11-1")
    assert (rough.precision, rough.derived, rough.unused) == ("town", "listed", "11-1")
    assert run(write(console, "blocks.csv", *BLOCKS)) == 0
    (fine,) = found(database, "松戸市常盤平3-11-1")
    assert (fine.precision, fine.unused) == ("block", "1")
    (still,) = found(database, "松戸市根本1")
    assert (still.precision, still.derived) == ("town", "listed")


def test_the_registry_s_names_and_positions_are_put_together(database: Database, console: Path) -> None:
    names = zipped(console, "mt_town_pref12.csv.zip", mt_town_pref12=ABR_TOWNS)
    positions = zipped(console, "mt_town_pos_pref12.csv.zip", mt_town_pos_pref12=ABR_TOWN_POSITIONS)
    assert run(names, positions) == 0
    (listed,) = found(database, "松戸市常盤平3-11")
    assert (listed.title, listed.point.lat, listed.point.lon) == (
        "千葉県松戸市常盤平三丁目",
        35.8045,
        139.9525,
    )
    assert titles(database, "松戸市根本字内山5") == ["千葉県松戸市大字根本内山"]
    assert titles(database, "根本5") == ["千葉県松戸市大字根本"]
    assert titles(database, "常盤平9丁目") == []  # it is no more
    assert titles(database, "無点") == []


def test_the_registry_s_houses_are_found_to_the_door(database: Database, console: Path) -> None:
    names = write(console, "rsdt.csv", *ABR_UNITS.splitlines(), encoding="utf-8")
    positions = write(console, "rsdt_pos.csv", *ABR_UNIT_POSITIONS.splitlines(), encoding="utf-8")
    assert run(positions, names) == 0
    (door,) = found(database, "千葉県松戸市常盤平三丁目11番2号")
    assert (door.title, door.precision) == ("千葉県松戸市常盤平３丁目11番2号", "point")
    assert (door.point.lat, door.point.lon) == (35.80416, 139.95233)
    assert titles(database, "常盤平3-11-2-3") == ["千葉県松戸市常盤平３丁目11番2-3号"]
    (mean,) = found(database, "常盤平3-11-9")
    assert (mean.title, mean.precision, mean.derived) == ("千葉県松戸市常盤平３丁目11番", "block", "mean")


def test_a_newer_list_takes_the_place_of_the_older_one_and_undoing_brings_it_back(
    database: Database, console: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = write(
        console,
        "2023.csv",
        BLOCK_HEADER,
        block("根本", "387", 35.78, 139.90),
        block("根本", "9", 35.781, 139.901),
    )
    new = write(console, "2024.csv", BLOCK_HEADER, block("根本", "387", 35.79, 139.91))
    other = write(console, "kashiwa.csv", BLOCK_HEADER, block("本町", "5", 35.83, 139.99, city="柏市"))
    assert [run(old), run(other), run(new)] == [0, 0, 0]
    (listed,) = found(database, "松戸市根本387")
    assert listed.point.lat == 35.79
    assert [one.precision for one in found(database, "松戸市根本9")] == [
        "town"
    ]  # the newer list has it no more
    assert titles(database, "柏市本町5") == ["千葉県柏市本町5番"]
    assert run("--list") == 0
    shown = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[1] for line in shown] == [
        "* 使用中 in force",
        "* 使用中 in force",
        "旧 replaced",
    ]
    assert run("--undo") == 0
    (listed,) = found(database, "松戸市根本387")
    assert listed.point.lat == 35.78
    assert run("--undo") == 0
    assert run("--undo") == 0
    assert run("--undo") == 1


def test_the_same_file_again_changes_nothing(database: Database, console: Path) -> None:
    file = write(console, "blocks.csv", *BLOCKS)
    assert run(file) == 0
    before = places(database)
    assert run(file) == 0
    assert places(database) == before


def test_what_is_gone_and_what_stands_for_the_same_is_left_out(database: Database, console: Path) -> None:
    lines = [
        block("根本", "1", 35.78, 139.90),
        block("根本", "2", 35.78, 139.90, flags="1,1,3,0"),
        block("根本", "3", 35.78, 139.90, flags="1,1,0,3"),
        block("根本", "1", 35.79, 139.91, flags="1,0,0,0"),
    ]
    assert run(write(console, "blocks.csv", BLOCK_HEADER, *lines)) == 0
    assert places(database) == 1


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([BLOCK_HEADER, block("根本", "1", 35.78, 139.9), "千葉県,松戸市"], "3行目 · line 3: セルの数"),
        ([BLOCK_HEADER, block("根本", "1", 35.78, 139.9).replace("35.78", "north")], "line 2, 緯度"),
        ([BLOCK_HEADER, block("根本", "1", 51.5, 139.9)], "line 2, 緯度"),
        ([BLOCK_HEADER, block("根本", "", 35.78, 139.9)], "line 2, 街区符号・地番"),
        ([BLOCK_HEADER, block("根本", "1", 35.78, 139.9, city="")], "line 2, 市区町村名"),
        ([BLOCK_HEADER, '"' + block("根本", "1", 35.78, 139.9)], "CSV"),
        ([BLOCK_HEADER], "データの行がありません"),
        (["コード,名称", "1,本土寺"], "住所の一覧ではない"),
        (["lg_code,machiaza_id,rep_lon,rep_lat", "122076,1,139.9,35.8"], "位置だけのファイル"),
        (ABR_TOWNS.splitlines(), "位置のないファイル"),
    ],
)
def test_a_fault_is_told_with_its_line_and_cause_and_nothing_is_kept(
    database: Database, console: Path, capsys: pytest.CaptureFixture[str], lines: list[str], told: str
) -> None:
    good = write(console, "good.csv", *BLOCKS)
    assert run(good) == 0
    before = places(database)
    assert run(write(console, "bad.csv", *lines, encoding="utf-8")) == 1
    errors = said(capsys)
    assert told in errors
    assert "何も取り込んでいません" in errors
    assert places(database) == before
    with database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(GazetteerImport)) == 1


def test_the_old_datum_is_refused_by_name(
    database: Database, console: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = write(console, "town.csv", *ABR_TOWNS.splitlines(), encoding="utf-8")
    positions = ABR_TOWN_POSITIONS.replace("EPSG:6668", "EPSG:4301")
    assert run(names, write(console, "pos.csv", *positions.splitlines(), encoding="utf-8")) == 1
    assert "EPSG:4301" in said(capsys)
    assert places(database) == 0


def test_two_kinds_of_lists_are_not_mixed(
    database: Database, console: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocks = write(console, "blocks.csv", *BLOCKS)
    towns = write(console, "towns.csv", TOWN_HEADER, town("根本", 35.7871, 139.9031))
    assert run(blocks, towns) == 1
    assert "isj-block, isj-town" in said(capsys)


@pytest.mark.parametrize("how", ["cut", "empty", "huge"])
@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_a_zip_that_is_not_what_it_says_is_refused(
    database: Database,
    console: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    content = "\r\n".join([*BLOCKS, *(block("根本", str(n), 35.78, 139.9) for n in range(2_000))]).encode(
        "cp932"
    )
    file = zipped(console, "list.zip", list=content)
    if how == "cut":
        data = file.read_bytes()
        file.write_bytes(data[:400] + bytes(200) + data[600:])
    elif how == "empty":
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("readme.html", "<p>")
    else:
        monkeypatch.setattr(files, "MOST_BYTES", 50_000)
    assert run(file) == 1
    assert "zip" in said(capsys) or how == "huge"
    assert places(database) == 0


def test_what_an_import_that_was_cut_off_left_is_cleared_away(
    database: Database, console: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "_CHUNK", 2)
    monkeypatch.setattr(imports, "_remove", lambda *_: None)  # the power went out
    bad = write(console, "bad.csv", *BLOCKS, "千葉県,松戸市")
    assert run(bad) == 1
    assert places(database) > 0
    assert titles(database, "根本387") == []  # it never counted
    monkeypatch.undo()
    monkeypatch.setenv("OUTREACH_HOME", str(console / "home"))
    monkeypatch.setenv("OUTREACH_DATABASE_URL", database.url.render_as_string(hide_password=False))
    assert run(write(console, "good.csv", *BLOCKS)) == 0
    assert places(database) == len(BLOCKS) - 1


def test_a_file_above_the_limit_or_none_at_all_is_said(
    console: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OUTREACH_MAX_IMPORT_BYTES", "1000")
    assert run(write(console, "big.csv", *BLOCKS, *BLOCKS)) == 1
    assert "1000" in said(capsys)
    assert run() == 2
    assert run("--list", "--undo") == 2
