"""page_ready: from the click on a link to a map that is drawn and answers, in a real browser without a screen.

The whole way of somebody who opens /map for the first time that day: nothing in the browser's cache, the link is redeemed,
everything is asked of a server process of its own and drawn. Matsudo (288 cells of 500 m) and a prefecture (40,000), each
in turn with an empty page that does no more than make a Leaflet map. Wall time, since the browser has processes of its own.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from push_bench import servers
from push_bench.world import World

from map_bench import browser
from map_bench.city import fill
from map_bench.figure import Figure
from map_bench.lands import Land, chiba, matsudo
from outreach_api.access.writes.tokens import issue_token
from outreach_api.kernel.clock import utc_now
from outreach_api.kernel.ids import new_id
from outreach_api.storage.session import Database
from schemas.vocabulary import Role

ROUNDS = 7
_LOOK_MS, _MOST_LOOKS = 100, 600
LANDS: tuple[tuple[str, Callable[[], Land]], ...] = (("matsudo", matsudo), ("chiba", chiba))
# Set in the page: the milliseconds since its address was opened, once what stands in `drawn` is true after a picture.
_WATCH = """(() => {
  const look = () => (%s ? requestAnimationFrame(() => (window.readyAfter = performance.now())) : requestAnimationFrame(look));
  requestAnimationFrame(look);
})()"""
_OURS = "document.querySelector('#legend .count') && !document.querySelector('[aria-busy]')"
_EMPTY = "document.querySelector('.leaflet-control-zoom')"
_EMPTY_PAGE = """<!doctype html><title>empty</title><link rel="stylesheet" href="{files}/leaflet.css">
<div id="map" style="height: 100vh"></div><script src="{files}/leaflet.js"></script>
<script>L.map("map", {{center: [35.8, 139.9], zoom: 13}});</script>"""


def figures() -> Iterator[Figure]:
    executable = browser.installed()
    if executable is None:
        print("page_ready: left out, there is no browser here", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=executable, args=browser.FLAGS)
        for name, make in LANDS:
            seconds, ratio = measure(opened, Path(folder) / name, make())
            yield Figure(f"page_ready_{name}", round(seconds, 2), "s")
            yield Figure(f"page_ready_{name}_vs_empty", round(ratio, 1), "ratio")
        opened.close()


def measure(opened: Browser, folder: Path, land: Land) -> tuple[float, float]:
    """Median seconds until the page is ready, and how often those of the empty page."""
    world = World(folder)
    database = Database(f"sqlite:///{world.path}")
    fill(database, random.Random(5), land, world)  # noqa: S311
    with database.write() as session:
        token = issue_token(session, role=Role.COORDINATOR, label="office", now=utc_now(), days=1)
    database.close()
    with servers.outreach(world) as port:
        address = f"http://127.0.0.1:{port}"
        with urllib.request.urlopen(f"{address}/map") as answer:  # noqa: S310 - our own server
            files = answer.read().decode().partition('src="')[2].partition("/leaflet.js")[0]
        page = _EMPTY_PAGE.format(files=files)
        ours, empty = [], []
        for _ in range(ROUNDS + 1):
            ours.append(ready(opened, _link(address, token), _OURS, None))
            empty.append(ready(opened, f"{address}/empty", _EMPTY, page))
    seconds, least = (statistics.median(taken[1:]) for taken in (ours, empty))
    print(f"{land.name}: {seconds:.2f} s, an empty page {least:.3f} s", file=sys.stderr)
    return seconds, seconds / least


def ready(opened: Browser, address: str, drawn: str, instead: str | None) -> float:
    """Seconds until the page at an address is ready, in a browser that has seen nothing; `instead` stands for its page."""
    context = opened.new_context(viewport={"width": 1440, "height": 900}, locale="ja-JP")
    try:
        page = context.new_page()
        page.add_init_script(_WATCH % drawn)
        if instead is not None:
            page.route("**/empty", lambda route: route.fulfill(body=instead, content_type="text/html"))
        page.goto(address)
        # The page's policy lets nobody wait in it for an expression.
        for _ in range(_MOST_LOOKS):
            taken: float | None = page.evaluate("window.readyAfter ?? null")
            if taken is not None:
                return taken / 1000
            page.wait_for_timeout(_LOOK_MS)
        raise SystemExit(
            f"{address.partition('#')[0]} was not ready after {_MOST_LOOKS * _LOOK_MS // 1000} s"
        )
    finally:
        context.close()


def _link(address: str, token: str) -> str:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(new_id())}
    asked = urllib.request.Request(  # noqa: S310 - our own server
        f"{address}/v1/map-links", b"{}", {**headers, "Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(asked) as answer:  # noqa: S310
        return str(json.load(answer)["link"])
