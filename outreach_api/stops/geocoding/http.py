"""How geopy's geocoders ask: one GET to one host, bounded in time and size, that follows no redirect."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from geopy.adapters import AdapterHTTPError, BaseSyncAdapter
from geopy.exc import GeocoderParseError, GeocoderServiceError, GeocoderTimedOut, GeocoderUnavailable

MOST_BYTES = 1_000_000


class Bounded(BaseSyncAdapter):  # type: ignore[misc]
    """geopy's own adapter bounds neither the size of an answer nor the time of a slow one, and follows redirects.

    What its errors say never holds an address or an answer: both may be somebody's home.
    """

    def __init__(self, *, proxies: Any, ssl_context: ssl.SSLContext | None) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        self._tls = ssl_context

    def get_json(self, url: str, *, timeout: float, headers: dict[str, str]) -> Any:
        text = self.get_text(url, timeout=timeout, headers=headers)
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise GeocoderParseError("no JSON") from None

    def get_text(self, url: str, *, timeout: float, headers: dict[str, str]) -> str:
        with _asked(url, timeout, headers, self._tls) as answer:
            body = answer.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            raise GeocoderServiceError("too large an answer")
        if not 200 <= answer.status < 300:
            said = {name.lower(): value for name, value in answer.getheaders()}
            raise AdapterHTTPError("not answered", status_code=answer.status, headers=said, text="")
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            raise GeocoderParseError("no UTF-8") from None


@contextlib.contextmanager
def _asked(
    url: str, timeout: float, headers: dict[str, str], tls: ssl.SSLContext | None
) -> Iterator[http.client.HTTPResponse]:
    """The answer, of which the whole must have come after `timeout` seconds; else the connection is cut."""
    parts = urlsplit(url)
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(
            parts.netloc, timeout=timeout, context=tls or ssl.create_default_context()
        )
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=timeout)
    out_of_time = threading.Event()

    # The connection forgets its socket once it has an answer, whose body may still be on its way.
    held: list[socket.socket] = []

    def cut() -> None:
        out_of_time.set()
        for one in held or [connection.sock]:
            with contextlib.suppress(OSError, AttributeError):
                one.shutdown(socket.SHUT_RDWR)

    alarm = threading.Timer(timeout, cut)
    alarm.daemon = True
    alarm.start()
    try:
        connection.connect()
        held.append(connection.sock)
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        connection.request(
            "GET", path, headers={**headers, "Accept": "application/json", "Connection": "close"}
        )
        yield connection.getresponse()
        if out_of_time.is_set():
            raise GeocoderTimedOut("not in time")
    except TimeoutError:
        raise GeocoderTimedOut("not in time") from None
    except (OSError, http.client.HTTPException, ValueError):
        if out_of_time.is_set():
            raise GeocoderTimedOut("not in time") from None
        raise GeocoderUnavailable("not reached") from None
    finally:
        alarm.cancel()
        connection.close()
