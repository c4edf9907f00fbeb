"""The app as a server process runs it: built once, logging to stderr, cutting off connections that fell silent."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

from outreach_api.app import create_app
from outreach_api.kernel import log_lines
from outreach_api.kernel.log_lines import tell
from outreach_api.settings import Settings

log = logging.getLogger("outreach.server")

# struct tcp_info of linux/tcp.h: 8 bytes, then 32-bit numbers, of which these are milliseconds since the last …;
# at its end bytes that were counted.
_TCP_INFO = struct.Struct("8B24I4Q")
_DATA_SENT, _DATA_RECEIVED, _ACK_RECEIVED, _BYTES_ACKED, _BYTES_RECEIVED = 17, 19, 20, 34, 35
# Slower than the slowest network on which a phone still gets anything done.
_BYTES_A_SECOND = 4_000
# A connection that waits for its next request costs no thread, and a proxy likes to keep it.
_IDLE_FACTOR = 10


def app() -> Any:
    """For any WSGI server: `outreach_api.wsgi:app()`, settings from the environment."""
    return _app(Settings.from_environment())


def worker(settings: Settings) -> Any:
    """The app of one process of `outreach serve`. It ends with its parent, even when that was killed."""
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True, name="end-with-parent").start()
    if sys.platform == "linux":
        threading.Thread(target=_watch_for_silence, args=(settings,), daemon=True, name="silence").start()
    return _app(settings)


def _app(settings: Settings) -> Any:
    log_lines.begin(settings.log)
    made = create_app(settings)
    # What lives as long as the process needs no looking at: the p99 of a list of 100 fell from 45 to 5 ms.
    gc.collect()
    gc.freeze()
    # A push makes tens of thousands of small things that are all gone by its end, and none in circles: looked
    # through every 700 of them, as is usual, they cost 3 % of its time and now and then a pause.
    gc.set_threshold(50_000, 20, 50)
    return made


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def _watch_for_silence(settings: Settings) -> None:
    """Cut off connections that are silent, or trickle, for as long as the process lives."""
    begun: Begun = {}
    while True:
        time.sleep(min(5.0, settings.silent_seconds / 4))
        cut = close_silent(settings.port, settings.silent_seconds)
        cut += close_slow(settings.port, settings.request_seconds, begun, time.monotonic())
        if cut:
            tell(log, logging.INFO, "cut_off", connections=cut)


def close_silent(port: int, seconds: float) -> int:
    """Shut down connections to our port on which nothing moves; returns how many those were.

    A phone that lost its signal in the middle of an upload says no goodbye, and granian has no timeout for bodies:
    each would hold a thread until the process ends. After `seconds` if we were sent something and have not answered,
    ten times that if we have.
    """
    cut = 0
    for connection in _connections(port):
        with contextlib.suppress(OSError):  # the other end was quicker
            info = _info(connection)
            silent = min(info[_DATA_SENT], info[_DATA_RECEIVED], info[_ACK_RECEIVED]) / 1000
            if silent > seconds * (_IDLE_FACTOR if info[_DATA_SENT] < info[_DATA_RECEIVED] else 1):
                connection.shutdown(socket.SHUT_RDWR)
                cut += 1
    return cut


Begun = dict[Any, tuple[int, int, float]]
"""Requests that are not answered yet, by where they come from: what had been acknowledged and received, and when."""


def close_slow(port: int, seconds: float, begun: Begun, now: float) -> int:
    """Shut down connections whose request is under way for too long; returns how many those were.

    Whoever sends a byte now and then is never silent, and holds a thread all the same. Allowed are so many seconds,
    and one more for each 4,000 bytes that came. `begun` is what the last look found; it is brought up to date.
    """
    cut, before = 0, dict(begun)
    begun.clear()
    for connection in _connections(port):
        with contextlib.suppress(OSError):  # the other end was quicker
            info = _info(connection)
            peer, answered = connection.getpeername(), info[_BYTES_ACKED]
            if not info[_BYTES_RECEIVED] or (answered and info[_DATA_SENT] <= info[_DATA_RECEIVED]):
                continue  # it has asked nothing, or was answered
            known = before.get(peer)
            if known is None or known[0] != answered:
                known = answered, info[_BYTES_RECEIVED], now
            begun[peer] = known
            if now - known[2] > seconds + (info[_BYTES_RECEIVED] - known[1]) / _BYTES_A_SECOND:
                connection.shutdown(socket.SHUT_RDWR)
                cut += 1
    return cut


def _info(connection: socket.socket) -> tuple[int, ...]:
    """An older kernel says less; what it does not count is 0."""
    said = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO.size)
    return _TCP_INFO.unpack(said.ljust(_TCP_INFO.size, b"\0"))


def _connections(port: int) -> Iterator[socket.socket]:
    """The accepted TCP connections of this process on its own port (not those to its database)."""
    for name in os.listdir("/proc/self/fd"):
        # Most are no sockets, or not connected, or were closed meanwhile.
        with contextlib.suppress(OSError), _borrowed(int(name)) as found:
            is_tcp = found.family in (socket.AF_INET, socket.AF_INET6) and found.type == socket.SOCK_STREAM
            if is_tcp and found.getsockname()[1] == port and found.getpeername():
                yield found


@contextlib.contextmanager
def _borrowed(descriptor: int) -> Iterator[socket.socket]:
    """A socket on an open file that stays its owner's. Raises OSError when it is none.

    Never a copy: closing any copy of SQLite's file drops every lock that this process holds on it (POSIX), and
    another process then takes the database for its own and corrupts it.
    """
    found = socket.socket(fileno=descriptor)
    try:
        yield found
    finally:
        found.detach()
