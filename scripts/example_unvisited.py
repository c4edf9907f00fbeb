#!/usr/bin/env python3
"""Stops that agreed to have us and where nobody was for a while, the longest first: example_unvisited.py [DAYS].

A worked example of GET /v1/map/stops, which is GeoJSON: a list of features, each with a place and its properties. It
wants a coordinator's token, and names private homes too: it is for planning, and stays in the office.
"""

from __future__ import annotations

import sys
from typing import Any

from example_ask import ask

SIX_WEEKS = 42


def main(arguments: list[str]) -> None:
    least = int(arguments[0]) if arguments else SIX_WEEKS
    stops = [feature["properties"] for feature in ask("/v1/map/stops", status="agreed")["features"]]
    waiting = [stop for stop in stops if days(stop) >= least]

    for stop in sorted(waiting, key=days, reverse=True):
        last = stop["last_visit_day"]
        since = f"{last} から {stop['days_since_last_visit']} 日" if last else "まだ一度も行っていません"
        print(f"{stop['code']}\t{stop['name']}\t{since}")
    print(f"{least} 日以上行っていない場所: {len(waiting)} / {len(stops)}")


def days(stop: dict[str, Any]) -> float:
    """Where nobody has ever been comes first."""
    since = stop["days_since_last_visit"]
    return float("inf") if since is None else since


if __name__ == "__main__":
    main(sys.argv[1:])
