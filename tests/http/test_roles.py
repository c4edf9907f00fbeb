"""Who may do what: every role against every operation, with things of the own van, of another, and of nobody."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from outreach_api.app import KINDS
from outreach_api.kernel.ids import new_id
from outreach_api.web.declared import Declared
from outreach_api.web.resource import Resource
from schemas.vocabulary import Role
from tests.api import Answer, Api
from tests.described import Operation, operations
from tests.world import NOW, World

# Where the answer comes from before any table but that of the tokens.
ONE_DATABASE = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)

# What every crew may see or touch, whatever van it belongs to; all else belongs to one van.
SHARED = {
    "stop",
    "permission",
    "item",
    "destination",
    "partner",
    "issue",
    "safety_card",
    "person",
    "tax_rate",
}


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
        if function.declared.roles is None:
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


@pytest.fixture
def world(api: Api) -> World:
    """Things of van A; the tests come from van B."""
    return World(api)


def of_a_van(world: World, operation: Operation) -> bool:
    named = {name.removesuffix("_id") for name in operation.parameters("path")}
    return bool(named) and not named & SHARED and all(world.id_of(f"{name}_id") for name in named)


def test_crew_of_another_van_find_nothing_of_this_one(api: Api, world: World) -> None:
    stranger = api.token("crew", api.other_van)
    met = 0
    for operation in operations(api.app):
        if "crew" not in (operation.roles or ()) or not of_a_van(world, operation):
            continue
        version = 1 if "If-Match" in operation.parameters("header") else None
        body = None if operation.method == "GET" else world.body(operation)
        answer = api.send(
            operation.method,
            operation.path(**world.path_ids(operation)),
            body,
            token=stranger,
            version=version,
        )
        assert answer.status == 404, (operation.name, answer)
        assert str(world.ids["visit"]) not in answer.text.replace(
            operation.path(**world.path_ids(operation)), ""
        )
        met += 1
    assert met >= 5


def test_lists_of_crew_hold_nothing_of_another_van(api: Api, world: World) -> None:
    hidden = {entity: str(made) for entity, made in world.ids.items() if entity not in SHARED}
    for operation in operations(api.app):
        if operation.method != "GET" or "crew" not in (operation.roles or ()) or "{" in operation.template:
            continue
        queries = [""] + ["?van_id=" + hidden["van"]] * ("van_id" in operation.parameters("query"))
        queries += ["?visit_id=" + hidden["visit"]] * ("visit_id" in operation.parameters("query"))
        for query in queries:
            answer = api.get(operation.template + query, token=api.token("crew", api.other_van))
            shown = [entity for entity, made in hidden.items() if made in answer.text]
            assert shown == [], (operation.name, query)


def test_crew_push_nothing_onto_another_van(api: Api, world: World) -> None:
    token = api.token("crew", api.other_van)
    kinds = {kind.name: kind for kind in KINDS if "crew" in kind.roles and kind.pushed}
    for name, kind in kinds.items():
        operation = world.operations[name]
        payload = {**world.body(operation)}
        fields = kind.schema().fields  # type: ignore[attr-defined]
        paths = world.path_ids(operation)
        payload |= {field: value for field, value in paths.items() if field in fields}
        entity = next((value for field, value in paths.items() if field not in fields), str(new_id()))
        if not names_hidden(world, [payload, entity]):
            continue
        sent = {
            "op_id": str(new_id()),
            "kind": name,
            "v": kind.v,
            "entity_id": entity,
            "occurred_at": NOW,
            "payload": payload,
            "base_version": 1,
        }
        answer = api.post("/v1/sync/push", {"sent_at": NOW, "operations": [sent]}, token=token)
        assert answer.json["results"][0]["result"] != "applied", (name, answer)


def names_hidden(world: World, value: object) -> bool:
    return any(str(made) in str(value) for entity, made in world.ids.items() if entity not in SHARED)
