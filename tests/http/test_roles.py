"""Who may do what: every method and every kind says who may, and it is asked for. Whose things: test_scope.py."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from outreach_api import app as app_module
from outreach_api.app import KINDS, create_app
from outreach_api.kernel.ids import new_id
from outreach_api.settings import Settings
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.session import Database
from outreach_api.web.blueprint import Blueprint
from outreach_api.web.declared import Declared, Undeclared
from outreach_api.web.resource import Resource
from schemas.vocabulary import Role
from tests.api import Answer, Api
from tests.described import Operation, operations
from tests.world import NOW

# Where the answer comes from before any table but that of the tokens.
ONE_DATABASE = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)

WITH_A_CODE = {"POST /v1/pairings/redeem", "POST /v1/map-links/redeem"}


def methods(app: Flask) -> list[tuple[str, Any]]:
    """(name, function) of every method of every resource."""
    found = []
    for rule in app.url_map.iter_rules():
        view = getattr(app.view_functions[rule.endpoint], "view_class", None)
        if view is None or not issubclass(view, Resource):
            assert not rule.rule.startswith("/v1/"), f"{rule.rule} is no Resource: nobody asks who calls it"
            continue
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            found.append((f"{method} {rule.rule}", getattr(view, method.lower())))
    return found


@ONE_DATABASE
def test_no_method_forgets_to_declare_who_may_call_it(api: Api) -> None:
    found = methods(api.app)
    assert len(found) > 30
    for name, function in found:
        declared = getattr(function, "declared", None)
        assert isinstance(declared, Declared), f"{name} declares no roles"
        assert declared.roles is None or declared.roles, name
        assert declared.roles is not None or not declared.writes, f"{name} is open to everybody and writes"


@ONE_DATABASE
def test_what_is_open_to_everybody_is_public(api: Api) -> None:
    for name, function in methods(api.app):
        if function.declared.roles is None and name not in WITH_A_CODE:
            assert name.startswith(("GET /v1/public/", "GET /when", "GET /reach", "GET /map")), name


@ONE_DATABASE
def test_the_description_says_what_is_enforced(api: Api) -> None:
    found = dict(methods(api.app))
    said = {
        operation.name.replace("{", "<uuid:").replace("}", ">"): operation
        for operation in operations(api.app)
    }
    compared = 0
    for name, function in found.items():
        if name in said:
            roles = function.declared.roles
            assert said[name].roles == (
                None if roles is None else [role for role in Role if role in roles]
            ), name
            assert (said[name].said.get("security") == []) == (roles is None), name
            compared += 1
    assert compared > 30


def test_an_undeclared_method_is_never_run(own_api: Api) -> None:
    ran = []

    class Forgotten(Resource):
        def get(self) -> str:
            ran.append(1)
            return "secret"

    own_api.app.add_url_rule("/v1/forgotten", view_func=Forgotten.as_view("forgotten"))
    for method in ("GET", "HEAD"):
        assert own_api.send(method, "/v1/forgotten", role="admin").status == 500
    assert ran == []


@ONE_DATABASE
def test_an_app_with_an_undeclared_route_does_not_start(
    database: Database, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    blueprint = Blueprint("forgotten", __name__, url_prefix="/v1")

    @blueprint.route("/forgotten")
    class Forgotten(Resource):
        def get(self) -> str:
            return "secret"

    monkeypatch.setattr(app_module, "BLUEPRINTS", (*app_module.BLUEPRINTS, blueprint))
    with pytest.raises(Undeclared, match="GET /v1/forgotten"):
        create_app(Settings(), database=database, keyring=keyring)


def ask(api: Api, operation: Operation, token: str | None, **how: Any) -> Answer:
    example = None if operation.method == "GET" else (operation.example or {})
    version = 1 if "If-Match" in operation.parameters("header") else None
    return api.send(operation.method, operation.path(), example, token=token, version=version, **how)


@ONE_DATABASE
def test_a_role_that_may_not_is_refused_before_anything_is_read(api: Api) -> None:
    """With ids of nothing, a body that is none, a query that is none, and no key: it never gets that far."""
    for operation in operations(api.app):
        for role in Role:
            if operation.roles is None or role in operation.roles:
                continue
            path = operation.path() + "?limit=-1"
            answer = api.send(operation.method, path, raw=b"{", token=api.token(role), key="")
            assert (answer.status, answer.code) == (403, "forbidden"), (operation.name, role)


@ONE_DATABASE
def test_a_role_that_may_is_never_called_forbidden(api: Api) -> None:
    for operation in operations(api.app):
        for role in operation.roles or ():
            answer = ask(api, operation, api.token(role))
            assert answer.status not in (401, 403), (operation.name, role, answer)
            assert answer.status < 500, (operation.name, role, answer)


def test_a_pushed_kind_asks_for_its_roles_too(api: Api) -> None:
    for role in ("crew", "coordinator", "safeguarding", "admin"):
        kinds = [kind for kind in KINDS if kind.pushed and role not in kind.roles]
        sent = [
            {
                "op_id": str(new_id()),
                "kind": kind.name,
                "v": kind.v,
                "entity_id": str(new_id()),
                "occurred_at": NOW,
                "payload": kind.schema.example,  # type: ignore[attr-defined]
                "base_version": 1,
            }
            for kind in kinds
        ]
        answer = api.post("/v1/sync/push", {"sent_at": NOW, "operations": sent}, role=role)
        refused = [(line["result"], line["code"]) for line in answer.json["results"]]
        assert refused == [("rejected", "forbidden")] * len(kinds)
