"""map_5m_vs_100k and map_repeat_vs_first: what ten years of history cost a map, and what asking again costs.

One fleet over a window of 10 km: 400 stops in 400 cells, visited in turn by sixteen vans, 200 facts a visit. The large
database has its ten years (5 million facts), the small one its last 73 days (100,000). Both answer the same questions
about the same cells, for the ten weeks that both know and for all that there is; the worse ratio counts. Asked again
with its ETag, the large one's answer for all years is compared with the first.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from gzip import decompress
from pathlib import Path

from push_bench import years
from push_bench.world import World

from map_bench.asking import Office
from map_bench.figure import CLOCK, Figure, medians
from map_bench.places import add_stop
from outreach_api.kernel.clock import utc_now
from outreach_api.kernel.week import local_day
from outreach_api.storage.session import Database

MANY, FEW = 5_000_000, 100_000
SIDE = 20  # stops a row and a column
LAT, LON, KM_10 = 35.75, 139.87, (0.09, 0.11)
ROUNDS = 61


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        few = fleet(Path(folder) / "few", FEW, years.DAYS * FEW // MANY)
        many = fleet(Path(folder) / "many", MANY, years.DAYS)
        today = local_day(utc_now())
        yield growth(few, many, today)
        yield repeat(many, today)


def fleet(folder: Path, facts: int, days: int) -> Office:
    began = CLOCK()
    world = World(folder)
    stops = []
    database = Database(f"sqlite:///{world.path}")
    with database.write() as session:
        for number in range(SIDE * SIDE):
            north, east = ((half + 0.5) / SIDE for half in divmod(number, SIDE))
            stop = add_stop(session, number, LAT + KM_10[0] * north, LON + KM_10[1] * east)
            stops.append((stop.id, stop.mesh))
    database.close()
    years.fill(world, facts, days=days, stops=stops)
    size = world.path.stat().st_size / 1e9
    print(f"{facts:,} facts of {days} days, {size:.1f} GB, in {CLOCK() - began:.0f} s", file=sys.stderr)
    return Office(world.path, world.key)


def growth(few: Office, many: Office, today: dt.date) -> Figure:
    box = f"bbox={LON},{LAT},{LON + KM_10[1]:.2f},{LAT + KM_10[0]:.2f}&level=250"
    periods = {
        "ten weeks": f"from_day={today - dt.timedelta(days=70)}&to_day={today}",
        "all years": f"from_day=2000-01-01&to_day={today}",
    }
    ratios = []
    for name, period in periods.items():
        path = f"/v1/map/reach?{box}&{period}"
        cells = [len(json.loads(decompress(office.get(path).body))["cells"]) for office in (few, many)]
        if cells[0] != cells[1]:
            raise SystemExit(f"{name}: {cells} cells, so that would compare two different answers")
        small, large = medians(ROUNDS, asking(few, path), asking(many, path))
        ratios.append(large / small)
        said = f"{large * 1000:.2f} ms over {small * 1000:.2f} ms, {cells[0]} cells"
        print(f"reach of {name}: {large / small:.2f} ({said})", file=sys.stderr)
    return Figure("map_5m_vs_100k", round(max(ratios), 2), "ratio")


def repeat(office: Office, today: dt.date) -> Figure:
    path = f"/v1/map/reach?from_day=2000-01-01&to_day={today}&level=250"
    etag = office.get(path).etag
    first, again = medians(ROUNDS, asking(office, path), asking(office, path, etag))
    if not office.get(path, etag=etag).status.startswith("304"):
        raise SystemExit("what did not change was sent again")
    print(f"again {again * 1000:.2f} ms, first {first * 1000:.2f} ms", file=sys.stderr)
    return Figure("map_repeat_vs_first", round(again / first, 2), "ratio")


def asking(office: Office, path: str, etag: str | None = None) -> Callable[[], object]:
    return lambda: office.get(path, etag=etag)
