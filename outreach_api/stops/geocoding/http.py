"""How geopy's geocoders ask: one GET to one host, bounded in time and size, that follows no redirect."""

from __future__ import annotations

import json
import ssl
from typing import Any

from geopy.adapters import AdapterHTTPError, BaseSyncAdapter
from geopy.exc import GeocoderParseError, GeocoderServiceError, GeocoderTimedOut, GeocoderUnavailable

from outreach_api.calling import Unanswered, call

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
        wanted = {**headers, "Accept": "application/json"}
        try:
            answer = call("GET", url, headers=wanted, seconds=timeout, most_bytes=MOST_BYTES, tls=self._tls)
        except Unanswered as why:
            if why.code == "timeout":
                raise GeocoderTimedOut("not in time") from None
            raise GeocoderUnavailable("not reached") from None
        if len(answer.body) > MOST_BYTES:
            raise GeocoderServiceError("too large an answer")
        if not 200 <= answer.status < 300:
            raise AdapterHTTPError(
                "not answered", status_code=answer.status, headers=dict(answer.headers), text=""
            )
        try:
            return answer.body.decode("utf-8")
        except UnicodeDecodeError:
            raise GeocoderParseError("no UTF-8") from None
