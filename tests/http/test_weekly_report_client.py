"""The coordinator's cron job against a real server on this machine."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from werkzeug.serving import make_server

from tests.api import Api

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "weekly_report.py"
ONE_DATABASE = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("weekly_report", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def serving(app: Any) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def run(url: str, token: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OUTREACH_")}
    environment |= {"OUTREACH_URL": url, "OUTREACH_TOKEN": token}
    return subprocess.run(
        [sys.executable, "-I", str(SCRIPT), *arguments],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
    )


def answering(*statuses: int, then: Any = None) -> tuple[Callable[..., Any], list[dict[str, Any]]]:
    """A server that answers with each status in turn, then as an app does; and what it was asked."""
    asked: list[dict[str, Any]] = []
    left = list(statuses)

    def app(environ: dict[str, Any], start_response: Any) -> Any:
        asked.append(environ)
        if left:
            status = left.pop(0)
            start_response(
                f"{status} Not Now", [("Location", "http://127.0.0.1:9/"), ("Content-Length", "0")]
            )
            return [b""]
        return then(environ, start_response)

    return app, asked


def silent(module: ModuleType, monkeypatch: pytest.MonkeyPatch, *waits: float) -> None:
    monkeypatch.setattr(module, "WAITS_SECONDS", waits)


@ONE_DATABASE
def test_the_cron_job_writes_a_week_as_json_and_as_csv(api: Api, tmp_path: Path) -> None:
    with serving(api.app) as url:
        for form, week in (("json", "2026-W47"), ("csv", "2026-W48")):
            out = tmp_path / "reports"
            done = run(url, api.token("reporter"), "--week", week, "--format", form, "--out", str(out))
            path = out / f"report-{week}-open.{form}"
            assert (done.returncode, done.stdout.strip()) == (0, str(path)), done.stderr
            text = path.read_text(encoding="utf-8")
            assert week in text
            if form == "json":
                assert json.loads(text)["period"]["name"] == week
            else:
                assert text.startswith("\ufeffperiod,figure,key,value,unit,")
        assert sorted(p.name for p in out.iterdir()) == [
            "report-2026-W47-open.json",
            "report-2026-W48-open.csv",
        ]


@pytest.mark.parametrize(
    ("now", "week"),
    [
        ("2026-11-29T14:59:59+00:00", "2026-W47"),
        ("2026-11-29T15:00:00+00:00", "2026-W48"),  # Monday 00:00 in Tokyo
        ("2027-01-03T23:00:00+00:00", "2026-W53"),
        ("2027-01-11T03:00:00+00:00", "2027-W01"),
    ],
)
def test_the_last_week_is_the_one_that_ended_in_tokyo(now: str, week: str) -> None:
    assert load().last_full_week(dt.datetime.fromisoformat(now)) == week


@ONE_DATABASE
def test_a_wrong_token_or_role_is_refused_and_leaves_no_file(api: Api, tmp_path: Path) -> None:
    with serving(api.app) as url:
        for token, status in (("out_nobody_nothing", "401"), (api.token("crew"), "403")):
            done = run(url, token, "--out", str(tmp_path))
            assert done.returncode == 3
            assert status in done.stderr
            assert token not in done.stderr + done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "token", "arguments"),
    [
        ("", "t", []),
        ("ftp://example.org", "t", []),
        ("http://127.0.0.1:9", "", []),
        ("http://127.0.0.1:9", "two words", []),
        ("http://127.0.0.1:9", "t", ["--week", "2027-W53"]),
        ("http://127.0.0.1:9", "t", ["--week", "last"]),
        ("http://127.0.0.1:9", "t", ["--format", "docx"]),
        ("http://127.0.0.1:9", "t", ["--week", "2026-W47", "--last"]),
        ("http://127.0.0.1:9", "t", ["--token", "secret"]),
        ("http://127.0.0.1:9", "t", ["--token-file", "there-is-none"]),
    ],
)
def test_wrong_use_is_said_before_anything_is_sent(url: str, token: str, arguments: list[str]) -> None:
    done = run(url, token, *arguments)
    assert done.returncode == 2
    assert done.stderr


@ONE_DATABASE
def test_a_server_that_is_busy_for_a_while_is_asked_again(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = load()
    silent(module, monkeypatch, 0.01, 0.02)
    monkeypatch.setenv("OUTREACH_TOKEN", api.token("coordinator"))
    app, asked = answering(503, 502, then=api.app)
    with serving(app) as url:
        assert module.main(["--url", url, "--week", "2026-W47", "--out", str(tmp_path)]) == 0
    assert len(asked) == 4  # and the report itself
    assert "503" in capsys.readouterr().err


def test_a_server_that_stays_away_ends_with_its_own_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = load()
    silent(module, monkeypatch, 0.01)
    monkeypatch.setenv("OUTREACH_TOKEN", "t")
    with serving(lambda environ, start: None) as url:
        pass  # its port is free again
    assert module.main(["--url", url, "--out", str(tmp_path)]) == 4
    assert "gave up" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_redirect_never_gets_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = load()
    silent(module, monkeypatch)
    monkeypatch.setenv("OUTREACH_TOKEN", "t")
    app, asked = answering(302)
    with serving(app) as url:
        assert module.main(["--url", url, "--out", str(tmp_path)]) == 4
    assert len(asked) == 1


def test_an_answer_that_is_no_report_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = load()
    silent(module, monkeypatch)
    monkeypatch.setenv("OUTREACH_TOKEN", "t")

    def portal(environ: dict[str, Any], start_response: Any) -> Any:
        start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", "5")])
        return [b"login"]

    with serving(portal) as url:
        assert module.main(["--url", url, "--out", str(tmp_path)]) == 4
    assert list(tmp_path.iterdir()) == []


@ONE_DATABASE
def test_a_report_of_last_time_stays_whole_when_the_next_one_fails(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = load()
    silent(module, monkeypatch)
    token = tmp_path / "token"
    token.write_text(api.token("coordinator") + "\n")
    wanted = ["--week", "2026-W47", "--token-file", str(token), "--out", str(tmp_path / "out")]
    with serving(api.app) as url:
        assert module.main(["--url", url, *wanted]) == 0
        kept = (tmp_path / "out" / "report-2026-W47-open.json").read_bytes()

        def cut_off(source: str, target: str) -> None:
            raise OSError("disk full")

        monkeypatch.setattr(module.os, "replace", cut_off)
        assert module.main(["--url", url, *wanted]) == 2
    assert [(p.name, p.read_bytes()) for p in (tmp_path / "out").iterdir()] == [
        ("report-2026-W47-open.json", kept)
    ]
