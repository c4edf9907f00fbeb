"""Files of populations: merged cells are one unit, nothing is added twice, nothing is half read."""

import io
import tracemalloc
import zipfile

import pytest

from outreach_api.kernel.mesh import children
from outreach_api.outreach_map import table_file
from outreach_api.outreach_map.population import PopulationTable, Unit, cell_targets
from outreach_api.outreach_map.population_file import read_population

MOST = 32_000_000
CODES = "KEY_CODE,HTKSYORI,HTKSAKI,GASSAN,T1,T2,T3"
LABELS = ",,,,　人口（総数）,　人口（総数）　男,　０～１４歳人口　総数"
PLAIN = "5339574232,0,,,40,18,7"
RECEIVER = "5339574211,1,,5339574212;5339574213,40,18,9"
AWAY_1 = "5339574212,2,5339574211,,4,1,*"
AWAY_2 = "5339574213,2,5339574211,,3,2,*"


def estat(*rows: str, codes: str = CODES, labels: str = LABELS) -> bytes:
    return "\r\n".join([codes, labels, *rows, ""]).encode("cp932")


def read(*files: bytes, own_target: str | None = None, most: int = MOST) -> PopulationTable:
    """Files by the names a.txt, b.txt, …"""
    named = [(f"{name}.txt", data) for name, data in zip("abcdef", files, strict=False)]
    return read_population(named, most, own_target)


def children_0_14(count: float | None) -> dict[str, float | None]:
    return {"children_0_14": count}


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
    table = read(estat(PLAIN))
    assert (table.metres, table.errors) == (250, ())
    assert table.units == (Unit((5339574232,), (40,), children_0_14(7)),)


def test_cells_merged_for_secrecy_are_one_unit_whose_target_is_the_receivers() -> None:
    (unit,) = read(estat(AWAY_1, RECEIVER, AWAY_2)).units
    assert unit.cells == (5339574211, 5339574212, 5339574213)
    assert unit.totals == (40, 4, 3)
    assert unit.total == 47
    assert unit.targets == {"children_0_14": 9}


def test_an_asterisk_is_unknown_and_not_nought() -> None:
    (unit,) = read(estat("5339574232,0,,,*,*,*")).units
    assert (unit.totals, unit.total, unit.targets) == ((None,), None, {"children_0_14": None})


def test_columns_are_found_by_their_label_wherever_they_stand() -> None:
    codes = "T9,HTKSAKI,KEY_CODE,T8,GASSAN,HTKSYORI"
    labels = "0〜14歳人口総数,,,人口(総数),,"
    (unit,) = read(estat("7,,533957423,40,,0", codes=codes, labels=labels)).units
    assert unit == Unit((533957423,), (40,), children_0_14(7))


def test_another_column_can_be_the_target() -> None:
    table = read(estat(PLAIN), own_target="人口（総数） 男")
    assert table.units[0].targets == {"target": 18, "children_0_14": 7}
    assert table.targets == {"target": "人口（総数）　男", "children_0_14": "０～１４歳人口　総数"}


@pytest.mark.parametrize(("code", "metres"), [("53395742", 1000), ("533957423", 500), ("5339574232", 250)])
def test_every_level_of_mesh_is_read(code: str, metres: int) -> None:
    assert read(estat(f"{code},0,,,1,1,1")).metres == metres


def test_a_zip_with_one_text_is_read_like_the_text() -> None:
    assert read(zipped(("tblT001142Q5339.txt", estat(PLAIN)), ("readme.pdf", b"x"))) == read(estat(PLAIN))


def test_utf_8_is_read_too() -> None:
    data = estat(PLAIN).decode("cp932")
    assert read(data.encode("utf-8-sig")) == read(data.encode()) == read(estat(PLAIN))


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
        ((PLAIN, "5339574231,0,,,1,1,x"), (4, "０～１４歳人口　総数", "not_a_count")),
        ((PLAIN, "5339574231,0,,,１,1,1"), (4, "total", "not_a_count")),
        ((AWAY_1, AWAY_2), (3, "HTKSAKI", "merge_partner_missing")),
        ((RECEIVER, AWAY_1), (3, "GASSAN", "merge_partner_missing")),
        ((RECEIVER, AWAY_1, AWAY_2.replace("2,5339574211", "0,")), (3, "GASSAN", "merge_contradiction")),
        ((PLAIN, AWAY_1.replace("5339574211", "5339574232")), (4, "HTKSAKI", "merge_contradiction")),
        ((RECEIVER.replace(";5339574213", ""), AWAY_1, AWAY_2), (5, "HTKSAKI", "merge_contradiction")),
        ((), (1, "", "file_empty")),
    ],
)
def test_a_faulty_line_is_named_and_nothing_is_read(
    rows: tuple[str, ...], fault: tuple[int, str, str]
) -> None:
    assert fault in faults(read(estat(*rows)))


def test_every_faulty_line_is_named_up_to_a_limit() -> None:
    rows = [f"533957{n:04d},7,,,1,1,1" for n in range(200)]
    assert len(faults(read(estat(*rows)))) == table_file.MAX_ERRORS


HERE = "5339574211,1,,5340504211,40,18,9"
THERE = "5340504211,2,5339574211,,4,1,*"


def test_a_partner_in_the_next_first_mesh_square_may_stand_in_a_file_that_is_not_here() -> None:
    assert read(estat(HERE)).units == (Unit((5339574211,), (40,), children_0_14(9)),)
    assert read(estat(THERE)).units == (Unit((5340504211,), (4,), children_0_14(None)),)


def test_partners_of_two_squares_are_one_unit_when_both_files_are_here() -> None:
    joined = Unit((5339574211, 5340504211), (40, 4), children_0_14(9))
    assert read(estat(HERE), estat(THERE)).units == (joined,)
    assert read(estat(THERE), estat(HERE)).units == (joined,)


def test_a_partner_is_missed_once_any_file_of_its_square_is_here() -> None:
    table = read(estat(PLAIN, HERE), estat("5340504212,0,,,1,1,1"))
    assert [(error.file, error.line, error.code) for error in table.errors] == [
        ("a.txt", 4, "merge_partner_missing")
    ]


def test_a_cell_in_two_files_is_named_with_both_places() -> None:
    (error,) = read(estat(PLAIN), estat(AWAY_1, RECEIVER, AWAY_2, PLAIN)).errors
    assert (error.file, error.line, error.code) == ("b.txt", 6, "mesh_twice")
    assert error.params == {"mesh": 5339574232, "file": "a.txt", "line": 3}


def test_files_of_different_levels_are_no_one_import() -> None:
    (error,) = read(estat(PLAIN), estat("533957413,0,,,1,1,1")).errors
    assert (error.file, error.line, error.code) == ("b.txt", 3, "mesh_level_mixed")


def test_every_target_population_that_a_file_knows_is_kept() -> None:
    table = read(
        estat(
            "5339574232,0,,,40,7,3,5",
            codes="KEY_CODE,HTKSYORI,HTKSAKI,GASSAN,T1,T2,T3,T4",
            labels=",,,,人口（総数）,０～１４歳人口　総数,０～５歳人口　総数,６歳未満世帯員のいる世帯数　一般世帯数",
        )
    )
    assert table.units[0].targets == {"children_0_14": 7, "children_0_5": 3, "households_under_6": 5}
    assert table.targets["households_under_6"] == "６歳未満世帯員のいる世帯数　一般世帯数"


def test_a_target_that_one_of_the_files_lacks_is_not_kept_but_said() -> None:
    lacking = estat("5340504211,0,,,4,1,1", labels=LABELS.replace("０～１４歳", "１５～６４歳"))
    table = read(estat(PLAIN), lacking)
    assert (table.errors, table.targets) == ((), {})
    assert table.missing == {"children_0_14": ("b.txt",)}


def test_a_file_without_target_people_is_read_all_the_same() -> None:
    table = read(estat(PLAIN, labels=LABELS.replace("０～１４歳", "１５～６４歳")))
    assert (table.errors, table.targets) == ((), {})
    assert table.units == (Unit((5339574232,), (40,), {}),)


def test_a_label_that_was_asked_for_must_be_there() -> None:
    assert faults(read(estat(PLAIN), own_target="９９歳人口")) == [(2, "９９歳人口", "label_missing")]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (estat(PLAIN, codes=CODES.replace("GASSAN", "X")), (1, "GASSAN", "column_missing")),
        (estat(PLAIN, labels=",,,,,,０～１４歳人口　総数"), (2, "人口（総数）", "label_missing")),
        (estat(PLAIN, labels=LABELS.replace("　男", "")), (2, "人口（総数）", "label_twice")),
        (estat(PLAIN)[:20], (1, "", "file_empty")),
        (estat(PLAIN) + b"\x81\xff\xfe", (0, "", "file_encoding")),
        (estat(PLAIN) + b'"', (4, "", "file_not_csv")),
        (b"PK\x03\x04broken", (0, "", "zip_broken")),
        (zipped(("a.pdf", b"x")), (0, "", "zip_without")),
        (
            zipped(*((f"{n}.pdf", b"") for n in range(300)), ("a.txt", estat(PLAIN))),
            (0, "", "zip_without"),
        ),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_as_a_whole(data: bytes, fault: tuple[int, str, str]) -> None:
    assert faults(read(data)) == [fault]


def test_a_zip_of_several_squares_is_one_import_and_each_is_named() -> None:
    both = zipped(("Q5339.txt", estat(HERE)), ("Q5340.txt", estat(THERE)))
    assert len(read(both).units) == 1
    (error,) = read(zipped(("Q5339.txt", estat(HERE)), ("Q5340.txt", estat("5340504211,3,,,4,1,1")))).errors
    assert (error.file, error.line) == ("a.txt › Q5340.txt", 3)


def test_a_zip_bomb_is_refused_without_unfolding_it() -> None:
    bomb = zipped(("a.txt", bytes(10_000_000)), ("b.txt", bytes(10_000_000)))
    tracemalloc.start()
    table = read(bomb, most=1_000_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert faults(table) == [(0, "", "file_too_big")]
    assert peak < 5_000_000


def test_a_file_that_is_too_big_is_refused() -> None:
    assert faults(read(b"0" * 101, most=100)) == [(0, "", "file_too_big")]


def test_a_damaged_zip_is_refused_or_was_not_damaged_where_it_matters() -> None:
    sound = estat(*(f"{cell},0,,,40,18,7" for cell in children(533957, 250)))
    whole = zipped(("a.txt", sound))
    refused = 0
    for place in range(4, len(whole), 11):
        damaged = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        table = read(damaged)
        if table.errors:
            refused += 1
            assert [code for _, _, code in faults(table)] in (["zip_broken"], ["zip_without"])
        else:
            assert table == read(sound)
    assert refused > 100


def test_a_plain_csv_may_have_a_target_and_no_share() -> None:
    table = read(b"Target,ignored,MESH250,population\r\n7,x,5339574232,40\n*,x,5339574231,\n")
    assert table.errors == ()
    assert table.units == (
        Unit((5339574232,), (40,), {"target": 7}),
        Unit((5339574231,), (None,), {"target": None}),
    )
    assert cell_targets(table.units, "target") == {5339574232: 7}


def test_a_plain_csv_may_name_whom_it_counts() -> None:
    table = read(b"mesh,population,households_under_6,children_0_5\n533957423,40,4,5\n")
    assert table.units[0].targets == {"households_under_6": 4, "children_0_5": 5}
    assert table.targets["children_0_5"] == "０～５歳人口　総数", "people read a label and not a word of ours"


@pytest.mark.parametrize("header", ["mesh", "mesh500", "KEY_CODE", "\ufeffmesh", " Mesh500 "])
def test_the_mesh_column_goes_by_several_names(header: str) -> None:
    table = read(f"{header},population\n533957423,5\n".encode())
    assert (table.metres, table.units) == (500, (Unit((533957423,), (5,)),))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", (1, "mesh", "column_missing")),
        ("mesh,people\n533957423,5\n", (1, "population", "column_missing")),
        ("mesh,mesh500,population\n533957423,533957423,5\n", (1, "mesh", "column_twice")),
        ("mesh,population\n", (1, "", "file_empty")),
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
    assert fault in faults(read(text.encode()))
