"""Ports for servers that tests start."""

from __future__ import annotations

import contextlib
import random
import socket

_OWN = range(10_000, 32_000)
"""Below those that systems give to whoever connects (Linux: from 32,768): a client could get it before the server."""


def free_port() -> int:
    """A port on which nobody listens, and that no client is given meanwhile."""
    while True:
        port = random.choice(_OWN)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
