"""One sync: push, pull, prove. And what to do when it comes to nothing: keep everything, come again later.

In this order, because a network may last for one request: what the crew wrote leaves first, a child's safety before
all; then the phone learns; then it forgets what is proved.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import sqlite3
from collections.abc import Iterator
from datetime import timedelta

from van_app.arriving import opening_of
from van_app.clock import Clock, read, written
from van_app.ids import fact_id
from van_app.kept import REST, WAITING, Kept
from van_app.proving import prove
from van_app.pulling import Shelf, pull
from van_app.pushing import Pushing
from van_app.queue import Queue
from van_app.report import Report
from van_app.wire import Refused, Server, TooBig, Unanswered

FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 2, 300
_ROUNDS = 5
"""What one answer puts back is sent in the next round; this many are enough for anything that comes to an end."""


class AlreadySyncing(Exception):
    """Another process of this phone is at it."""


def sync(queue: Queue, server: Server, *, clock: Clock, dice: random.Random, at_once: bool) -> Report:
    """Sync once. A bad network is no exception: the report tells. Raises AlreadySyncing."""
    report = Report()
    with _one_at_a_time(queue):
        try:
            for number in range(_ROUNDS):
                before = report.put_back, report.reopened
                Pushing(queue, server, report, clock=clock, dice=dice).push(
                    at_once=at_once and not number, ask_office=not number
                )
                pull(queue, server, report)
                report.reopened += _open_without_plan(queue, clock) + _open_what_was_lost(queue, clock)
                prove(queue, server, report)
                if before == (report.put_back, report.reopened):
                    break
            _renew_token(queue, server)
        except (Unanswered, TooBig) as none:
            _come_again(queue, report, none, dice, server.language)
        except Refused as no:
            report.problem, report.status, report.needs_a_person = no.detail or no.code, no.status, True
            report.leaving = no.code == "leaving"
        else:
            queue.set(failures=0, last_sync=written(clock().wall))
        queue.set(problem=report.problem)
    return report


def _renew_token(queue: Queue, server: Server) -> None:
    """Half of its time is over, by the server's clock: get another token.

    The old one works until the new one is used, should the answer get lost.
    """
    told, until = queue.get("server_time"), queue.get("token_until")
    if told is None or until is None:
        return
    now, since = read(told), queue.get("token_since")
    if since is None:
        queue.set(token_since=told)
    elif now - read(since) >= (read(until) - read(since)) / 2:
        given = server.post("/v1/tokens/rotate", b"{}")
        queue.set(token=given["token"], token_since=told, token_until=given["expires_at"])


def _come_again(
    queue: Queue, report: Report, none: Unanswered | TooBig, dice: random.Random, language: str
) -> None:
    """Exponential backoff with full jitter: after an outage, a fleet must not come back in one and the same second."""
    failures = 1 if report.answers else queue.get("failures", 0) + 1
    most = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** min(failures, 20))
    asked_for = none.wait_seconds if isinstance(none, Unanswered) else 0
    report.problem = none.en if language == "en" else none.ja
    report.wait_seconds = asked_for + dice.uniform(0, most)
    queue.set(failures=failures)


def _open_without_plan(queue: Queue, clock: Clock) -> int:
    """Open visits without their plan where it is gone; how many. Called right after everything was pulled.

    A planned visit whose stay the server knows no more (the plan went with a restore, or was changed) is opened at
    its stop and on its day, under the same id, because its sales and notes must find it.
    """
    stays = {stay["id"] for plan in Shelf(queue).things("plan") for stay in plan["stops"]}
    planned = queue.find("state = ? AND kind = 'visit.open' AND instead IS NOT NULL", WAITING)
    lost = [
        one
        for one in planned
        if (one.answer or {}).get("code") == "plan_stop_unknown"
        and json.loads(one.payload or "{}").get("plan_stop_id") not in stays
    ]
    for one in lost:
        with queue.writing():
            _replace_opening(queue, one, fact_id(clock().wall))
    return len(lost)


def _open_what_was_lost(queue: Queue, clock: Clock) -> int:
    """Open visits again that the server knows no more and that another phone had opened; how many.

    Their facts would wait for that phone for ever, and it may lie in a river. Should it come back, both open the
    same visit, and the earlier time stays.
    """
    stuck = queue.find("state = ? AND visit_id IS NOT NULL AND retries > 0", WAITING)
    unknown = {one.visit_id for one in stuck if (one.answer or {}).get("code") == "visit_unknown"}
    opened = {one.entity_id for one in queue.find("kind = 'visit.open'")}
    shelf, now = Shelf(queue), clock()
    lost = [
        shelf.last_known("visit", str(visit_id)) for visit_id in sorted(unknown - opened - {None}, key=str)
    ]
    ahead = timedelta(seconds=queue.get("skew_seconds") or 0)
    reopened = 0
    for visit in lost:
        if visit is None or shelf.thing("visit", visit["id"]) is not None:
            continue
        reopened += 1
        payload, instead = opening_of(visit)
        at = now.wall if visit["opened_at"] is None else read(visit["opened_at"]) - ahead
        with queue.writing():
            queue.add(
                op_id=fact_id(now.wall),
                kind="visit.open",
                v=1,
                entity_id=visit["id"],
                payload=json.dumps(payload, ensure_ascii=False),
                visit_id=visit["id"],
                instead=instead,
                turn=REST,
                kept_at=at.isoformat(),
                state=WAITING,
            )
    return reopened


def _replace_opening(queue: Queue, one: Kept, op_id: str) -> None:
    """Another content is another operation; but it happened at the same moment, by the same clock."""
    same = "kept_at, kept_boot, kept_since, occurred_at, sent_at, sent_boot, sent_since, day"
    queue.do(
        f"INSERT INTO operations (op_id, kind, v, entity_id, payload, visit_id, turn, state, {same}) "  # noqa: S608
        f"SELECT ?, kind, v, entity_id, instead, visit_id, turn, state, {same} FROM operations WHERE op_id = ?",
        op_id,
        one.op_id,
    )
    queue.forget([one.op_id])
    facts = [fact.op_id for fact in queue.find("visit_id = ? AND state = ?", one.visit_id, WAITING)]
    queue.change(facts, wait_seconds=0, retries=0)


@contextlib.contextmanager
def _one_at_a_time(queue: Queue) -> Iterator[None]:
    """Held by the operating system, so that a process that is killed leaves no lock behind."""
    file = queue.path.with_name(queue.path.name + ".sync")
    os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    lock = sqlite3.connect(file, timeout=0, isolation_level=None)
    try:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            raise AlreadySyncing from None
        yield
    finally:
        lock.close()
