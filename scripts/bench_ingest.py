"""ingest_vs_floor: 1,000 sales in two pushes to a real server process, over the same rows without validation.

Both servers run side by side, one worker each; rounds alternate, and the medians are compared.
"""

from __future__ import annotations

import argparse
import datetime as dt
import http.client
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from outreach_api.access.writes import issue_token
from outreach_api.kernel.clock import format_instant, utc_now
from outreach_api.kernel.ids import new_fact_id, new_id
from outreach_api.kernel.mesh import mesh_code, micro
from outreach_api.kernel.week import IsoWeek
from outreach_api.stops.writes import UNSAID
from outreach_api.storage import migrate
from outreach_api.storage.keyring import make_key_file
from outreach_api.storage.plans import Van
from outreach_api.storage.sales import Item, ItemPrice
from outreach_api.storage.session import Database
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit
from schemas.vocabulary import Role

SALES = 1_000
PUSH = 500
DAY = dt.date(2026, 11, 28)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument("--rounds", type=int, default=15, help="counted rounds of each (default 15)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ours, floor, ratio = measure(Path(folder), options.rounds)
    if options.json:
        print(json.dumps({"figure": "ingest_vs_floor", "value": round(ratio, 2), "unit": "ratio"}))
    else:
        print(f"ingest_vs_floor {ratio:.2f} ({ours * 1000:.0f} ms over {floor * 1000:.0f} ms, medians)")


def measure(folder: Path, rounds: int) -> tuple[float, float, float]:
    """Median seconds of 1,000 sales for us and for the floor, and their ratio."""
    world = World(folder / "ours.db", folder / "master.key")
    floor_world = World(folder / "floor.db", folder / "floor.key")
    environment = os.environ | {
        "OUTREACH_DATABASE_URL": f"sqlite:///{world.path}",
        "OUTREACH_KEY_FILE": str(world.key),
    }
    floor_environment = os.environ | {
        "FLOOR_DATABASE": str(floor_world.path),
        "FLOOR_VISIT": str(floor_world.visit),
        "FLOOR_VAN": str(floor_world.van),
    }
    scripts = Path(__file__).parent
    with (
        server(["outreach_api.wsgi:app", "--factory"], environment, folder) as ours,
        server(["bench_floor:application"], floor_environment, scripts) as floor,
    ):
        our_times: list[float] = []
        floor_times: list[float] = []
        for number in range(rounds + 2):
            pairs = [(ours, world, our_times), (floor, floor_world, floor_times)]
            for port, where, times in pairs if number % 2 else reversed(pairs):
                seconds = push_sales(port, where)
                if number >= 2:
                    times.append(seconds)
    median, floor_median = statistics.median(our_times), statistics.median(floor_times)
    return median, floor_median, median / floor_median


class World:
    """A migrated database with one open visit, a small catalogue and a crew's token."""

    def __init__(self, path: Path, key: Path) -> None:
        self.path, self.key = path, key
        make_key_file(key)
        database = Database(f"sqlite:///{path}")
        migrate.upgrade(database)
        self.van, self.visit = new_id(), new_id()
        self.items = [new_id() for _ in range(20)]
        now = utc_now()
        kept = {"version": 1, "change_no": 0, "created_at": now}
        lat, lon = micro(35.8041), micro(139.9523)
        stop = new_id()
        place = {"lat_micro": lat, "lon_micro": lon, "mesh": mesh_code(lat, lon)}
        with database.write() as session:
            session.add(Van(id=self.van, code="A", name="A", needs_power=False, active=True, **kept))
            named = {"id": stop, "code": "S", "name": "S", "kind": "temple", "publicity": "public"}
            session.add(Stop(**{**UNSAID, **kept, **place, **named}))
            session.flush()
            week = IsoWeek.of(DAY).as_int
            session.add(
                Visit(
                    id=self.visit,
                    van_id=self.van,
                    stop_id=stop,
                    status="open",
                    source="app",
                    local_day=DAY,
                    iso_week=week,
                    mesh=place["mesh"],
                    clock_suspect=False,
                    **kept,
                )
            )
            for number, item in enumerate(self.items):
                session.add(
                    Item(
                        id=item,
                        code=f"I{number}",
                        name=f"品{number}",
                        category="sweets",
                        tax_category="food",
                        allergens=[],
                        active=True,
                        **kept,
                    )
                )
                session.flush()
                session.add(ItemPrice(item_id=item, valid_from=dt.date(2020, 1, 1), price_yen=10 + number))
            self.token = issue_token(session, role=Role.CREW, label="bench", now=now, days=1, van_id=self.van)
        database.close()

    def sale(self, chance: random.Random) -> dict[str, Any]:
        """One receipt of two lines, as a phone keeps it."""
        lines = [
            {"item_id": str(self.items[n]), "quantity": chance.randint(1, 3), "unit_price_yen": 10 + n}
            for n in chance.sample(range(20), 2)
        ]
        return {
            "op_id": str(new_fact_id()),
            "kind": "sale.record",
            "v": 1,
            "entity_id": str(new_fact_id()),
            "occurred_at": format_instant(utc_now()),
            "payload": {"visit_id": str(self.visit), "payment": "cash", "lines": lines},
        }


def push_sales(port: int, world: World) -> float:
    """Seconds for 1,000 new sales in two pushes; raises if one was not applied."""
    chance = random.Random(port)  # noqa: S311
    bodies = [
        orjson.dumps(
            {
                "sent_at": format_instant(utc_now()),
                "operations": [world.sale(chance) for _ in range(PUSH)],
            }
        )
        for _ in range(SALES // PUSH)
    ]
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {world.token}"}
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.connect()
    began = time.perf_counter()
    answers = []
    for body in bodies:
        connection.request("POST", "/v1/sync/push", body, headers)
        answers.append(connection.getresponse().read())
    seconds = time.perf_counter() - began
    connection.close()
    for answer in answers:
        results = orjson.loads(answer)["results"]
        if len(results) != PUSH or any(line["result"] != "applied" for line in results):
            raise SystemExit(f"a push was not applied: {answer[:400]!r}")
    return seconds


@contextmanager
def server(application: list[str], environment: dict[str, str], folder: Path) -> Iterator[int]:
    """Run granian with one worker on a free port; yields the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--workers",
        "1",
        "--blocking-threads",
        "4",
    ]
    command += ["--port", str(port), "--log-level", "warning", *application]
    process = subprocess.Popen(command, env=environment, cwd=folder)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise SystemExit("a server ended before it listened")
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("a server did not listen within 10 seconds")


if __name__ == "__main__":
    main()
