"""Uploads that stall: places for bodies run out before threads do, and silent connections are cut off."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from outreach_api import wsgi
from outreach_api.storage.session import Database
from outreach_api.web import uploads
from outreach_api.web.problems import Refused
from outreach_api.web.uploads import Uploads


def test_when_all_places_are_taken_the_next_upload_is_told_to_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(uploads, "_SECONDS_TO_WAIT", 0.02)
    places = Uploads(most=2)
    with places.one_more(), places.one_more():
        with pytest.raises(Refused) as refused, places.one_more():
            pass
        assert (refused.value.refusal.code, refused.value.refusal.status) == ("busy", 503)
        assert "Retry-After" in refused.value.headers
    with places.one_more(), places.one_more():
        pass


def test_an_upload_waits_for_a_place_that_comes_free() -> None:
    places = Uploads(most=1)
    taken = threading.Event()

    def slow() -> None:
        with places.one_more():
            taken.set()
            time.sleep(0.1)

    thread = threading.Thread(target=slow)
    thread.start()
    taken.wait(5)
    with places.one_more():
        pass
    thread.join()


def test_a_place_comes_free_when_reading_fails() -> None:
    places = Uploads(most=1)
    for _ in range(3):
        with pytest.raises(OSError, match="gone"), places.one_more():
            raise OSError("gone")


@pytest.mark.skipif(sys.platform != "linux", reason="TCP_INFO is Linux's")
def test_a_silent_connection_is_cut_off_and_one_that_moves_is_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with (
            socket.create_connection(("127.0.0.1", port), timeout=5) as silent,
            socket.create_connection(("127.0.0.1", port), timeout=5) as lively,
        ):
            ends = [listener.accept()[0], listener.accept()[0]]
            silent.sendall(b"half a")
            time.sleep(0.4)
            lively.sendall(b"more")
            assert wsgi.close_silent(port, 0.3) == 1
            assert silent.recv(10) == b""
            ends[1].sendall(b"still here")
            assert lively.recv(10) == b"still here"
            for end in ends:
                end.close()


@pytest.mark.skipif(sys.platform != "linux", reason="TCP_INFO is Linux's")
def test_a_connection_that_was_answered_may_be_idle_for_longer() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname(), timeout=5) as client,
    ):
        port = listener.getsockname()[1]
        end = listener.accept()[0]
        client.sendall(b"request")
        time.sleep(0.05)
        end.sendall(b"answer")
        time.sleep(0.4)
        assert wsgi.close_silent(port, 0.2) == 0
        assert wsgi.close_silent(port, 0.02) == 1
        end.close()


@pytest.mark.skipif(sys.platform != "linux", reason="TCP_INFO is Linux's")
def test_a_request_that_trickles_is_cut_off_and_one_that_comes_fast_may_be_long() -> None:
    begun: wsgi.Begun = {}
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with (
            socket.create_connection(("127.0.0.1", port), timeout=5) as slow,
            socket.create_connection(("127.0.0.1", port), timeout=5) as large,
        ):
            ends = [listener.accept()[0], listener.accept()[0]]
            for client in (slow, large):
                client.sendall(b"a")
            time.sleep(0.05)
            assert wsgi.close_slow(port, 60, begun, 1_000) == 0
            slow.sendall(b"a")
            large.sendall(b"a" * 80_000)  # worth 20 seconds more
            for end in ends:
                end.recv(80_000, socket.MSG_WAITALL if end is ends[1] else 0)
            assert wsgi.close_slow(port, 60, begun, 1_060) == 0
            assert wsgi.close_slow(port, 60, begun, 1_061) == 1
            assert slow.recv(10) == b""
            ends[1].sendall(b"still here")
            assert large.recv(10) == b"still here"
            for end in ends:
                end.close()


@pytest.mark.skipif(sys.platform != "linux", reason="TCP_INFO is Linux's")
def test_each_request_of_a_connection_has_its_own_time() -> None:
    begun: wsgi.Begun = {}
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname(), timeout=5) as client,
    ):
        port = listener.getsockname()[1]
        end = listener.accept()[0]
        for moment in (1_000, 1_050, 1_100, 1_150):
            client.sendall(b"request")
            time.sleep(0.05)
            assert wsgi.close_slow(port, 60, begun, moment) == 0
            end.sendall(b"answer")
            assert client.recv(10) == b"answer"
            time.sleep(0.05)
        assert wsgi.close_slow(port, 60, begun, 9_000) == 0  # it waits for its next request
        end.close()


@pytest.mark.skipif(sys.platform != "linux", reason="TCP_INFO is Linux's")
def test_connections_to_other_ports_are_left_alone() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as database,
        socket.create_connection(database.getsockname(), timeout=5) as ours,
    ):
        end = database.accept()[0]
        time.sleep(0.05)
        assert wsgi.close_silent(1, 0.0) == 0
        end.sendall(b"row")
        assert ours.recv(10) == b"row"
        end.close()


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_looking_for_silence_leaves_no_file_open() -> None:
    with tempfile.TemporaryFile(), socket.create_server(("127.0.0.1", 0)) as listener:
        before = set(os.listdir("/proc/self/fd"))
        for _ in range(3):
            wsgi.close_silent(listener.getsockname()[1], 60)
        assert set(os.listdir("/proc/self/fd")) == before


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_looking_for_silence_keeps_the_locks_on_the_database(tmp_path: Path) -> None:
    """Closing a mere copy of SQLite's file would drop this process's locks; another would then corrupt it."""
    file = tmp_path / "outreach.db"
    database = Database(f"sqlite:///{file}")
    take = (
        "import sys\nfrom outreach_api.storage.session import sqlite_driver\n"
        "connection = sqlite_driver().connect(sys.argv[1], timeout=0, isolation_level=None)\n"
        "connection.execute('BEGIN IMMEDIATE')"
    )
    with database.write() as session:
        session.execute(sa.text("CREATE TABLE kept (id INTEGER)"))
        wsgi.close_silent(1, 60)
        other = subprocess.run([sys.executable, "-c", take, str(file)], capture_output=True, text=True)
        assert "database is locked" in other.stderr
    database.close()
