"""report_week_vs_sql: one week's report on ten years of one van, over one plain indexed SQL aggregate of its sales.

The report is the whole GET through the WSGI app in this process (token, queries, JSON); the aggregate is a covering
index read through the bare driver. Weeks are drawn at random, the two alternate, and the medians are compared.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from decade import Decade
from werkzeug.test import EnvironBuilder

from outreach_api.app import create_app
from outreach_api.settings import Settings
from outreach_api.storage.keyring import make_keys
from outreach_api.storage.session import Database, sqlite_driver

ROUNDS = 201
WARM_UP = 10
AGGREGATE = (
    "SELECT payment, COUNT(*), SUM(total_yen) FROM sales INDEXED BY ix_sales_iso_week_total_yen"
    " WHERE iso_week = ? GROUP BY payment"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument("--sales", type=int, default=500_000, help="receipts to make (default 500,000)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        decade = Decade(Path(folder) / "decade.db", sales=options.sales)
        built = time.perf_counter() - began
        ours, plain, not_modified = measure(decade)
    ratio = ours / plain
    if options.json:
        print(json.dumps({"figure": "report_week_vs_sql", "value": round(ratio, 1), "unit": "ratio"}))
        return
    print(f"{decade.size()}, made in {built:.0f} s")
    print(f"report_week_vs_sql {ratio:.1f} ({ours * 1000:.2f} ms over {plain * 1000:.3f} ms, medians)")
    print(f"asked again with its ETag: {not_modified * 1000:.2f} ms")


def measure(decade: Decade) -> tuple[float, float, float]:
    """Median seconds of a report, of the aggregate, and of a report that did not change (304)."""
    logging.getLogger("outreach.access").setLevel(logging.WARNING)
    database = Database(f"sqlite:///{decade.path}")
    app = create_app(
        Settings(),
        database=database,
        keyring=make_keys(Settings(home=decade.path.parent)),
        now=lambda: decade.now,
    )
    driver = sqlite_driver()
    bare = driver.connect(str(decade.path))
    chance = random.Random(7)  # noqa: S311
    reports: list[float] = []
    plains: list[float] = []
    repeats: list[float] = []
    for number in range(ROUNDS + WARM_UP):
        week = chance.choice(decade.weeks)
        get = request(app, decade.token, f"/v1/reports/week/{week}")

        def aggregate(iso_week: int = week.as_int) -> Any:
            return bare.execute(AGGREGATE, (iso_week,)).fetchall()

        pair: list[tuple[Callable[[], Any], list[float]]] = [(get, reports), (aggregate, plains)]
        answers: dict[int, Any] = {}
        for act, times in pair if number % 2 else reversed(pair):
            started = time.perf_counter()
            answer = act()
            times.append(time.perf_counter() - started)
            answers[id(times)] = answer
        status, headers, body = answers[id(reports)]
        check(status, json.loads(body), answers[id(plains)])
        repeat = request(app, decade.token, f"/v1/reports/week/{week}", headers["ETag"])
        started = time.perf_counter()
        again, _, _ = repeat()
        repeats.append(time.perf_counter() - started)
        if again != "304 NOT MODIFIED":
            raise SystemExit(f"the same report again answered {again}")
    bare.close()
    database.close()
    median = statistics.median
    return median(reports[WARM_UP:]), median(plains[WARM_UP:]), median(repeats[WARM_UP:])


def request(
    app: Any, token: str, path: str, etag: str | None = None
) -> Callable[[], tuple[str, dict[str, str], bytes]]:
    """A GET that is ready to go: calling it runs the app and reads its answer to the end."""
    headers = [("Authorization", f"Bearer {token}"), ("Accept", "application/json")]
    if etag is not None:
        headers.append(("If-None-Match", etag))
    environ = EnvironBuilder(path=path, headers=headers).get_environ()
    seen: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]], error: Any = None) -> Any:
        seen.update(status=status, headers=dict(headers))

    def run() -> tuple[str, dict[str, str], bytes]:
        answer = app(environ, start_response)
        body = b"".join(answer)
        answer.close()
        return seen["status"], seen["headers"], body

    return run


def check(status: str, report: Any, plain: list[tuple[str, int, int]]) -> None:
    """A fast answer that differs from the aggregate's is worth nothing."""
    if status != "200 OK":
        raise SystemExit(f"the report answered {status}")
    receipts = Counter({payment: count for payment, count, _ in plain})
    yen = sum(total for _, _, total in plain)
    if report["sales"]["total_yen"] != yen or +Counter(report["sales"]["receipts_by_payment"]) != receipts:
        raise SystemExit(f"{report['period']['name']}: the report and the aggregate differ")


if __name__ == "__main__":
    main()
