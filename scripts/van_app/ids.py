"""Ids are made on the phone, once for each operation, and kept for all its resends: that is all that makes
sending twice harmless."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid

VISITS = uuid.UUID("6f263068-b033-43fc-a23f-6934e28bd945")
"""Part of the protocol: every phone reckons the same visit id from a plan stop's id, without asking anybody."""


def visit_id_of(plan_stop_id: str) -> str:
    """UUIDv5 in VISITS of the plan stop's id in lower case: two offline phones open the same visit."""
    return str(uuid.uuid5(VISITS, str(uuid.UUID(plan_stop_id))))


def fact_id(at: dt.datetime) -> str:
    """UUIDv7 (RFC 9562): for sales, counts and visits, whose times are no secret. They lie together in an index."""
    milliseconds = max(0, (at - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(milliseconds=1))
    number = milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=number))


def private_id() -> str:
    """UUIDv4: for notes, referrals and concerns, because a UUIDv7 would tell for ever when somebody spoke."""
    return str(uuid.uuid4())
