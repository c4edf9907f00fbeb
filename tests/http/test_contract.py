"""What holds for every answer: how errors look, which headers come along, and what the description says."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import openapi_spec_validator
import pytest
import sqlalchemy as sa

from tests.api import Answer, Api
from tests.described import operations
from tests.http.test_stops import STOP

NOTHING = "00000000-0000-4000-8000-000000000000"

REFUSED: list[tuple[str, dict[str, Any], int, str]] = [
    ("GET /nothing", {}, 404, "not_found"),
    ("GET /v1/nothing", {}, 404, "not_found"),
    ("POST /v1/nothing", {"body": {}}, 404, "not_found"),
    ("GET /v1/stops/", {}, 404, "not_found"),
    ("GET /v1//stops", {}, 404, "not_found"),
    ("GET /v1/stops/not-an-id", {}, 404, "not_found"),
    (f"GET /v1/stops/{NOTHING}", {}, 404, "not_found"),
    ("GET /v1/stops/%00", {}, 404, "not_found"),
    ("GET /v1/stops/%ff%fe", {}, 404, "not_found"),
    ("GET /v1/stops/%zz%", {}, 404, "not_found"),
    ("GET /v1/stops/..%2f..%2fetc", {}, 404, "not_found"),
    ("GET /docs/nothing", {}, 404, "not_found"),
    ("GET /docs/..%2findex.html", {}, 404, "not_found"),
    ("DELETE /v1/stops", {}, 405, "method_not_allowed"),
    ("POST /livez", {}, 405, "method_not_allowed"),
    ("FROBNICATE /v1/stops", {}, 405, "method_not_allowed"),
    ("GET /v1/stops", {"role": None}, 401, "unauthorized"),
    ("POST /v1/people", {"body": {}}, 403, "forbidden"),
    ("POST /v1/stops", {"body": STOP, "key": ""}, 400, "idempotency_key_required"),
    ("POST /v1/stops", {"body": STOP, "key": "1"}, 400, "idempotency_key_required"),
    ("POST /v1/stops", {"body": STOP, "key": "0x1_2345-" + "1" * 27}, 400, "idempotency_key_required"),
    ("POST /v1/stops", {}, 400, "body_missing"),
    ("POST /v1/stops", {"raw": b"{"}, 400, "not_json"),
    ("POST /v1/stops?dry_run=true", {"body": STOP}, 422, "invalid"),
    ("GET /v1/me?verbose=1", {}, 422, "invalid"),
    (f"PATCH /v1/stops/{NOTHING}", {"body": {}}, 428, "precondition_required"),
    (f"PATCH /v1/stops/{NOTHING}", {"body": {}, "version": 1}, 404, "not_found"),
]


@pytest.mark.parametrize(("asked", "how", "status", "code"), REFUSED)
def test_every_refusal_is_a_problem_that_can_be_read_and_traced(
    api: Api, asked: str, how: dict[str, Any], status: int, code: str
) -> None:
    method, _, path = asked.partition(" ")
    answer = api.send(method, path, **{"role": "coordinator", **how})
    assert (answer.status, answer.code) == (status, code), answer
    assert_problem(answer)


def assert_problem(answer: Answer) -> None:
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(answer.json) == {"type", "title", "status", "code", "detail", "errors", "request_id"}
    assert answer.json["status"] == answer.status
    assert answer.json["type"] == f"urn:outreach:problem:{answer.code}"
    assert answer.json["detail"]
    assert answer.json["request_id"] == answer.headers["X-Request-Id"] != ""
    assert answer.headers["Content-Language"] in ("ja", "en")
    assert_guarded(answer)


def assert_guarded(answer: Answer) -> None:
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "Authorization" in answer.headers["Vary"]
    assert answer.headers["Cache-Control"]
    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-Id"])


@pytest.mark.parametrize("path", ["/", "/style.css", "/docs", "/openapi.json", "/livez", "/readyz", "/v1/me"])
def test_good_answers_carry_the_same_guards(api: Api, path: str) -> None:
    answer = api.get(path)
    assert answer.status == 200
    assert_guarded(answer)


def test_a_method_that_is_not_offered_is_told_which_are(api: Api) -> None:
    assert set(api.send("DELETE", "/v1/stops").headers["Allow"].split(", ")) >= {"GET", "POST"}
    assert "PATCH" in api.send("POST", f"/v1/stops/{NOTHING}").headers["Allow"]


def test_who_is_not_signed_in_is_told_how(api: Api) -> None:
    assert api.get("/v1/me", role=None).headers["WWW-Authenticate"].startswith("Bearer")


class _Down:
    """A database that is away."""

    def read(self) -> Any:
        raise sa.exc.OperationalError("SELECT 1", {}, Exception("connection refused by 10.0.0.7"))

    write = read


@pytest.mark.parametrize("path", ["/v1/me", "/v1/stops", "/readyz"])
def test_a_database_that_is_away_is_a_short_wait_not_a_fault(own_api: Api, path: str) -> None:
    token = own_api.token("coordinator")
    here = own_api.app.extensions["outreach"]
    own_api.app.extensions["outreach"] = dataclasses.replace(here, database=_Down())
    answer = own_api.get(path, token=token)
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "5"
    assert "10.0.0.7" not in answer.text
    assert_problem(answer)
    assert own_api.get("/livez").status == 200


def test_a_fault_of_ours_says_nothing_of_the_inside(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("outreach_api.access.reads.people.me", broken)
    answer = api.get("/v1/me", check=False)
    assert (answer.status, answer.code) == (500, "internal")
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert_problem(answer)


def test_faulty_sql_is_our_fault_and_no_short_wait(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(session: Any, actor: Any) -> None:
        session.execute(sa.text("SELECT no_such_column FROM stops"))

    monkeypatch.setattr("outreach_api.access.reads.people.me", broken)
    assert api.get("/v1/me", check=False).code == "internal"


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (None, "ja"),
        ("ja", "ja"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("fr", "ja"),
        ("fr, en;q=0.2", "en"),
        ("en;q=0.4, ja;q=0.5", "ja"),
        ("*", "ja"),
        ("en;q=banana", "ja"),
        (";;;,,,", "ja"),
        ("en" * 5_000, "ja"),
    ],
)
def test_errors_speak_the_language_of_the_request(api: Api, asked: str | None, shown: str) -> None:
    headers = {} if asked is None else {"Accept-Language": asked}
    answer = api.get("/v1/nothing", headers=headers)
    assert answer.headers["Content-Language"] == shown
    assert answer.json["detail"] == {"ja": "見つかりません。", "en": "There is no such thing here."}[shown]


def test_head_answers_like_get_without_a_body(api: Api) -> None:
    path = f"/v1/stops/{api.post('/v1/stops', STOP).json['id']}"
    seen, asked = api.get(path), api.send("HEAD", path, role="coordinator")
    assert (asked.status, asked.text, asked.headers["ETag"]) == (200, "", seen.headers["ETag"])
    assert api.send("HEAD", path).status == 401
    assert api.send("HEAD", "/v1/people", role="crew").status == 403
    assert api.send("HEAD", "/v1/stop-requests", role="crew").status == 405


def test_options_tell_the_methods_and_nothing_else(api: Api) -> None:
    answer = api.send("OPTIONS", "/v1/stops")
    assert answer.status == 200
    assert "POST" in answer.headers["Allow"]
    assert answer.text == ""
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    "header", ["Accept", "If-None-Match", "If-Match", "Idempotency-Key", "Authorization"]
)
def test_a_very_long_header_is_answered(api: Api, header: str) -> None:
    answer = api.send(
        "POST", "/v1/stops", STOP, role="coordinator", headers={header: "x" * 60_000}, check=False
    )
    assert answer.status < 500


@pytest.mark.parametrize("host", ["", "a b", "x" * 5_000, "evil.example:99999", "[::1", "例え.jp"])
def test_a_strange_host_is_answered(api: Api, host: str) -> None:
    answer = api.get("/v1/me", headers={"Host": host.encode().decode("latin-1")}, check=False)
    assert answer.status < 500
    assert answer.headers["X-Request-Id"]


def test_the_description_is_valid_and_complete(api: Api) -> None:
    said = api.get("/openapi.json").json
    openapi_spec_validator.validate(said)
    found = list(operations(api.app))
    names = [operation.said.get("operationId") for operation in found]
    assert all(names)
    assert len(set(names)) == len(names), "an operationId stands twice"
    for operation in found:
        assert operation.said["summary"], operation.name
        for status, described in operation.said["responses"].items():
            page = set(described.get("content", {})) == {"text/html"}  # for people: it says so in words
            if int(status) >= 400 and not page:
                assert described == {"$ref": "#/components/responses/Problem"}, operation.name
            for link in described.get("links", {}).values():
                assert link["operationId"] in names, operation.name


def test_no_two_schemas_fought_for_one_name(api: Api) -> None:
    names = set(api.get("/openapi.json").json["components"]["schemas"])
    assert {name for name in names if name.rstrip("0123456789") in names - {name}} == set()


def test_parameters_of_an_address_are_not_said_to_be_null(api: Api) -> None:
    for operation in operations(api.app):
        for name, parameter in operation.parameters("query").items():
            schema = parameter["schema"]
            assert "null" not in schema.get("type", ""), (operation.name, name)
            assert None not in schema.get("enum", ()), (operation.name, name)
            assert schema.get("default", "") is not None, (operation.name, name)
