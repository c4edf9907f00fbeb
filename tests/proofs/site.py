"""A real server, as `outreach serve` starts it, with a home of its own: it can be killed in many ways."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from outreach_api.settings import PREFIX
from outreach_api.storage.keyring import make_key_file
from outreach_api.storage.session import Database

OUTREACH = (sys.executable, "-m", "outreach_api.cli")
SECONDS_TO_START = 120
"""So patient that only a server that never comes is given up."""
THREADS = 16


class Site:
    """A home with a key, over a database that may already be there. Use it as a context: it ends its processes."""

    def __init__(self, home: Path, url: str, *, workers: int = 1) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.url, self.home = url, home
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port: int = probe.getsockname()[1]
        make_key_file(home / "master.key")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        self._environment = clean | {
            f"{PREFIX}HOME": str(home),
            f"{PREFIX}DATABASE_URL": url,
            f"{PREFIX}KEY_FILE": str(home / "master.key"),
            f"{PREFIX}WORKERS": str(workers),
            f"{PREFIX}THREADS": str(THREADS),
        }
        self._workers = workers
        self._server: subprocess.Popen[bytes] | None = None
        self.log = home / "server.log"

    def __enter__(self) -> Site:
        return self

    def __exit__(self, *raised: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start the server and wait until it answers."""
        with self.log.open("ab") as log:
            self._server = subprocess.Popen(
                [*OUTREACH, "serve", "--port", str(self.port)],
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait_until_it_answers()

    def wait_until_it_answers(self) -> None:
        until = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            if self._server is None or self._server.poll() is not None:
                break
            time.sleep(0.01)
        raise RuntimeError(f"the server does not come: {self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """kill -9, all its processes at once."""
        if self._server is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._server.pid, signal.SIGKILL)
        self._server.wait()
        self._server = None

    def kill_a_worker(self, which: int) -> None:
        """kill -9 of one process that serves; its parent starts another."""
        workers = self._serving()
        if workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(workers[which % len(workers)], signal.SIGKILL)

    def kill_a_backend(self, which: int) -> None:
        """kill -9 of a PostgreSQL process that works for us: its cluster then ends all others and recovers."""
        with self._watching() as connection:
            busy = "SELECT pid FROM pg_stat_activity WHERE application_name = 'outreach' AND pid <> pg_backend_pid()"
            pids = sorted(connection.exec_driver_sql(busy).scalars())
        if pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pids[which % len(pids)], signal.SIGKILL)

    def outreach(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*OUTREACH, *arguments], env=self._environment, capture_output=True, text=True, check=False
        )

    def _serving(self) -> list[int]:
        if self._server is None:
            return []
        children = Path(f"/proc/{self._server.pid}/task/{self._server.pid}/children").read_text()
        # Python's own keeper of shared memory is a child too.
        return [
            int(pid)
            for pid in children.split()
            if b"serve" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        ]

    @contextlib.contextmanager
    def _watching(self) -> Iterator[sa.Connection]:
        database = Database(self.url, pool_size=1)
        try:
            with database.engine.connect() as connection:
                yield connection
        finally:
            database.close()
