"""One page of a list by keyset: rows after the last one seen, so that a page never skips or repeats rows."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from flask import request

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.web.cursor import BadCursor, read_cursor, write_cursor
from outreach_api.web.problems import Refused
from outreach_api.web.resource import session
from outreach_api.web.services import services

Views = Callable[[list[Any]], list[dict[str, Any]]]


def page(
    select: sa.Select[Any],
    query: dict[str, Any],
    order: Sequence[Any],
    views: Views,
    *,
    descending: bool = False,
) -> dict[str, Any]:
    """{items, next} of a select of one entity, ordered by not-null columns whose last is unique."""
    cursor, limit = query["cursor"], query["limit"]
    if cursor is not None:
        after = [
            sa.literal(_from_json(value, column), column.type)
            for value, column in zip(_read(cursor), order, strict=True)
        ]
        beyond = (
            sa.tuple_(*order) < sa.tuple_(*after) if descending else sa.tuple_(*order) > sa.tuple_(*after)
        )
        select = select.where(beyond)
    select = select.order_by(*(column.desc() if descending else column for column in order)).limit(limit + 1)
    rows = list(session().scalars(select))
    more = len(rows) > limit
    rows = rows[:limit]
    following = _write([getattr(rows[-1], column.key) for column in order]) if more else None
    return {"items": views(rows), "next": following}


def sorted_page(rows: Sequence[Any], query: dict[str, Any], views: Views) -> dict[str, Any]:
    """{items, next} of rows that were sorted in memory (by distance); its cursor is a position."""
    start = _read(query["cursor"])[0] if query["cursor"] is not None else 0
    end = start + query["limit"]
    return {"items": views(list(rows[start:end])), "next": _write([end]) if end < len(rows) else None}


def _place() -> str:
    """The list that a cursor belongs to: its address and filters."""
    filters = sorted((k, v) for k, v in request.args.items() if k not in ("cursor", "limit"))
    return f"{request.path}?{filters}"


def _read(cursor: str) -> list[Any]:
    try:
        return read_cursor(services().cursor_key, _place(), cursor)
    except BadCursor:
        fault = Problem("?cursor", "cursor_invalid")
        raise Refused(Refusal("invalid", 422, {}, (fault,))) from None


def _write(values: list[Any]) -> str:
    return write_cursor(services().cursor_key, _place(), values)


def _from_json(value: Any, column: Any) -> Any:
    wanted = column.type.python_type if not isinstance(column.type, sa.types.TypeDecorator) else None
    name = type(column.type).__name__
    if name == "Id":
        return uuid.UUID(value)
    if name == "Utc":
        return dt.datetime.fromisoformat(value)
    return wanted.fromisoformat(value) if wanted in (dt.date, dt.time) else value
