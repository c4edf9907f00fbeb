"""map_payload_vs_geojson: the compact form that the page asks for, over the GeoJSON of the same map; both gzipped.

A city of the size of Matsudo: 288 cells of 500 m with whole numbers of residents and children, and two hundred stops
with visits of two years (as far as the page's slider goes), everybody counted by band. Coverage (on one day, and
compared with another) and reach at 500 and at 250 m; the worst counts.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from push_bench.world import World

from map_bench.asking import Office
from map_bench.city import DAYS, fill
from map_bench.figure import Figure
from map_bench.lands import matsudo
from outreach_api.storage.session import Database
from schemas.geojson import MEDIA_TYPE

# What the page asks for (outreach_map/page/store.js), and of reach what it makes of its weeks: of one period, and of two
# that are compared.
COVERAGE = "target,covered_share,reach_rate"
REACH = "visits,days_since_last_visit,attendance.total,attendance.children"


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder) / "city")
        database = Database(f"sqlite:///{world.path}")
        dice, land = random.Random(5), matsudo()  # noqa: S311
        fill(database, dice, land, world)
        database.close()
        office, ratios = Office(world.path, world.key), []
        then = world.day - dt.timedelta(weeks=12)
        asked = (
            ("coverage", "", COVERAGE),
            ("coverage compared", f"&against_on={then}", f"{COVERAGE},against.covered_share"),
            ("reach", f"&from_day={world.day - dt.timedelta(days=DAYS)}", REACH),
        )
        for name, period, columns in asked:
            for level in (500, 250):
                path = f"/v1/map/{name.split()[0]}?level={level}{period}"
                full = len(office.get(path, MEDIA_TYPE).body)
                every, drawn = (len(office.get(path + more).body) for more in ("", f"&columns={columns}"))
                ratios.append(drawn / full)
                said = f"{drawn:,} of {full:,} bytes; with every column {every:,}, {every / full:.2f}"
                print(f"{name} {level} m: {drawn / full:.2f} ({said})", file=sys.stderr)
        yield Figure("map_payload_vs_geojson", round(max(ratios), 3), "ratio")
