"""One request and its answer. A reply cut in half, a login page of some café's network, a server that fails: whatever
is not clearly this server's answer counts as none, and then nothing changes on the phone."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
import ssl
import urllib.parse
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

CONNECT_SECONDS = 10
ANSWER_SECONDS = 60  # 500 operations on a busy server, over a slow network
MOST_ANSWER_BYTES = 50_000_000
LONGEST_WAIT_SECONDS = 3_600  # a proxy's Retry-After may say anything
_LOCAL = {"127.0.0.1", "localhost", "::1"}


class Response(NamedTuple):
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


Transport = Callable[[str, str, Mapping[str, str], bytes | None], Response]
"""(method, path with its query, headers, body). Raises OSError or http.client.HTTPException when nothing came back."""


class Unanswered(Exception):
    """Nothing is known of what became of it: keep everything, come again later. Why: for a person, in both languages."""

    def __init__(self, ja: str, en: str, *, wait_seconds: float = 0, fault: bool = False) -> None:
        super().__init__(en)
        self.ja, self.en = ja, en
        self.wait_seconds = wait_seconds
        """The server asked for it."""
        self.fault = fault
        """The server itself failed over it: one operation among many may be why."""


NOT_ITS_ANSWER = ("サーバーのものではない返事が来ました", "what came is not this server's answer")
_WHY: tuple[tuple[type[Exception], str, str], ...] = (
    (TimeoutError, "返事が来ません", "no answer in time"),
    (ConnectionRefusedError, "サーバーが動いていないようです", "the server seems not to be running"),
    (socket.gaierror, "サーバーが見つかりません", "the server is not found"),
    (
        ssl.SSLError,
        "安全につながりません。端末の日付も確かめてください",
        "no safe connection; look at this phone's date too",
    ),
    (ConnectionError, "途中で切れました", "the connection broke off"),
    (http.client.HTTPException, "途中で切れました", "the connection broke off"),
    (OSError, "電波がないようです", "there seems to be no network"),
)
"""What went wrong below HTTP, the first that fits: numbers of errors tell a crew nothing."""


class Refused(Exception):
    """The server answered, and not as asked. `code` and `detail` are its own, from problem+json."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status, self.code, self.detail = status, code, detail


class TooBig(Exception):
    """413, from the server or from any proxy before it: send less at once."""

    ja, en = "送る量が多すぎると断られました（HTTP 413）", "too much at once (HTTP 413)"


class BadAddress(ValueError):
    """No address of a server, or one that would show token and notes to everybody on the way."""

    def __init__(self, ja: str, en: str) -> None:
        super().__init__(en)
        self.ja, self.en = ja, en


@dataclass(frozen=True, slots=True)
class Server:
    """Who to ask, as whom (with no token, as nobody yet), and in which language."""

    transport: Transport
    token: str
    language: str = "ja"

    def get(self, path: str, **query: str | int | None) -> dict[str, Any]:
        asked = {name: str(value) for name, value in query.items() if value is not None}
        return self._ask("GET", f"{path}?{urllib.parse.urlencode(asked)}" if asked else path, None)

    def post(self, path: str, body: bytes, *, key: str | None = None) -> dict[str, Any]:
        """Send JSON, packed: a day's sales shrink to a tenth, and a bad network may let just that through.

        `key`: the same for a resend, where something is made by it.
        """
        return self._ask("POST", path, gzip.compress(body, mtime=0), key)

    def _ask(self, method: str, path: str, body: bytes | None, key: str | None = None) -> dict[str, Any]:
        headers = {
            **({"Authorization": f"Bearer {self.token}"} if self.token else {}),
            **({"Idempotency-Key": key} if key else {}),
            "Accept": "application/json, application/problem+json",
            "Accept-Encoding": "gzip",
            "Accept-Language": self.language,
            "User-Agent": "van.py",
        }
        if body is not None:
            headers |= {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        try:
            response = self.transport(method, path, headers, body)
        except (OSError, http.client.HTTPException) as fault:
            raise _none(fault) from None
        return _answer(response)


def _answer(response: Response) -> dict[str, Any]:
    said, status = _json(response), response.status
    if status in (200, 201) and said is not None:
        return said
    if status == 413:
        raise TooBig
    form = response.headers.get("content-type", "")
    problem = said if said is not None and form.startswith("application/problem+json") else {}
    code = str(problem.get("code", ""))
    # not_gzip: the request was cut off on its way.
    if code not in ("", "not_gzip") and 400 <= status < 500 and status not in (408, 429):
        raise Refused(status, code, str(problem.get("detail", "")))
    # All others: 5xx, "come later", a redirect (to a login page: the token must not follow), half a JSON.
    if status >= 400:
        ja, en = f"サーバーがいま答えられません（HTTP {status}）", f"HTTP {status} {code}".rstrip()
    else:
        ja = f"サーバーではないものが答えたか、返事が途中で切れました（HTTP {status}）。Wi-Fi のログイン画面かもしれません"
        en = f"HTTP {status}, but no whole answer of the server: perhaps the login page of some Wi-Fi"
    raise Unanswered(
        ja, en, wait_seconds=_seconds(response.headers.get("retry-after", "")), fault=status == 500
    )


def _none(fault: Exception) -> Unanswered:
    return next(Unanswered(ja, en) for kind, ja, en in _WHY if isinstance(fault, kind))


def _json(response: Response) -> dict[str, Any] | None:
    """The JSON object in it, or None for whatever else it is, a part of one too."""
    body = response.body
    try:
        if response.headers.get("content-encoding", "").lower() == "gzip":
            unpacker = zlib.decompressobj(31)
            body = unpacker.decompress(body, MOST_ANSWER_BYTES)
            if not unpacker.eof:
                return None
        value = json.loads(body)
    except (zlib.error, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _seconds(text: str) -> float:
    return float(min(int(text), LONGEST_WAIT_SECONDS)) if text.isascii() and text.isdigit() else 0.0


def over_http(url: str) -> Transport:
    """A transport by the standard library: one connection a request, nothing followed, nothing kept open.

    Raises BadAddress.
    """
    parts = urllib.parse.urlsplit(url)
    host, base = parts.hostname, parts.path.rstrip("/")
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.username:
        raise BadAddress(
            "アドレスは https:// で始まり、サーバーの名前が続きます",
            "an address begins with https:// and names a server",
        )
    if parts.scheme == "http" and host not in _LOCAL:
        raise BadAddress(
            "https:// でないと、途中でだれにでも読まれます。http:// はこのパソコンの中（localhost）だけです",
            "without https everybody on the way reads along; http is for this machine only (localhost)",
        )
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    port = parts.port

    def send(method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Response:
        connection = kind(host, port, timeout=CONNECT_SECONDS)
        try:
            connection.connect()
            if connection.sock is not None:
                connection.sock.settimeout(ANSWER_SECONDS)
            connection.request(method, base + path, body, dict(headers))
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            # All at once: only so does it raise IncompleteRead when it was cut off.
            return Response(answer.status, found, answer.read())
        finally:
            connection.close()

    return send
