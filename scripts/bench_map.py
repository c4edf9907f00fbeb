"""The outreach map against floors of its own: see scripts/map_bench/, a module a group of figures.

Every figure is a ratio of two things measured in turn in this run (medians), but for the seconds of page_ready. What
else there is to say goes to stderr.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator

from map_bench import coverage, history, page, payload
from map_bench.figure import Figure

# By the names of --only; each yields the figures that it measures.
GROUPS: dict[str, Callable[[], Iterator[Figure]]] = {
    "coverage": coverage.figures,
    "history": history.figures,
    "payload": payload.figures,
    "page": page.figures,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument("--only", choices=sorted(GROUPS), help="one group of figures")
    options = parser.parse_args()
    for name, figures in GROUPS.items():
        if options.only in (None, name):
            for found in figures():
                said = f"{found.figure} {found.value} {found.unit}"
                print(json.dumps(found._asdict()) if options.json else said, flush=True)


if __name__ == "__main__":
    main()
