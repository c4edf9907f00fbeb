"""Walks what the API says of itself, so that a test meets every operation, also those that come later."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

from flask import Flask

from outreach_api.kernel.ids import new_id

# What stands in a path besides ids, with a value that fits.
_IN_PATHS = {"week": "2026-W48", "kind": "week", "period": "2026-W48", "mesh": "5339574232"}


class Operation(NamedTuple):
    method: str
    template: str
    said: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.method} {self.template}"

    @property
    def roles(self) -> list[str] | None:
        """The roles that may call it; None is everybody."""
        return self.said.get("x-roles")

    @property
    def kind(self) -> str | None:
        return self.said.get("x-kind")

    def parameters(self, where: str) -> dict[str, dict[str, Any]]:
        return {p["name"]: p for p in self.said.get("parameters", ()) if p["in"] == where}

    def path(self, **ids: uuid.UUID | str) -> str:
        """Its path with these ids, or ids of nothing."""

        def value(found: re.Match[str]) -> str:
            name = found[1]
            if name in ids:
                return str(ids[name])
            return _IN_PATHS.get(name) or str(new_id())

        return re.sub(r"{([a-z_0-9]+)}", value, self.template)

    @property
    def example(self) -> Any:
        """The example of its body."""
        content = self.said.get("requestBody", {}).get("content", {})
        return content.get("application/json", {}).get("example")


def closed(components: dict[str, Any]) -> dict[str, Any]:
    """The same where nothing may stand that is not described. Clients ignore what they don't know; tests don't."""
    schemas = {
        name: {"additionalProperties": False, **schema} if "properties" in schema else schema
        for name, schema in components["schemas"].items()
    }
    return {**components, "schemas": schemas}


class Slot(NamedTuple):
    """A place where an operation takes an id: its path, its query or its body, and the steps to it there."""

    where: str
    steps: tuple[str | int, ...]

    @property
    def name(self) -> str:
        """Of the id of what stands in a list (stops/id), the list's name too."""
        words = [step for step in self.steps if isinstance(step, str)]
        return words[-1] if words[-1] != "id" else "/".join(words)


def slots(app: Flask, operation: Operation) -> list[Slot]:
    """Everywhere that it takes an id."""
    found = [
        Slot(where, (name,))
        for where in ("path", "query")
        for name, said in operation.parameters(where).items()
        if said["schema"].get("format") == "uuid"
    ]
    body = operation.said.get("requestBody", {}).get("content", {}).get("application/json", {})
    schemas = app.extensions["outreach_openapi"]["components"]["schemas"]
    return found + [Slot("body", steps) for steps in _ids_in(body.get("schema", {}), schemas)]


def _ids_in(schema: dict[str, Any], schemas: dict[str, Any]) -> Iterator[tuple[str | int, ...]]:
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
    if schema.get("format") == "uuid":
        yield ()
    for name, inner in schema.get("properties", {}).items():
        for rest in _ids_in(inner, schemas):
            yield (name, *rest)
    if "items" in schema:
        for rest in _ids_in(schema["items"], schemas):
            yield (0, *rest)
    for inner in (one for word in ("allOf", "anyOf", "oneOf") for one in schema.get(word, ())):
        yield from _ids_in(inner, schemas)


def operations(app: Flask) -> Iterator[Operation]:
    for template, methods in app.extensions["outreach_openapi"]["paths"].items():
        shared = methods.get("parameters", [])
        for method, said in methods.items():
            if method in ("get", "post", "put", "patch", "delete"):
                said = {**said, "parameters": [*shared, *said.get("parameters", [])]}
                yield Operation(method.upper(), template, said)


def changes(app: Flask) -> Iterator[Operation]:
    return (operation for operation in operations(app) if operation.method != "GET")


def reads(app: Flask) -> Iterator[Operation]:
    return (operation for operation in operations(app) if operation.method == "GET")
