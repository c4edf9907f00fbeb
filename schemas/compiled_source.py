"""Writes the Python that turns what msgspec read into a schema's values: straight lines, as dataclasses do it.

The same as a loop over the fields takes twice as long, and this runs for every operation that a phone sends.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import marshmallow as ma
import msgspec

Values = dict[str, Any]
Check = Callable[[Any, Any], Any]  # of what was given and what msgspec made of it: the value, or Doubt
OwnCode = Callable[[Any, str, Mapping[str, Any]], Any]
Finish = Callable[[Mapping[str, Any], msgspec.Struct], Values]

ABSENT: Any = object()  # in a struct: a field that was left out and has no default
UUID_LENGTH = 36


class Doubt(Exception):
    """Not certainly right: marshmallow shall say."""


def member(number: int) -> str:
    """What a struct calls its field of this number: a field of the wire may have any name, as "10000"."""
    return f"m{number}"


class Step(NamedTuple):
    """One field: how its value comes from what was given and what msgspec made of it."""

    name: str
    nullable: bool
    required: bool
    has_default: bool
    check: Check | None = None
    own_code: OwnCode | None = None


def with_hyphens(given: Any, value: uuid.UUID) -> uuid.UUID:
    """msgspec takes 32 digits without hyphens too; with 36 characters it insists on their places."""
    if len(given) != UUID_LENGTH:
        raise Doubt
    return value


def exactly_int(given: Any, value: int) -> int:
    """msgspec makes an int of what is one by inheritance."""
    if type(given) is not int:
        raise Doubt
    return value


_INLINE: dict[Check, str] = {
    with_hyphens: f"if len(given) != {UUID_LENGTH}: raise Doubt",
    exactly_int: "if type(given) is not int: raise Doubt",
}


def write_finish(steps: Iterable[Step], hooks: Sequence[Any], partial: Any) -> Finish:
    """The function of a schema; its steps in the order of the struct's members, which `member` names."""
    known: dict[str, Any] = {"ABSENT": ABSENT, "Doubt": Doubt, "partial": partial, "unknown": ma.RAISE}
    lines = ["def finish(raw, made):", " values = {}"]
    for number, step in enumerate(steps):
        known[f"check_{number}"] = step.check or step.own_code
        lines += (" " + line for line in _lines(step, number))
    for number, hook in enumerate(hooks):
        known[f"hook_{number}"] = hook
        lines.append(f" hook_{number}(values, partial=partial, many=False, unknown=unknown)")
    lines.append(" return values")
    exec("\n".join(lines), known)  # noqa: S102 - written above, of nothing that was sent
    finish: Finish = known["finish"]
    return finish


def _lines(step: Step, number: int) -> list[str]:
    body = [*_checking(step, number), f"values[{step.name!r}] = value"]
    if not step.required and not step.has_default:
        body = ["if value is not ABSENT:", *(" " + line for line in body)]
    return [f"value = made.{member(number)}", *body]


def _checking(step: Step, number: int) -> list[str]:
    if step.check is not None:
        call = _INLINE.get(step.check, f"value = check_{number}(given, value)")
    elif step.own_code is not None:
        call = f"value = check_{number}(given, {step.name!r}, raw)"
    else:
        return []
    if step.required and not step.nullable:
        lines = [f"given = raw[{step.name!r}]", "if given is None: raise Doubt", call]
        return lines if step.own_code else [lines[0], call]
    lines = [f"given = raw.get({step.name!r})", "if given is not None:", " " + call]
    if step.own_code is not None and not step.nullable:
        lines.append(f"elif {step.name!r} in raw: raise Doubt")
    return lines
