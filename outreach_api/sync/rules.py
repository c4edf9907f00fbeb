"""What holds for operations that could not be taken in: which are urgent, who may know of them, when to come again."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from schemas.vocabulary import Depth, Topic

SEALED_IN = {"table": "rejections", "column": "sealed"}
"""Where a letter's content is kept: the seal is bound to it."""

_AN_HOUR = 3_600
# Somebody must first upgrade this server, or put its key back.
_SECONDS = {"upgrade_needed": _AN_HOUR, "sealed_for_another_key": _AN_HOUR, "busy": 5}
_SECONDS_FOR_OTHERS = 60
"""What is missing comes with another push, of this phone or of another one."""


def retry_after_seconds(code: str | None) -> int:
    """How long a phone should wait before it sends an operation again."""
    return _SECONDS.get(code or "", _SECONDS_FOR_OTHERS)


def is_about_staff(payload: Any) -> bool:
    """Whether only safeguarding may know of it. In doubt it is: the payload may be anything."""
    return isinstance(payload, dict) and payload.get("about_staff") not in (None, False)


def is_urgent(payload: Any) -> bool:
    """Whether it may be about a child's safety, as far as a payload that was refused can tell."""
    if not isinstance(payload, dict):
        return False
    topics = payload.get("topics")
    return (
        payload.get("safety_concern") not in (None, False)
        or payload.get("depth") == Depth.CRISIS
        or (isinstance(topics, list) and Topic.VIOLENCE in topics)
        or is_about_staff(payload)
    )


def ids_in(payload: Any) -> Iterator[uuid.UUID]:
    """What a payload refers to: its fields that end in _id."""
    if not isinstance(payload, dict):
        return
    for name, value in payload.items():
        if name.endswith("_id") and isinstance(value, str):
            try:
                yield uuid.UUID(value)
            except ValueError:
                continue
