"""Errors as application/problem+json (RFC 9457), in Japanese or English, with werkzeug's headers kept."""

from __future__ import annotations

import logging
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.log_lines import tell
from outreach_api.ledger.standing import NoLongerIn
from outreach_api.messages import Language, say

log = logging.getLogger(__name__)

_SQLITE_ERROR = (
    1  # what SQLite calls faulty SQL; SQLAlchemy calls it operational, but trying again won't help
)

_CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_big",
    415: "media_type",
    500: "internal",
    503: "busy",
}
TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    409: "Conflict",
    410: "Gone",
    412: "Precondition Failed",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    428: "Precondition Required",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class Refused(Exception):
    """Ends a request with a refusal. The unit of work commits: its receipt must stay."""

    def __init__(self, refusal: Refusal, headers: dict[str, str] | None = None) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
        self.headers = headers or {}


def language() -> Language:
    """Japanese unless the request prefers English."""
    return "en" if request.accept_languages.best_match(["ja", "en"], "ja") == "en" else "ja"


def problem_lines(problems: tuple[Problem, ...], lang: Language) -> list[dict[str, Any]]:
    return [{"path": p.path, "code": p.code, "detail": say(p.code, lang, p.params)} for p in problems]


def problem_response(refusal: Refusal) -> Response:
    lang = language()
    g.refused_as = refusal.code
    body = {
        "type": f"urn:outreach:problem:{refusal.code}",
        "title": TITLES.get(refusal.status, "Error"),
        "status": refusal.status,
        "code": refusal.code,
        "detail": say(refusal.code, lang, refusal.params),
        "errors": problem_lines(refusal.problems, lang),
        "request_id": g.get("request_id", ""),
    }
    response = jsonify(body)
    response.status_code = refusal.status
    response.content_type = "application/problem+json"
    response.headers["Content-Language"] = lang
    if refusal.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="outreach"'
    if refusal.status == 503:
        response.headers["Retry-After"] = "5"
    return response


def handle_errors(app: Flask) -> None:
    @app.errorhandler(Refused)
    def refused(error: Refused) -> Response:
        response = problem_response(error.refusal)
        response.headers.update(error.headers)
        return response

    @app.errorhandler(NoLongerIn)
    def ended(error: NoLongerIn) -> Response:
        return problem_response(Refusal("unauthorized", 401))

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        if error.code is None or error.code < 400:
            return error.get_response()  # type: ignore[return-value]
        response = problem_response(Refusal(_CODES.get(error.code, "refused"), error.code))
        kept = {"allow", "www-authenticate", "retry-after"}
        for name, value in error.get_headers():
            if name.lower() in kept:
                response.headers[name] = value
        return response

    @app.errorhandler(sa.exc.OperationalError)
    @app.errorhandler(sa.exc.TimeoutError)
    def busy(error: Exception) -> Response:
        cause = getattr(error, "orig", None)
        if getattr(cause, "sqlite_errorcode", None) == _SQLITE_ERROR:
            return internal(error)
        known_as = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None)
        tell(log, logging.WARNING, "database_not_ready", error, database_code=known_as or "-")
        return problem_response(Refusal("busy", 503))

    @app.errorhandler(sa.exc.DBAPIError)
    def spoken(error: sa.exc.DBAPIError) -> Response:
        # Whatever a database says as its connection dies, it is the dying that counts.
        return busy(error) if error.connection_invalidated else internal(error)

    @app.errorhandler(Exception)
    def internal(error: Exception) -> Response:
        tell(log, logging.ERROR, "unexpected", error, method=request.method, route=_route())
        return problem_response(Refusal("internal", 500))


def _route() -> str:
    return request.url_rule.rule if request.url_rule else "-"
