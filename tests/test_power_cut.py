"""A power cut loses nothing that was acknowledged; scripts/prove_power.py cuts a thousand times."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from outreach_api.storage.session import Database, sqlite_driver, wal_is_safe
from tests.proofs import power_cut
from tests.proofs.disk import Event, Wrote
from tests.proofs.house import FILE
from tests.proofs.power_cut import (
    CHECKPOINT,
    IN_TURNS_AND_AT_ONCE,
    JOURNAL,
    JOURNAL_FULL,
    WAL,
    WAL_NORMAL,
    Series,
    Way,
)
from tests.proofs.recorded_day import Day, Findings, examine
from tests.proofs.sqlite_interface import NotTraceable, library

SEED = 11
IN_TURNS = (False,)
with_log = pytest.mark.skipif(
    not wal_is_safe(sqlite_driver().sqlite_version_info), reason="this SQLite gets no write-ahead log"
)


@pytest.fixture(scope="module", autouse=True)
def _watched() -> None:
    try:
        library()
    except NotTraceable as reason:
        pytest.skip(str(reason))


def cut(way: Way, days: Sequence[bool]) -> Series:
    return power_cut.cut_often(way, SEED, 40, pushes=30, days=days)


@pytest.mark.parametrize(
    ("way", "days"),
    [pytest.param(WAL, IN_TURNS_AND_AT_ONCE, marks=with_log), (JOURNAL, IN_TURNS)],
    ids=["log", "journal"],
)
def test_a_power_cut_loses_nothing_that_was_acknowledged(way: Way, days: Sequence[bool]) -> None:
    series = cut(way, days)
    assert series.holds, series
    assert series.acknowledged > 10 * series.cuts
    assert series.lost == 0


@pytest.mark.parametrize(
    "way", [pytest.param(WAL_NORMAL, marks=with_log), JOURNAL_FULL], ids=["log", "journal"]
)
def test_the_same_cuts_lose_something_when_less_is_synced(way: Way) -> None:
    series = cut(way, IN_TURNS)
    assert series.holds, series
    assert series.lost > 0


def test_a_control_that_loses_nothing_fails_the_proof() -> None:
    assert not Series(WAL_NORMAL, cuts=40, lost=3, lost_in=3).holds
    assert not Series(WAL, cuts=0).holds


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Day, Path]:
    """A day and the database that it led to."""
    folder = tmp_path_factory.mktemp("day")
    day = Day(folder, random.Random(SEED), pushes=9, at_once=False, pragmas=(CHECKPOINT,))
    return day, folder / FILE


@pytest.fixture
def found(lived: tuple[Day, Path], tmp_path: Path) -> Iterator[Database]:
    """A copy of that database."""
    shutil.copy(lived[1], tmp_path / FILE)
    database = Database(f"sqlite:///{tmp_path / FILE}")
    yield database
    database.close()


def look(found: Database, day: Day) -> Findings:
    return examine(found, day, len(day.events))


def test_a_database_that_is_whole_is_found_whole(lived: tuple[Day, Path], found: Database) -> None:
    assert look(found, lived[0]) == Findings(lost=0, forgotten=0, damage=[])


@pytest.mark.parametrize(
    "table", ["sales", "head_counts", "contact_notes", "sale_voids", "stamp_marks", "receipts", "rejections"]
)
def test_a_missing_row_is_found(lived: tuple[Day, Path], found: Database, table: str) -> None:
    with closing(sqlite_driver().connect(str(found.url.database))) as connection:
        assert (
            connection.execute(f"DELETE FROM {table} WHERE rowid = (SELECT min(rowid) FROM {table})").rowcount
            == 1
        )
        connection.commit()
    assert look(found, lived[0]).lost == 1


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE contact_notes SET text_sealed = zeroblob(length(text_sealed)) WHERE text_sealed IS NOT NULL",
        "UPDATE visit_totals SET value = value + 1 WHERE measure = 'attendance'",
        "UPDATE receipts SET status = 'rejected' WHERE status = 'applied'",
        "UPDATE sales SET visit_id = zeroblob(16)",
        "UPDATE visits SET status = 'closed' WHERE status = 'open'",
    ],
)
def test_what_was_altered_is_found(lived: tuple[Day, Path], found: Database, harm: str) -> None:
    with closing(sqlite_driver().connect(str(found.url.database))) as connection:
        assert connection.execute(harm).rowcount > 0
        connection.commit()
    assert look(found, lived[0]).damage


def test_a_number_that_would_be_given_out_again_is_found(lived: tuple[Day, Path], found: Database) -> None:
    with closing(sqlite_driver().connect(str(found.url.database))) as connection:
        connection.execute("UPDATE change_counter SET value = (SELECT max(change_no) FROM receipts) - 1")
        connection.commit()
    assert look(found, lived[0]).forgotten > 0


def test_a_seed_brings_a_day_back_write_by_write(lived: tuple[Day, Path], tmp_path: Path) -> None:
    again = Day(tmp_path, random.Random(SEED), pushes=9, at_once=False, pragmas=(CHECKPOINT,))
    assert [place(event) for event in again.events] == [place(event) for event in lived[0].events]


def place(event: Event) -> tuple[Any, ...]:
    """What a write did but for its bytes: SQLite salts its log with chance of its own."""
    if isinstance(event, Wrote):
        return event.file, event.offset, len(event.data)
    return (event,)
