"""The queue as a file: the last rescue, when a phone is dying, its token has ended or its app won't start any more.

JSON lines: a head, then each operation that is not forgotten, sealed ones as they are. Another phone takes it in
(`van.py import`), or the server's console does (`outreach import-queue`). Ids stay, so nothing counts twice, however
often and by whichever way it arrives. The file does not say which notes are urgent: it passes through more hands.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from van_app.clock import Moment, read, written
from van_app.kept import ACKNOWLEDGED, DEAD, PRIVATE, REST, WAITING, WITH_OFFICE, Kept
from van_app.queue import Queue

FORM = 1


class NoQueueFile(Exception):
    """It does not begin as a file of ours does."""


@dataclass(slots=True)
class TakenIn:
    """What came of taking in a file."""

    new: int = 0
    known: int = 0
    unreadable: int = 0
    """Lines: a file that was cut off still gives what is whole."""


def export(queue: Queue, file: Path, now: Moment) -> int:
    """Write all that is not forgotten into a new file that only its owner reads. How many operations.

    Raises FileExistsError: an earlier rescue is not written over.
    """
    head = {
        "outreach_queue": FORM,
        "holder_id": queue.get("holder_id"),
        "van_id": queue.get("van_id"),
        "epoch": queue.get("epoch"),
        "exported_at": written(now.wall),
        "skew_seconds": queue.get("skew_seconds"),
    }
    kept = queue.find("1")
    held = {row["op_id"]: row for row in queue.rows("SELECT op_id, result, day, held_for FROM operations")}
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        for line in [head, *(_line(one, held[one.op_id]) for one in kept)]:
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
        out.flush()
        os.fsync(out.fileno())
    return len(kept)


def _line(one: Kept, held: Any) -> dict[str, Any]:
    return {
        "operation": one.envelope(),
        "state": one.state,
        "sent": one.sent is not None,
        "visit_id": one.visit_id,
        "instead": one.instead,
        "result": held["result"],
        "day": held["day"],
        "held_for": held["held_for"],
        "answer": one.answer,
    }


def take_in(queue: Queue, file: Path) -> TakenIn:
    """Put a file's operations into this queue; those it knows already stay as they are. Raises NoQueueFile."""
    done = TakenIn()
    with file.open(encoding="utf-8", errors="surrogateescape") as lines, queue.writing():
        head = _object(next(lines, ""))
        if head.get("outreach_queue") != FORM:
            raise NoQueueFile
        # Another epoch: what the server had acknowledged to the other phone may be lost, so all of it is sent again.
        epochs = {head.get("epoch"), queue.get("epoch")} - {None}
        if queue.get("epoch") is None and epochs:
            queue.set(epoch=head["epoch"])
        for columns in _read(lines, _ahead(queue, head), may_have_lost=len(epochs) > 1):
            if columns is None:
                done.unreadable += 1
            elif queue.add(**columns):
                done.new += 1
            else:
                done.known += 1
    return done


def _ahead(queue: Queue, head: dict[str, Any]) -> timedelta:
    """What turns the other phone's time into this one's, as far as both know how wrong they are."""
    theirs, ours = head.get("skew_seconds"), queue.get("skew_seconds")
    if not isinstance(theirs, int | float) or not isinstance(ours, int | float):
        return timedelta(0)
    return timedelta(seconds=theirs - ours)


def _read(lines: Iterator[str], ahead: timedelta, *, may_have_lost: bool) -> Iterator[dict[str, Any] | None]:
    for text in lines:
        try:
            yield _columns(_object(text), ahead, may_have_lost=may_have_lost)
        except (KeyError, TypeError, ValueError, OverflowError):
            yield None


def _columns(line: dict[str, Any], ahead: timedelta, *, may_have_lost: bool) -> dict[str, Any]:
    """A row of the queue. Raises KeyError, TypeError or ValueError when the line is not whole."""
    operation = line["operation"]
    at = read(operation["occurred_at"])
    sent = line["sent"] is True
    # The office keeps it for the phone that had left: it must not come in as another's.
    stood = DEAD if line["state"] == WITH_OFFICE else line["state"]
    state = WAITING if may_have_lost or stood not in (ACKNOWLEDGED, DEAD) else stood
    holds = state == ACKNOWLEDGED
    sealed = _text(operation.get("sealed"))
    base = operation.get("base_version")
    return {
        "op_id": str(uuid.UUID(operation["op_id"])),
        "kind": _text(str(operation["kind"])),
        "v": int(operation["v"]),
        "entity_id": str(uuid.UUID(operation["entity_id"])),
        "base_version": None if base is None else int(base),
        "payload": _text(json.dumps(operation["payload"], ensure_ascii=False)) if sealed is None else None,
        "sealed": sealed,
        "visit_id": _text(line["visit_id"]),
        "pin": _text(operation.get("pin")),
        "instead": _text(line["instead"]),
        "turn": REST if sealed is None else PRIVATE,
        "kept_at": written(at if sent else at + ahead),
        # As sent first: it stays, whatever this phone thinks of the other one's clock.
        "occurred_at": written(at) if sent else None,
        "day": _text(line["day"]) if sent else None,
        "state": state,
        "result": _text(line["result"]) if holds else None,
        "held_for": _text(line["held_for"]) if holds else None,
        "answer": json.dumps(line["answer"]) if state == DEAD else None,
        "attempts": int(sent),
    }


def _text(value: Any) -> str | None:
    """A text as it may stand in the queue and travel: half a surrogate pair can do neither."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise TypeError(value)
    value.encode()
    return value


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
