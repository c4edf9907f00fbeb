"""A real server process, logging all that it can: whatever it is sent, no mark of it reaches its output."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from tests.canaries import mark, marks_in
from tests.test_serve import OUTREACH, Server, environment_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")


@pytest.fixture
def server(tmp_path: Path, empty_engine_url: str) -> Server:
    home = tmp_path / "home"
    if not empty_engine_url.startswith("sqlite"):  # its owner prepares it
        environment = environment_of(home, database_url=empty_engine_url)
        subprocess.run([*OUTREACH, "init"], env=environment, check=True, timeout=120, capture_output=True)
    return Server(home, log="debug", database_url=empty_engine_url)


def raw(port: int, request: str) -> str:
    """What the server answers to these bytes, as far as it says anything."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        heard = b""
        with contextlib.suppress(OSError):  # it may hang up while we still speak
            connection.sendall(request.encode("latin-1"))
            connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65_536):
                heard += piece
    return heard.decode("latin-1")


def test_nothing_that_is_sent_reaches_the_output_of_a_server(server: Server) -> None:
    try:
        label = mark("label")
        token = server.outreach("token", "--role", "coordinator", "--label", label).stdout.strip()
        assert token
        server.outreach("token", "--role", mark(), "--label", mark())
        server.outreach("revoke", mark())
        head = f"Host: {mark()}\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {uuid.uuid4()}\r\nConnection: close\r\n"
        body = json.dumps({"code": mark(), "name": mark(), "host_contact": mark(), "kind": mark()})
        for request in (
            f"GET /v1/stops?q={mark()} HTTP/1.1\r\n{head}\r\n",
            f"GET /{mark()} HTTP/1.1\r\n{head}\r\n",
            f"{mark().upper()} /v1/stops HTTP/1.1\r\n{head}\r\n",
            f"POST /v1/stops HTTP/1.1\r\n{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}",
            f"POST /v1/stops HTTP/1.1\r\n{head}Content-Type: application/json\r\nContent-Length: 9000\r\n\r\n{body}",
            f"POST /v1/stops HTTP/1.1\r\n{head}Transfer-Encoding: chunked\r\n\r\n{mark()}\r\n",
            f"GET /v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer okk_{mark()}\r\nConnection: close\r\n\r\n",
            f"GET /v1/me HTTP/1.1\r\nHost: x\r\nX-{mark()}: {mark()} \x00\r\n\r\n",
            f"GET /{mark()} HTTP/9.9\r\n\r\n",
            f"{mark()}\r\n\r\n",
            f"GET http://{mark()}/v1/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            "GET /v1/me HTTP/1.1\r\n" + "".join(f"X-{n}: {mark()}\r\n" for n in range(200)) + "\r\n",
            f"GET /v1/me HTTP/1.1\r\nX: {mark() * 9_000}\r\n\r\n",
        ):
            answer = raw(server.port, request)
            assert not marks_in(answer), answer
            assert "granian" not in answer.lower()
    finally:
        stopped = server.stop()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.process.pid, signal.SIGKILL)
        assert server.process.stdout is not None
        said = server.said + server.process.stdout.read() + server.log.read_text()
        server.process.stdout.close()
    assert stopped == 0
    assert not marks_in(said), [line for line in said.splitlines() if marks_in(line)][:3]
    assert token.rpartition("_")[2] not in said
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert {line["event"] for line in lines} >= {"request"}
    assert sum(line.get("route") == "/v1/stops" for line in lines) >= 2
