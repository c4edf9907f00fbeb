"""Lets pages of other origins call the API, if the installer named them; to everybody else no word of it is said.

Credentials of a browser (cookies) are never allowed: a token goes into the Authorization header or nowhere.
"""

from __future__ import annotations

from flask import Flask, Response, request

from outreach_api.web.services import services

_MAY_SEND = (
    "Authorization, Content-Type, Content-Encoding, Idempotency-Key, If-Match, If-None-Match, Payload-Version, "
    "Shift-Pin"
)
_MAY_READ = "ETag, X-Request-Id, X-Server-Time, Idempotency-Replayed, Retry-After, Content-Language"
_SECONDS = 600


def allow(app: Flask) -> None:
    app.before_request(_preflight)
    app.after_request(_say)


def _preflight() -> Response | None:
    """A browser asks before it sends: answered without a token, for it sends none then."""
    asks = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
    rule = request.url_rule
    if not asks or rule is None or _origin() is None:
        return None
    response = Response(status=204)
    response.headers["Access-Control-Allow-Methods"] = ", ".join(sorted(rule.methods or ()))
    response.headers["Access-Control-Allow-Headers"] = _MAY_SEND
    response.headers["Access-Control-Max-Age"] = str(_SECONDS)
    return response


def _say(response: Response) -> Response:
    if services().settings.cors_origins:
        # Also where the origin is another one: a cache must not give it an answer that was meant for ours.
        response.vary.add("Origin")
    origin = _origin()
    if origin is not None:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = _MAY_READ
    return response


def _origin() -> str | None:
    """Where the calling page comes from, if that may call us."""
    said = request.headers.get("Origin")
    return said if said in services().settings.cors_origins else None
