"""Leaves threads for others while bodies arrive: a WSGI server's read holds its thread until the last byte is there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from outreach_api.kernel.errors import Refusal
from outreach_api.web.problems import Refused

_SECONDS_TO_WAIT = 1.0


class Uploads:
    """At most `most` bodies are awaited at once; wsgi.py cuts off those that stall."""

    def __init__(self, *, most: int) -> None:
        self._free = threading.BoundedSemaphore(most)

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """Read a body inside. Raises Refused (`busy`) when only stalled uploads can be holding the places."""
        # A body that has arrived is read in microseconds, so a place comes free much sooner than this.
        if not self._free.acquire(timeout=_SECONDS_TO_WAIT):
            raise Refused(Refusal("busy", 503), {"Retry-After": "10"})
        try:
            yield
        finally:
            self._free.release()
