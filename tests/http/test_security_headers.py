"""What every answer tells a browser, whatever the route and however it ended; and which other origins may call."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from outreach_api.app import create_app
from outreach_api.settings import Settings, SettingsError
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.session import Database
from outreach_api.web.every_request import HEADERS
from tests.api import Answer, Api, StandingClock
from tests.described import Operation, operations
from tests.http.test_roles import ONE_DATABASE

APP, OTHER = "https://app.example.org", "https://app.example.org.evil.example"


def check(answer: Answer, said: str) -> None:
    for name, value in HEADERS.items():
        assert answer.headers.getlist(name) == [value], (said, name)
    (policy,) = answer.headers.getlist("Content-Security-Policy")
    for needed in ("default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"):
        assert needed in policy, said
    assert not re.search(r"unsafe|\*|https?:", policy), said
    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-Id"]), said
    assert answer.headers["X-Server-Time"], said
    assert "Authorization" in answer.headers["Vary"], said
    assert answer.headers["Cache-Control"], said
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control-")], said
    assert "Strict-Transport-Security" not in answer.headers, said


def addresses(app: Flask) -> list[str]:
    """One address of every route, also those that are not in the description."""
    return sorted(
        {
            re.sub(r"<(?:uuid:)?[a-z_]+>", "00000000-0000-4000-8000-000000000000", rule.rule)
            for rule in app.url_map.iter_rules()
        }
    )


@ONE_DATABASE
def test_every_route_says_them_with_every_method_and_with_and_without_a_token(api: Api) -> None:
    found = addresses(api.app)
    assert len(found) > 60
    for path in found:
        for method in ("GET", "HEAD", "OPTIONS", "POST", "PATCH", "DELETE", "BREW"):
            for role in (None, "coordinator"):
                answer = api.send(method, path, role=role, check=False)
                check(answer, f"{method} {path} {answer.status}")


@ONE_DATABASE
@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/docs/nothing",
        "/docs/..%2f",
        "/v1",
        "/v1//stops",
        "/favicon.ico",
        "/%00",
        "/%ff",
        "/v1/stops?x=%ff",
    ],
)
def test_addresses_that_lead_nowhere_say_them_too(api: Api, path: str) -> None:
    answer = api.get(path, check=False)
    assert answer.status >= 400
    check(answer, path)


def test_what_has_not_changed_says_them_too(api: Api) -> None:
    for path, role in (("/v1/public/timetable.json", None), ("/openapi.json", None), ("/v1/me", "crew")):
        tag = api.get(path, role=role).headers.get("ETag")
        if tag is not None:
            answer = api.get(path, role=role, headers={"If-None-Match": tag})
            assert answer.status == 304
            check(answer, path)


def test_what_fails_in_the_server_says_them_too(own_api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> Any:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("outreach_api.access.reads.people.me", fails)
    answer = own_api.get("/v1/me", role="crew", check=False)
    assert answer.status == 500
    check(answer, "500")


def test_no_page_has_a_script_or_style_of_its_own(api: Api) -> None:
    for path in addresses(api.app):
        answer = api.get(path, role=None, check=False)
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            assert not re.search(
                r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=|javascript:", answer.text
            ), path


@pytest.fixture
def reached(database: Database, clock: StandingClock, keyring: Keyring) -> Api:
    """An API behind HTTPS that one web app may call."""
    settings = Settings(https="yes", cors_origins=(APP,))
    return Api(create_app(settings, database=database, keyring=keyring, now=clock), database, clock)


def test_behind_https_browsers_are_told_to_insist_on_it(reached: Api) -> None:
    for path in ("/", "/v1/me", "/nothing"):
        said = reached.get(path, role=None, check=False).headers["Strict-Transport-Security"]
        assert said == "max-age=31536000; includeSubDomains"


def preflight(api: Api, operation: Operation, origin: str = APP) -> Answer:
    asks = {
        "Origin": origin,
        "Access-Control-Request-Method": operation.method,
        "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
    }
    return api.send("OPTIONS", operation.path(), headers=asks, key="", check=False)


@ONE_DATABASE
def test_the_app_that_was_named_may_call_every_operation(reached: Api) -> None:
    for operation in operations(reached.app):
        answer = preflight(reached, operation)
        said = answer.headers
        assert (answer.status, said["Access-Control-Allow-Origin"]) == (204, APP), operation.name
        assert operation.method in said["Access-Control-Allow-Methods"].split(", "), operation.name
        allowed = said["Access-Control-Allow-Headers"].lower().split(", ")
        sent = {name.lower() for name in operation.parameters("header")} | {"authorization", "if-none-match"}
        assert sent <= set(allowed), operation.name
        assert "Access-Control-Allow-Credentials" not in said
        assert "Origin" in said["Vary"]


@ONE_DATABASE
def test_no_other_origin_may_call_anything(reached: Api) -> None:
    for operation in operations(reached.app):
        for origin in (OTHER, "null", "http://app.example.org", APP.upper(), APP + "/"):
            answer = preflight(reached, operation, origin)
            assert not [name for name, _ in answer.headers if name.startswith("Access-Control-")], origin
            assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("path", "role", "status"), [("/v1/me", "crew", 200), ("/v1/me", None, 401), ("/no", None, 404)]
)
def test_the_app_that_was_named_may_read_answers_and_refusals(
    reached: Api, path: str, role: str | None, status: int
) -> None:
    answer = reached.get(path, role=role, headers={"Origin": APP}, check=False)
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (status, APP)
    exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"ETag", "X-Request-Id", "X-Server-Time", "Idempotency-Replayed", "Retry-After"} <= set(exposed)


def test_a_cached_answer_depends_on_who_asks(reached: Api) -> None:
    assert "Origin" in reached.get("/v1/public/timetable.json", role=None).headers["Vary"]


def test_where_no_origin_was_named_nothing_is_said_to_any(api: Api) -> None:
    answer = api.get("/v1/me", headers={"Origin": APP})
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control-")]
    assert "Origin" not in answer.headers["Vary"]


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "null",
        "http://app.example.org",
        "https://app.example.org/",
        "https://*.example.org",
        "app.example.org",
        "https://App.example.org",
    ],
)
def test_only_exact_and_safe_origins_can_be_named(text: str) -> None:
    with pytest.raises(SettingsError, match="OUTREACH_CORS_ORIGINS"):
        Settings.from_environment({"OUTREACH_CORS_ORIGINS": text})


def test_several_origins_can_be_named() -> None:
    named = Settings.from_environment({"OUTREACH_CORS_ORIGINS": f"{APP}, http://localhost:5173"})
    assert named.cors_origins == (APP, "http://localhost:5173")
