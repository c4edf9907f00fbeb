"""Shows that two databases hold the same rows but for ids, times and numbers that each made for itself."""

from __future__ import annotations

from typing import Any

from outreach_api.storage.session import sqlite_driver
from push_bench.world import World

_TABLES = ("sales", "sale_lines", "receipts", "changes", "rejections", "audit")
_TOTALS = tuple(
    f"SELECT '{table}', measure, key, iso_week, value FROM {table} ORDER BY measure, key"  # noqa: S608
    for table in ("visit_totals", "week_totals")
)


def differences(one: World, other: World) -> str:
    """The first thing in which they differ, or "". Rows are compared by each column's type and length, totals by value."""
    driver = sqlite_driver()
    connections = [driver.connect(str(world.path)) for world in (one, other)]
    try:
        for table in _TABLES:
            ours, others = (_shapes(connection, table) for connection in connections)
            for mine, theirs in zip(ours or [()], others or [()], strict=False):
                if mine != theirs:
                    return f"{table}: {mine} and {theirs}"
            if len(ours) != len(others):
                return f"{table}: {len(ours)} and {len(others)} shapes of rows"
        for ask in _TOTALS:
            ours, others = (connection.execute(ask).fetchall() for connection in connections)
            if ours != others:
                return f"totals: {ours} and {others}"
        return ""
    finally:
        for connection in connections:
            connection.close()


def _shapes(connection: Any, table: str) -> list[Any]:
    """Each combination of types and lengths that rows of a table have, and how many have it."""
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    shape = ", ".join(f"'{name}', typeof({name}), length({name})" for name in columns)
    found: list[Any] = connection.execute(
        f"SELECT {shape}, count(*) FROM {table} GROUP BY {shape} ORDER BY {shape}"  # noqa: S608
    ).fetchall()
    return found
