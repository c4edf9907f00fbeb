"""Appends and finds rows by the hundred: building statements anew, and row by row, costs more than the database."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC
from functools import cache
from operator import attrgetter, itemgetter, methodcaller
from typing import Any, cast

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.storage.base import Base, Id, Utc, utc_text

Bind = Callable[[tuple[Any, ...]], tuple[Any, ...]]
"""Makes of a column's values what the driver takes."""


def append(session: Session, kept: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """INSERT rows that all name the same columns, as Python values; what they don't name is NULL.

    Raises sqlalchemy.exc.IntegrityError or DataError like any other statement. Call it inside a savepoint.
    """
    if rows:
        names = tuple(rows[0])
        # Of one name, itemgetter gives no tuple.
        values = itemgetter(*names) if len(names) > 1 else lambda row: (row[names[0]],)
        append_values(session, kept, names, list(map(values, rows)))


def append_values(
    session: Session, kept: type[Base], names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """The same of tuples in the order of `names`: for rows that come by the thousand."""
    if not rows:
        return
    connection = session.connection()
    columns = list(zip(*rows, strict=True))
    # A column of nothing but NULL is not named at all.
    named = tuple(index for index, column in enumerate(columns) if any(one is not None for one in column))
    statement, binds = _prepared(kept, tuple(names[index] for index in named), connection.dialect)
    columns = [columns[index] for index in named]
    for index, bind in binds:
        column = columns[index]
        first = column[0]
        # What rows take from their visit or their push is the same in most of them, and bound once.
        alike = all(value is first for value in column)
        columns[index] = (bind((first,))[0],) * len(column) if alike else bind(column)
    connection.exec_driver_sql(statement, list(zip(*columns, strict=True)))


def _by_value(bind: Any) -> Bind:
    return lambda column: tuple(map(bind, column))


_number = attrgetter("int")
_sixteen_bytes = methodcaller("to_bytes", 16)


def _as_blobs(column: tuple[Any, ...]) -> tuple[Any, ...]:
    """Ids and bytes for the SQLite driver: it takes a bytearray at once, and asks about bytes for half a microsecond."""
    try:
        # As UUID.bytes, without a call into Python for each.
        return tuple(map(bytearray, map(_sixteen_bytes, map(_number, column))))
    except AttributeError:
        return tuple(map(_as_blob, column))


def _as_blob(value: uuid.UUID | bytes | None) -> bytearray | None:
    if value is None:
        return None
    return bytearray(value.bytes if isinstance(value, uuid.UUID) else value)


def _as_times(column: tuple[Any, ...]) -> tuple[Any, ...]:
    """As `utc_text` writes each, but by one call of the quick encoder: formatting takes longer than binding."""
    if any(value is None or value.tzinfo is not UTC for value in column):
        return tuple(map(utc_text, column))
    text = orjson.dumps(column).decode().replace("T", " ")
    # 2026-11-28 02:10:00.123456+00:00, without the fraction where it is zero
    return tuple([one[:26] if len(one) == 32 else f"{one[:19]}.000000" for one in text[2:-2].split('","')])


CHUNK = 500  # values in one IN (…)


def among(column: Any) -> sa.ColumnElement[bool]:
    """For a statement made once: that the column is one of what `find` is given."""
    within: sa.ColumnElement[bool] = column.in_(sa.bindparam("wanted", expanding=True))
    return within


def find(session: Session, statement: Any, wanted: Collection[Any], **others: Any) -> Iterator[Any]:
    """The rows of a statement with `among`, however many values are wanted."""
    # By the connection: statements of columns need nothing of the ORM, which takes longer to say so than they do.
    connection = session.connection()
    values = list(wanted)
    for start in range(0, len(values), CHUNK):
        yield from connection.execute(statement, {"wanted": values[start : start + CHUNK], **others})


def look_up(
    session: Session, kept: type[Base], names: tuple[str, ...], key: str, wanted: Collection[Any]
) -> list[tuple[Any, ...]]:
    """The named columns of the rows whose `key` is wanted, by the driver itself: for keys that come by the hundred."""
    connection = session.connection()
    found: list[tuple[Any, ...]] = []
    values = list(wanted)
    for start in range(0, len(values), CHUNK):
        chunk = values[start : start + CHUNK]
        statement, bind, reads = _question(kept, names, key, len(chunk), connection.dialect)
        asked = tuple(chunk) if bind is None else bind(tuple(chunk))
        rows = connection.exec_driver_sql(statement, asked).fetchall()
        if rows:
            columns = list(zip(*rows, strict=True))
            for index, read in reads:
                columns[index] = tuple(map(read, columns[index]))
            found += zip(*columns, strict=True)
    return found


@cache
def _question(
    kept: type[Base], names: tuple[str, ...], key: str, many: int, dialect: sa.Dialect
) -> tuple[str, Bind | None, list[tuple[int, Any]]]:
    table = cast(sa.Table, kept.__table__)
    mark = "%s" if dialect.paramstyle in ("format", "pyformat") else "?"
    quote = dialect.identifier_preparer.quote
    statement = (
        f"SELECT {', '.join(map(quote, names))} FROM {dialect.identifier_preparer.format_table(table)} "  # noqa: S608
        f"WHERE {quote(key)} IN ({', '.join([mark] * many)})"
    )
    types = [table.columns[name].type.dialect_impl(dialect) for name in names]
    reads = [
        (index, read)
        for index, kind in enumerate(types)
        if (read := kind.result_processor(dialect, None)) is not None
    ]
    return statement, _bind_of(table, key, dialect), reads


@cache
def _prepared(
    kept: type[Base], names: tuple[str, ...], dialect: sa.Dialect
) -> tuple[str, list[tuple[int, Bind]]]:
    """The statement, and how to bind what the driver can't take as it is."""
    table = cast(sa.Table, kept.__table__)
    mark = "%s" if dialect.paramstyle in ("format", "pyformat") else "?"
    quoted = ", ".join(dialect.identifier_preparer.quote(name) for name in names)
    statement = (
        f"INSERT INTO {dialect.identifier_preparer.format_table(table)} ({quoted}) "  # noqa: S608
        f"VALUES ({', '.join(mark for _ in names)})"
    )
    binds = [
        (index, bind)
        for index, name in enumerate(names)
        if (bind := _bind_of(table, name, dialect)) is not None
    ]
    return statement, binds


def _bind_of(table: sa.Table, name: str, dialect: sa.Dialect) -> Bind | None:
    kind = table.columns[name].type.dialect_impl(dialect)
    if dialect.name == "sqlite" and isinstance(kind, Id | sa.LargeBinary):
        return _as_blobs
    if dialect.name == "sqlite" and isinstance(kind, Utc):
        return _as_times
    bind = kind.bind_processor(dialect)
    return None if bind is None else _by_value(bind)
