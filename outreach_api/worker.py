"""Background work: runs what is due in the database's jobs, one after the other, until it is told to stop.

`outreach serve` starts this module as one process beside its own; `outreach work` runs it alone. There may be several,
on several hosts: each job is leased to one at a time. Nothing that is sealed is opened here; only to sign what goes to
webhooks, the keys are read.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import os
import pickle
import signal
import sys
import threading
from collections import ChainMap
from collections.abc import Callable, Mapping
from types import MappingProxyType

import sqlalchemy as sa

from outreach_api.contacts import alerting
from outreach_api.contacts.escalation import ALARM
from outreach_api.kernel import log_lines
from outreach_api.kernel.clock import utc_now
from outreach_api.kernel.log_lines import tell
from outreach_api.ledger.look_again import LOOK_AGAIN
from outreach_api.plans import rechecking
from outreach_api.plans.rechecking import EVERY_NIGHT
from outreach_api.plans.suggesting import running
from outreach_api.plans.suggesting.asking import SUGGESTION
from outreach_api.reports.deliveries import sending
from outreach_api.reports.outbox import DELIVERY
from outreach_api.reports.weeks import reminding
from outreach_api.settings import Settings
from outreach_api.storage import jobs
from outreach_api.storage.session import Database

log = logging.getLogger("outreach.work")

SECONDS_BETWEEN_LOOKS = 2.0
"""So soon after a concern has come somebody is told of it."""
_SECONDS_WITHOUT_DATABASE = 15.0

Clock = Callable[[], dt.datetime]
Handler = Callable[[Database, Settings, jobs.Claim, Clock, threading.Event], "str | None"]
"""Runs one job; in the transaction of its last write it is put off, finished or marked as failed. Answers a fault's code.

One that takes long looks at the event: once it is set, somebody wants this process to end.
"""
Lane = Mapping[str, Handler]

ALERTS: Lane = MappingProxyType({ALARM: alerting.run})
CHECKS: Lane = MappingProxyType(
    {
        LOOK_AGAIN: rechecking.run,
        EVERY_NIGHT: rechecking.every_night,
        reminding.REMIND: reminding.run,
    }
)
PLANNING: Lane = MappingProxyType({SUGGESTION: running.run})
DELIVERIES: Lane = MappingProxyType({DELIVERY: sending.run})
LANES: tuple[Lane, ...] = (ALERTS, CHECKS, PLANNING, DELIVERIES)
"""Jobs that wait for each other; nobody's alert waits for what takes minutes."""
HANDLERS: Lane = MappingProxyType(ChainMap(*map(dict, LANES)))


def run_due(
    database: Database,
    settings: Settings,
    now: Clock = utc_now,
    stop: threading.Event | None = None,
    handlers: Lane = HANDLERS,
) -> int:
    """Run every job that is due and that nobody has; returns how many those were."""
    count = 0
    stop = stop or threading.Event()
    while not stop.is_set():
        claimed = jobs.claim(database, handlers, now())
        if claimed is None:
            break
        count += 1
        try:
            code = handlers[claimed.kind](database, settings, claimed, now, stop)
        except jobs.LeaseLost:
            tell(log, logging.WARNING, "lease_lost", kind=claimed.kind)
        except sa.exc.SQLAlchemyError:
            # Given back if that can be: else nobody does it before the lease ends.
            with contextlib.suppress(sa.exc.SQLAlchemyError):
                _give_back(database, claimed, "no_database", now)
            raise
        except Exception as fault:
            tell(log, logging.ERROR, "job_fault", fault, kind=claimed.kind)
            _give_back(database, claimed, "job_fault", now)
        else:
            if code is not None:
                tell(log, logging.WARNING, "job_comes_again", kind=claimed.kind, code=code)
    return count


def _give_back(database: Database, claimed: jobs.Claim, code: str, now: Clock) -> None:
    with contextlib.suppress(jobs.LeaseLost), database.write() as session:
        jobs.failed(session, claimed, code, now())


def work(settings: Settings, stop: threading.Event, *, parent: int | None = None) -> None:
    """Work until `stop` is set, or until the parent is gone, if there is one to go with."""
    database = Database(settings.database, pool_size=2 * len(LANES))
    others = [
        threading.Thread(target=_keep_to, args=(lane, database, settings, stop, parent)) for lane in LANES[1:]
    ]
    try:
        for thread in others:
            thread.start()
        _keep_to(LANES[0], database, settings, stop, parent)
    finally:
        stop.set()
        for thread in others:
            thread.join()
        database.close()


def _keep_to(
    lane: Lane, database: Database, settings: Settings, stop: threading.Event, parent: int | None
) -> None:
    begun = False
    try:
        while not stop.is_set() and parent in (None, os.getppid()):
            seconds = SECONDS_BETWEEN_LOOKS
            try:
                if not begun:
                    alerting.begin(database, settings, utc_now())
                    rechecking.begin(database, utc_now())
                    reminding.begin(database, utc_now())
                    begun = True
                run_due(database, settings, stop=stop, handlers=lane)
            except sa.exc.SQLAlchemyError as fault:
                seconds = _SECONDS_WITHOUT_DATABASE
                tell(log, logging.WARNING, "no_database_to_work_with", fault, seconds=seconds)
            stop.wait(seconds)
    finally:
        stop.set()  # however it ended: a process of which half is gone is started anew by its parent


def stopping() -> threading.Event:
    """Set once this process is asked to stop: what it is doing it finishes first. Call it in the main thread."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def beside(parent: int) -> None:
    """As a process of `serve`, which hands its settings over: a demo's are not those of the environment."""
    settings: Settings = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own parent wrote it
    log_lines.begin(settings.log)
    work(settings, stopping(), parent=parent)


if __name__ == "__main__":
    beside(int(sys.argv[1]))
