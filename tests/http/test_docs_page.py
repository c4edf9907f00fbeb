"""The page to try the API at: its form shows one example of a key, and every change must go out under its own."""

from __future__ import annotations

from tests.api import Api


def test_the_example_key_of_the_form_is_replaced_when_a_change_is_tried(api: Api) -> None:
    described = api.get("/openapi.json").json["paths"]
    shown = {
        parameter["example"]
        for path in described.values()
        for operation in path.values()
        if isinstance(operation, dict)
        for parameter in operation.get("parameters", [])
        if parameter.get("name") == "Idempotency-Key"
    }
    (example,) = shown
    script = api.get("/docs/start.js", role=None).text
    assert f'headers["Idempotency-Key"] === "{example}"' in script
    assert 'headers["Idempotency-Key"] = freshKey()' in script
