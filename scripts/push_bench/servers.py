"""Real server processes on free ports: ours as people run it, and the floor on the same server."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from outreach_api.cli.serving import CONNECTIONS
from outreach_api.settings import Settings
from push_bench.world import World

_SCRIPTS = Path(__file__).parent.parent
_SECONDS_TO_START = 30
_SECONDS_TO_END = 15
_LAST_WORDS = 3_000  # characters of a server's log that are shown when something failed


@contextmanager
def outreach(world: World) -> Iterator[int]:
    """`outreach serve`; yields its port. What it logs goes to a file in the world's folder."""
    command = [sys.executable, "-m", "outreach_api.cli", "serve", "--port"]
    with _running(command, world.environment, world.folder, world.folder / "server.log") as port:
        yield port


@contextmanager
def floor(world: World) -> Iterator[int]:
    """push_bench/floor.py on granian with the same settings as ours; yields its port."""
    settings = {"--workers": 1, "--blocking-threads": Settings().threads, "--backpressure": CONNECTIONS}
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "error"]
    for name, value in settings.items():
        command += [name, str(value)]
    command += ["push_bench.floor:application", "--port"]
    with _running(
        command, world.environment | {"FLOOR": frame(world)}, _SCRIPTS, world.folder / "server.log"
    ) as port:
        yield port


def frame(world: World) -> str:
    """What the floor is told about the one visit that it writes for."""
    ids = {"visit": world.visit.hex, "van": world.van.hex}
    dated = {"day": world.day.isoformat(), "week": world.week, "mesh": world.mesh}
    return json.dumps({"database": str(world.path), **ids, **dated})


@contextmanager
def _running(command: list[str], environment: dict[str, str], folder: Path, log: Path) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    with log.open("wb") as said:
        process = subprocess.Popen(
            [*command, str(port)],
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
        try:
            _wait_for(port, process)
            yield port
        except (SystemExit, OSError, http.client.HTTPException):
            print(_last_words(log), file=sys.stderr)
            raise
        finally:
            process.terminate()
            try:
                process.wait(_SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("a server did not start")


def _last_words(log: Path) -> str:
    return log.read_text(errors="replace")[-_LAST_WORDS:]
