"""A receiver of webhooks of the test's own: verifies as the text of Standard Webhooks says, and answers as it is told."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Called(NamedTuple):
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def said(self) -> Any:
        return json.loads(self.body)


class Receiver:
    """`called` is what came, in that order; `status`, `headers` and `body` are its next answers."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.called: list[Called] = []
        self.status = 204
        self.headers: dict[str, str] = {}
        self.body = b""
        self.before_answering: Callable[[], object] = lambda: None

    def take(self) -> list[Called]:
        """What came since the last time."""
        came, self.called = self.called, []
        return came


def verifies(secret: str, called: Called) -> bool:
    """Whether one of the signatures is that of the secret: section "Verifying webhook authenticity", symmetric."""
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    signed = b".".join(
        [called.headers["webhook-id"].encode(), called.headers["webhook-timestamp"].encode(), called.body]
    )
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    signatures = [one.split(",", 1) for one in called.headers["webhook-signature"].split(" ")]
    return any(version == "v1" and hmac.compare_digest(one, wanted) for version, one in signatures)


@contextmanager
def receiver(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            here.called.append(Called({name.lower(): value for name, value in self.headers.items()}, body))
            here.before_answering()
            self.send_response(here.status)
            for name, value in here.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(here.body)))
            self.end_headers()
            self.wfile.write(here.body)

        def log_message(self, *_: Any) -> None:
            """Tests print nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Who hangs up is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    here = Receiver(f"http{'s' if tls else ''}://localhost:{server.server_port}/hook")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
