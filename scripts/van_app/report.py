"""What one sync did, for whoever pressed the button and for whoever decides when to come again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from van_app.queue import Queue


@dataclass(slots=True)
class Report:
    applied: int = 0
    duplicate: int = 0
    """Known there already: an earlier answer was lost."""
    elsewhere: int = 0
    """Of these, known from another phone of this van: one that lent its queue, or this one before it was paired anew."""
    waiting: int = 0
    """Answered `retry`: they come again by themselves."""
    with_office: int = 0
    """Kept by the server until the office lets them in: this phone had left before it sent them."""
    let_in: int = 0
    """Of such earlier ones, those that the office let in meanwhile."""
    dead: int = 0
    """Refused for good."""
    put_back: int = 0
    """Sent before, and to be sent again: the server lost them, or holds something else."""
    restored: bool = False
    """The server was restored from a backup."""
    reopened: int = 0
    """Visits whose plan is gone, opened without it; visits of another phone that a restore lost, opened by this one."""
    pulled: int = 0
    forgotten: int = 0
    answers: list[dict[str, Any]] = field(default_factory=list)
    """Each operation's, as it came, with its warnings."""
    problem: str | None = None
    """Why it ended early. Nothing is lost by that."""
    status: int | None = None
    """How the server refused, if it did."""
    leaving: bool = False
    """This phone has left: it may send what it still holds, and nothing else."""
    needs_a_person: bool = False
    """There is no sense in trying again by itself: the token has ended, say."""
    wait_seconds: float = 0
    """When to come again, if there was a problem."""

    def heard_epoch(self, queue: Queue, epoch: str) -> bool:
        """Whether it is another one than before: then what was sent waits to be sent again."""
        put_back = queue.seen_epoch(epoch)
        if put_back is None:
            return False
        self.restored, self.put_back = True, self.put_back + put_back
        return True
