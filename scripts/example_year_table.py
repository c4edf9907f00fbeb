#!/usr/bin/env python3
"""A funder's table of a Japanese fiscal year (April to March), one row a month, as a CSV: example_year_table.py [2026].

A worked example of GET /v1/public/reach. It takes the figures that were released, not those of the office: what goes to
a funder may stand in the newspaper. They are rounded, add up, and need no token.
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
from typing import Any

from example_ask import ask

TOKYO = dt.timezone(dt.timedelta(hours=9))
COLUMNS = ("月", "出店回数", "延べ人数", "子ども", "大人", "年代不明", "1回あたり", "子ども1回あたり", "備考")


def row(name: str, reach: dict[str, Any]) -> list[Any]:
    people, visits = reach["attendance"], reach["visits"]
    group, elsewhere = people["by_group"], reach["not_on_map"]
    return [
        name,
        visits,
        people["total"],
        people["children"],
        group["young_adults"] + group["adults"] + group["seniors"],
        group["not_said"],
        # Visits for members are not counted, so their people don't belong into an average.
        average(people["total"] - elsewhere["total"], visits),
        average(people["children"] - elsewhere["children"], visits),
        "" if reach["complete"] else f"公表は {reach['released_through'] or 'まだ'} まで",
    ]


def average(people: int, visits: int) -> str:
    return f"{people / visits:.1f}" if visits else ""


def main(arguments: list[str]) -> None:
    today = dt.datetime.now(TOKYO).date()
    # Until March it is still the year that began last April.
    year = int(arguments[0]) if arguments else today.year - (today.month < 4)

    months = [f"{year}-{month:02}" for month in range(4, 13)]
    months += [f"{year + 1}-{month:02}" for month in range(1, 4)]

    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(COLUMNS)
    for month in months:
        if month <= f"{today:%Y-%m}":  # of months to come there is nothing to say
            table.writerow(row(month, ask("/v1/public/reach", period=month)))
    # An average of averages would be wrong: the year is asked for by itself.
    table.writerow(row(f"{year}年度", ask("/v1/public/reach", period=f"FY{year}")))


if __name__ == "__main__":
    main(sys.argv[1:])
