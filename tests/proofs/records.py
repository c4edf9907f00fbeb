"""What the book of tests/proofs/book.py keeps: how things were answered, visits, facts, dead letters."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any, NamedTuple


class Expected(NamedTuple):
    """How an operation is answered."""

    result: str
    code: str | None = None
    original: str | None = None
    elsewhere: str | None = None
    receipt: bool = True
    known: bool = False
    """Another phone has told this very operation."""

    @property
    def stands(self) -> bool:
        """What was asked for is in the database."""
        return "applied" in (self.result, self.original)


APPLIED = Expected("applied")


def rejected(code: str, receipt: bool = True) -> Expected:
    return Expected("rejected", code, receipt=receipt)


def conflict(code: str, receipt: bool = True) -> Expected:
    return Expected("conflict", code, receipt=receipt)


def retry(code: str) -> Expected:
    return Expected("retry", code, receipt=False)


@dataclass(frozen=True, slots=True)
class Receipt:
    holder_id: uuid.UUID
    content: str
    kind: str
    said_at: dt.datetime
    expected: Expected
    van_id: uuid.UUID | None
    """Of the phone that sent it."""


@dataclass(frozen=True, slots=True)
class Visit:
    van_id: uuid.UUID
    stop_id: uuid.UUID
    day: dt.date
    status: str
    opened_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    planned: bool = False
    merged_into: uuid.UUID | None = None
    true_day: dt.date | None = None
    """The day on which it was opened, when the phone's clock stood right or as wrong as when it sent."""


@dataclass(frozen=True, slots=True)
class Fact:
    visit_id: uuid.UUID
    kind: str
    payload: dict[str, Any]
    occurred_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Letter:
    state: str
    code: str
    kind: str | None
    entity_id: uuid.UUID | None
    van_id: uuid.UUID | None
    said_at: dt.datetime | None
    in_doubt: bool
    """Nobody could open it: for safeguarding, so that other phones hear nothing of it."""


class LetterKey(NamedTuple):
    holder_id: uuid.UUID
    op_id: uuid.UUID | None
    content: str
