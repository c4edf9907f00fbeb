"""What the tables and both databases promise: nothing lost, nothing left behind, the same values back."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from outreach_api.kernel.ids import new_id
from outreach_api.storage import bulk
from outreach_api.storage import session as opening
from outreach_api.storage.access import Person
from outreach_api.storage.base import utc_text
from outreach_api.storage.ledger import AuditEntry, Change
from outreach_api.storage.session import Database, sqlite_driver, wal_is_safe
from outreach_api.storage.stops import Stop
from tests.make import MADE_AT, make_stop, make_visit

SQLITE = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
FULL, EXTRA = 2, 3  # of PRAGMA synchronous
ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 44, 9), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 0), False),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
        ((4, 0, 0), True),
    ],
)
def test_the_write_ahead_log_is_used_only_where_it_loses_nothing(
    version: tuple[int, ...], safe: bool
) -> None:
    assert wal_is_safe(version) is safe


def pragmas(database: Database) -> dict[str, Any]:
    names = ("journal_mode", "synchronous", "fullfsync", "foreign_keys", "secure_delete", "busy_timeout")
    with database.engine.connect() as connection:
        return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}


def test_sqlite_is_opened_safely(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    safe = wal_is_safe(sqlite_driver().sqlite_version_info)
    database = Database(f"sqlite:///{tmp_path / 'here.db'}")
    said = {"fullfsync": 1, "foreign_keys": 1, "secure_delete": 1, "busy_timeout": 15_000}
    with_log = {"journal_mode": "wal", "synchronous": FULL}
    without = {"journal_mode": "delete", "synchronous": EXTRA}
    assert pragmas(database) == {**(with_log if safe else without), **said}
    database.close()

    monkeypatch.setattr(opening, "wal_is_safe", lambda version: False)
    with caplog.at_level(logging.WARNING):
        older = Database(f"sqlite:///{tmp_path / 'here.db'}")
    assert "journal_mode_is_delete" in caplog.text
    assert pragmas(older) == {**without, **said}
    older.close()


@pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)
def test_postgresql_commits_before_it_answers_also_where_it_was_told_not_to(database: Database) -> None:
    """As tests/proofs/killed_server.py found: a process of the database died, and 21 answers were no longer true."""
    with database.engine.connect() as connection:
        name = connection.exec_driver_sql("SELECT quote_ident(current_database())").scalar()
        for asked, kept in (("off", "on"), ("local", "local"), ("remote_apply", "remote_apply")):
            connection.exec_driver_sql(f"ALTER DATABASE {name} SET synchronous_commit = {asked}")
            connection.commit()
            fresh = Database(database.url.render_as_string(hide_password=False))
            with fresh.write() as session:
                assert session.scalar(sa.text("SHOW synchronous_commit")) == kept
            fresh.close()
        connection.exec_driver_sql(f"ALTER DATABASE {name} RESET synchronous_commit")
        connection.commit()


@SQLITE
def test_reading_and_writing_back_at_once_loses_nothing(database: Database) -> None:
    """Measured with SQLAlchemy's own transactions: 699 of 800 lost."""
    thing = new_id()
    with database.write() as session:
        session.add(Change(change_no=0, kind="tally", entity_id=thing, van_id=None, gone=False))

    def count(_: int) -> None:
        for _ in range(25):
            with database.write() as session:
                row = session.scalars(sa.select(Change).where(Change.entity_id == thing)).one()
                row.change_no += 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(8)))
    with database.read() as session:
        assert session.scalar(sa.select(Change.change_no).where(Change.entity_id == thing)) == 200


def test_rows_of_a_savepoint_go_with_the_whole(database: Database) -> None:
    def fail_after_a_savepoint() -> None:
        with database.write() as session:
            with session.begin_nested():
                make_stop(session)
            raise RuntimeError("after the savepoint")

    with pytest.raises(RuntimeError, match="after"):
        fail_after_a_savepoint()
    with database.read() as session:
        assert session.scalars(sa.select(Stop)).all() == []


def test_a_savepoint_that_was_taken_back_leaves_the_rest(database: Database) -> None:
    with database.write() as session:
        make_stop(session, name="前")
        with pytest.raises(sa.exc.IntegrityError), session.begin_nested():
            make_visit(session, van_id=new_id(), stop=make_stop(session, name="中"))  # of no van
        make_stop(session, name="後")
    with database.read() as session:
        assert sorted(session.scalars(sa.select(Stop.name))) == ["前", "後"]


def test_a_reader_sees_one_moment_while_others_write(database: Database) -> None:
    with database.write() as session:
        make_stop(session)
    with database.read() as reading:
        before = reading.scalar(sa.select(sa.func.count()).select_from(Stop))
        writer = threading.Thread(target=_add_stop, args=(database,))
        writer.start()
        writer.join(10)
        assert not writer.is_alive(), "a reader held a writer up"
        assert reading.scalar(sa.select(sa.func.count()).select_from(Stop)) == before == 1
    with database.read() as reading:
        assert reading.scalar(sa.select(sa.func.count()).select_from(Stop)) == 2


def _add_stop(database: Database) -> None:
    with database.write() as session:
        make_stop(session)


def test_what_is_written_in_a_read_is_never_kept(database: Database) -> None:
    with database.read() as session:
        make_stop(session)
    with database.read() as session:
        assert session.scalars(sa.select(Stop)).all() == []


def audit_row(**columns: Any) -> AuditEntry:
    values: dict[str, Any] = {
        "seq": 1,
        "at": MADE_AT,
        "holder_id": None,
        "role": None,
        "action": "look",
        "entity_kind": "stop",
        "entity_id": None,
        "purpose": None,
        "outcome": "allowed",
        "hash": b"",
    }
    return AuditEntry(**{**values, **columns})


def test_a_time_without_a_zone_is_refused_at_the_door(database: Database) -> None:
    with pytest.raises(sa.exc.StatementError, match="naive"), database.write() as session:
        session.add(audit_row(at=dt.datetime(2026, 11, 28)))  # noqa: DTZ001


def test_times_come_back_in_utc_with_their_microseconds(database: Database) -> None:
    tokyo = dt.timezone(dt.timedelta(hours=9))
    at = dt.datetime(2026, 11, 28, 8, 30, 15, 123456, tokyo)
    with database.write() as session:
        session.add(audit_row(at=at))
    with database.read() as session:
        back = session.scalars(sa.select(AuditEntry.at)).one()
        assert session.scalars(sa.select(AuditEntry.seq).where(AuditEntry.at == at)).all() == [1]
    assert back == at
    assert back.tzinfo == dt.UTC
    assert back.utcoffset() == dt.timedelta(0)


def test_ids_take_sixteen_bytes_and_come_back_whole(database: Database) -> None:
    made = new_id()
    with database.write() as session:
        session.add(audit_row(entity_id=made))
    with database.read() as session:
        assert session.scalars(sa.select(AuditEntry.entity_id)).one() == made
        if database.is_sqlite:
            stored = session.execute(sa.text("SELECT typeof(entity_id), length(entity_id) FROM audit")).one()
            assert tuple(stored) == ("blob", 16)
        else:
            kept = "SELECT pg_typeof(entity_id)::text, pg_column_size(entity_id) FROM audit"
            assert tuple(session.execute(sa.text(kept)).one()) == ("uuid", 16)
    assert isinstance(made, uuid.UUID)


def test_whole_numbers_of_64_bits_and_every_script_come_back(database: Database) -> None:
    name = "𠮷野 が\u3099 👩‍👧 ‮אב \u2028"
    with database.write() as session:
        person = {"id": new_id(), "version": 2**63 - 1, "change_no": -(2**63), "created_at": MADE_AT}
        session.add(Person(**person, name=name, kana=None, role="crew", active=True))
    with database.read() as session:
        back = session.scalars(sa.select(Person)).one()
        assert (back.name, back.version, back.change_no) == (name, 2**63 - 1, -(2**63))


def test_references_are_kept(database: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError), database.write() as session:
        make_visit(session, van_id=new_id())


@SQLITE
def test_what_was_deleted_is_not_left_in_the_file(database: Database) -> None:
    secret = "ひみつのことばひみつのことば"
    with database.write() as session:
        session.add_all([audit_row(seq=n, purpose=f"{secret}{n}") for n in range(1, 60)])
    with database.write() as session:
        session.execute(sa.delete(AuditEntry))
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    assert database.url.database is not None
    for file in Path(database.url.database).parent.iterdir():
        assert secret.encode() not in file.read_bytes(), file.name


@given(
    st.lists(
        st.datetimes(
            min_value=dt.datetime(1970, 1, 1),  # noqa: DTZ001
            max_value=dt.datetime(2200, 1, 1),  # noqa: DTZ001
            timezones=st.sampled_from([dt.UTC, dt.timezone(dt.timedelta(hours=9))]),
        )
        | st.none(),
        min_size=1,
        max_size=5,
    )
)
def test_times_are_written_alike_one_by_one_and_by_the_column(column: list[dt.datetime | None]) -> None:
    assert bulk._as_times(tuple(column)) == tuple(map(utc_text, column))


@given(st.lists(st.uuids() | st.none() | st.binary(max_size=3), min_size=1, max_size=5))
def test_ids_and_bytes_are_written_alike_one_by_one_and_by_the_column(column: list[Any]) -> None:
    plain = [value.bytes if isinstance(value, uuid.UUID) else value for value in column]
    assert list(bulk._as_blobs(tuple(column))) == plain
