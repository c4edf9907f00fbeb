"""Shows that two databases hold the same rows but for ids, times and numbers that each made for itself."""

from __future__ import annotations

from typing import Any

from outreach_api.storage.session import sqlite_driver
from push_bench.world import World

_TABLES = ("sales", "sale_lines", "receipts", "changes", "rejections", "audit")
_TOTALS = "SELECT measure, key, iso_week, value FROM visit_totals ORDER BY measure, key"


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
        totals = [connection.execute(_TOTALS).fetchall() for connection in connections]
        return "" if totals[0] == totals[1] else f"visit_totals: {totals[0]} and {totals[1]}"
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
