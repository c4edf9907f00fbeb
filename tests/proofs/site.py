"""A real server, as `outreach serve` starts it, with a home of its own: it can be killed in many ways."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

from outreach_api.settings import PREFIX, Settings
from outreach_api.storage.keyring import make_keys
from outreach_api.storage.session import Database
from tests.ports import free_port

OUTREACH = ("-m", "outreach_api.cli")
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 300.0
"""Seconds after which what has not come is given up: so many that no machine is too slow for it."""
THREADS = 16

_Found = TypeVar("_Found")


class Site:
    """A home with a key, over a database that may already be there. Use it as a context: it ends its processes."""

    def __init__(self, home: Path, url: str, *, workers: int = 1, program: Sequence[str] = OUTREACH) -> None:
        """`program` is what Python runs, see there."""
        home.mkdir(parents=True, exist_ok=True)
        self.url, self.home = url, home
        self.port = free_port()
        make_keys(Settings(home=home)).close()
        clean = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        self._environment = clean | {
            f"{PREFIX}HOME": str(home),
            f"{PREFIX}DATABASE_URL": url,
            f"{PREFIX}WORKERS": str(workers),
            f"{PREFIX}THREADS": str(THREADS),
        }
        self.program = program
        """What Python runs from now on; it takes the commands of `outreach`."""
        self._server: subprocess.Popen[bytes] | None = None
        self.log = home / "server.log"

    def __enter__(self) -> Site:
        return self

    def __exit__(self, *raised: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start the server and wait until it can be reached."""
        self.launch()
        try:
            _await(self._is_reached, "no server comes")
        except TimeoutError as fault:
            raise TimeoutError(f"{fault}: {self.said()}") from None

    def start_again(self) -> None:
        """Do a service manager's work: granian gives up when workers die within seconds of their start."""
        if self._server is None or self._server.poll() is not None:
            self.kill()
            self.start()

    def launch(self) -> None:
        """Start the server and wait for nothing."""
        with self.log.open("ab") as log:
            self._server = subprocess.Popen(
                [sys.executable, *self.program, "serve", "--port", str(self.port)],
                env=self._environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """kill -9, all its processes at once."""
        if self._server is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._server.pid, signal.SIGKILL)
        self._server.wait()
        # Its workers are not our children: nobody tells us when they are gone.
        _await(lambda: not self._listens(), "a killed server still listens")
        self._server = None

    def kill_a_worker(self, which: int) -> None:
        """kill -9 of one process that serves; its parent starts another. Where /proc tells who they are."""
        _kill_one_of(self._serving, which)

    def kill_a_backend(self, which: int) -> None:
        """kill -9 of a PostgreSQL process that works for us: its cluster then ends all others and recovers."""
        _kill_one_of(self._backends, which)

    def outreach(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *self.program, *arguments],
            env=self._environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    def said(self) -> str:
        """The end of the server's log; the log goes with the home."""
        return self.log.read_text()[-2_000:]

    def unexpected(self) -> list[str]:
        """What the server logged as an error of its own; that a worker was killed, granian says of ours."""
        marks = ('"level": "error"', '"level": "critical"', "Traceback", "panicked")
        return [
            line
            for line in self.log.read_text().splitlines()
            if any(mark in line for mark in marks) and '"logger": "_granian"' not in line
        ]

    def _is_reached(self) -> bool:
        if self._server is None or self._server.poll() is not None:
            raise RuntimeError(f"the server ended by itself: {self.said()}")
        return self._listens()

    def _listens(self) -> bool:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        return False

    def _serving(self) -> list[int]:
        server = self._server.pid if self._server else 0
        found = []
        with contextlib.suppress(OSError):  # they come and go
            for pid in Path(f"/proc/{server}/task/{server}/children").read_text().split():
                # Python's own keeper of shared memory is a child too.
                if b"serve" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
                    found.append(int(pid))
        return found

    def _backends(self) -> list[int]:
        busy = (
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'outreach' AND pid <> pg_backend_pid()"
        )
        database = Database(self.url, pool_size=1)
        try:
            with database.engine.connect() as connection:
                return sorted(connection.exec_driver_sql(busy).scalars())
        except sa.exc.OperationalError:
            return []  # it recovers from the last time
        finally:
            database.close()


def _kill_one_of(processes: Callable[[], list[int]], which: int) -> None:
    pids = _await(processes, "there is no such process")
    with contextlib.suppress(ProcessLookupError):
        os.kill(pids[which % len(pids)], signal.SIGKILL)


def _await(found: Callable[[], _Found], otherwise: str) -> _Found:
    """Ask until the answer is a good one. Raises TimeoutError with `otherwise`."""
    until = time.monotonic() + PATIENCE
    while not (answer := found()):
        if time.monotonic() > until:
            raise TimeoutError(otherwise)
        time.sleep(0.01)
    return answer
