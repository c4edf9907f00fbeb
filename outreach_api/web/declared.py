"""What a route declared about itself; a method without a declaration can't be called, and fails the tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from outreach_api.ledger.kinds import Kind
from schemas.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Declared:
    """`roles` None means that anybody may call it."""

    roles: frozenset[Role] | None
    writes: bool = False
    body: bool = False
    body_optional: bool = False
    kind: Kind | None = None


class Undeclared(RuntimeError):
    pass


def declare(function: Callable[..., Any], declared: Declared) -> None:
    function.__dict__["declared"] = declared


def declared_of(function: Callable[..., Any]) -> Declared:
    found = getattr(function, "declared", None)
    if not isinstance(found, Declared):
        raise Undeclared(f"{function.__qualname__} declares no roles")
    return found
