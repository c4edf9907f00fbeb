"""Fetching what an offline day needs: plan, stops, prices, tax, destinations, follow-ups, the safety card, and the
rules of this server. Page by page, each on the disk with its cursor, so that a lost network costs one page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from van_app.queue import Queue
from van_app.report import Report
from van_app.wire import NOT_ITS_ANSWER, Refused, Server, Unanswered

PAGE = 200
_START_AGAIN = 410


class Shelf:
    """What was pulled. A full pull fills the next shelf while the old one still serves: it is changed over only when
    the last page is there, or a phone that lost the network halfway would stand without stops and prices."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    def things(self, kind: str) -> list[dict[str, Any]]:
        rows = self._queue.rows("SELECT data FROM pulled WHERE run = ? AND kind = ?", self._run, kind)
        return [json.loads(row["data"]) for row in rows]

    def thing(self, kind: str, thing_id: str) -> dict[str, Any] | None:
        rows = self._queue.rows(
            "SELECT data FROM pulled WHERE run = ? AND kind = ? AND id = ?", self._run, kind, thing_id
        )
        return json.loads(rows[0]["data"]) if rows else None

    def last_known(self, kind: str, thing_id: str) -> dict[str, Any] | None:
        """The same, and if it is gone since the server was restored: as it was before."""
        rows = self._queue.rows(
            "SELECT data FROM pulled WHERE kind = ? AND id = ? ORDER BY run DESC LIMIT 1", kind, thing_id
        )
        return json.loads(rows[0]["data"]) if rows else None

    def stays(self, day: str | None = None) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Each plan with each of its stays that takes place; of one day, or of all."""
        for plan in sorted(self.things("plan"), key=lambda plan: str(plan["local_day"])):
            if plan["status"] == "published" and day in (None, plan["local_day"]):
                for stay in plan["stops"]:
                    if stay["cancel_reason"] is None:
                        yield plan, stay

    @property
    def is_filled(self) -> bool:
        return bool(self._run)

    @property
    def _run(self) -> int:
        return int(self._queue.get("run", 0))


def pull(queue: Queue, server: Server, report: Report) -> None:
    """Fetch until there is no more. Raises Unanswered or Refused; the next pull goes on where this one ended."""
    while True:
        try:
            answer = server.get("/v1/sync/pull", cursor=queue.get("cursor"), limit=PAGE)
        except Refused as no:
            if no.status != _START_AGAIN or queue.get("cursor") is None:
                raise
            # The server was restored, or this phone is another van's now: what it held is no base any more.
            with queue.writing():
                queue.set(cursor=None, filling=None)
            continue
        with queue.writing():
            _put_away(queue, answer, report)
        if not answer["more"]:
            return


def _put_away(queue: Queue, answer: dict[str, Any], report: Report) -> None:
    """One page and its cursor, in one transaction."""
    expected = {"items": list, "cursor": str, "more": bool, "epoch": str}
    if not all(isinstance(answer.get(name), form) for name, form in expected.items()):
        raise Unanswered(*NOT_ITS_ANSWER)
    items = answer["items"]
    report.heard_epoch(queue, answer["epoch"])
    if queue.get("cursor") is None:
        run = int(queue.get("run", 0)) + 1
        queue.do("DELETE FROM pulled WHERE run = ?", run)  # of a full pull that never came to its end
        queue.set(filling=run)
    run = queue.get("filling") or queue.get("run", 0)
    for item in items:
        if item["gone"]:
            queue.do(
                "DELETE FROM pulled WHERE run = ? AND kind = ? AND id = ?", run, item["kind"], item["id"]
            )
        else:
            queue.do(
                "REPLACE INTO pulled VALUES (?, ?, ?, ?)",
                run,
                item["kind"],
                item["id"],
                json.dumps(item["data"], ensure_ascii=False),
            )
    report.pulled += len(items)
    if answer.get("rules"):
        queue.set(rules=answer["rules"])
    queue.set(cursor=answer["cursor"], server_time=answer.get("server_time"))
    if not answer["more"] and queue.get("filling"):
        queue.set(run=run, filling=None)
        # But for the visits that records here belong to: a restored server may have lost them, and must hear of them.
        queue.do(
            "DELETE FROM pulled WHERE run <> ? AND NOT (kind = 'visit' AND (id = ? OR id IN "
            "(SELECT visit_id FROM operations WHERE state <> 'forgotten' AND visit_id IS NOT NULL)))",
            run,
            queue.get("visit_id"),
        )
