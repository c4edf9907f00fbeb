"""The floor of push_vs_floor: a bare WSGI function that writes the rows of sales and checks nothing.

orjson and the SQLite driver; the same tables, indexes, durability and server as the real thing, and every row that a
push of sales leaves, column by column (bench_push.py compares them). What is the same in all rows stands in the
statements, connections are kept, and there is no hash to compute: nothing here could be left out.
"""

from __future__ import annotations

import gc
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import orjson

from outreach_api.storage.session import pragmas, sqlite_driver, wal_is_safe

_RATE = 8
_driver = sqlite_driver()
_FRAME: dict[str, Any] = json.loads(os.environ["FLOOR"])
idle: list[Any] = []  # connections; the one used last is the warmest


def application(
    environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], Any]
) -> Iterable[bytes]:
    body = orjson.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    connection = idle.pop() if idle else _connect()
    connection.execute("BEGIN IMMEDIATE")
    (change_no,) = connection.execute("SELECT value FROM change_counter").fetchone()
    sales, lines, receipts, answers = [], [], [], []
    yen: Counter[str] = Counter()
    count: Counter[str] = Counter()
    tax_yen = 0
    for operation in body["operations"]:
        change_no += 1
        op_id, payload = operation["op_id"], operation["payload"]
        sale_id = _bytes(operation["entity_id"])
        payment, said = payload["payment"], operation["occurred_at"]
        said_at = f"{said[:10]} {said[11:26]}"
        amount = 0
        for number, line in enumerate(payload["lines"]):
            quantity, price_yen = line["quantity"], line["unit_price_yen"]
            amount += quantity * price_yen
            lines.append((sale_id, number, _bytes(line["item_id"]), quantity, price_yen))
        tax = amount * _RATE // (100 + _RATE)
        taxes = f'[{{"rate_percent":{_RATE},"taxable_yen":{amount},"tax_yen":{tax}}}]'
        sales.append((sale_id, change_no, now, said_at, payment, amount, taxes))
        receipts.append((_bytes(op_id), sale_id, change_no, now, said_at))
        answers.append({"op_id": op_id, "result": "applied", "change_no": change_no})
        yen[payment] += amount
        count[payment] += 1
        tax_yen += tax
    totals = [("sales_category_yen", "sweets", yen.total()), ("tax_yen", str(_RATE), tax_yen)]
    totals += [("sales_payment_yen", payment, amount) for payment, amount in yen.items()]
    totals += [("sales_count", payment, number) for payment, number in count.items()]
    connection.executemany(_SALE, sales)
    connection.executemany(_LINE, lines)
    connection.executemany(_RECEIPT, receipts)
    connection.executemany(_TOTAL, totals)
    connection.executemany(_WEEK, totals)
    connection.execute("UPDATE change_counter SET value = ?", (change_no,))
    connection.execute("COMMIT")
    idle.append(connection)
    start_response("200 OK", [("Content-Type", "application/json")])
    return [orjson.dumps({"results": answers})]


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("-", ""))


def _connect() -> Any:
    made = _driver.connect(_FRAME["database"], isolation_level=None, check_same_thread=False)
    for pragma in pragmas(safe=wal_is_safe(_driver.sqlite_version_info)):
        made.execute(f"PRAGMA {pragma}").close()
    return made


def _filled_in(statement: str) -> str:
    """The statement with what the visit lends to each of its rows."""
    for name, value in _FRAME.items():
        statement = statement.replace(f"<{name}>", str(value))
    return statement


_SALE = _filled_in("""INSERT INTO sales (id, change_no, received_at, occurred_at, payment, total_yen, taxes, visit_id,
 van_id, local_day, iso_week, mesh, service_mode, ticket_count, ticket_face_yen, source, counted) VALUES (?, ?, ?, ?,
 ?, ?, ?, x'<visit>', x'<van>', '<day>', <week>, <mesh>, 'takeout', 0, 0, 'app', 1)""")
_LINE = """INSERT INTO sale_lines (sale_id, line, item_id, quantity, unit_price_yen, category, rate_percent)
 VALUES (?, ?, ?, ?, ?, 'sweets', 8)"""
_RECEIPT = _filled_in("""INSERT INTO receipts (op_id, entity_id, change_no, received_at, said_at, holder_id, kind,
 digest, status, version) VALUES (?, ?, ?, ?, ?, x'<van>', 'sale.record', x'00112233445566778899aabbccddeeff',
 'applied', 1)""")
_TOTAL = _filled_in("""INSERT INTO visit_totals (visit_id, measure, key, value, iso_week) VALUES (x'<visit>', ?, ?, ?,
 <week>) ON CONFLICT (visit_id, measure, key) DO UPDATE SET value = value + excluded.value""")
_WEEK = _filled_in("""INSERT INTO week_totals (measure, key, value, iso_week) VALUES (?, ?, ?, <week>)
 ON CONFLICT (iso_week, measure, key) DO UPDATE SET value = value + excluded.value""")

# As in outreach_api/wsgi.py.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)
