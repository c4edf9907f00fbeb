"""The worked examples as a beginner runs them, against a server on this machine."""

from __future__ import annotations

import csv
import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest

from outreach_api.kernel.week import IsoWeek
from tests.api import Api
from tests.http.test_report_weeks import WEEK, close, count, restate
from tests.http.test_report_weeks import hold as hold_last_week
from tests.http.test_weekly_report_client import serving
from tests.make import MADE_AT, make_stop
from tests.releasing import hold, release

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


def run(api: Api, script: str, *arguments: str, token: str | None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OUTREACH_")}
    environment |= {"PYTHONUTF8": "1", **({"OUTREACH_TOKEN": token} if token else {})}
    with serving(api.app) as url:
        return subprocess.run(
            [sys.executable, str(SCRIPTS / script), *arguments],
            capture_output=True,
            encoding="utf-8",
            env=environment | {"OUTREACH_URL": url},
            timeout=120,
        )


def test_each_example_is_short_and_needs_the_standard_library_alone(engine_url: str) -> None:
    for path in SCRIPTS.glob("example_*.py"):
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) < 80, path.name
        assert "outreach_api" not in text
        imported = {
            line.split()[1].split(".")[0]
            for line in text.splitlines()
            if line.startswith(("import ", "from "))
        }
        assert imported <= sys.stdlib_module_names | {"example_ask"}, path.name


def test_the_week_in_a_few_lines(api: Api) -> None:
    visit = hold_last_week(api)
    close(api)
    count(api, visit, elem_low=3)
    done = run(api, "example_week.py", WEEK, token=api.token("reporter"))
    assert done.stdout.splitlines() == [
        "週報 2026-W47（2026-11-16 〜 2026-11-22）締め済み・第1版",
        "来た人: 延べ 6 人（うち子ども 4 人、前の週より +6）",
        "出店: 1 回（中止 0 回）、1回あたり 6.0 人",
        "話した: 0 件、相談: 0 件",
        "締めたあとに届いたもの: 2026-11-21 attendance +3",
    ], done.stderr
    restate(api)
    assert "第2版" in run(api, "example_week.py", WEEK, token=api.token("reporter")).stdout


def test_the_year_of_a_funder_is_made_of_what_was_released(api: Api) -> None:
    hold(api, day=dt.date(2025, 11, 15), taps={"elem_low": 40, "guardian": 25})
    hold(api, day=dt.date(2026, 2, 14), taps={"junior_high": 10, "senior": 20})
    hold(api, day=dt.date(2026, 2, 21), taps={"elem_low": 50}, publicity="members")
    release(api, str(IsoWeek.of(dt.date(2026, 4, 5))))
    hold(api, day=dt.date(2025, 12, 20), taps={"elem_low": 500})  # not released
    done = run(api, "example_year_table.py", "2025", token=None)
    head, *rows, year = csv.reader(done.stdout.splitlines())
    assert [row[0] for row in rows] == [f"{2025 + (n > 8)}-{(n + 3) % 12 + 1:02}" for n in range(12)]
    told = {row[0]: dict(zip(head, row, strict=True)) for row in [*rows, year]}
    assert told["2025-11"] == {
        "月": "2025-11",
        "出店回数": "1",
        "延べ人数": "65",
        "子ども": "40",
        "大人": "25",
        "年代不明": "0",
        "1回あたり": "65.0",
        "子ども1回あたり": "40.0",
        "備考": "",
    }
    february, whole = told["2026-02"], told["2025年度"]
    assert (february["出店回数"], february["延べ人数"], february["1回あたり"]) == ("1", "80", "30.0")
    assert (whole["出店回数"], whole["延べ人数"], whole["1回あたり"]) == ("2", "145", "47.5")


def test_stops_where_nobody_was_for_a_while_come_with_the_longest_first(api: Api) -> None:
    with api.database.write() as session:
        stops = {
            code: make_stop(session, code=code, name=f"広場 {code}", status=status, created_at=MADE_AT)
            for code, status in (("K01", "agreed"), ("K02", "agreed"), ("K03", "agreed"), ("K04", "ended"))
        }
    hold(api, stop=stops["K01"], day=dt.date(2026, 11, 21))
    hold(api, stop=stops["K02"], day=dt.date(2026, 10, 10))
    done = run(api, "example_unvisited.py", token=api.token("coordinator"))
    assert done.stdout.splitlines() == [
        "K03\t広場 K03\tまだ一度も行っていません",
        "K02\t広場 K02\t2026-10-10 から 49 日",
        "42 日以上行っていない場所: 2 / 3",
    ], done.stderr
    assert "K01" in run(api, "example_unvisited.py", "7", token=api.token("coordinator")).stdout


def test_who_may_not_ask_is_told_so_in_a_line(api: Api) -> None:
    for token in (None, api.token("crew")):
        done = run(api, "example_week.py", WEEK, token=token)
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1
        assert ("401" if token is None else "403") in done.stderr
