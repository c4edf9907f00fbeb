"""Keys that phones and server make alike, without asking each other."""

from __future__ import annotations

import os
import uuid
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from outreach_api.kernel.errors import KernelError

# Part of the contract with phones: they derive the same visit ids offline. Never change it.
NAMESPACE = UUID("6f263068-b033-43fc-a23f-6934e28bd945")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UUID7_RANDOM_BYTES = 10


def new_id() -> UUID:
    """A version 4 UUID: for what must not show its time in its key (notes, referrals, concerns, tickets)."""
    return uuid.uuid4()


def uuid7(at: datetime, random_bytes: bytes) -> UUID:
    """A version 7 UUID (RFC 9562, section 5.7) of an instant and ten random bytes.

    48 bits of Unix milliseconds, then 74 of the 80 random bits around version and variant.
    Raises KernelError for a naive or unrepresentable time, or for another number of bytes.
    """
    if at.tzinfo is None:
        raise KernelError("time_without_zone")
    if len(random_bytes) != _UUID7_RANDOM_BYTES:
        raise KernelError("random_bytes_wrong", wanted=_UUID7_RANDOM_BYTES, got=len(random_bytes))
    milliseconds = (at - _EPOCH) // timedelta(milliseconds=1)
    if not 0 <= milliseconds < 1 << 48:
        raise KernelError("time_out_of_range")
    rand_a = int.from_bytes(random_bytes[:2], "big") & 0xFFF
    rand_b = int.from_bytes(random_bytes[2:], "big") & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b)


def new_fact_id() -> UUID:
    """A version 7 UUID of now: neighbours in time are neighbours in the index."""
    return uuid7(datetime.now(UTC), os.urandom(_UUID7_RANDOM_BYTES))


def visit_id_of(plan_stop_id: UUID) -> UUID:
    """The id of the visit that a plan stop leads to (UUIDv5): two offline phones open the same visit."""
    return uuid.uuid5(NAMESPACE, str(plan_stop_id))


def derived(*parts: str | int | date | UUID) -> UUID:
    """A UUIDv5 that always follows from the same parts in the same order.

    Every part goes in with its length before it, so ("ab", "c") and ("a", "bc") differ.
    """
    texts = [str(part) for part in parts]
    return uuid.uuid5(NAMESPACE, "".join(f"{len(text)}:{text}," for text in texts))
