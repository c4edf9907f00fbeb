"""The cron job after holidays, restatements and crashes: nothing is lost, nothing is fetched twice, nothing goes back."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.api import Api
from tests.http.test_report_weeks import close, count, hold, restate
from tests.http.test_weekly_report_client import load, serving

pytestmark = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


@pytest.fixture
def script(api: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The script, with a server that runs and a reporter's token; call it with its arguments."""
    module = load()
    monkeypatch.setattr(module, "WAITS_SECONDS", (0.01, 0.02))
    monkeypatch.setenv("OUTREACH_TOKEN", api.token("reporter"))
    with serving(api.app) as url:
        monkeypatch.setenv("OUTREACH_URL", url)
        yield module


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith(".")}


def test_weeks_that_were_missed_come_oldest_first_and_each_once(
    api: Api, script: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hold(api, "2026-11-07")
    hold(api)
    close(api, "2026-W46")
    wanted = ["--since-last", "--out", str(tmp_path)]
    assert script.main(wanted) == 0
    assert capsys.readouterr().out.split() == [
        str(tmp_path / name)
        for name in ("report-2026-W45-open.json", "report-2026-W46.json", "report-2026-W47-open.json")
    ]
    before = files(tmp_path)
    assert script.main(wanted) == 6
    assert files(tmp_path) == before
    close(api)
    assert script.main(wanted) == 0
    assert set(files(tmp_path)) - set(before) == {"report-2026-W47.json"}


def test_a_restated_week_comes_beside_what_was_told_before(api: Api, script: Any, tmp_path: Path) -> None:
    visit = hold(api)
    close(api)
    wanted = ["--since-last", "--format", "all", "--out", str(tmp_path)]
    assert script.main(wanted) == 0
    first = files(tmp_path)
    assert set(first) == {
        *(f"report-2026-W47.{ending}" for ending in ("json", "csv", "xlsx", "pdf", "html")),
        "visits-2026-W47.csv",
    }
    assert first["report-2026-W47.pdf"].startswith(b"%PDF")
    assert zipfile.ZipFile(BytesIO(first["report-2026-W47.xlsx"])).testzip() is None
    for more in (3, 4):  # two versions before the script runs again
        count(api, visit, elem_low=more)
        restate(api)
    assert script.main(wanted) == 0
    later = files(tmp_path)
    assert {name: later[name] for name in first} == first
    totals = [
        json.loads(later[f"report-2026-W47{version}.json"])["attendance"]["total"]
        for version in ("", "-v2", "-v3")
    ]
    assert totals == [6, 9, 13]
    assert "visits-2026-W47-v3.csv" in later
    assert script.main(wanted) == 6


def test_another_format_is_fetched_for_the_weeks_that_it_lacks(api: Api, script: Any, tmp_path: Path) -> None:
    hold(api)
    close(api)
    assert script.main(["--since-last", "--out", str(tmp_path)]) == 0
    assert script.main(["--since-last", "--format", "csv", "--out", str(tmp_path)]) == 0
    assert set(files(tmp_path)) == {"report-2026-W47.json", "report-2026-W47.csv"}


def test_a_crash_between_any_two_steps_loses_and_repeats_nothing(
    api: Api, script: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(api, "2026-11-07")
    hold(api)
    for week in ("2026-W45", "2026-W46", "2026-W47"):
        close(api, week)
    whole = tmp_path / "whole"
    assert script.main(["--since-last", "--out", str(whole)]) == 0
    for steps in range(6):  # each file, and each note of it
        out, left = tmp_path / str(steps), [steps]

        def dies(source: Any, target: Any, left: list[int] = left) -> None:
            if left[0] == 0:
                raise KeyboardInterrupt
            left[0] -= 1
            os.rename(source, target)

        with monkeypatch.context() as crashing:
            crashing.setattr(script.os, "replace", dies)
            with pytest.raises(KeyboardInterrupt):
                script.main(["--since-last", "--out", str(out)])
        assert script.main(["--since-last", "--out", str(out)]) == 0
        assert files(out) == files(whole)


def test_who_wants_closed_weeks_only_is_told_which_are_not(
    api: Api, script: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hold(api, "2026-11-14")
    hold(api)
    close(api, "2026-W46")
    for which in (["--week", "2026-W47"], ["--since-last"]):
        assert script.main([*which, "--require-closed", "--out", str(tmp_path)]) == 5
        assert "2026-W47" in capsys.readouterr().err
    assert set(files(tmp_path)) == {"report-2026-W46.json"}
    close(api)
    assert script.main(["--week", "2026-W47", "--require-closed", "--out", str(tmp_path)]) == 0
    assert (
        script.main(["--since-last", "--require-closed", "--from", "2026-W48", "--out", str(tmp_path)]) == 6
    )


def test_an_older_version_never_takes_the_place_of_a_newer_one(
    api: Api, script: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As after a restore of the server: it knows less than what was fetched."""
    hold(api)
    close(api)
    (tmp_path / ".weekly_report.json").write_text('{"written": {"json": {"2026-W47": 2}}}')
    assert script.main(["--since-last", "--out", str(tmp_path)]) == 6
    assert "restored" in capsys.readouterr().err
    assert files(tmp_path) == {}


def test_notes_that_cannot_be_read_are_said_and_nothing_is_written(
    api: Api, script: Any, tmp_path: Path
) -> None:
    hold(api)
    (tmp_path / ".weekly_report.json").write_text("{")
    assert script.main(["--since-last", "--out", str(tmp_path)]) == 2
    assert files(tmp_path) == {}
