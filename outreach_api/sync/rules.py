"""What holds for operations that could not be taken in: which are urgent, who may know of them, when to come again."""

from __future__ import annotations

import uuid
from typing import Any

from schemas.vocabulary import QUARANTINED, Depth, Topic

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


SETTLED_BY_OFFICE = "settled_by_office"
TAKEN_BACK = frozenset({"text_was_erased", "sale_was_voided", "consent_was_withdrawn"})
NOTHING_TO_KEEP = frozenset({SETTLED_BY_OFFICE, *TAKEN_BACK})
"""What was erased or taken back must not come back by another door; what is settled is settled."""
NOT_UNMADE = frozenset(
    {"id_taken", "id_reused", "already_exists", QUARANTINED, SETTLED_BY_OFFICE, *NOTHING_TO_KEEP}
)
"""Refused, but not because the thing could not be made: it is there, or may come yet."""
_MISSING = {
    "visit_unknown": "visit_id",
    "note_unknown": "note_id",
    "sale_unknown": "sale_id",
    "referral_unknown": "referral_id",
    "follow_up_unknown": "follow_up_id",
}
"""By the code that says that something is missing: the field that names it; without the field, the entity itself."""


def missing_id(code: str | None, payload: Any, entity_id: uuid.UUID) -> uuid.UUID | None:
    """What an operation waits for, if its answer says that just this is missing."""
    name = _MISSING.get(code or "")
    if name is None:
        return None
    value = payload.get(name) if isinstance(payload, dict) else None
    return as_id(value) if isinstance(value, str) else entity_id


def as_id(value: Any) -> uuid.UUID | None:
    """An id that a sender wrote, if it is one."""
    try:
        return uuid.UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def payload_of(item: Any) -> dict[str, Any] | None:
    """What an operation says, as it was sent; None where nobody can read it."""
    payload = item.get("payload") if isinstance(item, dict) else None
    return payload if isinstance(payload, dict) else None


def is_in_doubt(kind: str | None, code: str | None, payload: Any) -> bool:
    """Whether nobody can tell what is in it: then it is treated as the worst that it may be.

    Of a kind that we know and that is no note, nobody has to fear that.
    """
    if kind is not None and not kind.startswith("note."):
        return False
    return not isinstance(payload, dict) or kind is None or code in ("malformed", "upgrade_needed")


def is_about_staff(payload: Any) -> bool:
    """Whether only safeguarding may know of it."""
    return isinstance(payload, dict) and payload.get("about_staff") not in (None, False)


def is_urgent(payload: Any) -> bool:
    """Whether it may be about a child's safety, as far as a payload that was refused can tell.

    A depth or topic that is no word of ours may be a misspelt crisis.
    """
    if not isinstance(payload, dict):
        return False
    topics = payload.get("topics", [])
    return (
        payload.get("safety_concern") not in (None, False)
        or payload.get("depth") not in _CALM_DEPTHS
        or not isinstance(topics, list)
        or any(topic not in _CALM_TOPICS for topic in topics)
        or is_about_staff(payload)
    )


_CALM_DEPTHS = (None, *(depth.value for depth in Depth if depth is not Depth.CRISIS))
_CALM_TOPICS = tuple(topic.value for topic in Topic if topic is not Topic.VIOLENCE)
