"""Plays an OSRM server on this machine: its table service, its refusals, and the ways in which one breaks."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from outreach_api.kernel.geo import Point

_TABLE = re.compile(r"/table/v1/(?P<profile>[a-z]+)/(?P<places>[0-9.,;-]+)")
Place = tuple[float, float]


def place(point: Point) -> Place:
    return (round(point.lat, 6), round(point.lon, 6))


def by_road(a: Place, b: Place) -> float:
    """Seconds, different in each direction and for each pair, so that nothing can be mixed up unnoticed."""
    return (
        0.0 if a == b else round(60 + abs(a[0] - b[0]) * 30_000 + abs(a[1] - b[1]) * 20_000 + b[0] % 1 * 7, 1)
    )


@dataclass
class Roads:
    """What the server does: set it before asking; read `asked` afterwards."""

    url: str = ""
    most: int = 100
    lost: set[Place] = field(default_factory=set)
    """Near no road: any question that names one is refused whole."""
    cut: set[tuple[Place, Place]] = field(default_factory=set)
    """Between these it knows no way."""
    moods: list[str] = field(default_factory=list)
    """How the next questions end, one each; then well."""
    asked: list[tuple[int, int]] = field(default_factory=list)
    """Rows and columns of each question."""
    release: threading.Event = field(default_factory=threading.Event)

    def answer(self, path: str) -> tuple[int, Any]:
        split = urlsplit(path)
        found = _TABLE.fullmatch(split.path)
        assert found is not None, path
        places = [(float(lat), float(lon)) for lon, lat in (p.split(",") for p in found["places"].split(";"))]
        if any(abs(lat) > 90 for lat, _ in places) or len(places) < 2:
            return 400, {"code": "InvalidQuery", "message": "coordinates"}
        query = parse_qs(split.query)
        rows, columns = (
            [places[int(one)] for one in query[name][0].split(";")] for name in ("sources", "destinations")
        )
        self.asked.append((len(rows), len(columns)))
        if len(places) > self.most:
            return 400, {"code": "TooBig", "message": "Too many table coordinates"}
        if self.lost.intersection(places):
            return 400, {"code": "NoSegment", "message": "Could not find a matching segment"}
        table = [[None if (a, b) in self.cut else by_road(a, b) for b in columns] for a in rows]
        return 200, {"code": "Ok", "durations": table}


@contextmanager
def roads() -> Iterator[Roads]:
    known = Roads()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            mood = known.moods.pop(0) if known.moods else "well"
            if mood == "slow":
                known.release.wait(30)
            if mood == "gone":
                self.close_connection = True
                return
            if mood == "elsewhere":
                self._send(302, b"", Location="http://127.0.0.1:9/")
                return
            status, answer = known.answer(self.path)
            body = json.dumps(answer).encode()
            if mood in ("500", "429", "403"):
                status, body = int(mood), b"<html>"
            elif mood == "html":
                body = b"<html>welcome</html>"
            elif mood == "short":
                body = json.dumps({**answer, "durations": answer["durations"][1:]}).encode()
            elif mood == "negative":
                body = body.replace(b"0.0", b"-1")
            elif mood == "cut off":
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[:10])
                return
            self._send(status, body)

        def _send(self, status: int, body: bytes, **headers: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    known.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield known
    finally:
        known.release.set()
        server.shutdown()
        server.server_close()
        thread.join()
