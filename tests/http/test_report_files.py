"""Reports as files: the same bytes each time, words stay words and numbers numbers, whatever somebody is called."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from xml.etree import ElementTree

import pytest

from tests.api import Api
from tests.make import MADE_AT, make_stop, make_visit

WEEK = "/v1/reports/week/2026-W48"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NS = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
HOSTILE = (
    '=HYPERLINK("https://evil.example","見て")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "   =1+1",
    "<script>alert(1)</script>",
    '#eval("1") $x$ *b* _i_ `c` [l]',
    "مدرسة السلام",
    "本土寺" * 30,
    "🍬🚚👩‍👧",
    "' \" & < > \\",
)


def leave_alone(api: Api, *names: str) -> None:
    """Agreed stops of these names where nobody has been for long, so that reports list them."""
    with api.database.write() as session:
        for number, name in enumerate(names):
            stop = make_stop(session, name=name, code=f"H{number:02d}", status="agreed", created_at=MADE_AT)
            make_visit(session, van_id=api.van, stop=stop, day=dt.date(2026, 9, 1))


def came(api: Api, day: str = "2026-11-28", **counts: int) -> None:
    with api.database.write() as session:
        stop = make_stop(session)
    opening = {"stop_id": str(stop.id), "van_id": str(api.van), "local_day": day}
    visit = api.post("/v1/visits", opening).json["id"]
    assert api.post(f"/v1/visits/{visit}/head-counts", {"counts": counts}).status == 201


def sheets(body: bytes) -> list[list[list[str | float]]]:
    """The cells of each sheet of a workbook, row by row: texts as text, numbers as numbers. No formula may be in it."""
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        shared = [
            "".join(part.text or "" for part in one.iterfind(".//x:t", _NS))
            for one in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))  # noqa: S314 - our own
        ]
        found = []
        for name in sorted(name for name in book.namelist() if name.startswith("xl/worksheets/sheet")):
            root = ElementTree.fromstring(book.read(name))  # noqa: S314 - our own
            assert root.find(".//x:f", _NS) is None, "a formula"
            assert root.find(".//x:hyperlink", _NS) is None
            rows = []
            for row in root.iterfind(".//x:row", _NS):
                cells: list[str | float] = []
                for cell in row:
                    value = cell.findtext("x:v", namespaces=_NS)
                    if value is not None:
                        cells.append(shared[int(value)] if cell.get("t") == "s" else float(value))
                rows.append(cells)
            found.append(rows)
    return found


@pytest.mark.parametrize(
    "kind", ["week/2026-W48", "month/2026-11", "quarter/FY2026-Q3", "fiscal-year/FY2026"]
)
def test_a_workbook_says_what_the_csv_says_and_its_numbers_are_numbers(api: Api, kind: str) -> None:
    came(api, elem_low=4, guardian=2)
    leave_alone(api, "遠い公園")
    answer = api.get(f"/v1/reports/{kind}?format=xlsx")
    assert (answer.status, answer.headers["Content-Type"]) == (200, XLSX)
    assert answer.headers["Content-Disposition"].endswith(f'{kind.replace("/", "-")}.xlsx"')
    front, figures = sheets(answer.body)
    flat = [cell for row in front for cell in row]
    assert "駄菓子屋カフェくるくる" in flat
    assert ["延べ人数", 6.0, "人（延べ）"] in front
    told = {(str(row[-1]), str(row[2])): row[3] for row in figures[1:] if isinstance(row[3], float)}
    rows = csv.DictReader(io.StringIO(api.get(f"/v1/reports/{kind}?format=csv&bom=0").text))
    wanted = {
        (row["figure"], row["key_ja"]): float(row["value"])
        for row in rows
        if row["figure"] != "method" and row["value"]
    }
    assert told == wanted


def test_a_report_speaks_the_language_of_its_reader(api: Api) -> None:
    came(api, elem_low=4)
    english = api.get(f"{WEEK}?format=xlsx", headers={"Accept-Language": "en"})
    assert english.headers["Content-Language"] == "en"
    front, _ = sheets(english.body)
    assert ["Attendance", 4.0, "visits of people"] in front
    assert ["Weekly report week 48 of 2026"] in front
    assert api.get(f"{WEEK}?format=xlsx").headers["Content-Language"] == "ja"


def test_the_same_report_is_the_same_bytes(api: Api) -> None:
    came(api, elem_low=4, guardian=2)
    leave_alone(api, *HOSTILE)
    assert api.get(f"{WEEK}?format=xlsx").body == api.get(f"{WEEK}?format=xlsx").body


def test_a_workbook_is_made_for_a4_and_has_one_chart(api: Api) -> None:
    came(api, elem_low=4)
    with zipfile.ZipFile(io.BytesIO(api.get(f"{WEEK}?format=xlsx").body)) as book:
        front = book.read("xl/worksheets/sheet1.xml").decode()
        charts = [name for name in book.namelist() if name.startswith("xl/charts/chart")]
        said = book.read("docProps/core.xml").decode()
    assert re.search(r'<pageSetup paperSize="9"[^>]*fitToHeight="0"', front)
    assert len(charts) == 1
    assert "2026-11-28T03:00:00Z" in said, "made when its figures were known"


@pytest.mark.parametrize("name", HOSTILE)
def test_what_looks_like_a_formula_stays_a_name(api: Api, name: str) -> None:
    leave_alone(api, name)
    front, figures = sheets(api.get(f"{WEEK}?format=xlsx").body)
    assert [f"H00 {name}", 88.0, "日"] in front
    assert any(row[2] == f"H00 {name}" for row in figures)
    rows = list(csv.reader(io.StringIO(api.get(f"{WEEK}?format=csv&bom=0").text)))
    assert any(f"H00 {name}" in row for row in rows)


def test_a_code_that_looks_like_a_formula_stays_a_code(api: Api) -> None:
    with api.database.write() as session:
        make_stop(session, name="普通", code="=1+1", status="agreed", created_at=MADE_AT)
    front, _ = sheets(api.get(f"{WEEK}?format=xlsx").body)
    assert any(row[:1] == ["=1+1 普通"] for row in front)
    rows = list(csv.DictReader(io.StringIO(api.get(f"{WEEK}?format=csv&bom=0").text)))
    (mine,) = (row for row in rows if row["figure"] == "stops.unvisited")
    assert (mine["key"], mine["key_ja"]) == ("'=1+1", "'=1+1 普通")


def test_accept_asks_for_a_workbook_as_well(api: Api) -> None:
    assert api.get(WEEK, headers={"Accept": XLSX}).headers["Content-Type"] == XLSX
    assert api.get(WEEK, headers={"Accept": "image/png"}, check=False).status == 406


def test_a_workbook_says_nothing_of_topics_to_a_reporter(api: Api) -> None:
    came(api, elem_low=4)
    front, figures = sheets(api.get(f"{WEEK}?format=xlsx", role="reporter").body)
    assert not any("話題（内部のみ）" in row for row in front)
    assert [row for row in figures if "contacts.by_topic" in row and isinstance(row[3], float)] == []
