"""Makes a fleet of one van's history, in SQL: every row is copied for every further van, so totals stay those of facts.

A copy's ids end in the van's number, all else that ties rows together stays as it was; each copy has its own stops, in
the towns that `town.corner` lays side by side. Rows are written in the order of their keys.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from push_bench.filling import filling

from outreach_api.storage.base import Base
from outreach_api.storage.contacts import (
    ContactNote,
    FollowUp,
    FollowUpEvent,
    Referral,
    ReferralEvent,
    StampMark,
)
from outreach_api.storage.held_days import HeldDay
from outreach_api.storage.ledger import VisitTotal
from outreach_api.storage.plans import Plan, PlanStop, Van
from outreach_api.storage.sales import CashUp, Sale, SaleLine, TicketEntry
from outreach_api.storage.stops import Permission, Stop
from outreach_api.storage.visits import HeadCount, Visit
from report_bench import town

VANS_A_TOWN = 10
_COPIED: tuple[type[Base], ...] = (
    *(Van, Stop, Permission, Plan, PlanStop, Visit, Sale, SaleLine, TicketEntry, HeadCount, ContactNote),
    *(StampMark, Referral, ReferralEvent, FollowUp, FollowUpEvent, CashUp, VisitTotal, HeldDay),
)
_SHARED = {"destination_id", "holder_id", "counted_holder_id", "item_id"}
"""Ids of what is the organisation's, not one van's."""


def towns(vans: int) -> int:
    return -(-vans // VANS_A_TOWN)


def multiply(path: Path, vans: int) -> None:
    """Have so many vans instead of one in a database file."""
    tables = [cast(sa.Table, kept.__table__) for kept in _COPIED]
    with filling(path, [table.name for table in tables]) as connection:
        connection.execute("CREATE TEMP TABLE copy (n INTEGER PRIMARY KEY, tail BLOB)")
        copies = [(n, n.to_bytes(3)) for n in range(1, vans)]
        connection.executemany("INSERT INTO copy VALUES (?, ?)", copies)
        _places(connection, vans)
        for table in tables:
            ordered = ", ".join(column.name for column in table.primary_key)
            connection.execute(
                f"CREATE TEMP TABLE one_{table.name} AS SELECT * FROM main.{table.name} ORDER BY {ordered}"  # noqa: S608
            )
        connection.execute("CREATE UNIQUE INDEX temp.one_visit ON one_visits (id)")
        for table in tables:
            connection.execute(_statement(table))
        connection.execute("UPDATE week_totals SET value = value * ?", (vans,))


def _places(connection: Any, vans: int) -> None:
    connection.execute(
        "CREATE TEMP TABLE place (stop BLOB, n INTEGER, lat, lon, mesh, PRIMARY KEY (stop, n)) WITHOUT ROWID"
    )
    stops = [row[0] for row in connection.execute("SELECT id FROM stops")]
    dice = random.Random(5)  # noqa: S311
    rows = [(stop, n, *town.place(dice, n // VANS_A_TOWN)) for n in range(1, vans) for stop in stops]
    connection.executemany("INSERT INTO place VALUES (?, ?, ?, ?, ?)", rows)


def _statement(table: sa.Table) -> str:
    names = [column.name for column in table.columns]
    visit = (
        "" if table.name in ("stops", "visits") else "CROSS JOIN one_visits visit ON visit.id = one.visit_id"
    )
    stop = {"stops": "one.id", "visits": "one.stop_id"}.get(table.name, "visit.stop_id")
    joined = (
        f"{visit} CROSS JOIN place ON place.stop = {stop} AND place.n = copy.n" if "mesh" in names else ""
    )
    return (
        f"INSERT INTO main.{table.name} ({', '.join(names)}) "  # noqa: S608
        f"SELECT {', '.join(_copied(table, name) for name in names)} FROM one_{table.name} one "
        f"CROSS JOIN copy {joined}"
    )


def _copied(table: sa.Table, name: str) -> str:
    if name in ("lat_micro", "lon_micro"):
        return f"place.{name[:3]}"
    if name == "mesh":
        return "place.mesh"
    if name in ("code", "card"):
        return f"one.{name} || '-' || copy.n"
    moved = f"CAST(substr(one.{name}, 1, 13) || copy.tail AS BLOB)"
    if table.name == "held_days" and name == "van_id":
        return f"CASE WHEN one.van_id = zeroblob(16) THEN one.van_id ELSE {moved} END"
    if (name == "id" or name.endswith("_id")) and name not in _SHARED:
        return f"CASE WHEN one.{name} IS NOT NULL THEN {moved} END"
    return f"one.{name}"
