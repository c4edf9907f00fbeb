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
    query: bool = False
    """It reads what stands after the ? of its address."""
    body: bool = False
    body_optional: bool = False
    leaving: bool = False
    """Also for who has left: they hand in what they entered before."""
    kind: Kind | None = None
    opens_text: bool = False
    """It shows what somebody said: each holder may so often an hour."""
    page: str | None = None
    """The page whose own tokens may call it, too."""
    published: bool = False
    """It reads what was published, by a connection that may be allowed nothing else."""
    audited_as: str | None = None
    """A read whose refusals are recorded too, also those at the door (wrong role)."""


class Undeclared(RuntimeError):
    pass


def declare(function: Callable[..., Any], declared: Declared) -> None:
    function.__dict__["declared"] = declared


def declared_of(function: Callable[..., Any]) -> Declared:
    found = getattr(function, "declared", None)
    if not isinstance(found, Declared):
        raise Undeclared(f"{function.__qualname__} declares no roles")
    return found
