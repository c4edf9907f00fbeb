"""Schemathesis against the app: whatever its description allows or forbids, the answer is a described one.

Every operation is asked with what its schema allows and with what it forbids, as each of its roles in turn, in a
world where half of the ids in its path exist. Checked: no 5xx, no status, media type or header that the
description does not name, every body as described. Derandomized, without shrinking, and bounded by time.

What is left out of its checks, and why:
- positive_data_acceptance: contracts know more than the description says, so most operations refuse something
  that fits their schema, each with a code that names the place. What came up: an If-Match that is no ETag of ours, a
  cursor that we did not write, days outside 2000 to 2199, texts with control characters, 1.0 for a whole number
  (JSON Schema counts it as one), one of two fields that exclude each other, an end before its beginning, and ids
  of what does not exist.
- negative_data_rejection: what it finds is this test's own doing, which puts a live token and ids that exist in the
  place of faulty ones; test_bad_bodies and test_bad_addresses hold each refusal by name.
- unsupported_method, ignored_auth, missing_required_header: test_roles and test_contract hold them for every
  operation, also as roles and with tokens that Schemathesis doesn't know.
- use_after_free, ensure_resource_availability: nothing is deleted here, and a resource is created under the
  Idempotency-Key, which they don't understand.
"""

from __future__ import annotations

import itertools
import time
import uuid
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api import Api
from tests.world import World

SECONDS = 45.0
EXAMPLES = {GenerationMode.POSITIVE: 4, GenerationMode.NEGATIVE: 4}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
QUICKLY = settings(
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_no_request_is_answered_in_a_way_that_is_not_described(api: Api) -> None:
    world = World(api)
    described = schemathesis.openapi.from_wsgi("/openapi.json", api.app)
    asked: list[Any] = [found.ok() for found in described.get_all_operations()]
    assert len(asked) > 30
    ends = time.monotonic() + SECONDS
    counter = itertools.count()
    failures: list[str] = []
    met: dict[str, int] = {}
    # One example for each operation first, then more while there is time.
    rounds = [(mode, size) for size in (1, 4) for mode in EXAMPLES if size <= EXAMPLES[mode]]
    for mode, size in rounds:
        for operation in asked:
            if time.monotonic() > ends:
                break
            _try(api, world, operation, mode, size, counter, failures, met)
    assert failures == [], "\n\n".join(failures)
    assert set(met) == {operation.label for operation in asked}
    assert sum(met.values()) > 2 * len(asked)


def _try(
    api: Api,
    world: World,
    operation: Any,
    mode: GenerationMode,
    examples: int,
    counter: Any,
    failures: list[str],
    met: dict[str, int],
) -> None:
    roles = operation.definition.raw.get("x-roles")

    @settings(QUICKLY, max_examples=examples)
    @given(case=operation.as_strategy(generation_mode=mode))
    def attempt(case: Any) -> None:
        number = next(counter)
        met[operation.label] = met.get(operation.label, 0) + 1
        if roles:
            case.headers["Authorization"] = f"Bearer {api.token(roles[number % len(roles)])}"
        if operation.method != "get" and number % 5:
            case.headers["Idempotency-Key"] = str(uuid.UUID(int=number))
        case.headers["Accept-Encoding"] = "identity"  # its WSGI client unpacks nothing
        if "If-Match" in case.headers and number % 3:
            case.headers["If-Match"] = '"v1"'
        if str(case.headers.get("Payload-Version", "")).isdecimal():
            case.headers["Payload-Version"] = "1"  # a later one than ours is answered 503, and rightly
        if number % 2:
            for name in case.path_parameters:
                case.path_parameters[name] = str(world.id_of(name) or case.path_parameters[name])
        case.call_and_validate(checks=CHECKS)

    try:
        attempt()
    except Unsatisfiable:
        return  # nothing is forbidden there: no parameters, no body
    except (Exception, BaseExceptionGroup) as failure:
        failures.append(f"{operation.label} ({mode.value}): {failure!r}\n{failure}"[:2_000])
