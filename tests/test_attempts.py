"""Attempts are counted once for all workers, hosts and threads, and tell nothing of who tried."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from outreach_api.storage.attempts import Attempt, bucket_of, count, count_different, noted, so_far
from outreach_api.storage.session import Database

ROOT = Path(__file__).resolve().parent.parent
KEY = bytes(range(32))
NOW = dt.datetime(2026, 11, 28, 3, 0, tzinfo=dt.UTC)
WINDOW = dt.timedelta(minutes=10)
MINE, THEIRS = bucket_of(KEY, "pairing", "192.0.2.7"), bucket_of(KEY, "pairing", "192.0.2.8")


def rows(database: Database) -> int:
    with database.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Attempt)) or 0


def test_each_attempt_of_one_bucket_counts_one_more_and_of_another_nothing(database: Database) -> None:
    assert [count(database, MINE, NOW, WINDOW) for _ in range(3)] == [1, 2, 3]
    assert count(database, THEIRS, NOW, WINDOW) == 1
    assert so_far(database, MINE, NOW, WINDOW) == (3, NOW + WINDOW)


def test_looking_counts_nothing(database: Database) -> None:
    assert so_far(database, MINE, NOW, WINDOW) == (0, NOW + WINDOW)
    assert rows(database) == 0


def test_a_window_begins_with_its_first_attempt_and_ends_for_all_at_once(database: Database) -> None:
    last = NOW + WINDOW - dt.timedelta(microseconds=1)
    count(database, MINE, NOW, WINDOW)
    assert count(database, MINE, last, WINDOW) == 2
    assert count(database, MINE, NOW + WINDOW, WINDOW) == 1
    assert so_far(database, MINE, NOW + WINDOW, WINDOW) == (1, NOW + 2 * WINDOW)


def test_a_clock_that_was_set_back_locks_nobody_out_for_longer(database: Database) -> None:
    for _ in range(5):
        count(database, MINE, NOW + dt.timedelta(days=30), WINDOW)
    assert so_far(database, MINE, NOW, WINDOW) == (0, NOW + WINDOW)
    assert count(database, MINE, NOW, WINDOW) == 1
    assert so_far(database, MINE, NOW, WINDOW) == (1, NOW + WINDOW)


def test_what_is_over_is_swept_when_somebody_new_tries(database: Database) -> None:
    for number in range(5):
        count(database, bucket_of(KEY, "pairing", f"old {number}"), NOW, WINDOW)
    count(database, MINE, NOW + WINDOW / 2, WINDOW)
    assert rows(database) == 6
    count(database, THEIRS, NOW + WINDOW, WINDOW)
    assert rows(database) == 2


def test_threads_that_try_at_once_are_each_counted(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: count(database, MINE, NOW, WINDOW), range(40)))
    assert sorted(made) == list(range(1, 41))


def test_of_different_tries_each_counts_once_and_those_that_do_not_count_are_noted(
    database: Database,
) -> None:
    wrong, right, other = (bucket_of(KEY, "pin", which) for which in ("wrong", "right", "other"))
    for _ in range(3):
        assert count_different(database, MINE, {wrong: True, right: False}, NOW, WINDOW, most=2)
    assert noted(database, [MINE, wrong, right, other], NOW, WINDOW) == {MINE: 1, wrong: 3, right: 3}
    assert count_different(database, MINE, {other: True}, NOW, WINDOW, most=2)
    assert not count_different(database, MINE, {right: False}, NOW, WINDOW, most=2), "two were wrong before"


def test_tries_that_do_not_count_begin_no_window(database: Database) -> None:
    right, wrong = (bucket_of(KEY, "pin", which) for which in ("right", "wrong"))
    count_different(database, MINE, {right: False}, NOW, WINDOW, most=2)
    later = NOW + WINDOW / 2
    count_different(database, MINE, {wrong: True}, later, WINDOW, most=2)
    assert so_far(database, MINE, NOW + WINDOW, WINDOW) == (1, later + WINDOW)


def test_of_threads_that_try_at_once_no_more_are_answered_than_may_be(database: Database) -> None:
    each = [bucket_of(KEY, "pin", str(number)) for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda one: count_different(database, MINE, {one: True}, NOW, WINDOW, 10), each))
    assert sum(told) == 10


def test_threads_whose_windows_end_at_once_begin_one_window_and_lock_nobody(database: Database) -> None:
    """Each begins its own bucket anew and sweeps those of the others."""
    buckets = [bucket_of(KEY, "pairing", str(number)) for number in range(8)]
    for bucket in buckets:
        count(database, bucket, NOW, WINDOW)
    later = NOW + WINDOW
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda number: count(database, buckets[number % 8], later, WINDOW), range(80)))
    assert sorted(made) == sorted(list(range(1, 11)) * 8)


@pytest.mark.parametrize("engine_url", ["sqlite", "postgresql"], indirect=True)
def test_workers_count_together(database: Database, engine_url: str) -> None:
    program = (
        "import sys, datetime as dt\n"
        "from outreach_api.storage.attempts import count\n"
        "from outreach_api.storage.session import Database\n"
        "database = Database(sys.argv[1])\n"
        "print('ready', flush=True)\n"
        "sys.stdin.readline()\n"
        "now = dt.datetime.fromisoformat(sys.argv[3])\n"
        "print([count(database, bytes.fromhex(sys.argv[2]), now, dt.timedelta(minutes=10)) for _ in range(20)])\n"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, engine_url, MINE.hex(), NOW.isoformat()],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=120)[0] for process in started]
    made = [int(number) for line in said for number in line.strip("[]\n").split(", ")]
    assert sorted(made) == list(range(1, 61))


def test_a_bucket_tells_nothing_without_the_key() -> None:
    assert bucket_of(KEY, "pairing", "192.0.2.7") != bucket_of(bytes(32), "pairing", "192.0.2.7")
    assert bucket_of(KEY, "pairing", "192.0.2.7") != bucket_of(KEY, "token", "192.0.2.7")
    assert b"192.0.2.7" not in MINE
