"""First come, first served: SQLite lets whoever asks at the right moment write, and the others sleep on.

Its busy handler sleeps up to 100 ms between tries, and a newcomer overtakes the sleeper: with eight phones at once
the slowest push took ten times the median. Other processes still meet at SQLite's own lock.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class NoTurn(Exception):
    """Those before took too long."""


class Turns:
    """A queue for the one writer; a threading.Lock alone is not fair."""

    def __init__(self, patience: float) -> None:
        """`patience`: seconds to wait at most."""
        self._patience = patience
        self._guard = threading.Lock()
        self._queue: deque[threading.Lock] = deque()
        self._taken = False
        self._mine = threading.local()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Around a whole write transaction. Its turn is taken at its first statement, by `take`."""
        if getattr(self._mine, "writing", False):
            raise RuntimeError("a write transaction inside another one would wait for itself")
        self._mine.writing, self._mine.has_turn = True, False
        try:
            yield
        finally:
            self._mine.writing = False
            if self._mine.has_turn:
                self._hand_over()

    def take(self) -> None:
        """Wait for this thread's turn, if it is in `writing`. Raises NoTurn."""
        if not getattr(self._mine, "writing", False) or self._mine.has_turn:
            return
        place = None
        with self._guard:
            if self._taken:
                place = threading.Lock()
                place.acquire()
                self._queue.append(place)
            self._taken = True
        if place is not None and not place.acquire(timeout=self._patience):
            with self._guard:
                if place in self._queue:
                    self._queue.remove(place)
                    raise NoTurn
            # It was handed to us in this very moment.
        self._mine.has_turn = True

    def _hand_over(self) -> None:
        with self._guard:
            if self._queue:
                self._queue.popleft().release()
            else:
                self._taken = False
