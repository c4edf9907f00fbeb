"""Reads the envelopes of a push by hand: 500 of them cost marshmallow more than all the writing.

schemas.sync.OperationIn is the contract; tests/unit/test_sync_envelopes.py shows that both say the same.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Mapping
from typing import Any

from outreach_api.kernel.clock import parse_instant
from outreach_api.kernel.errors import KernelError, Problem, Refusal
from outreach_api.ledger.kinds import Operation
from outreach_api.sync.sealed import LONGEST_SEALED, Sealed

_KEYS = frozenset({"op_id", "kind", "v", "entity_id", "base_version", "occurred_at", "payload", "sealed"})
_KIND = re.compile(r"[a-z_]+[.][a-z_]+")
_SEALED = re.compile(r"[A-Za-z0-9_-]+")
_UUID_LENGTH = 36
_MOST_PROBLEMS = 20  # shown of one envelope


def read_operation(item: Any) -> Operation | Refusal:
    """One operation of a push, or why its envelope can't be read."""
    if not isinstance(item, dict):
        return _malformed(Problem("", "not_object"))
    problems: list[Problem] = []
    op_id = _id(item, "op_id", problems)
    entity_id = _id(item, "entity_id", problems)
    kind = item.get("kind")
    if not isinstance(kind, str) or len(kind) > 60 or not _KIND.fullmatch(kind):
        problems.append(Problem("/kind", "required" if "kind" not in item else "wrong_form"))
    version = _whole(item, "v", 1, 1_000, problems) if "v" in item else 1
    base = None
    if item.get("base_version") is not None:
        base = _whole(item, "base_version", 0, 2**63 - 1, problems)
    occurred = _instant(item, "occurred_at", problems)
    payload = _sealed(item, problems) if "sealed" in item else item.get("payload")
    if not isinstance(payload, dict | Sealed) and "payload" in item:
        problems.append(Problem("/payload", "not_object"))
    problems += [Problem(f"/{key[:100]}", "unknown_key") for key in item if key not in _KEYS]
    if not problems and ("payload" in item) == ("sealed" in item):
        problems.append(Problem("", "payload_or_sealed"))
    if problems or op_id is None or entity_id is None or not isinstance(kind, str) or version is None:
        return _malformed(*problems)
    return Operation(op_id, kind, version, entity_id, payload, base, occurred)


def legible_id(item: Any) -> uuid.UUID | None:
    """The op_id of an item whose envelope is otherwise bad, so that its sender knows which one it was."""
    return _id(item, "op_id", []) if isinstance(item, dict) else None


def _malformed(*problems: Problem) -> Refusal:
    return Refusal("malformed", 422, {}, problems[:_MOST_PROBLEMS])


def _id(item: Mapping[str, Any], name: str, problems: list[Problem]) -> uuid.UUID | None:
    value = item.get(name)
    if (
        isinstance(value, str)
        and len(value) == _UUID_LENGTH
        and value[8] == value[13] == value[18] == value[23] == "-"
    ):
        try:
            return uuid.UUID(value)
        except ValueError:
            pass
    problems.append(Problem(f"/{name}", "required" if name not in item else "not_id"))
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
