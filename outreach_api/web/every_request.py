"""What every request begins with and every answer carries: its id, the security headers, its line in the log."""

from __future__ import annotations

import logging
import secrets
import time

from flask import Flask, Response, g, request

from outreach_api.kernel.clock import format_instant
from outreach_api.kernel.log_lines import METHODS, REQUEST_ID, Fields, tell
from outreach_api.web.resource import REPLAYED
from outreach_api.web.services import services

log = logging.getLogger("outreach.access")

# Nothing of an answer may run, load, be framed or be sent elsewhere; pages say what little they need.
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_YEAR = 31_536_000
_NOT_USED = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "clipboard-read",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "usb",
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _NOT_USED),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # What is left empty the server doesn't fill with its own name.
    "Server": "",
}
_HTTPS = {"Strict-Transport-Security": f"max-age={_YEAR}; includeSubDomains"}


def wrap(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_forget)


def _begin() -> None:
    g.request_id = secrets.token_hex(8)
    g.began = time.perf_counter()
    REQUEST_ID.set(g.request_id)


def _end(response: Response) -> Response:
    etag = g.pop("etag", None)
    if etag is not None and response.status_code in (200, 201, 304):
        response.headers["ETag"] = f'"{etag}"'
        response.headers.setdefault("Cache-Control", "private, no-cache")
    outcome = g.pop("outcome", None)
    if outcome is not None and outcome.original is not None:
        response.headers.update(REPLAYED)
    response.headers.setdefault("Cache-Control", "no-store")
    response.vary.update(("Authorization", "Accept", "Accept-Language", "Accept-Encoding"))
    response.headers["X-Request-Id"] = g.request_id
    response.headers["X-Server-Time"] = format_instant(services().now())
    response.headers.update(HEADERS)
    if services().settings.https == "yes":
        response.headers.update(_HTTPS)
    response.headers.setdefault("Content-Security-Policy", POLICY)
    _tell(response)
    return response


def _tell(response: Response) -> None:
    said: Fields = {
        "method": request.method if request.method in METHODS else "?",
        "route": request.url_rule.rule if request.url_rule else "-",
        "status": response.status_code,
        "milliseconds": round((time.perf_counter() - g.began) * 1000, 1),
    }
    if "actor" in g:
        said["role"] = g.actor.role.value
    if "refused_as" in g:
        said["code"] = g.refused_as
    tell(log, logging.INFO, "request", **said)


def _forget(_fault: BaseException | None) -> None:
    REQUEST_ID.set(None)
