"""Appends and finds rows by the hundred: building statements anew, and row by row, costs more than the database."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from operator import attrgetter, itemgetter, methodcaller
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.storage.base import Base, id_bytes

Bind = Any  # SQLAlchemy's own name for it is private


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
    statement, binds = _prepared(kept, names, connection.dialect)
    columns = list(zip(*rows, strict=True))
    for index, bind in binds:
        column = columns[index]
        first = column[0]
        # What rows take from their visit or their push is the same in most of them, and bound once.
        alike = all(value is first for value in column)
        columns[index] = (bind(first),) * len(column) if alike else _bound(bind, column)
    connection.exec_driver_sql(statement, list(zip(*columns, strict=True)))


_number = attrgetter("int")
_sixteen_bytes = methodcaller("to_bytes", 16)


def _bound(bind: Bind, column: tuple[Any, ...]) -> tuple[Any, ...]:
    if bind is id_bytes:
        # As UUID.bytes, without a call into Python for each.
        with contextlib.suppress(AttributeError):  # one of them is None
            return tuple(map(_sixteen_bytes, map(_number, column)))
    return tuple(map(bind, column))


CHUNK = 500  # values in one IN (…)


def among(column: Any) -> sa.ColumnElement[bool]:
    """For a statement made once: that the column is one of what `find` is given."""
    within: sa.ColumnElement[bool] = column.in_(sa.bindparam("wanted", expanding=True))
    return within


def find(session: Session, statement: Any, wanted: Collection[Any], **others: Any) -> Iterator[Any]:
    """The rows of a statement with `among`, however many values are wanted."""
    values = list(wanted)
    for start in range(0, len(values), CHUNK):
        yield from session.execute(statement, {"wanted": values[start : start + CHUNK], **others})


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
        asked = tuple(map(bind, chunk)) if bind is not None else tuple(chunk)
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
) -> tuple[str, Any, list[tuple[int, Any]]]:
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
    return statement, table.columns[key].type.dialect_impl(dialect).bind_processor(dialect), reads


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
        if (bind := table.columns[name].type.dialect_impl(dialect).bind_processor(dialect)) is not None
    ]
    return statement, binds
