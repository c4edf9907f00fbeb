"""Proving what the server holds, and only then forgetting it here.

A phone may forget an operation when the digest shows the very same operations as its own list (equal count and hash
for a kind, a day and a result) and a backup holds them too: then neither a lost answer nor a lost server can lose
them. Everything else stays, acknowledged or not, because after a restore it is sent again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from van_app.kept import ACKNOWLEDGED, FORGOTTEN
from van_app.queue import Queue
from van_app.report import Report
from van_app.wire import NOT_ITS_ANSWER, Server, Unanswered

MOST_DAYS = 400
IDS_KEPT_DAYS = 60
"""After so many days the ids of what was forgotten go too; a late operation of such a day then just stays longer."""

Group = tuple[str, str, str]
"""Kind, day and result."""


@dataclass(slots=True)
class _Mine:
    """This phone's operations of one group: all their ids, and those whose content is still here."""

    ids: list[bytes] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    @property
    def hash(self) -> str:
        return hashlib.sha256(b"".join(sorted(self.ids))).hexdigest()


def prove(queue: Queue, server: Server, report: Report) -> None:
    """Ask for the digest of every day of which something is still kept, and forget what it proves."""
    forgotten = 0
    for from_day, to_day in _spans(_days(queue)):
        answer = server.get("/v1/sync/digest", from_day=from_day, to_day=to_day)
        if not isinstance(answer.get("groups"), list) or not isinstance(answer.get("epoch"), str):
            raise Unanswered(*NOT_ITS_ANSWER)
        with queue.writing():
            if report.heard_epoch(queue, answer["epoch"]):
                return  # first everything goes there again
            backed_up = (answer.get("backed_up") or {}).get("change_no", -1)
            theirs = {(line["kind"], line["day"], line["result"]): line for line in answer["groups"]}
            for group, mine in _groups(queue, from_day, to_day).items():
                line = theirs.get(group)
                if line is None or (line["count"], line["hash"]) != (len(mine.ids), mine.hash):
                    report.put_back += _send_again(queue, group, mine, line["hash"] if line else "")
                elif line["through"] <= backed_up:
                    queue.forget(mine.kept)
                    forgotten += len(mine.kept)
    report.forgotten += forgotten
    if forgotten:
        _wipe(queue)


def _days(queue: Queue) -> list[dt.date]:
    statement = "SELECT DISTINCT day FROM operations WHERE state = ? AND day IS NOT NULL ORDER BY day"
    return [dt.date.fromisoformat(row["day"]) for row in queue.rows(statement, ACKNOWLEDGED)]


def _spans(days: Iterable[dt.date]) -> Iterator[tuple[str, str]]:
    """The days in as few questions as there must be: a clock that jumped leaves days that lie years apart."""
    first: dt.date | None = None
    last = first
    for day in days:
        if first is not None and last is not None and (day - first).days > MOST_DAYS:
            yield str(first), str(last)
            first = None
        first, last = first or day, day
    if first is not None:
        yield str(first), str(last)


def _groups(queue: Queue, from_day: str, to_day: str) -> dict[Group, _Mine]:
    """Those with something left to forget. What is held for another phone is in another phone's digest."""
    rows = queue.rows(
        "SELECT op_id, kind, day, result, state FROM operations "
        "WHERE result IS NOT NULL AND held_for = ? AND day BETWEEN ? AND ?",
        queue.get("holder_id"),
        from_day,
        to_day,
    )
    groups: dict[Group, _Mine] = defaultdict(_Mine)
    for row in rows:
        mine = groups[row["kind"], row["day"], row["result"]]
        mine.ids.append(uuid.UUID(row["op_id"]).bytes)
        if row["state"] == ACKNOWLEDGED:
            mine.kept.append(row["op_id"])
    return {group: mine for group, mine in groups.items() if mine.kept}


def _send_again(queue: Queue, group: Group, mine: _Mine, their_hash: str) -> int:
    """They hold something else than we think: send the group's kind and day again; what is known there stays as it is.

    Once only for the same difference: what sending does not mend (the office took an operation in by hand) it will
    not mend tomorrow. Its operations are just kept longer.
    """
    disputed = queue.get("disputed") or {}
    name, difference = "/".join(group), [mine.hash, their_hash]
    if disputed.get(name) == difference:
        return 0
    queue.set(disputed={**disputed, name: difference})
    kind, day, _ = group
    return queue.put_back("attempts > 0 AND kind = ? AND day = ?", kind, day)


def _wipe(queue: Queue) -> None:
    """Old ids go, and what was erased goes from the write-ahead log too."""
    newest = queue.rows("SELECT max(day) AS day FROM operations")[0]["day"]
    if newest is not None:
        before = str(dt.date.fromisoformat(newest) - dt.timedelta(days=IDS_KEPT_DAYS))
        statement = (
            "DELETE FROM operations AS old WHERE state = ? AND day < ? AND NOT EXISTS (SELECT 1 FROM operations "
            "AS kept WHERE kept.state <> ? AND kept.kind = old.kind AND kept.day = old.day)"
        )
        queue.do(statement, FORGOTTEN, before, FORGOTTEN)
    queue.rows("PRAGMA wal_checkpoint(TRUNCATE)")
