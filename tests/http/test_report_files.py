"""Reports as files: the same bytes each time, words stay words and numbers numbers, whatever somebody is called."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import hashlib
import html
import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from xml.etree import ElementTree

import pypdf
import pytest

from outreach_api.reports import files
from outreach_api.web import typesetting
from outreach_api.web.resource import session
from tests.api import Api
from tests.make import MADE_AT, make_stop, make_visit

WEEK = "/v1/reports/week/2026-W48"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES = {"csv": "text/csv", "xlsx": XLSX, "pdf": "application/pdf", "html": "text/html"}
A4_POINTS = (595, 842)
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


def came(api: Api, day: str = "2026-11-28", **counts: int) -> str:
    with api.database.write() as session:
        stop = make_stop(session)
    opening = {"stop_id": str(stop.id), "van_id": str(api.van), "local_day": day}
    visit = api.post("/v1/visits", opening).json["id"]
    assert api.post(f"/v1/visits/{visit}/head-counts", {"counts": counts}).status == 201
    return str(visit)


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


@pytest.mark.parametrize("form", FILES)
def test_the_same_report_is_the_same_bytes(api: Api, form: str) -> None:
    came(api, elem_low=4, guardian=2)
    leave_alone(api, *HOSTILE)
    assert api.get(f"{WEEK}?format={form}").body == api.get(f"{WEEK}?format={form}").body


def test_a_workbook_is_made_for_a4_and_has_one_chart(api: Api) -> None:
    came(api, elem_low=4)
    with zipfile.ZipFile(io.BytesIO(api.get(f"{WEEK}?format=xlsx").body)) as book:
        front = book.read("xl/worksheets/sheet1.xml").decode()
        charts = [name for name in book.namelist() if name.startswith("xl/charts/chart")]
        said = book.read("docProps/core.xml").decode()
    assert re.search(r'<pageSetup paperSize="9"[^>]*fitToHeight="0"', front)
    assert len(charts) == 1
    assert "2026-11-28T03:00:00Z" in said, "made when its figures were known"


def test_a_pdf_is_a4_numbered_and_says_for_whom_and_as_of_when(api: Api) -> None:
    came(api, elem_low=4, guardian=2)
    answer = api.get(f"{WEEK}?format=pdf")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pdf")
    read = pypdf.PdfReader(io.BytesIO(answer.body))
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in read.pages} == {A4_POINTS}
    texts = [page.extract_text() for page in read.pages]
    first = "".join(texts[0].split())
    for word in (
        "駄菓子屋カフェくるくる",
        "週報2026年第48週",
        "11月23日（月）〜",
        "11月28日（土）12:00現在",
        "内部資料",
        "延べ人数",
    ):
        assert word in first, word
    for number, text in enumerate(texts, 1):
        assert f"{number}/{len(texts)}" in "".join(text.split())
    assert "数え方" in "".join(texts)
    assert read.metadata is not None
    assert read.metadata.creation_date == api.clock.now


def test_a_page_runs_nothing_and_asks_nothing(api: Api) -> None:
    came(api, elem_low=4)
    answer = api.get(f"{WEEK}?format=html")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert answer.headers["Content-Language"] == "ja"
    style = answer.text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy
    for sign in ("<script", "style=", "onload", "src=", "href=", "url("):
        assert sign not in answer.text
    assert "<td><b>4</b> <small>人（延べ）</small></td>" in answer.text


@pytest.mark.parametrize("form", ["xlsx", "pdf", "html", "csv"])
def test_an_empty_week_is_a_report_in_every_form(api: Api, form: str) -> None:
    answer = api.get(f"{WEEK}?format={form}")
    assert (answer.status, answer.headers["Content-Type"].partition(";")[0]) == (200, FILES[form])


@pytest.mark.parametrize("kind", ["month/2026-11", "quarter/FY2026-Q3", "fiscal-year/FY2026"])
def test_longer_periods_are_printed_as_well(api: Api, kind: str) -> None:
    came(api, elem_low=4)
    read = pypdf.PdfReader(io.BytesIO(api.get(f"/v1/reports/{kind}?format=pdf").body))
    assert "2026年" in "".join(read.pages[0].extract_text().split())


def test_names_are_set_as_they_are(api: Api) -> None:
    leave_alone(api, *HOSTILE)
    read = pypdf.PdfReader(io.BytesIO(api.get(f"{WEEK}?format=pdf").body))
    printed = "".join("".join(page.extract_text().split()) for page in read.pages)
    shown = api.get(f"{WEEK}?format=html").text
    for number, name in enumerate(HOSTILE):
        assert f"H{number:02d} {html.escape(name)}</bdi>" in shown, name
        if "مدرسة" not in name:  # is read back in the order of its shapes
            assert "".join(f"H{number:02d}{name}".split()) in printed, name
    assert "<script" not in shown
    assert [page for page in read.pages if "/Annots" in page] == [], "nothing to click on"


def test_a_name_can_not_turn_what_stands_beside_it(api: Api) -> None:
    leave_alone(api, "逆\u202e向き")
    assert "H00 逆向き</bdi>" in api.get(f"{WEEK}?format=html").text
    front, _ = sheets(api.get(f"{WEEK}?format=xlsx").body)
    assert ["H00 逆向き", 88.0, "日"] in front


def test_of_a_hundred_stops_paper_lists_the_first_and_says_how_many_more(api: Api) -> None:
    leave_alone(api, *(f"場所{number}" for number in range(100)))
    read = pypdf.PdfReader(io.BytesIO(api.get(f"{WEEK}?format=pdf").body))
    assert "ほか70件" in "".join("".join(page.extract_text().split()) for page in read.pages)
    assert len(read.pages) <= 4
    assert "ほか 70 件" in api.get(f"{WEEK}?format=html").text
    front, figures = sheets(api.get(f"{WEEK}?format=xlsx").body)
    assert ["ほか 70 件（表計算と CSV に全部あります）"] in front
    assert sum(row[2].startswith("H") for row in figures if isinstance(row[2], str)) == 100


@pytest.mark.parametrize("form", FILES)
def test_a_closed_week_is_the_same_file_days_later(api: Api, form: str) -> None:
    came(api, "2026-11-20", elem_low=4)
    assert api.post("/v1/report-weeks/2026-W47/close", {}).status == 201
    first = api.get(f"/v1/reports/week/2026-W47?format={form}").body
    api.clock.forward(days=3)
    came(api, "2026-11-28", elem_low=9)
    assert api.get(f"/v1/reports/week/2026-W47?format={form}").body == first


def test_a_report_says_its_state_and_what_came_late(api: Api) -> None:
    path = "/v1/reports/week/2026-W47?format="
    visit = came(api, "2026-11-20", elem_low=4)
    assert "未確定" in api.get(f"{path}html").text
    assert api.post("/v1/report-weeks/2026-W47/close", {}).status == 201
    assert "確定 第1版" in api.get(f"{path}html").text
    api.clock.forward(hours=30)
    assert api.post(f"/v1/visits/{visit}/head-counts", {"counts": {"elem_low": 3}}).status == 201
    told = api.get(f"{path}html").text
    assert "締めたあとに届いた記録があります" in told
    assert re.search("2026年11月20日（金） S-[0-9a-f]{8} 延べ人数</bdi></th><td><b>3</b>", told)
    printed = "".join(printed_text(api, f"{path}pdf").split())
    assert "締めたあとに届いた・直された分" in printed
    assert "S-" not in api.get(f"{path}html", role="reporter").text
    assert api.post("/v1/report-weeks/2026-W47/restate", {"reason": "late_data"}).status == 201
    assert "確定 第2版・出し直し：遅れて届いた記録" in api.get(f"{path}html").text
    assert "締めていない週：" in api.get("/v1/reports/month/2026-11?format=html").text


def printed_text(api: Api, path: str) -> str:
    """What is printed in a PDF."""
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(api.get(path).body)).pages)


def test_while_a_file_is_made_no_transaction_is_held(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[bool] = []
    for name in ("pdf", "workbook", "page"):
        made = getattr(files, name)

        def looking(*args: object, made: Callable[..., object] = made) -> object:
            held.append(session().in_transaction())
            return made(*args)

        monkeypatch.setattr(files, name, looking)
    for form in ("pdf", "xlsx", "html"):
        assert api.get(f"{WEEK}?format={form}").status == 200
    assert held == [False] * 3


def test_who_would_wait_too_long_for_a_pdf_is_told_to_come_again(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typesetting, "_SECONDS_TO_WAIT", 0.01)
    with typesetting._one_at_a_time:
        answer = api.get(f"{WEEK}?format=pdf")
    assert (answer.status, answer.code, answer.headers["Retry-After"]) == (503, "busy", "10")
    assert api.get(f"{WEEK}?format=pdf").status == 200


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


def test_accept_asks_for_any_of_them(api: Api) -> None:
    for media in FILES.values():
        assert api.get(WEEK, headers={"Accept": media}).headers["Content-Type"].startswith(media)
    assert api.get(WEEK, headers={"Accept": "image/png"}, check=False).status == 406


def test_a_workbook_says_nothing_of_topics_to_a_reporter(api: Api) -> None:
    came(api, elem_low=4)
    front, figures = sheets(api.get(f"{WEEK}?format=xlsx", role="reporter").body)
    assert not any("話題（内部のみ）" in row for row in front)
    assert [row for row in figures if "contacts.by_topic" in row and isinstance(row[3], float)] == []


def test_the_server_starts_without_what_makes_files() -> None:
    look = "import sys, outreach_api.app; print(sorted({'typst', 'xlsxwriter', 'manimgx_fonts'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
