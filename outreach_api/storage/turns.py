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


class Ticket:
    """One writer's place: its turn is taken when its transaction really begins, and given back when that ended."""

    __slots__ = ("has_turn",)

    def __init__(self) -> None:
        self.has_turn = False


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
    def ticket(self) -> Iterator[Ticket]:
        """Around the session of a writer; inside, `take` waits for this thread's turn."""
        ticket, outer = Ticket(), getattr(self._mine, "ticket", None)
        self._mine.ticket = ticket
        try:
            yield ticket
        finally:
            self._mine.ticket = outer
            self.give_back(ticket)

    def take(self) -> None:
        """Wait for the turn of this thread's ticket, if it has one. Raises NoTurn."""
        ticket: Ticket | None = getattr(self._mine, "ticket", None)
        if ticket is None or ticket.has_turn:
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
        ticket.has_turn = True

    def give_back(self, ticket: Ticket) -> None:
        """Let the next one in, if this one was in."""
        if not ticket.has_turn:
            return
        ticket.has_turn = False
        with self._guard:
            if self._queue:
                self._queue.popleft().release()
            else:
                self._taken = False
