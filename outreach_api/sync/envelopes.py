"""Reads the envelopes of a push: 500 of them cost marshmallow more than all the writing.

schemas.sync.OperationIn is the contract. msgspec reads what is as usual; what it doesn't take, or might take too
easily, is read by hand, which also says what is wrong. tests/unit/test_sync_envelopes.py shows that all three agree.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Mapping
from functools import lru_cache
from itertools import islice
from typing import Annotated, Any

import msgspec

from outreach_api.kernel.clock import parse_instant
from outreach_api.kernel.errors import KernelError, Problem, Refusal
from outreach_api.ledger.kinds import Operation
from outreach_api.sync.sealed import LONGEST_SEALED, Sealed
from schemas.compiled import prepared
from schemas.fields import INT64_MAX, UUID_FORM

_KEYS = frozenset(
    {"op_id", "kind", "v", "entity_id", "base_version", "occurred_at", "payload", "sealed", "pin"}
)
_KIND = re.compile(r"[a-z_]+[.][a-z_]+")
_PIN = re.compile(r"[0-9]{4}", re.ASCII)
_SEALED = re.compile(r"[A-Za-z0-9_-]+")
_UUID_LENGTH = 36
_LONGEST_KIND = 60
_NEWEST = 1_000  # version of a payload
_LONGEST_INSTANT = len("2026-11-28T02:10:00.123456Z")
_WHOLE_OR_NONE = (int, type(None))
_MOST_PROBLEMS = 20  # shown of one envelope


@prepared
class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """An operation as most phones send it."""

    op_id: uuid.UUID
    kind: Annotated[str, msgspec.Meta(max_length=_LONGEST_KIND)]
    entity_id: uuid.UUID
    payload: Any
    occurred_at: dt.datetime
    v: Annotated[int, msgspec.Meta(ge=1, le=_NEWEST)] = 1
    base_version: Annotated[int, msgspec.Meta(ge=0, le=INT64_MAX)] | None = None
    pin: Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{4}\Z")] | None = None


def read_operation(item: Any) -> Operation | Refusal:
    """One operation of a push, or why its envelope can't be read."""
    return quickly(item) or by_hand(item)


def quickly(item: Any) -> Operation | None:
    """An operation whose envelope is certainly right, or None."""
    try:
        read = msgspec.convert(item, _Envelope)
        occurred, text = read.occurred_at, item["occurred_at"]
        if text[-1] != "Z" or text[10] != "T" or len(text) > _LONGEST_INSTANT:
            # msgspec also takes t, z, a blank for the T, digits beyond microseconds, and keeps a zone as it is.
            occurred = parse_instant(text)
        certain = (
            # It takes ids without hyphens, and makes an int of what is one by inheritance.
            len(item["op_id"]) == len(item["entity_id"]) == _UUID_LENGTH
            and type(item.get("v", 1)) is int
            and type(item.get("base_version")) in _WHOLE_OR_NONE
            and type(read.payload) is dict
            and _is_kind(read.kind)
            and 1970 <= occurred.year <= 2199
        )
    except Exception:  # whatever it was: by hand it is met again, and told
        return None
    if not certain:
        return None
    return Operation(
        read.op_id, read.kind, read.v, read.entity_id, read.payload, read.base_version, occurred, read.pin
    )


@lru_cache(maxsize=256)
def _is_kind(kind: str) -> bool:
    return _KIND.fullmatch(kind) is not None


def by_hand(item: Any) -> Operation | Refusal:
    """One operation of a push, or all that is wrong with its envelope."""
    if not isinstance(item, dict):
        return _malformed(Problem("", "not_object"))
    problems: list[Problem] = []
    op_id = _id(item, "op_id", problems)
    entity_id = _id(item, "entity_id", problems)
    kind = item.get("kind")
    if not isinstance(kind, str) or len(kind) > _LONGEST_KIND or not _KIND.fullmatch(kind):
        problems.append(Problem("/kind", "required" if "kind" not in item else "wrong_form"))
    version = _whole(item, "v", 1, _NEWEST, problems) if "v" in item else 1
    base = None
    if item.get("base_version") is not None:
        base = _whole(item, "base_version", 0, INT64_MAX, problems)
    occurred = _instant(item, "occurred_at", problems)
    pin = _pin(item, problems)
    payload = _sealed(item, problems) if "sealed" in item else item.get("payload")
    if not isinstance(payload, dict | Sealed) and "payload" in item:
        problems.append(Problem("/payload", "not_object"))
    unknown = islice((key for key in item if key not in _KEYS), _MOST_PROBLEMS)
    problems += [Problem(f"/{key[:100]}", "unknown_key") for key in unknown]
    if not problems and ("payload" in item) == ("sealed" in item):
        problems.append(Problem("", "payload_or_sealed"))
    if problems or op_id is None or entity_id is None or not isinstance(kind, str) or version is None:
        return _malformed(*problems)
    return Operation(op_id, kind, version, entity_id, payload, base, occurred, pin)


def legible_id(item: Any) -> uuid.UUID | None:
    """The op_id of an item whose envelope is otherwise bad, so that its sender knows which one it was."""
    return _id(item, "op_id", []) if isinstance(item, dict) else None


def _malformed(*problems: Problem) -> Refusal:
    return Refusal("malformed", 422, {}, problems[:_MOST_PROBLEMS])


def _id(item: Mapping[str, Any], name: str, problems: list[Problem]) -> uuid.UUID | None:
    value = item.get(name)
    if isinstance(value, str) and UUID_FORM.fullmatch(value):  # uuid.UUID would take 4a_b for 4ab
        return uuid.UUID(value)
    problems.append(Problem(f"/{name}", "required" if name not in item else "not_id"))
    return None


def _pin(item: Mapping[str, Any], problems: list[Problem]) -> str | None:
    pin = item.get("pin")
    if pin is None or (isinstance(pin, str) and _PIN.fullmatch(pin)):
        return pin
    problems.append(Problem("/pin", "wrong_form" if isinstance(pin, str) else "not_text"))
    return None


def _sealed(item: Mapping[str, Any], problems: list[Problem]) -> Sealed:
    sealed = item["sealed"]
    if not isinstance(sealed, str):
        problems.append(Problem("/sealed", "not_text"))
        return Sealed("")
    if len(sealed) > LONGEST_SEALED:
        params = {"longest": LONGEST_SEALED, "length": len(sealed)}
        problems.append(Problem("/sealed", "too_long", params))
    elif not _SEALED.fullmatch(sealed):
        problems.append(Problem("/sealed", "wrong_form"))
    return Sealed(sealed)


def _whole(
    item: Mapping[str, Any], name: str, lowest: int, highest: int, problems: list[Problem]
) -> int | None:
    value = item[name]
    if type(value) is int and lowest <= value <= highest:
        return value
    problems.append(Problem(f"/{name}", "not_whole"))
    return None


def _instant(item: Mapping[str, Any], name: str, problems: list[Problem]) -> dt.datetime | None:
    value = item.get(name)
    if isinstance(value, str):
        try:
            return parse_instant(value)
        except KernelError:
            pass
    problems.append(Problem(f"/{name}", "required" if name not in item else "not_instant"))
    return None
