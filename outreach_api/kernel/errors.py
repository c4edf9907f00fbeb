"""How pure code says no: a Refusal is a value handed back, a KernelError is raised for an impossible word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


def _no_params() -> Mapping[str, object]:
    return {}


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault at one place of what was sent.

    `path` is a JSON pointer (RFC 6901) such as "/lines/0/quantity"; "" is the whole document.
    `params` fill the placeholders of the message text that belongs to `code`.
    """

    path: str
    code: str
    params: Mapping[str, object] = field(default_factory=_no_params, hash=False)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A rule's answer "no". Returned, never raised, so that one bad item cannot disturb its neighbours."""

    code: str
    status: int = 422
    params: Mapping[str, object] = field(default_factory=_no_params, hash=False)
    problems: tuple[Problem, ...] = ()
    passing: bool = False
    """What is missing may still come: a push answers `retry`, and no receipt is kept."""
    receipt: bool = True
    """False: terminal for now, but the same id may be sent again once the cause is gone."""


class KernelError(ValueError):
    """A value that no kernel word can hold. `code` finds the message text, `params` fill it."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, object] = params

    def __str__(self) -> str:
        said = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code} ({said})" if said else self.code

    def at(self, path: str) -> Problem:
        """The same fault as a Problem at a JSON pointer."""
        return Problem(path=path, code=self.code, params=self.params)

    def refusal(self, path: str = "", status: int = 422) -> Refusal:
        """The same fault as a Refusal, for rules that answer with values."""
        return Refusal(code=self.code, status=status, params=self.params, problems=(self.at(path),))
