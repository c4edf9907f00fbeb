"""What travels together, and in which order.

First what may be about a child's safety, then the other notes, each in requests of their own: small ones, that get
through where a day's sales would not. Then the rest. An operation's visit is opened in the same request or an
earlier one; beyond that, the server does not mind any order.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence

from van_app.clock import Moment
from van_app.kept import Kept

AROUND = 100
"""Bytes of a push besides its operations."""
_ONE_CLOCK = dt.timedelta(seconds=10)


def batches(
    due: Sequence[Kept], openings: Mapping[str, Kept], *, most_operations: int, most_bytes: int
) -> Iterator[list[Kept]]:
    """Split what is due; `openings` are the waiting openings by visit, due or not. Sizes are before packing."""
    placed: set[str] = set()
    batch: list[Kept] = []
    turn, size = 0, AROUND
    for one in sorted(due, key=lambda kept: (kept.turn, kept.seq)):
        opening = openings.get(one.visit_id or "")
        for kept in [one] if opening is None else [opening, one]:
            if kept.op_id in placed:
                continue
            placed.add(kept.op_id)
            full = len(batch) >= most_operations or size + size_of(kept) > most_bytes
            if batch and (full or turn != one.turn):
                yield batch
                batch, size = [], AROUND
            turn = one.turn
            batch.append(kept)
            size += size_of(kept)
    if batch:
        yield batch


def size_of(kept: Kept) -> int:
    """Bytes in a push, with the comma after it. They stay what they are: times are always of one length."""
    return len(json.dumps(kept.envelope(), ensure_ascii=False).encode()) + 2


def by_clock(batch: Sequence[Kept], now: Moment) -> list[list[Kept]]:
    """A batch by the clocks that its operations must go by (see Kept.sent_at): almost always one. A push has one
    sent_at. Openings' clocks come first."""
    found: list[tuple[dt.datetime, list[Kept]]] = []
    for one in sorted(batch, key=lambda kept: not kept.is_opening):
        at = one.sent_at(now)
        same = next((group for other, group in found if abs(other - at) < _ONE_CLOCK), None)
        if same is None:
            found.append((at, [one]))
        else:
            same.append(one)
    return [group for _, group in found]
