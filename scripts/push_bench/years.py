"""Ten years of facts straight into the tables of a world, in SQL: millions in a minute, as the write path leaves them.

Keys grow as phones make them (v7, random tails; notes v4), each visit has 200 facts, each fact its receipt, and the
totals follow from the facts. `outreach verify` accepts the result.
"""

from __future__ import annotations

import datetime as dt
import os
import uuid
from collections.abc import Sequence
from typing import Any

from outreach_api.kernel.week import IsoWeek
from outreach_api.ledger import held_anew, totals
from outreach_api.storage.session import Database
from push_bench.filling import filling
from push_bench.phone import NOTES, OF, SALES, STAMPS, TAPS
from push_bench.world import CHEAPEST_YEN, ITEMS, World

FACTS_A_VISIT = 200
DAYS = 3_650
VISITS_A_VAN = DAYS * 3 // 7
_SECONDS_A_FACT = 7
_MINUTES_A_VISIT = 25

_FILLED = ("sales", "sale_lines", "head_counts", "stamp_marks", "contact_notes", "receipts", "visit_totals")


def fill(world: World, facts: int, *, days: int = DAYS, stops: Sequence[tuple[uuid.UUID, int]] = ()) -> None:
    """Add `facts` facts and as many receipts, over so many days until yesterday.

    `stops` (with their 250 m cells) are visited in turn; without them it is the world's own.
    """
    with filling(world.path, _FILLED) as connection:
        _visits(connection, world, facts, days, stops or [(world.stop, world.mesh)])
        connection.execute(_MADE, {"facts": facts})
        for statement in (
            _SALES,
            _LINES,
            _HEADS,
            _STAMPS,
            _NOTES,
            _RECEIPTS,
            _SUMS,
            _TOTALS,
            _FEED,
            _COUNTER,
        ):
            connection.execute(statement)
    database = Database(f"sqlite:///{world.path}")
    with database.write() as session:
        held_anew.fill(session)
        totals.fill_weeks(session)
    database.close()
    with world.path.open("rb") as file:
        os.fsync(file.fileno())  # else the first pushes would wait for these gigabytes


def _visits(
    connection: Any, world: World, facts: int, days: int, stops: Sequence[tuple[uuid.UUID, int]]
) -> None:
    """Closed visits of as many vans as it takes, evenly over the days, one after another."""
    visits = -(-facts // FACTS_A_VISIT)
    vans = [uuid.uuid4().bytes for _ in range(-(-visits * DAYS // (VISITS_A_VAN * days)))]
    connection.executemany(
        "INSERT INTO vans (id, code, name, needs_power, active, version, change_no, created_at)"
        " SELECT ?, ?, name, needs_power, active, 1, 0, created_at FROM vans WHERE id = ?",
        [(van, f"V{number}", world.van.bytes) for number, van in enumerate(vans)],
    )
    rows, before, today = [], None, 0
    for v in range(visits):
        day = world.day - dt.timedelta(days=days - v * days // visits)
        today = today + 1 if day == before else 0
        before = day
        at = dt.datetime.combine(day, dt.time(1), dt.UTC) + dt.timedelta(minutes=_MINUTES_A_VISIT * today)
        stop_id, mesh = stops[v % len(stops)]
        place = (vans[v % len(vans)], stop_id.bytes, mesh)
        dated = (day.isoformat(), IsoWeek.of(day).as_int, at.strftime("%Y-%m-%d %H:%M:%S.%f"))
        rows.append((v, uuid.uuid4().bytes, *place, *dated, int(at.timestamp()) * 1000))
    connection.execute(
        "CREATE TEMP TABLE stay (v INTEGER PRIMARY KEY, id BLOB, van BLOB, stop BLOB, mesh, day, week, at, ms)"
    )
    connection.executemany("INSERT INTO stay VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    connection.execute(_VISITS)
    connection.execute("CREATE TEMP TABLE item (k INTEGER PRIMARY KEY, id BLOB)")
    items = [(number, item.bytes) for number, item in enumerate(world.items)]
    connection.executemany("INSERT INTO item VALUES (?, ?)", items)


_VISITS = """INSERT INTO visits (id, van_id, stop_id, mesh, local_day, iso_week, opened_at, closed_at, created_at,
 status, source, clock_suspect, version, change_no) SELECT id, van, stop, mesh, day, week, at, at, at, 'closed', 'app',
 0, 2, 0 FROM stay ORDER BY v"""

# RFC 9562: 48 bits of milliseconds, version 7, 12 random bits, variant 10, 62 random bits.
_TAIL = "random() & 4095, random() & 0x3fffffffffffffff | 0x8000000000000000"
_V7 = f"unhex(printf('%012x7%03x%016x', ms, {_TAIL}))"
_V4 = f"unhex(printf('%012x4%03x%016x', random() & 0xffffffffffff, {_TAIL}))"
_NOTE = f"n % {OF} >= {OF - NOTES}"

_MADE = f"""CREATE TEMP TABLE made AS WITH RECURSIVE up (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM up WHERE
 n + 1 < :facts), timed AS (SELECT n, v, stay.ms + n % {FACTS_A_VISIT} * {_SECONDS_A_FACT * 1000} AS ms FROM up
 JOIN stay ON v = n / {FACTS_A_VISIT}) SELECT n, v, n % {OF} AS kind, {_V7} AS op,
 CASE WHEN {_NOTE} THEN {_V4} ELSE {_V7} END AS id FROM timed"""  # noqa: S608

_FACT = "id, change_no, received_at, occurred_at, visit_id, local_day, iso_week, mesh"
_OF_STAY = "made.id, n + 1, at, at, stay.id, day, week, mesh"
_FROM = "FROM made JOIN stay USING (v)"
_FIRST, _SECOND = f"n % {ITEMS}", f"(n + 7) % {ITEMS}"
_YEN = f"((1 + n % 3) * ({CHEAPEST_YEN} + {_FIRST}) + (1 + n % 2) * ({CHEAPEST_YEN} + {_SECOND}))"
_PAYMENT = "CASE n % 3 WHEN 0 THEN 'paypay' ELSE 'cash' END"
_IS_SALE = f"kind < {SALES}"
_IS_TAP = f"kind >= {SALES} AND kind < {SALES + TAPS}"
_IS_STAMP = f"kind >= {SALES + TAPS} AND kind < {SALES + TAPS + STAMPS}"
_IS_NOTE = f"kind >= {OF - NOTES}"

_SALES = f"""INSERT INTO sales ({_FACT}, van_id, payment, service_mode, total_yen, taxes, ticket_count, ticket_face_yen,
 source, counted) SELECT {_OF_STAY}, van, {_PAYMENT}, 'takeout', {_YEN},
 printf('[{{"rate_percent":8,"taxable_yen":%d,"tax_yen":%d}}]', {_YEN}, {_YEN} * 8 / 108), 0, 0, 'app', 1
 {_FROM} WHERE {_IS_SALE}"""
_LINES = f"""INSERT INTO sale_lines (sale_id, line, item_id, category, quantity, unit_price_yen, rate_percent)
 SELECT made.id, line, item.id, 'sweets', 1 + n % (3 - line), {CHEAPEST_YEN} + k, 8 FROM made
 CROSS JOIN (SELECT 0 AS line UNION ALL SELECT 1) JOIN item ON k = CASE line WHEN 0 THEN {_FIRST} ELSE {_SECOND} END
 WHERE {_IS_SALE}"""  # noqa: S608
_HEADS = f"""INSERT INTO head_counts ({_FACT}, counts, source, counted)
 SELECT {_OF_STAY}, '{{"elem_low":2}}', 'app', 1 {_FROM} WHERE {_IS_TAP}"""
_STAMPS = f"""INSERT INTO stamp_marks ({_FACT}, card) SELECT {_OF_STAY}, printf('%06d', n % 1000000)
 {_FROM} WHERE {_IS_STAMP}"""
_NOTES = f"""INSERT INTO contact_notes ({_FACT}, holder_id, familiarity, depth, stages, topics, info_given,
 text_purged_at, safety_concern, about_staff, legal_hold) SELECT {_OF_STAY}, van, 'new', 'listening', '["infant"]',
 '["childcare"]', '["leaflet"]', at, 0, 0, 0 {_FROM} WHERE {_IS_NOTE}"""
_RECEIPTS = f"""INSERT INTO receipts (op_id, holder_id, kind, digest, status, entity_id, version, change_no, received_at,
 said_at) SELECT op, van, CASE WHEN {_IS_SALE} THEN 'sale.record' WHEN {_IS_TAP} THEN 'head_count.add'
 WHEN {_IS_STAMP} THEN 'stamp.mark' ELSE 'note.write' END, randomblob(16), 'applied', made.id, 1, n + 1, at, at
 {_FROM}"""

_SUMS = f"""CREATE TEMP TABLE sums AS SELECT v, sum({_IS_TAP}) AS taps, sum({_IS_STAMP}) AS stamps,
 sum({_IS_NOTE}) AS notes, sum({_IS_SALE} AND n % 3) AS cash, sum({_IS_SALE} AND NOT n % 3) AS paypay,
 sum(({_IS_SALE} AND n % 3) * {_YEN}) AS cash_yen, sum(({_IS_SALE} AND NOT n % 3) * {_YEN}) AS paypay_yen,
 sum(({_IS_SALE}) * ({_YEN} * 8 / 108)) AS tax_yen FROM made GROUP BY v"""  # noqa: S608
_EACH = (
    ("attendance", "elem_low", "2 * taps"),
    ("contact_depth", "listening", "notes"),
    ("contact_stage", "infant", "notes"),
    ("contact_topic", "childcare", "notes"),
    ("contacts", "new", "notes"),
    ("contacts_informed", "", "notes"),
    ("sales_category_yen", "sweets", "cash_yen + paypay_yen"),
    ("sales_count", "cash", "cash"),
    ("sales_count", "paypay", "paypay"),
    ("sales_payment_yen", "cash", "cash_yen"),
    ("sales_payment_yen", "paypay", "paypay_yen"),
    ("stamps", "", "stamps"),
    ("tax_yen", "8", "tax_yen"),
)
_ROWS = " UNION ALL ".join(
    f"SELECT id, '{measure}', '{key}', {value}, week FROM sums JOIN stay USING (v) WHERE {value} > 0"  # noqa: S608
    for measure, key, value in _EACH
)
_TOTALS = f"INSERT INTO visit_totals (visit_id, measure, key, value, iso_week) {_ROWS}"
_FEED = """INSERT INTO changes (change_no, kind, entity_id, van_id, gone)
 SELECT (SELECT count(*) FROM made) + v + 1, 'visit', id, van, 0 FROM stay ORDER BY v"""
_COUNTER = "UPDATE change_counter SET value = (SELECT count(*) FROM made) + (SELECT count(*) FROM stay)"
