"""Declarations for routes: `changes` (a kind of operation), `takes` (a push), `reads`, `open` (for everybody).

Each gives roles, contracts, errors, examples and headers once, for the request and for openapi.yaml.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from itertools import islice
from typing import Any

import flask_smorest
import marshmallow as ma
import orjson
from flask import Response, g, request
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.week import local_day
from outreach_api.ledger import counter
from outreach_api.ledger.kinds import Kind
from outreach_api.web import openapi
from outreach_api.web.declared import Declared, declare
from outreach_api.web.problems import Refused, language
from outreach_api.web.resource import Change, actor, session
from outreach_api.web.services import services
from schemas.base import MOST_FAULTS, Query, WireSchema, faults_of
from schemas.vocabulary import Page, Role

Links = Mapping[str, Mapping[str, str]]
Function = Callable[..., Any]

ALL_ROLES = frozenset(Role)


class _Parser(FlaskParser):
    """Reads what stands after the ? of an address; a fault is answered like a fault of a body."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"query": ma.RAISE}

    def load_querystring(self, req: Any, schema: ma.Schema) -> Any:
        """Of ?limit=1&limit=2 one would be dropped silently; only a field that is a list may come twice."""
        given = MultiDictProxy(req.args, schema)
        twice = [name for name, values in req.args.lists() if len(values) > 1]
        faults = tuple(Problem(f"?{name}", "repeated") for name in twice if name not in given.multiple_keys)
        if faults:
            raise Refused(Refusal("invalid", 422, {}, faults))
        return given

    def handle_error(self, error: ma.ValidationError, req: Any, schema: ma.Schema, **kwargs: Any) -> Any:
        messages = error.messages.get("query", {}) if isinstance(error.messages, dict) else {}
        faults = tuple(
            Problem("?" + f.path.lstrip("/"), f.code, f.params)
            for f in islice(faults_of(messages), MOST_FAULTS)
        )
        raise Refused(Refusal("invalid", 422, {}, faults))


class Blueprint(flask_smorest.Blueprint):
    ARGUMENTS_PARSER = _Parser()

    def changes(
        self,
        kind: Kind,
        out: type[WireSchema],
        *,
        status: int = 201,
        body: type[WireSchema] | None = None,
        links: Links | None = None,
    ) -> Callable[[Function], Function]:
        """Declare that a method performs this kind. It gets a `Change` as its first argument.

        `body` is the contract online where it differs from the push's by what the path says.
        """
        contract: Any = body or kind.schema
        optional = not any(field.required for field in contract().fields.values())

        def decorator(function: Function) -> Function:
            @wraps(function)
            def perform(resource: Any, **path: Any) -> Any:
                shown = function(resource, Change(kind), **path)
                _tag_version(shown)
                return shown

            documented: Function = self.response(status, out, example=_example(out))(perform)
            documented = self.doc(
                operationId=openapi.operation_id(kind.name),
                requestBody=openapi.request_body(contract, _example(contract), required=not optional),
                parameters=openapi.change_headers(kind),
                responses={
                    **openapi.problems(_change_errors(kind)),
                    **openapi.links_of(status, links),
                },
                **openapi.access(kind.roles, kind),
            )(documented)
            declare(
                documented,
                Declared(kind.roles, writes=True, body=True, body_optional=optional, kind=kind),
            )
            return documented

        return decorator

    def reads(
        self,
        out: type[WireSchema] | None,
        roles: Iterable[Role],
        *,
        name: str,
        query: type[Query] | None = None,
        by_state: bool = False,
        audited: bool = False,
        opens_text: bool = False,
        errors: Iterable[int] = (),
        links: Links | None = None,
        media: Mapping[str, Any] | None = None,
        page: Page | None = None,
        published: bool = False,
    ) -> Callable[[Function], Function]:
        """Declare a read. `query` is given to the method as its first argument.

        `by_state`: its ETag is the state of the whole database, so that a 304 costs no work.
        `audited`: it runs in a write transaction, because a row must be written before anything is shown.
        `opens_text`: it shows what somebody said; each holder may do so OUTREACH_TEXTS_PER_HOUR times.
        `errors`: statuses that it answers besides the usual ones.
        `media`: other media types it answers with, by type (CSV, GeoJSON), as OpenAPI schemas.
        `page`: the page whose own tokens may ask it, too.
        `published`: it reads what was published, by the connection that may be allowed nothing else.
        """

        def decorator(function: Function) -> Function:
            @wraps(function)
            def answer(resource: Any, *args: Any, **path: Any) -> Any:
                if by_state and (seen := _tag_state()) is not None:
                    return seen
                shown = function(resource, *args, **path)
                if isinstance(shown, Refusal):
                    raise Refused(shown)
                return shown if by_state else _tag_version(shown) or shown

            documented: Function = self.response(200, out, example=_example(out))(answer)
            if query is not None:
                documented = self.arguments(query, location="query")(documented)
            documented = self.doc(
                operationId=name,
                responses={
                    **openapi.problems([*_READ_ERRORS, *errors]),
                    **openapi.links_of(200, links),
                    **openapi.more_media(media),
                    **({304: {"description": "It has not changed."}} if by_state or _versioned(out) else {}),
                },
                **openapi.access(frozenset(roles), None),
            )(documented)
            declare(
                documented,
                Declared(
                    frozenset(roles),
                    writes=audited,
                    query=query is not None,
                    opens_text=opens_text,
                    page=page,
                    audited_as=name if audited else None,
                    published=published,
                ),
            )
            return documented

        return decorator

    def takes(
        self,
        contract: type[WireSchema],
        out: type[WireSchema],
        roles: Iterable[Role] | None,
        *,
        name: str,
        status: int = 200,
        errors: Iterable[int] = (),
        parameters: list[dict[str, Any]] | None = None,
        leaving: bool = False,
        changes_nothing: bool = False,
        page: Page | None = None,
    ) -> Callable[[Function], Function]:
        """Declare a write that is no single kind of change (a push). The method gets the body as sent.

        `roles` None: for everybody; such a one opens its own transactions, once it knows that it must.
        `leaving`: also for who has left. `errors`: statuses that it answers besides the usual ones.
        `changes_nothing`: a question that is too long for an address; its transaction only reads.
        `page`: the page whose own tokens may call it, too.
        """
        fields = contract().fields.values()
        optional = not any(field.required for field in fields) if changes_nothing else not fields
        who = None if roles is None else frozenset(roles)

        def decorator(function: Function) -> Function:
            @wraps(function)
            def act(resource: Any, **path: Any) -> Any:
                return function(resource, g.body, **path)

            documented: Function = self.response(status, out, example=_example(out))(act)
            usual = [400, 403, 413, 415, 422, 429, 503, *([] if who is None else [401]), *errors]
            documented = self.doc(
                operationId=name,
                requestBody=openapi.request_body(contract, _example(contract), required=not optional),
                responses=openapi.problems(usual),
                **({"parameters": parameters} if parameters else {}),
                **({"security": []} if who is None else openapi.access(who, None)),
            )(documented)
            declare(
                documented,
                Declared(
                    who,
                    writes=who is not None and not changes_nothing,
                    body=True,
                    body_optional=optional,
                    leaving=leaving,
                    page=page,
                ),
            )
            return documented

        return decorator

    def open(
        self,
        out: type[WireSchema] | None,
        *,
        name: str,
        query: type[Query] | None = None,
        media: Mapping[str, Any] | None = None,
        errors: Iterable[int] = (),
        cached: bool = False,
    ) -> Callable[[Function], Function]:
        """Declare a read for everybody, without a token. `cached`: it carries an ETag and may answer 304."""

        def decorator(function: Function) -> Function:
            documented: Function = self.response(200, out, example=_example(out))(function)
            if query is not None:
                documented = self.arguments(query, location="query")(documented)
            listed = [404, 503, *([422] if query else []), *errors]
            documented = self.doc(
                operationId=name,
                security=[],
                responses={
                    **openapi.problems(listed),
                    **openapi.more_media(media),
                    **({304: {"description": "It has not changed."}} if cached else {}),
                },
            )(documented)
            declare(documented, Declared(None, query=query is not None, published=True))
            return documented

        return decorator


def _change_errors(kind: Kind) -> list[int]:
    more = [412, 428] if kind.needs_base else []
    return [400, 401, 403, 404, 409, 413, 415, 422, 429, 503, *more]


_READ_ERRORS = (401, 403, 404, 422, 429, 503)


def _versioned(out: type[WireSchema] | None) -> bool:
    return out is not None and "version" in out().fields


def _example(schema: Any) -> Any:
    return getattr(schema, "example", None)


def _tag_version(shown: Any) -> Response | None:
    """An answer with a version carries an ETag: the version, which If-Match takes back, then its content's hash.

    The hash is for If-None-Match: what is shown of one version differs by role, and by what hangs on it.
    """
    if isinstance(shown, dict) and isinstance(shown.get("version"), int):
        content = {name: value for name, value in shown.items() if name != "warnings"}
        seen = hashlib.blake2b(orjson.dumps(content, default=str), digest_size=8).hexdigest()
        g.etag = f"v{shown['version']}-{seen}"
        if request.method in ("GET", "HEAD") and request.if_none_match.contains_weak(g.etag):
            return Response(status=304)
    return None


def _tag_state() -> Response | None:
    number, epoch = counter.current(session())
    here, who = services(), actor()
    state = (
        number,
        epoch,
        request.full_path,
        who.role,
        who.van_id,
        local_day(here.now()),
        language(),
        request.headers.get("Accept", ""),
        request.headers.get("Accept-Encoding", ""),
        here.settings,
    )
    g.etag = hashlib.blake2b(repr(state).encode(), digest_size=12).hexdigest()
    return Response(status=304) if request.if_none_match.contains_weak(g.etag) else None
