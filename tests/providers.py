"""A server of this machine that answers as geocoders elsewhere do, well or badly, and remembers what it was asked."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Providers:
    """`answer` is what comes next: a value as JSON, bytes as they are; with `status` and `headers`."""

    def __init__(self) -> None:
        self.answer: Any = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.drips: threading.Event | None = None
        """While it isn't set, a byte at a time."""
        self.asked: list[dict[str, str]] = []
        self.agents: list[str] = []
        self.url = ""

    def queries(self) -> list[str]:
        return [asked.get("q", "") for asked in self.asked]


@contextlib.contextmanager
def providers() -> Iterator[Providers]:
    here = Providers()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            here.asked.append({"path": parts.path, **{n: v[0] for n, v in parse_qs(parts.query).items()}})
            here.agents.append(self.headers["User-Agent"])
            body = here.answer if isinstance(here.answer, bytes) else json.dumps(here.answer).encode()
            self.send_response(here.status)
            for name, value in here.headers.items():
                self.send_header(name, value)
            if here.drips is None:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(OSError):
                while here.drips is not None and not here.drips.wait(0.02):
                    self.wfile.write(b" ")
                    self.wfile.flush()
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Tests print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        if here.drips is not None:
            here.drips.set()
        server.shutdown()
        server.server_close()
        thread.join()


def gsi(*places: tuple[str, float, float]) -> list[dict[str, Any]]:
    """As msearch.gsi.go.jp answers."""
    return [
        {
            "geometry": {"coordinates": [lon, lat], "type": "Point"},
            "type": "Feature",
            "properties": {"addressCode": "", "title": title},
        }
        for title, lat, lon in places
    ]


def nominatim(*places: tuple[str, float, float, int]) -> list[dict[str, Any]]:
    """As nominatim.openstreetmap.org answers for format=json: numbers as texts."""
    return [
        {
            "place_id": number,
            "licence": "Data © OpenStreetMap contributors, ODbL 1.0. http://osm.org/copyright",
            "lat": str(lat),
            "lon": str(lon),
            "class": "leisure",
            "type": "park",
            "place_rank": rank,
            "importance": 0.1,
            "display_name": title,
        }
        for number, (title, lat, lon, rank) in enumerate(places)
    ]
