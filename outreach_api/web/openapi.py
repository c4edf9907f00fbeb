"""What flask-smorest's description lacks: operation ids, problem+json, headers, links, security, OpenAPI 3.1."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from outreach_api.ledger.kinds import Kind
from outreach_api.web.declared import Undeclared
from outreach_api.web.problems import TITLES
from schemas import fields
from schemas.problem import ProblemOut
from schemas.vocabulary import Role

VERSION = "3.1.0"
EXAMPLE_KEY = "019ab1de-6f00-7c4e-8f6e-0f5e2b7a9c10"
KEY_HEADER: dict[str, Any] = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "schema": {"type": "string", "format": "uuid"},
    "description": "A new UUID for each change, kept for its resends; it becomes the id of what is created.",
    "example": EXAMPLE_KEY,
}
PIN_HEADER: dict[str, Any] = {
    "in": "header",
    "name": "Shift-Pin",
    "required": False,
    "schema": {"type": "string", "pattern": "^[0-9]{4}$"},
    "description": "On a phone that several share: the PIN of who acts, for this day and van.",
}
_PROBLEM = {"$ref": "#/components/responses/Problem"}


def operation_id(kind_name: str) -> str:
    """ "sale.record" → "recordSale", "stop.import_permission" → "importPermissionStop"."""
    entity, _, verb = kind_name.partition(".")
    words = f"{verb}_{entity}".split("_")
    return words[0] + "".join(word.capitalize() for word in words[1:])


def access(roles: frozenset[Role], kind: Kind | None) -> dict[str, Any]:
    """Vendor fields that say who may call it, and which push kind is the same change, in which version."""
    said: dict[str, Any] = {"x-roles": [role.value for role in Role if role in roles]}
    if kind is not None:
        said |= {"x-kind": kind.name, "x-kind-version": kind.v}
        if kind.pushed:
            said |= {"x-payload": payload_name(kind)}
    return said


def payload_name(kind: Kind) -> str:
    """The component that describes what a push of this kind carries; a route's body may lack what its path says."""
    return kind.schema.__name__


def describe_payloads(spec: APISpec, kinds: Iterable[Kind]) -> None:
    """Add the payloads of pushed kinds that are no route's body."""
    for kind in kinds:
        if kind.pushed and payload_name(kind) not in spec.components.schemas:
            spec.components.schema(payload_name(kind), schema=kind.schema)


def request_body(schema: Any, example: Any, *, required: bool) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": schema}
    if example is not None:
        content["example"] = example
    return {"required": required, "content": {"application/json": content}}


def change_headers(kind: Kind) -> list[dict[str, Any]]:
    headers = [KEY_HEADER]
    if Role.CREW in kind.roles:
        headers.append(PIN_HEADER)
    if kind.v > 1:
        headers.append(
            {
                "in": "header",
                "name": "Payload-Version",
                "required": True,  # left out, the body is one of the first version
                "schema": {"type": "integer", "minimum": 1, "maximum": 1_000},
                "description": f"Of which version the body is; the one described here is {kind.v}.",
                "example": kind.v,
            }
        )
    if kind.needs_base:
        headers.append(
            {
                "in": "header",
                "name": "If-Match",
                "required": True,
                "schema": {"type": "string"},
                "description": "The ETag of the version that was seen"
                + ('; the first change of all has "v0".' if kind.unwritten else "."),
                "example": '"v0"' if kind.unwritten else '"v1"',
            }
        )
    return headers


def problems(statuses: Iterable[int]) -> dict[int, Any]:
    return dict.fromkeys(sorted(set(statuses)), _PROBLEM)


def links_of(status: int, links: Mapping[str, Mapping[str, str]] | None) -> dict[int, Any]:
    if not links:
        return {}
    made = {name: {"operationId": name, "parameters": dict(parameters)} for name, parameters in links.items()}
    return {status: {"links": made}}


def more_media(media: Mapping[str, Any] | None) -> dict[int, Any]:
    if not media:
        return {}
    content = {}
    for kind, schema in media.items():
        # A schema class carries its example, a plain one keeps it among its words.
        example = schema.get("example") if isinstance(schema, dict) else getattr(schema, "example", None)
        content[kind] = {"schema": schema, **({} if example is None else {"example": example})}
    return {200: {"content": content}}


def plugin() -> MarshmallowPlugin:
    return MarshmallowPlugin()


def teach_fields(converter: Any) -> None:
    """Tell apispec what our fields look like on the wire."""
    for field, kind, form in (
        (fields.Text, "string", None),
        (fields.Whole, "integer", "int64"),
        (fields.QueryWhole, "integer", "int64"),
        (fields.Number, "number", "double"),
        (fields.QueryNumber, "number", "double"),
        (fields.Flag, "boolean", None),
        (fields.QueryFlag, "boolean", None),
        (fields.Id, "string", "uuid"),
        (fields.Instant, "string", "date-time"),
        (fields.Day, "string", "date"),
        (fields.LocalTime, "string", None),
        (fields.Week, "string", None),
        (fields.Box, "string", None),
        (fields.Word, "string", None),
    ):
        converter.map_to_openapi_type(field, kind, form)


def finish(spec: dict[str, Any]) -> dict[str, Any]:
    """The description as it is published: our errors, security, and nothing left of what we don't use."""
    components = spec.setdefault("components", {})
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "Made with `outreach token`."}
    }
    components["responses"] = {
        "Problem": {
            "description": "It was refused; `code` says why, `errors` where (RFC 9457).",
            "content": {
                "application/problem+json": {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "example": ProblemOut.example,
                }
            },
        }
    }
    for unused in ("Error", "PaginationMetadata"):
        components["schemas"].pop(unused, None)
    spec["security"] = [{"token": []}]
    _leave_answers_open(spec)
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            if method not in ("get", "post", "put", "patch", "delete"):
                continue
            if "responses" not in operation:
                raise Undeclared(f"{method.upper()} {path} declares nothing: who may call it?")
            responses = operation["responses"]
            responses.pop("default", None)
            for status in list(responses):
                if int(status) >= 400:
                    if int(status) not in TITLES:
                        raise ValueError(f"{operation['operationId']} documents {status}, which has no title")
                    # A page refuses people in words of its own.
                    if "text/html" not in responses[status].get("content", {}):
                        responses[status] = _PROBLEM
            operation["responses"] = dict(sorted(responses.items()))
            if "x-payload" in operation:
                _say_what_is_pushed(path, operation, components["schemas"])
            for parameter in operation.get("parameters", ()):
                parameter["schema"] = _without_null(parameter["schema"])
            if "security" not in operation:
                operation["description"] = _with_roles(operation)
    return spec


_IN_PATH = re.compile(r"\{([a-z_]+)\}")


def _say_what_is_pushed(path: str, operation: dict[str, Any], schemas: Mapping[str, Any]) -> None:
    """Where an envelope's payload and entity_id come from, seen from the route that makes the same change."""
    payload = schemas[operation["x-payload"]]
    changed = [name for name in _IN_PATH.findall(path) if name not in payload.get("properties", {})]
    if changed:
        entity = f"the {changed[0]} of the path"
    elif any(one["name"] == "If-Match" for one in operation.get("parameters", ())):
        entity = "the id that was pulled"
    else:
        entity = "new, made by the sender"
    operation["x-entity-id"] = entity
    operation["x-payload"] = f"#/components/schemas/{operation['x-payload']}"


def _leave_answers_open(spec: dict[str, Any]) -> None:
    """Answers may grow by fields that older clients ignore, so what only answers hold is not said to be all.

    What stands in a body too stays shut: there, an unknown key is refused.
    """
    schemas = spec["components"]["schemas"]
    bodies = [
        operation["requestBody"]
        for operations in spec["paths"].values()
        for operation in operations.values()
        if "requestBody" in operation
    ]
    sent: set[str] = set()
    found = set(_named(bodies))
    while found:
        sent |= found
        found = set(_named([schemas[name] for name in found])) - sent
    for name, schema in schemas.items():
        if name not in sent and schema.get("additionalProperties") is False:
            del schema["additionalProperties"]


def _named(said: Any) -> Iterator[str]:
    """The components that a part of the description refers to."""
    if isinstance(said, dict):
        if isinstance(said.get("$ref"), str):
            yield said["$ref"].rpartition("/")[2]
        for inner in said.values():
            yield from _named(inner)
    elif isinstance(said, list):
        for inner in said:
            yield from _named(inner)


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter that may be left out is never null: an address can't say null."""
    said = {name: value for name, value in schema.items() if (name, value) != ("default", None)}
    if isinstance(said.get("type"), list):
        said["type"] = next(kind for kind in said["type"] if kind != "null")
    if "enum" in said:
        said["enum"] = [word for word in said["enum"] if word is not None]
    return said


def _with_roles(operation: dict[str, Any]) -> str:
    text = operation.get("description", "")
    roles = ", ".join(operation.get("x-roles", ()))
    return f"{text}\n\nRoles: {roles}.".strip()


INFO: dict[str, Any] = {
    "description": (
        "Takes in what a kitchen car does in its neighbourhoods and gives back an outreach map and a weekly "
        "reach report. Every change carries an Idempotency-Key (a UUID), so that it can be sent again safely; "
        "the same changes can be pushed in bulk to /v1/sync/push. Errors are application/problem+json. A body is "
        "read as of the version in the header Payload-Version, which is 1 if left out; every version that was "
        "described here once stays accepted. Ignore what you don't know in answers: fields and words may be added."
    ),
    "license": {"name": "MIT", "identifier": "MIT"},
}
