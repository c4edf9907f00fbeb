"""Holds that a test run leaves no server behind, however it ends."""

import contextlib
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

cluster = pytest.importorskip("tests.cluster", reason="no throw-away servers on this platform")


def test_the_server_ends_with_the_run_that_asked_for_it() -> None:
    folder = cluster.make_folder()
    with subprocess.Popen([sys.executable, cluster.__file__, str(folder)], stdin=subprocess.PIPE) as keeper:
        try:
            (folder / "wanted").touch()
            wait_for(folder / "ready", folder / "failed")
            if (folder / "failed").exists():
                pytest.skip((folder / "failed").read_text())
            socket = (folder / "ready").read_text()
            with contextlib.closing(psycopg.connect(host=socket, user=cluster.SUPERUSER, dbname="postgres")):
                pass
        finally:
            # What the kernel does for a run that is killed.
            keeper.stdin.close()
        assert keeper.wait(timeout=30) == 0
    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host=socket, user=cluster.SUPERUSER, dbname="postgres")


def wait_for(*paths: Path) -> None:
    waited_until = time.monotonic() + 90
    while time.monotonic() < waited_until and not any(path.exists() for path in paths):
        time.sleep(0.02)
