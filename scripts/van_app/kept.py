"""One operation of the queue: something that the crew entered, with the account of what became of it.

It is waiting, acknowledged (the server has it), with the office (sent after this phone had left: the server keeps it
until somebody lets it in), dead (refused for good: a person must look) or forgotten (proved to be held and backed up:
only its id stays, for the digest). Its id and its content never change.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from van_app.clock import Moment, as_the_clock_stood, read, written

WAITING, ACKNOWLEDGED, WITH_OFFICE, DEAD = "waiting", "acknowledged", "with_office", "dead"
FORGOTTEN = "forgotten"
URGENT, PRIVATE, REST = range(3)
"""In which turn an operation travels: a child's safety, then what families said, then the counter."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One operation of the queue."""

    seq: int
    op_id: str
    kind: str
    v: int
    entity_id: str
    base_version: int | None
    payload: str | None
    sealed: str | None
    visit_id: str | None
    """The visit that it belongs to; of an opening, its own."""
    pin: str | None
    """Of who held this phone, if they said so."""
    instead: str | None
    """Of a planned opening: the payload that opens the same visit without its plan, should that be gone."""
    turn: int
    kept: Moment
    occurred_at: str | None
    """As sent first, and never changed after: the server groups its digest by it."""
    sent: Moment | None
    """Both clocks when it was sent first."""
    state: str
    attempts: int
    retries: int
    answer: dict[str, Any] | None

    @property
    def is_opening(self) -> bool:
        return self.kind == "visit.open"

    @property
    def said_at(self) -> str:
        return self.occurred_at or written(self.kept.wall)

    def envelope(self) -> dict[str, Any]:
        """As it travels."""
        made: dict[str, Any] = {
            "op_id": self.op_id,
            "kind": self.kind,
            "v": self.v,
            "entity_id": self.entity_id,
            "occurred_at": self.said_at,
        }
        if self.pin is not None:
            made["pin"] = self.pin
        if self.base_version is not None:
            made["base_version"] = self.base_version
        if self.sealed is not None:
            made["sealed"] = self.sealed
        else:
            made["payload"] = json.loads(self.payload or "{}")
        return made

    def sent_at(self, now: Moment) -> dt.datetime:
        """By which clock a push of it must go: the present one, unless it was sent before by one that was set since.

        occurred_at stays as it was sent first, so the whole push must go by that same clock: a phone that was a year
        off when it sent into nothing would else move the fact by a year.
        """
        ran_on = None if self.sent is None else as_the_clock_stood(self.sent, now)
        return now.wall if ran_on is None else ran_on


def kept_in(row: sqlite3.Row) -> Kept:
    """The operation in a row of the table."""
    sent = row["sent_at"]
    return Kept(
        **{name: row[name] for name in _PLAIN},
        kept=Moment(read(row["kept_at"]), row["kept_boot"], row["kept_since"] or 0.0),
        sent=None if sent is None else Moment(read(sent), row["sent_boot"], row["sent_since"]),
        answer=None if row["answer"] is None else json.loads(row["answer"]),
    )


_PLAIN = (
    *(
        "seq",
        "op_id",
        "kind",
        "v",
        "entity_id",
        "base_version",
        "payload",
        "sealed",
        "visit_id",
        "pin",
        "instead",
    ),
    *("turn", "occurred_at", "state", "attempts", "retries"),
)
