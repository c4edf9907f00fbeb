"""A client for tests: speaks as a role, sends keys, checks every answer against the API's description."""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from functools import cache
from typing import Any

import jsonschema
import referencing
import referencing.jsonschema
from flask import Flask
from werkzeug.test import TestResponse

from outreach_api.access.rules.tokens import prefix_of
from outreach_api.access.writes.tokens import issue_token
from outreach_api.kernel.ids import new_id
from outreach_api.kernel.week import local_day
from outreach_api.storage.access import Token
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.plans import Van
from outreach_api.storage.session import Database
from schemas.vocabulary import Role
from tests.described import closed


class StandingClock:
    """A clock that stands still; call it for the time, `forward` to move it."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += dt.timedelta(**by)


class Answer:
    """What came back: status, JSON and headers."""

    def __init__(self, response: TestResponse) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.body = response.get_data()
        self.text = self.body.decode(errors="replace")  # a picture is no text
        response.close()
        self.json: Any = json.loads(self.text) if response.is_json and self.text else None

    @property
    def code(self) -> Any:
        return self.json.get("code") if isinstance(self.json, dict) else None

    @property
    def faults(self) -> dict[str, str]:
        """The codes of what was wrong, by path."""
        return {error["path"]: error["code"] for error in self.json["errors"]}

    def __repr__(self) -> str:
        return f"<{self.status} {self.text[:600]}>"


class Api:
    """`api.get("/v1/stops")`, `api.post("/v1/sales", {...}, role="crew")`; van A is the crew's own."""

    def __init__(self, app: Flask, database: Database, clock: StandingClock) -> None:
        self.app = app
        self.database = database
        self.clock = clock
        self.keyring: Keyring = app.extensions["outreach"].keyring
        self.van = new_id()
        self.other_van = new_id()
        self._tokens: dict[tuple[str, uuid.UUID | None], str] = {}
        self._client = app.test_client()
        with database.write() as session:
            for van_id, code in ((self.van, "A"), (self.other_van, "B")):
                session.add(
                    Van(
                        id=van_id,
                        version=1,
                        change_no=0,
                        created_at=clock(),
                        code=code,
                        name=f"くるくる{code}",
                        needs_power=False,
                        active=True,
                    )
                )

    def token(self, role: str, van: uuid.UUID | None = None, *, another: bool = False) -> str:
        """A token of a role; crew get one of van A unless a van is named. `another`: of another holder."""
        van = (van or self.van) if role == "crew" else None
        if another or (role, van) not in self._tokens:
            with self.database.write() as session:
                made = issue_token(
                    session, role=Role(role), label=f"{role}さん", now=self.clock(), days=365, van_id=van
                )
                # Used today, so that a request writes nothing but what it is about.
                session.get_one(Token, prefix_of(made)).last_used_day = local_day(self.clock())
            if another:
                return made
            self._tokens[role, van] = made
        return self._tokens[role, van]

    def get(self, path: str, *, role: str | None = "coordinator", **kwargs: Any) -> Answer:
        return self.send("GET", path, role=role, **kwargs)

    def post(self, path: str, body: Any = None, *, role: str | None = "coordinator", **kwargs: Any) -> Answer:
        return self.send("POST", path, body, role=role, **kwargs)

    def patch(
        self, path: str, body: Any, *, version: int, role: str = "coordinator", **kwargs: Any
    ) -> Answer:
        return self.send("PATCH", path, body, role=role, version=version, **kwargs)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        role: str | None = None,
        token: str | None = None,
        van: uuid.UUID | None = None,
        key: uuid.UUID | str | None = None,
        version: int | None = None,
        headers: dict[str, str] | None = None,
        raw: bytes | None = None,
        check: bool = True,
    ) -> Answer:
        sent = dict(headers or {})
        if token is None and role is not None:
            token = self.token(role, van)
        if token is not None:
            sent.setdefault("Authorization", f"Bearer {token}")
        if method != "GET" and key != "":
            sent.setdefault("Idempotency-Key", str(key or new_id()))
        if version is not None:
            sent.setdefault("If-Match", f'"v{version}"')
        data = raw if raw is not None else (None if body is None else json.dumps(body).encode())
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        response = self._client.open(path, method=method, data=data, headers=sent)
        if check:
            check_answer(self.app, method, path, response)
        return Answer(response)


def check_answer(app: Flask, method: str, path: str, response: TestResponse) -> None:
    """Fail when an answer's status, media type or body is not as described."""
    spec = app.extensions["outreach_openapi"]
    operation = _operation(spec, method.lower(), path.partition("?")[0])
    if operation is None:
        return
    status = str(response.status_code)
    described = operation["responses"].get(status)
    assert described is not None, f"{method} {path} answered an undocumented {status}: {response.text[:300]}"
    if "$ref" in described:
        described = spec["components"]["responses"][described["$ref"].rsplit("/", 1)[1]]
    content = described.get("content")
    if not content or status == "304":
        assert not response.data, f"{method} {path} {status} has a body that is not described"
        return
    media = response.content_type.partition(";")[0]
    assert media in content, f"{method} {path} {status} answered {media}, described are {list(content)}"
    if media.endswith("json"):
        _validator(_components(app), json.dumps(content[media].get("schema", {}))).validate(
            json.loads(response.data)
        )


def _components(app: Flask) -> str:
    """Written once for each app: they are long, and answers are many."""
    written: str = app.extensions.get("components_for_tests", "")
    if not written:
        written = app.extensions["components_for_tests"] = json.dumps(
            closed(app.extensions["outreach_openapi"]["components"])
        )
    return written


def _operation(spec: dict[str, Any], method: str, path: str) -> Any:
    best = None
    for template, operations in spec["paths"].items():
        pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path) and method in operations and (best is None or "{" not in template):
            best = operations[method]
    return best


@cache
def _validator(components: str, schema: str) -> Any:
    root = {"$id": "urn:spec", "components": json.loads(components)}
    registry = referencing.Registry().with_resource(
        "urn:spec", referencing.jsonschema.DRAFT202012.create_resource(root)
    )
    pointed = json.loads(schema.replace('"#/components', '"urn:spec#/components'))
    return jsonschema.Draft202012Validator(
        pointed, registry=registry, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
