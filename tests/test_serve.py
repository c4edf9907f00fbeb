"""`outreach serve` as a real process: ready when it says so, not stopped by stalled uploads, gone when asked to go."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ports import free_port

OUTREACH = [sys.executable, "-m", "outreach_api.cli"]
THREADS = 4

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")


def environment_of(home: Path, **settings: object) -> dict[str, str]:
    return {
        **{name: text for name, text in os.environ.items() if not name.startswith("OUTREACH_")},
        "OUTREACH_HOME": str(home),
        **{f"OUTREACH_{name.upper()}": str(value) for name, value in settings.items()},
    }


class Server:
    """A server in a home of its own; made by the fixture, which ends it."""

    def __init__(self, home: Path, **settings: object) -> None:
        self.port = free_port()
        self.environment = environment_of(home, **settings)
        self.token = ""
        self.log = home.with_suffix(".log")
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*OUTREACH, "serve", "--port", str(self.port)],
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        assert self.process.stdout is not None
        self.said = self.process.stdout.readline()
        assert self.said, self.log.read_text()

    def outreach(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*OUTREACH, *arguments], env=self.environment, capture_output=True, text=True, timeout=60
        )

    def get(self, path: str) -> Any:
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", headers={"Authorization": f"Bearer {self.token}"}
        )
        with urllib.request.urlopen(asked, timeout=20) as answer:  # noqa: S310 - it is our own address
            return json.load(answer)

    def stall(self) -> socket.socket:
        """Begin an upload and never finish it."""
        upload = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        head = (
            f"POST /v1/stops HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.token}\r\n"
            f"Idempotency-Key: {uuid.uuid4()}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
        )
        upload.sendall(head.encode() + b'{"code": "')
        return upload

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=30)


@pytest.fixture
def servers() -> Iterator[list[Server]]:
    """The servers that a test starts; whatever is left of them afterwards is killed."""
    started: list[Server] = []
    yield started
    for server in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait(timeout=10)
        if server.process.stdout is not None:
            server.process.stdout.close()


def test_it_serves_beside_stalled_uploads_and_stops_when_asked(servers: list[Server], tmp_path: Path) -> None:
    server = Server(tmp_path / "home", threads=THREADS, silent_seconds=600)
    servers.append(server)
    assert server.said.strip().endswith(f"listening at http://127.0.0.1:{server.port}")
    assert server.get("/readyz")["status"] == "ready"
    server.token = server.outreach("token", "--role", "coordinator").stdout.strip()
    with contextlib.ExitStack() as uploads:
        # As many as there are threads: without a place left for others, nothing would answer any more.
        for _ in range(THREADS):
            uploads.enter_context(server.stall())
        for _ in range(3):
            assert server.get("/v1/stops")["items"] == []
        assert server.stop() == 0


def test_it_speaks_nothing_whose_limits_are_not_ours(servers: list[Server], tmp_path: Path) -> None:
    server = Server(tmp_path / "home")
    servers.append(server)
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as asking:
        # HTTP/2 without TLS: its preface and an empty SETTINGS frame (RFC 9113, 3.4).
        asking.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(3) + b"\x04" + bytes(5))
        assert asking.recv(9)[3:4] != b"\x04"
    assert server.get("/livez") == {"status": "alive"}


def test_a_taken_port_is_refused_instead_of_shared(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = subprocess.run(
            [*OUTREACH, "serve", "--port", str(port)],
            env=environment_of(tmp_path / "home"),
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert refused.returncode == 1
    assert f"port {port}" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_workers_end_when_their_parent_is_killed(servers: list[Server], tmp_path: Path) -> None:
    server = Server(tmp_path / "home")
    servers.append(server)
    server.stop(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            server.get("/livez")
        except OSError:
            return
        time.sleep(0.2)
    pytest.fail("a worker still answers")
