"""Dumps of a PostgreSQL database, by PostgreSQL's own pg_dump, which sees one snapshot while others write."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.conninfo import make_conninfo

from outreach_api.storage.whole_files import beside, finish

_SECRET = ("password", "sslpassword")
_BEGINS_WITH = b"PGDMP"
_LINES_SHOWN = 5


class DumpError(Exception):
    """No dump could be made; `said` is what pg_dump said about it."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


def program() -> str | None:
    """Where pg_dump is, if this machine has one."""
    return shutil.which("pg_dump")


def dump(url: str, target: Path) -> None:
    """Write the database to a new file in PostgreSQL's custom format, which only its owner can read.

    Raises FileExistsError rather than replace a file, and DumpError, which leaves none.
    """
    with beside(target) as unfinished:
        # --no-password: nobody sits at a nightly backup; what the server connects with must do.
        command = [*_command(url, unfinished), "--no-password"]
        environment = dict(os.environ)
        password = _connection(url).get("password")
        if password is not None:
            environment["PGPASSWORD"] = password  # other users of the machine can read what a command is told
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
        )
        if done.returncode != 0:
            said = "\n".join(done.stderr.strip().splitlines()[-_LINES_SHOWN:])
            raise DumpError(said or f"exit status {done.returncode}")
        with unfinished.open("rb") as file:
            if file.read(len(_BEGINS_WITH)) != _BEGINS_WITH:
                raise DumpError("what it wrote is no dump")
        finish(unfinished, target)


def dump_command(url: str, target: Path) -> str:
    """The same for people, to run where pg_dump is; it asks for the password, or reads ~/.pgpass."""
    return shlex.join(_command(url, target))


def restore_command(url: str, source: Path) -> str:
    """The command that brings a dump back into an empty database, whole or not at all."""
    options = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
    return shlex.join(["pg_restore", *options, f"--dbname={_address(url)}", str(source)])


def _command(url: str, target: Path) -> list[str]:
    return ["pg_dump", "--format=custom", f"--file={target}", f"--dbname={_address(url)}"]


def _address(url: str) -> str:
    """For libpq's programs, without what is secret."""
    return make_conninfo(**{name: value for name, value in _connection(url).items() if name not in _SECRET})


def _connection(url: str) -> dict[str, Any]:
    """What libpq, which is under our driver and under pg_dump alike, is told of a database."""
    address = sa.engine.make_url(url)
    _, given = address.get_dialect()().create_connect_args(address)
    known = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()}
    return {name: value for name, value in given.items() if name in known}
