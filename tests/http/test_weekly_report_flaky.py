"""The cron job against a server that drops connections, sends half of its answers, or has too much to do."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.http.test_weekly_report_client import load

WEEK = b'{"week": "2026-W47", "state": "closed", "version": 1}'
REPORT = b'{"period": {"name": "2026-W47"}}'


def whole(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    lines = [b"HTTP/1.1 " + status, b"Content-Type: application/json", *headers, b"Connection: close"]
    return b"\r\n".join([*lines, b"Content-Length: %d" % len(body), b"", body])


def chunked(body: bytes, *, end: bytes = b"0\r\n\r\n") -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"%x\r\n%b\r\n" % (len(body), body) + end


@contextmanager
def saying(*answers: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that sends these bytes, one after the other, and hangs up; and what it was asked."""
    asked: list[bytes] = []
    left = iter(answers)

    class Conversation(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            line = self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            asked.append(line.split()[1])
            self.wfile.write(next(left))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", asked
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    return []


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, waited: list[float]) -> Callable[[str], int]:
    module = load()
    monkeypatch.setattr(module.time, "sleep", waited.append)
    monkeypatch.setenv("OUTREACH_TOKEN", "t")

    def ask(url: str) -> int:
        code: int = module.main(["--url", url, "--week", "2026-W47", "--out", str(tmp_path)])
        return code

    return ask


HALVES = {
    "nothing at all": b"",
    "no more than a status": b"HTTP/1.1 200 OK\r\n",
    "half a body": whole(REPORT)[:-9],
    "half a chunk": chunked(REPORT)[:-14],
    "no last chunk": chunked(REPORT, end=b""),
    "a body that ends when it ends": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
    + REPORT[:9],
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
    "a server error": whole(b"{}", status=b"500 Oh"),
    "a gateway that times out": whole(b"<html>", status=b"504 Gateway"),
}


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)
def test_what_is_no_whole_answer_is_asked_for_again(
    half: bytes, run: Callable[[str], int], tmp_path: Path
) -> None:
    with saying(whole(WEEK), half, half, chunked(REPORT)) as (url, asked):
        assert run(url) == 0
    assert len(asked) == 4
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"report-2026-W47.json": REPORT}


def test_a_server_that_has_too_much_to_do_is_given_the_time_that_it_asks_for(
    run: Callable[[str], int], waited: list[float]
) -> None:
    busy = whole(b"{}", b"Retry-After: 37", status=b"429 Too Many Requests")
    dated = whole(b"{}", b"Retry-After: Wed, 01 Jan 2200 00:00:00 GMT", status=b"503 Later")
    odd = whole(b"{}", b"Retry-After: soon", status=b"503 Later")
    with saying(busy, dated, odd, whole(WEEK), whole(REPORT)) as (url, _):
        assert run(url) == 0
    assert waited[0] == 37
    assert waited[1] == 600  # a cron job can't wait for ever
    assert 15 <= waited[2] <= 22.5


def test_a_server_that_never_sends_a_whole_answer_is_given_up_and_leaves_no_file(
    run: Callable[[str], int], tmp_path: Path, waited: list[float], capsys: Any
) -> None:
    with saying(*([whole(WEEK)[:-1]] * 5)) as (url, asked):
        assert run(url) == 4
    assert (len(asked), len(waited)) == (5, 4)
    assert f"{len(WEEK) - 1} of {len(WEEK)} bytes" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
