"""The floor of the ingest benchmark: a bare WSGI function that writes the same rows and checks nothing.

orjson and the SQLite driver, with the same tables, indexes, durability and server as the real thing.
"""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import orjson

from outreach_api.storage.session import sqlite_driver, wal_is_safe

_local = threading.local()


def _connection() -> Any:
    made = getattr(_local, "connection", None)
    if made is None:
        driver = sqlite_driver()
        made = _local.connection = driver.connect(
            os.environ["FLOOR_DATABASE"], timeout=15, isolation_level=None
        )
        mode = "WAL" if wal_is_safe(driver.sqlite_version_info) else "DELETE"
        for pragma in (f"journal_mode={mode}", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            made.execute(f"PRAGMA {pragma}")
    return made


def application(
    environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], Any]
) -> Iterable[bytes]:
    body = orjson.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    connection = _connection()
    now = datetime.now(UTC).isoformat(" ")[:26]
    visit = uuid.UUID(os.environ["FLOOR_VISIT"]).bytes
    van = uuid.UUID(os.environ["FLOOR_VAN"]).bytes
    connection.execute("BEGIN IMMEDIATE")
    (change_no,) = connection.execute("SELECT value FROM change_counter").fetchone()
    sales, lines, receipts, answers = [], [], [], []
    total_yen = 0
    for operation in body["operations"]:
        change_no += 1
        sale_id = uuid.UUID(operation["entity_id"]).bytes
        payload = operation["payload"]
        amount = sum(line["quantity"] * line["unit_price_yen"] for line in payload["lines"])
        total_yen += amount
        taxes = f'[{{"rate_percent":8,"taxable_yen":{amount},"tax_yen":{amount * 8 // 108}}}]'
        sales.append((sale_id, change_no, now, now, visit, van, payload["payment"], amount, taxes))
        for number, line in enumerate(payload["lines"]):
            item = uuid.UUID(line["item_id"]).bytes
            lines.append((sale_id, number, item, line["quantity"], line["unit_price_yen"]))
        receipts.append((uuid.UUID(operation["op_id"]).bytes, visit, sale_id, change_no, now))
        answers.append({"op_id": operation["op_id"], "result": "applied", "change_no": change_no})
    connection.executemany(_SALE, sales)
    connection.executemany(_LINE, lines)
    connection.executemany(_RECEIPT, receipts)
    connection.executemany(
        _TOTAL,
        [
            (visit, "sales_category_yen", "sweets", total_yen),
            (visit, "sales_payment_yen", "cash", total_yen),
            (visit, "sales_count", "cash", len(sales)),
            (visit, "tax_yen", "8", total_yen * 8 // 108),
        ],
    )
    connection.execute("UPDATE change_counter SET value = ?", (change_no,))
    connection.execute("COMMIT")
    start_response("200 OK", [("Content-Type", "application/json")])
    return [orjson.dumps({"results": answers})]


_SALE = """INSERT INTO sales (id, change_no, received_at, occurred_at, visit_id, van_id, payment, total_yen, taxes,
 local_day, iso_week, mesh, service_mode, ticket_count, ticket_face_yen, source, counted)
 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '2026-11-28', 202648, 5339576243, 'takeout', 0, 0, 'app', 1)"""
_LINE = """INSERT INTO sale_lines (sale_id, line, item_id, quantity, unit_price_yen, category, rate_percent)
 VALUES (?, ?, ?, ?, ?, 'sweets', 8)"""
_RECEIPT = """INSERT INTO receipts (op_id, holder_id, entity_id, change_no, received_at, kind, digest, status, version,
 detail) VALUES (?, ?, ?, ?, ?, 'sale.record', x'00112233445566778899aabbccddeeff', 'applied', 1, '{"http":201}')"""
_TOTAL = """INSERT INTO visit_totals (visit_id, measure, key, value, iso_week) VALUES (?, ?, ?, ?, 202648)
 ON CONFLICT (visit_id, measure, key) DO UPDATE SET value = value + excluded.value"""
