#!/usr/bin/env python3
"""The last full week in a few lines, to paste into a chat or a mail: example_week.py [2026-W47].

A worked example of GET /v1/reports/week/{week}. For files, retries and cron there is weekly_report.py.
"""

from __future__ import annotations

import datetime as dt
import sys

from example_ask import ask

TOKYO = dt.timezone(dt.timedelta(hours=9))
STATES = {"running": "途中", "open": "まだ締めていません", "closed": "締め済み"}


def last_week() -> str:
    """Weeks are the ISO calendar's (from Monday), days are Tokyo's."""
    year, week, _ = (dt.datetime.now(TOKYO) - dt.timedelta(weeks=1)).isocalendar()
    return f"{year}-W{week:02}"


def main(arguments: list[str]) -> None:
    week = arguments[0] if arguments else last_week()
    report = ask(f"/v1/reports/week/{week}")

    period, state, people = report["period"], report["state"], report["attendance"]
    version = f"第{state['version']}版" if state["version"] else "いまの時点の数字"
    print(f"週報 {week}（{period['from']} 〜 {period['to']}）{STATES[state['name']]}・{version}")

    # The trend has the four weeks before it, the oldest first; the last one is the week itself.
    before = report["trend"][-2]
    change = people["total"] - before["attendance"]
    print(f"来た人: 延べ {people['total']} 人（うち子ども {people['children']} 人、前の週より {change:+}）")

    held, cancelled = report["visits"]["held"], report["visits"]["cancelled"]
    print(f"出店: {held} 回（中止 {cancelled} 回）、1回あたり {people['per_visit'] or 0:.1f} 人")

    talks = report["contacts"]
    print(f"話した: {talks['conversations']} 件、相談: {talks['consultations']} 件")

    missing = sum(report["completeness"].values())
    if missing:
        print(f"足りない記録が {missing} 件あります。")
    for late in report["late"]:
        print(f"締めたあとに届いたもの: {late['local_day']} {late['measure']} {late['change']:+}")


if __name__ == "__main__":
    main(sys.argv[1:])
