"""One request to one server elsewhere: bounded in time and size, through no proxy, and no redirect is followed.

What its errors say never holds an address or an answer.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class Unanswered(Exception):
    """There was no answer; `code` says why, in a word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    """Their names in lower case."""
    body: bytes
    """One byte more than the most that was asked for, if it is larger."""


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    seconds: float,
    most_bytes: int,
    body: bytes | None = None,
    tls: ssl.SSLContext | None = None,
    allowed: Callable[[IpAddress], bool] = lambda _: True,
) -> Answer:
    """The answer, of which the whole must have come after `seconds`; else the connection is cut. Raises Unanswered.

    Connects to no address but one that was `allowed`: a name that means another one a moment later changes nothing.
    """
    parts = urlsplit(url)
    make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    out_of_time, held = threading.Event(), _Held()

    def cut() -> None:
        out_of_time.set()
        held.cut()

    alarm = threading.Timer(seconds, cut)
    alarm.daemon = True
    alarm.start()
    try:
        connection = make(parts.netloc, timeout=seconds)
        context = (tls or ssl.create_default_context()) if parts.scheme == "https" else None
        with contextlib.closing(connection):
            connection.sock = _connected(
                connection.host,
                connection.port,
                context,
                allowed,
                until=time.monotonic() + seconds,
                held=held,
            )
            path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
            connection.request(method, path, body, {**headers, "Connection": "close"})
            answer = connection.getresponse()
            read = answer.read(most_bytes + 1)
    except Unanswered:
        raise
    except ssl.SSLError:
        raise Unanswered("timeout" if out_of_time.is_set() else "tls_failed") from None
    except TimeoutError:
        raise Unanswered("timeout") from None
    except (OSError, http.client.HTTPException, ValueError):
        raise Unanswered("timeout" if out_of_time.is_set() else "unreachable") from None
    finally:
        alarm.cancel()
        held.close()
    if out_of_time.is_set():
        raise Unanswered("timeout")
    return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, read)


class _Held:
    """The socket in use: the connection forgets it once it has an answer, whose body may still be on its way."""

    def __init__(self) -> None:
        self.socket: socket.socket | None = None

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()

    def cut(self) -> None:
        with contextlib.suppress(OSError, AttributeError):
            self.socket.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]


def _connected(
    host: str,
    port: int,
    tls: ssl.SSLContext | None,
    allowed: Callable[[IpAddress], bool],
    *,
    until: float,
    held: _Held,
) -> socket.socket:
    """To the first allowed address that takes us; by name it is only asked for its certificate."""
    fault: OSError | None = None
    for address in _allowed(host, port, allowed):
        try:
            raw = held.socket = socket.create_connection(
                (str(address), port), max(0.1, until - time.monotonic())
            )
        except OSError as refused:
            fault = refused
            continue
        if tls is None:
            return raw
        # The handshake by itself, so that it can be cut off.
        shielded = held.socket = tls.wrap_socket(raw, server_hostname=host, do_handshake_on_connect=False)
        shielded.do_handshake()
        return shielded
    raise fault or Unanswered("address_refused")


def _allowed(host: str, port: int, allowed: Callable[[IpAddress], bool]) -> Iterator[IpAddress]:
    for *_, found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        address = ipaddress.ip_address(str(found[0]).partition("%")[0])
        if allowed(address):
            yield address
