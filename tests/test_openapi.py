"""openapi.yaml is the public promise: it agrees with the routes, is valid, and every example keeps its own contract."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import Any

import jsonschema
import openapi_spec_validator
import pytest
import referencing
import referencing.jsonschema
import yaml

from outreach_api.cli import main
from outreach_api.cli.description import FILE, as_yaml, description
from tests.described import closed

METHODS = ("get", "post", "put", "patch", "delete")


@cache
def spec() -> dict[str, Any]:
    """The description as openapi.yaml has it once it is written: all keys are text."""
    made: dict[str, Any] = yaml.safe_load(as_yaml(description()))
    return made


@cache
def operations() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method.upper()} {path}", said)
        for path, methods in spec()["paths"].items()
        for method, said in methods.items()
        if method in METHODS
    ]


@cache
def registry() -> Any:
    root = referencing.jsonschema.DRAFT202012.create_resource({"components": closed(spec()["components"])})
    return referencing.Registry().with_resource("urn:spec", root)


def against(schema: Any, example: Any) -> list[str]:
    """What an example has against its schema."""
    validator = jsonschema.Draft202012Validator(
        pointed(schema),
        registry=registry(),
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    )
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(example)]


def pointed(schema: Any) -> Any:
    """The schema with references that lead into the registry."""
    if isinstance(schema, dict):
        return {key: f"urn:spec{value}" if key == "$ref" else pointed(value) for key, value in schema.items()}
    return [pointed(value) for value in schema] if isinstance(schema, list) else schema


def successes(said: dict[str, Any]) -> list[dict[str, Any]]:
    return [answer for status, answer in said["responses"].items() if status.startswith("2")]


def test_the_committed_description_agrees_with_the_routes() -> None:
    committed = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
    wanted = as_yaml(description())
    if committed != wanted:
        pytest.fail(
            "openapi.yaml differs from the routes. Run `.venv/bin/outreach openapi`, review the difference "
            "as what clients are promised from now on, and commit it.",
            pytrace=False,
        )


def test_it_is_valid_openapi_3_1() -> None:
    assert spec()["openapi"].startswith("3.1")
    openapi_spec_validator.validate(spec())


def test_every_operation_has_an_id_of_its_own() -> None:
    ids = Counter(said.get("operationId") for _, said in operations())
    assert [name for name, count in ids.items() if count > 1 or not name] == []


def test_every_operation_says_who_may_call_it_and_what_it_does() -> None:
    for name, said in operations():
        assert said.get("security") == [] or said.get("x-roles"), f"{name} declares no roles"
        assert said.get("summary", "").strip(), f"{name} has no summary"
        assert said.get("tags"), f"{name} belongs to nothing"


def test_every_body_and_every_json_answer_has_an_example_that_keeps_its_contract() -> None:
    faults = []
    for name, said in operations():
        contents = [(f"{name} body", said["requestBody"]["content"])] if "requestBody" in said else []
        contents += [(f"{name} answer", answer.get("content", {})) for answer in successes(said)]
        for place, content in contents:
            for media, shown in content.items():
                if media.endswith("json") and "example" not in shown:
                    faults.append(f"{place} {media}: no example")
                elif "example" in shown and "schema" in shown:
                    found = against(shown["schema"], shown["example"])
                    faults += [f"{place} {media}: {fault}" for fault in found]
    assert faults == []


def test_every_link_leads_to_an_operation_with_its_parameters() -> None:
    by_id = {said["operationId"]: said for _, said in operations()}
    parameters = {
        said["operationId"]: {
            parameter["name"] for parameter in (*methods.get("parameters", ()), *said.get("parameters", ()))
        }
        for methods in spec()["paths"].values()
        for method, said in methods.items()
        if method in METHODS
    }
    for name, said in operations():
        for answer in successes(said):
            for link in answer.get("links", {}).values():
                assert link["operationId"] in by_id, f"{name} links to nothing"
                assert set(link.get("parameters", ())) <= parameters[link["operationId"]], name


def test_every_refusal_is_a_problem_or_a_page_where_pages_are_answered() -> None:
    for name, said in operations():
        for status, answer in said["responses"].items():
            if status[0] in "45" and list(answer.get("content", ())) == ["text/html"]:
                assert list(said["responses"]["200"]["content"]) == ["text/html"], f"{name} {status}"
            elif status[0] in "45":
                assert answer == {"$ref": "#/components/responses/Problem"}, f"{name} {status}"


def test_answers_may_grow_and_bodies_may_not() -> None:
    """A client that was made from this description takes a field that comes later; a body's unknown key is refused."""
    schemas = spec()["components"]["schemas"]
    bodies = [said["requestBody"] for _, said in operations() if "requestBody" in said]
    in_bodies: set[str] = set()
    found = named(bodies)
    while found:
        in_bodies |= found
        found = named([schemas[name] for name in found]) - in_bodies
    shut = {name for name, schema in schemas.items() if schema.get("additionalProperties") is False}
    assert {"SaleIn", "PushIn", "OperationIn", "Position"} <= shut
    assert shut == in_bodies
    assert {"SaleOut", "PushOut", "ResultOut", "Problem", "StopPage"} & shut == set()


def named(said: Any) -> set[str]:
    return set(re.findall(r"#/components/schemas/(\w+)", str(said)))


def test_it_is_written_the_same_every_time_and_readable() -> None:
    written = as_yaml(description())
    assert written == as_yaml(description())
    assert "出店場所" in written
    assert "&id" not in written


def test_the_check_names_what_changed_and_how_to_mend_it(
    tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "openapi.yaml"
    assert main(["openapi", "--check", str(file)]) == 1
    assert main(["openapi", str(file)]) == 0
    assert main(["openapi", "--check", str(file)]) == 0
    file.write_text(file.read_text(encoding="utf-8").replace("addStop", "removeStop"), encoding="utf-8")
    capsys.readouterr()
    assert main(["openapi", "--check", str(file)]) == 1
    said = capsys.readouterr().err
    assert "removeStop" in said
    assert "outreach openapi" in said
