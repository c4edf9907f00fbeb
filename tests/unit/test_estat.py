"""Files of populations: merged cells are one unit, nothing is added twice, nothing is half read."""

import io
import os
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from outreach_api.kernel.mesh import children
from outreach_api.outreach_map import table_file
from outreach_api.outreach_map.estat import read_estat
from outreach_api.outreach_map.population import PopulationTable, Unit, cell_targets, cell_totals
from outreach_api.outreach_map.population_csv import read_population_csv

SHARED = Path(os.environ.get("OUTREACH_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data")
CODES = "KEY_CODE,HTKSYORI,HTKSAKI,GASSAN,T1,T2,T3"
LABELS = ",,,,　人口（総数）,　人口（総数）　男,　０～１４歳人口　総数"
PLAIN = "5339574232,0,,,40,18,7"
RECEIVER = "5339574211,1,,5339574212;5339574213,40,18,9"
AWAY_1 = "5339574212,2,5339574211,,4,1,*"
AWAY_2 = "5339574213,2,5339574211,,3,2,*"


def shared_file(name: str) -> bytes:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{name} is not here; OUTREACH_SHARED_DATA names its folder")
    return path.read_bytes()


def estat(*rows: str, codes: str = CODES, labels: str = LABELS) -> bytes:
    return "\r\n".join([codes, labels, *rows, ""]).encode("cp932")


def faults(table: PopulationTable) -> list[tuple[int, str, str]]:
    assert table.units == (), "nothing is half read"
    return [(error.line, error.column, error.code) for error in table.errors]


def zipped(*files: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return out.getvalue()


def test_a_plain_cell_is_a_unit_of_its_own() -> None:
    table = read_estat(estat(PLAIN))
    assert (table.metres, table.errors) == (250, ())
    assert table.units == (Unit((5339574232,), (40,), 7),)


def test_cells_merged_for_secrecy_are_one_unit_whose_target_is_the_receivers() -> None:
    (unit,) = read_estat(estat(AWAY_1, RECEIVER, AWAY_2)).units
    assert unit.cells == (5339574211, 5339574212, 5339574213)
    assert unit.totals == (40, 4, 3)
    assert unit.total == 47
    assert unit.target == 9


def test_an_asterisk_is_unknown_and_not_nought() -> None:
    (unit,) = read_estat(estat("5339574232,0,,,*,*,*")).units
    assert (unit.totals, unit.total, unit.target) == ((None,), None, None)


def test_columns_are_found_by_their_label_wherever_they_stand() -> None:
    codes = "T9,HTKSAKI,KEY_CODE,T8,GASSAN,HTKSYORI"
    labels = "0〜14歳人口総数,,,人口(総数),,"
    (unit,) = read_estat(estat("7,,533957423,40,,0", codes=codes, labels=labels)).units
    assert unit == Unit((533957423,), (40,), 7)


def test_another_column_can_be_the_target() -> None:
    table = read_estat(estat(PLAIN), target_label="人口（総数） 男")
    assert table.units[0].target == 18
    assert table.target_label == "人口（総数） 男"


@pytest.mark.parametrize(("code", "metres"), [("53395742", 1000), ("533957423", 500), ("5339574232", 250)])
def test_every_level_of_mesh_is_read(code: str, metres: int) -> None:
    assert read_estat(estat(f"{code},0,,,1,1,1")).metres == metres


def test_a_zip_with_one_text_is_read_like_the_text() -> None:
    assert read_estat(zipped(("tblT001142Q5339.txt", estat(PLAIN)), ("readme.pdf", b"x"))) == read_estat(
        estat(PLAIN)
    )


def test_utf_8_is_read_too() -> None:
    data = estat(PLAIN).decode("cp932")
    assert read_estat(data.encode("utf-8-sig")) == read_estat(data.encode()) == read_estat(estat(PLAIN))


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ((PLAIN, PLAIN), (4, "KEY_CODE", "mesh_twice")),
        ((PLAIN, "5339574231,0,,,1,1"), (4, "", "line_length")),
        ((PLAIN, "533957429,0,,,1,1,1"), (4, "KEY_CODE", "mesh_invalid")),
        ((PLAIN, "9" * 5000 + ",0,,,1,1,1"), (4, "KEY_CODE", "mesh_invalid")),
        ((PLAIN, "533957423,0,,,1,1,1"), (4, "KEY_CODE", "mesh_level_mixed")),
        ((PLAIN, "5339574231,3,,,1,1,1"), (4, "HTKSYORI", "merge_role_invalid")),
        ((PLAIN, "5339574231,0,,,-1,1,1"), (4, "total", "not_a_count")),
        ((PLAIN, "5339574231,0,,,1,1,x"), (4, "target", "not_a_count")),
        ((PLAIN, "5339574231,0,,,１,1,1"), (4, "total", "not_a_count")),
        ((AWAY_1, AWAY_2), (3, "HTKSAKI", "merge_partner_missing")),
        ((RECEIVER, AWAY_1), (3, "GASSAN", "merge_partner_missing")),
        ((RECEIVER, AWAY_1, AWAY_2.replace("2,5339574211", "0,")), (3, "GASSAN", "merge_contradiction")),
        ((PLAIN, AWAY_1.replace("5339574211", "5339574232")), (4, "HTKSAKI", "merge_contradiction")),
        ((RECEIVER.replace(";5339574213", ""), AWAY_1, AWAY_2), (5, "HTKSAKI", "merge_contradiction")),
        ((), (3, "", "file_empty")),
    ],
)
def test_a_faulty_line_is_named_and_nothing_is_read(
    rows: tuple[str, ...], fault: tuple[int, str, str]
) -> None:
    assert fault in faults(read_estat(estat(*rows)))


def test_every_faulty_line_is_named_up_to_a_limit() -> None:
    rows = [f"533957{n:04d},7,,,1,1,1" for n in range(200)]
    assert len(faults(read_estat(estat(*rows)))) == table_file.MAX_ERRORS


def test_a_partner_in_the_next_first_mesh_square_stands_in_another_file() -> None:
    here = read_estat(estat("5339574211,1,,5340504211,40,18,9"))
    there = read_estat(estat("5340504211,2,5339574211,,4,1,*"))
    assert here.units == (Unit((5339574211,), (40,), 9),)
    assert there.units == (Unit((5340504211,), (4,), None),)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", (1, "", "file_empty")),
        (estat(PLAIN, codes=CODES.replace("GASSAN", "X")), (1, "GASSAN", "column_missing")),
        (estat(PLAIN, labels=",,,,人口（総数）,,"), (2, "０～１４歳人口　総数", "label_missing")),
        (estat(PLAIN, labels=LABELS.replace("　男", "")), (2, "人口（総数）", "label_twice")),
        (b"\x81\xff\xfe", (0, "", "file_encoding")),
        (b'"', (0, "", "file_not_csv")),
        (b"PK\x03\x04broken", (0, "", "zip_broken")),
        (zipped(("a.txt", estat(PLAIN)), ("b.txt", estat(PLAIN))), (0, "", "zip_not_one_file")),
        (zipped(("a.pdf", b"x")), (0, "", "zip_not_one_file")),
        (
            zipped(*((f"{n}.pdf", b"") for n in range(30)), ("a.txt", estat(PLAIN))),
            (0, "", "zip_not_one_file"),
        ),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_as_a_whole(data: bytes, fault: tuple[int, str, str]) -> None:
    assert faults(read_estat(data)) == [fault]


def test_a_zip_bomb_is_refused_without_unfolding_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_file, "MAX_BYTES", 1_000_000)
    bomb = zipped(("a.txt", bytes(20_000_000)))
    tracemalloc.start()
    table = read_estat(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert faults(table) == [(0, "", "file_too_big")]
    assert peak < 5_000_000


def test_a_file_that_is_too_big_is_refused() -> None:
    assert faults(read_estat(b"0" * (table_file.MAX_BYTES + 1))) == [(0, "", "file_too_big")]


def test_a_damaged_zip_is_refused_or_was_not_damaged_where_it_matters() -> None:
    sound = estat(*(f"{cell},0,,,40,18,7" for cell in children(533957, 250)))
    whole = zipped(("a.txt", sound))
    refused = 0
    for place in range(4, len(whole), 11):
        damaged = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        table = read_estat(damaged)
        if table.errors:
            refused += 1
            assert [code for _, _, code in faults(table)] in (["zip_broken"], ["zip_not_one_file"])
        else:
            assert table == read_estat(sound)
    assert refused > 100


def test_the_published_file_is_read_whole_and_nobody_is_counted_twice() -> None:
    table = read_estat(shared_file("estat_tblT001102Q5240.txt"))
    assert table.errors == ()
    assert table.metres == 250
    assert len(table.units) == 2736
    assert len({cell for unit in table.units for cell in unit.cells}) == 4397
    assert sum(unit.total or 0 for unit in table.units) == 115_588
    assert sum(unit.target or 0 for unit in table.units) == 9_391
    assert sum(cell_totals(table.units).values()) == pytest.approx(115_588)
    assert sum(cell_targets(table.units).values()) == pytest.approx(9_391)
    assert next(unit for unit in table.units if 5240406014 in unit.cells).cells == (
        5240405031,
        5240406012,
        5240406014,
    )


def test_the_population_of_matsudo_is_that_of_its_cells_weighted_with_their_share() -> None:
    table = read_population_csv(shared_file("matsudo_population_500m_2020.csv"))
    assert table.errors == ()
    assert (table.metres, len(table.units)) == (500, 288)
    assert int(sum(cell_totals(table.units).values())) == 498_044


def test_a_plain_csv_may_have_a_target_and_no_share() -> None:
    table = read_population_csv(b"Target,ignored,MESH250,population\r\n7,x,5339574232,40\n*,x,5339574231,\n")
    assert table.errors == ()
    assert table.units == (Unit((5339574232,), (40,), 7), Unit((5339574231,), (None,), None))
    assert cell_targets(table.units) == {5339574232: 7}


@pytest.mark.parametrize("header", ["mesh", "mesh500", "KEY_CODE", "\ufeffmesh", " Mesh500 "])
def test_the_mesh_column_goes_by_several_names(header: str) -> None:
    table = read_population_csv(f"{header},population\n533957423,5\n".encode())
    assert (table.metres, table.units) == (500, (Unit((533957423,), (5,), None),))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", (1, "mesh", "column_missing")),
        ("mesh,people\n533957423,5\n", (1, "population", "column_missing")),
        ("mesh,mesh500,population\n533957423,533957423,5\n", (1, "mesh", "column_twice")),
        ("mesh,population\n", (2, "", "file_empty")),
        ("mesh,population\n533957423,5,6\n", (2, "", "line_length")),
        ("mesh,population\n533957423,5\n533957423,5\n", (3, "mesh", "mesh_twice")),
        ("mesh,population\n533957423,5\n5339574231,5\n", (3, "mesh", "mesh_level_mixed")),
        ("mesh250,population\n533957423,5\n", (2, "mesh250", "mesh_level_mixed")),
        ("mesh,population\n533957429,5\n", (2, "mesh", "mesh_invalid")),
        ("mesh,population\n,5\n", (2, "mesh", "mesh_invalid")),
        ("mesh,population\n533957423,-5\n", (2, "population", "not_a_count")),
        ("mesh,population\n533957423,nan\n", (2, "population", "not_a_count")),
        ("mesh,population,target\n533957423,5,many\n", (2, "target", "not_a_count")),
        ("mesh,population,share_inside_city\n533957423,5,1.1\n", (2, "share_inside_city", "not_a_share")),
        ("mesh,population,share_inside\n533957423,5,\n", (2, "share_inside", "not_a_share")),
    ],
)
def test_a_faulty_csv_is_named_by_line_and_column(text: str, fault: tuple[int, str, str]) -> None:
    assert fault in faults(read_population_csv(text.encode()))
