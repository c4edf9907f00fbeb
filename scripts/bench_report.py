"""What reports cost, always against something measured in turn in the same run (medians; processor time).

report_10y_vs_1m        one week's report by the whole app with ten years of one van (500,000 sales) over the same week's
                        with its last month alone
report_10y_vs_1m_fleet  the same of 1,000 vans, 20,000 stops, 10 million sales (report_bench/fleet.py)
report_week_vs_sql      the whole report over one aggregate of its receipts by a covering index
report_…_vs_json        a closed week's version, and CSV, XLSX and PDF, over the same report as JSON
trend_52w_vs_raw        52 weeks of the fleet over SQL that counts the same figures from facts
rollup_cost             a push of 500 mixed operations over the same while no total is kept (report_bench/rollups.py)

Where a report's time goes is told on stderr. The fleet takes some ten minutes and 8 GB of scratch space (TMPDIR).
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from map_bench.figure import Figure
from report_bench import reports, rollups
from report_bench.history import TEN_YEARS
from report_bench.reports import Sizes

GROUPS: dict[str, Callable[[Path, Sizes], Iterator[Figure]]] = {
    "rollups": rollups.cost,
    "van": reports.of_one_van,
    "fleet": reports.of_a_fleet,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument("--only", choices=sorted(GROUPS), help="one group of figures")
    parser.add_argument("--sales", type=int, default=500_000, help="receipts of the one van")
    parser.add_argument("--fleet-sales", type=int, default=10_400_000, help="receipts of the fleet")
    parser.add_argument("--vans", type=int, default=1_000)
    parser.add_argument("--weeks", type=int, default=TEN_YEARS)
    parser.add_argument("--rounds", type=int, default=41)
    options = parser.parse_args()
    sizes = Sizes(options.sales, options.fleet_sales, options.vans, options.weeks, options.rounds)
    with tempfile.TemporaryDirectory(prefix="bench_report_") as folder:
        for name, figures in GROUPS.items():
            if options.only in (None, name):
                for found in figures(Path(folder), sizes):
                    said = f"{found.figure} {found.value} {found.unit}"
                    print(json.dumps(found._asdict()) if options.json else said, flush=True)


if __name__ == "__main__":
    main()
