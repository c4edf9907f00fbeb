"""The tour in the README, run as it stands there against a real server with a fresh database."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
OUTREACH = [sys.executable, "-m", "outreach_api.cli"]
BASH, CURL = shutil.which("bash"), shutil.which("curl")

pytestmark = [
    pytest.mark.skipif(BASH is None or CURL is None, reason="the tour wants bash and curl"),
    pytest.mark.skipif(sys.platform == "win32", reason="the tour is for a POSIX shell"),
]

# Takes curl's place: lets it do its work and keeps what the server answered, call by call.
NOTING_CURL = """#!/bin/sh
exec "{curl}" --dump-header "$(mktemp "{heads}/$(date +%s%N)-XXXXXX")" --noproxy '*' "$@"
"""


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A served home of its own, and programs to find: this Python, its outreach, a curl that takes notes."""
    port = free_port()
    programs, heads = tmp_path / "bin", tmp_path / "heads"
    programs.mkdir()
    heads.mkdir()
    (programs / "curl").write_text(NOTING_CURL.format(curl=CURL, heads=heads))
    (programs / "outreach").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m outreach_api.cli "$@"\n')
    # Dozens of small Pythons are started: the one that runs this test, without its site packages.
    (programs / "python3").write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "$@"\n')
    for program in programs.iterdir():
        program.chmod(0o755)
    made = {
        **{name: text for name, text in os.environ.items() if not name.startswith("OUTREACH_")},
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "OUTREACH_HOME": str(tmp_path / "home"),
        "PYTHONPATH": str(ROOT),
    }
    serve = [*OUTREACH, "serve", "--port", str(port)]
    with subprocess.Popen(
        serve, env=made, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            assert server.stdout is not None
            assert "listening" in server.stdout.readline()
            yield {**made, "OUTREACH_URL": f"http://127.0.0.1:{port}"}
        finally:
            server.send_signal(signal.SIGTERM)


def the_tour() -> str:
    """All shell blocks of that section, as somebody would paste them."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.partition("## A tour with curl\n")[2].partition("\n## ")[0]
    return "\n".join(re.findall(r"^```bash\n(.*?)^```$", section, flags=re.MULTILINE | re.DOTALL))


def test_the_tour_runs_from_top_to_bottom(environment: dict[str, str], tmp_path: Path) -> None:
    # The checkout's .venv is not the one under test everywhere.
    script = the_tour().replace('PATH="$PWD/.venv/bin:$PATH" ', "")
    done = subprocess.run(
        [str(BASH), "-c", script], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    heads = sorted((tmp_path / "heads").iterdir())
    answers = [head.read_text().splitlines()[0].split()[1] for head in heads]
    assert [answer for answer in answers if not answer.startswith("2")] == [], done.stdout + done.stderr
    assert len(answers) >= 17, done.stderr
    assert done.returncode == 0, done.stderr
    for wanted in (
        '"publishable": true',
        '"total": 7',  # three and two heads, one tap taken back, three from the push
        '"tax_yen": 4',
        '"result": "applied"',
        '"FeatureCollection"',
        "常盤平 けやきの広場",
    ):
        assert wanted in done.stdout, wanted
    complaints = [line for line in done.stderr.splitlines() if "Traceback" in line or "curl:" in line]
    assert complaints == []


def test_the_tour_shows_what_the_readme_promises() -> None:
    calls = set(re.findall(r"(?:send [A-Z]+|get) \"?(/v1/[a-z/-]+)", the_tour()))
    assert {
        "/v1/stops",
        "/v1/vans",
        "/v1/plans",
        "/v1/visits",
        "/v1/sales",
        "/v1/contact-notes",
        "/v1/sync/push",
        "/v1/reports/week/",
        "/v1/map/reach",
    } <= calls
