"""The stops CSV as people write it: every bad cell has a line, a column and a reason."""

from __future__ import annotations

import contextlib
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach_api.kernel.csv_cells import write_csv
from outreach_api.messages import TEXTS
from outreach_api.stops.csv_columns import COLUMNS, template
from outreach_api.stops.csv_rows import MAX_ROWS, StopsFile, read_stops_csv
from outreach_api.stops.csv_windows import CellFault, read_windows
from outreach_api.stops.imports import bad_lines_csv

HEADER = "code,name,kind,lat,lon"
GOOD = "K01,本土寺,temple,35.8041,139.9523"


def read(*lines: str) -> StopsFile:
    return read_stops_csv("\n".join(lines).encode())


def faults(*lines: str) -> list[tuple[int, str, str]]:
    file = read(*lines)
    found = [*file.faults, *(fault for row in file.rows for fault in row.faults)]
    assert all(fault.code in TEXTS for fault in found)
    return [(fault.line, fault.column, fault.code) for fault in found]


def test_a_plain_line_becomes_what_the_api_would_be_sent() -> None:
    (row,) = read(HEADER, GOOD).rows
    assert row.faults == ()
    assert row.stop == {
        "code": "K01",
        "name": "本土寺",
        "kind": "temple",
        "position": {"lat": 35.8041, "lon": 139.9523},
    }
    assert row.permission is None


@pytest.mark.parametrize("japanese", [True, False])
def test_the_template_is_itself_a_good_file(japanese: bool) -> None:
    header, example = template(japanese=japanese)
    file = read_stops_csv(write_csv([["K99", *example[1:]]], header, bom=True).encode())
    (row,) = file.rows
    assert (file.faults, row.faults) == ((), ())
    assert row.stop["kind"] == "housing_estate"
    assert row.stop["windows"] == [
        {"weekday": 5, "opens": "10:00", "closes": "16:00"},
        {"on_day": "2026-12-26"},
    ]
    assert row.permission == {"type": "consent", "valid_from": "2026-04-01", "valid_to": "2027-03-31"}


@pytest.mark.parametrize(
    ("encoding", "said"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("cp932", "cp932 (Shift_JIS)")]
)
def test_the_encoding_is_found_and_said(encoding: str, said: str) -> None:
    file = read_stops_csv("コード,名称,種類,緯度,経度\nK01,東漸寺,寺,35.8,139.9\n".encode(encoding))
    assert file.encoding == said
    assert file.rows[0].stop["name"] == "東漸寺"


def test_full_width_digits_and_spreadsheet_dates_are_understood() -> None:
    (row,) = read(
        HEADER + ",電源,停められる台数,permission_type,permission_from",
        "K01,公園,Park,３５．８,１３９．９,○,２,公園行為許可,2026/4/1",
    ).rows
    assert row.faults == ()
    assert (row.stop["position"], row.stop["power"], row.stop["van_count"]) == (
        {"lat": 35.8, "lon": 139.9},
        True,
        2,
    )
    assert row.permission == {"type": "park_act", "valid_from": "2026-04-01"}


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("kind", "castle", "not_in_list"),
        ("kind", "", "required"),
        ("code", "", "required"),
        ("code", "x" * 41, "too_long"),
        ("name", "\x07", "control_character"),
        ("lat", "35,8", "not_number"),
        ("lat", "north", "not_number"),
        ("lat", "1e1", "not_number"),
        ("lat", "nan", "not_number"),
        ("lat", "90", "too_large"),
        ("lon", "13.9", "too_small"),
        ("power", "maybe", "not_yes_or_no"),
        ("van_count", "1.5", "not_whole"),
        ("van_count", "9" * 5_000, "not_whole"),
        ("weight", "11", "too_large"),
        ("status", "了解", "not_in_list"),
        ("windows", "noon", "not_window"),
        ("windows", "sat 16:00-10:00", "wrong_order"),
        ("windows", "sat 25:00-26:00", "not_time"),
        ("windows", "; ".join(["sat 10:00-11:00"] * 41), "too_many"),
        ("permission_from", "2026-02-30", "not_day"),
        ("permission_number", "12", "required"),
    ],
)
def test_a_bad_cell_is_named_by_line_and_column(column: str, cell: str, code: str) -> None:
    cells = {"code": "K02", "name": "b", "kind": "park", "lat": "35.8", "lon": "139.9", column: cell}
    text = write_csv(
        [["K01", "a", "park", "35.8", "139.9", *[""] * (len(cells) - 5)]], list(cells), bom=False
    )
    line = io.StringIO(newline="")
    csv.writer(line).writerow(cells.values())
    file = read_stops_csv((text + line.getvalue()).encode())
    assert file.faults == ()
    found = {(fault.line, fault.column): fault.code for fault in file.rows[1].faults}
    # A number without a type and a day lacks those, not itself.
    places = ["permission_type", "permission_from"] if column == "permission_number" else [column]
    if column == "permission_from":
        places.append("permission_type")
        assert found.pop((3, "permission_type")) == "required"
        places.pop()
    assert found == {(3, place): code for place in places}


def test_an_end_before_its_beginning_is_told_at_the_end() -> None:
    found = faults(
        HEADER + ",permission_type,permission_from,permission_to",
        GOOD + ",consent,2026-04-01,2026-03-31",
    )
    assert found == [(2, "permission_to", "wrong_order")]


def test_swapped_coordinates_are_told_as_such() -> None:
    assert faults(HEADER, "K01,a,park,139.9,35.8") == [
        (2, "lat", "lat_lon_swapped"),
        (2, "lon", "lat_lon_swapped"),
    ]


def test_a_code_that_stands_there_twice_names_both_lines() -> None:
    file = read(HEADER, GOOD, "", GOOD)
    (fault,) = file.rows[1].faults
    assert (fault.line, fault.column, fault.code, fault.params) == (4, "code", "code_repeated", {"line": 2})


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", [(0, "", "file_without_stops")]),
        (b"\n \n", [(0, "", "file_without_stops")]),
        (HEADER.encode(), [(2, "", "file_without_stops")]),
        (f"{HEADER}\n{GOOD}".encode("utf-16"), [(0, "", "file_utf16")]),
        (b"code,name\nK1,a\0b\n", [(2, "", "file_binary")]),
        (b"\x81\xff\xfe\x81", [(0, "", "file_not_decodable")]),
        (HEADER.replace(",", ";").encode(), [(1, "", "csv_not_comma")]),
        (f'{HEADER}\n"K1,a,park,35,139\n'.encode(), [(2, "", "csv_broken")]),
        (f'{HEADER}\n"K1"x,a,park,35,139\n'.encode(), [(2, "", "csv_broken")]),
        (
            b"code,name,code,colour,lat,lon\nx\n",
            [
                (1, "code", "column_repeated"),
                (1, "colour", "column_unknown"),
                (1, "kind", "column_not_there"),
            ],
        ),
        (b"code,\xe3\x82\xb3\xe3\x83\xbc\xe3\x83\x89,name,kind,lat,lon\n", [(1, "code", "column_repeated")]),
        (f"{HEADER},\n{GOOD},\n".encode(), [(1, "#6", "column_unknown")]),
        ((HEADER + "\n" + "K,a,park,35,139\n" * (MAX_ROWS + 1)).encode(), [(5_002, "", "too_many_lines")]),
        (f"{HEADER}\nK1,{'a' * 200_000},park,35,139".encode(), [(2, "", "csv_broken")]),
    ],
)
def test_a_file_that_can_not_be_used_says_why(data: bytes, found: list[tuple[int, str, str]]) -> None:
    file = read_stops_csv(data)
    assert [(fault.line, fault.column, fault.code) for fault in file.faults] == found
    assert all(fault.code in TEXTS for fault in file.faults)
    assert file.rows == ()


def test_a_line_with_too_few_or_too_many_cells_is_told_and_does_not_disturb_others() -> None:
    assert faults(HEADER, "K01,a", GOOD, "K02,a,park,35.8,139.9,more") == [
        (2, "", "cells_do_not_fit"),
        (4, "", "cells_do_not_fit"),
    ]


def test_lines_are_counted_as_an_editor_does_also_after_a_quoted_line_break() -> None:
    lines = HEADER + ",neighbour_notes", 'K01,a,park,35.8,139.9,"one\ntwo"', "K02,a,park,x,139.9,"
    file = read(*lines)
    assert file.rows[0].stop["neighbour_notes"] == "one\ntwo"
    assert [(fault.line, fault.column) for fault in file.rows[1].faults] == [(4, "lat")]


def test_bad_lines_come_back_as_they_were_with_the_reason_and_can_be_mended() -> None:
    file = read(HEADER + ",host_contact", "K01,=evil,nope,35.8,139.9,+81-47-000")
    written = bad_lines_csv(file, file.rows)
    header, line = csv.reader(io.StringIO(written.removeprefix("\ufeff"), newline=""))
    assert header == ["code", "name", "kind", "lat", "lon", "host_contact", "reasons"]
    assert line[:6] == ["K01", "'=evil", "nope", "35.8", "139.9", "'+81-47-000"]
    assert line[6].startswith("kind: ")
    (mended,) = read_stops_csv(written.replace("nope", "park").encode()).rows
    assert mended.faults == ()
    assert (mended.stop["name"], mended.stop["host_contact"]) == ("=evil", "+81-47-000")
    assert bad_lines_csv(read_stops_csv(written.encode()), [mended]).count("reasons") == 1


@pytest.mark.parametrize(
    ("cell", "windows"),
    [
        ("mon 10:00-12:00", [{"weekday": 0, "opens": "10:00", "closes": "12:00"}]),
        ("土曜日 9:00〜16:30", [{"weekday": 5, "opens": "09:00", "closes": "16:30"}]),
        ("日１３：００－１６：００", [{"weekday": 6, "opens": "13:00", "closes": "16:00"}]),
        ("2026-12-03 13:00-15:00", [{"on_day": "2026-12-03", "opens": "13:00", "closes": "15:00"}]),
        (
            "2026年12月3日 休み；Fri 10:00 - 11:00",
            [{"on_day": "2026-12-03"}, {"weekday": 4, "opens": "10:00", "closes": "11:00"}],
        ),
        ("第3土 10:00-14:00", [{"weekday": 5, "nth": 3, "opens": "10:00", "closes": "14:00"}]),
        (
            "第１・第３土曜日 10:00-14:00",
            [{"weekday": 5, "nth": nth, "opens": "10:00", "closes": "14:00"} for nth in (1, 3)],
        ),
        ("第二水曜 休み", [{"weekday": 2, "nth": 2}]),
        ("最終金曜 9:00-10:00", [{"weekday": 4, "nth": -1, "opens": "09:00", "closes": "10:00"}]),
        (
            "2nd Tue 10:00-11:00; last fri closed",
            [{"weekday": 1, "nth": 2, "opens": "10:00", "closes": "11:00"}, {"weekday": 4, "nth": -1}],
        ),
        ("; ;", []),
    ],
)
def test_windows_are_read_as_people_write_them(cell: str, windows: list[dict[str, object]]) -> None:
    assert read_windows(cell) == windows


@pytest.mark.parametrize(
    "cell", ["土 休み", "第6土 10:00-14:00", "第3 10:00-14:00", "3土10:00", "第3土曜", "last 10:00-11:00"]
)
def test_a_window_that_says_too_little_is_named(cell: str) -> None:
    with pytest.raises(CellFault) as fault:
        read_windows(cell)
    assert fault.value.code == "not_window"


@given(st.text(max_size=60))
def test_no_text_in_a_cell_of_windows_breaks_the_reader(text: str) -> None:
    with contextlib.suppress(CellFault):
        read_windows(text)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    read_stops_csv(data)
    read_stops_csv(HEADER.encode() + b"\n" + data)


def test_every_column_has_two_names_of_its_own() -> None:
    names = [said for column in COLUMNS for said in (column.name, column.label)]
    assert len(names) == len(set(names))
