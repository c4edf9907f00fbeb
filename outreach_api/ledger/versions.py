"""Changes of kept things: find it, compare the version that was seen, count it up."""

from __future__ import annotations

from typing import TypeVar

import sqlalchemy as sa

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger.kinds import Accepted, Work
from outreach_api.storage.base import Kept

KeptRow = TypeVar("KeptRow", bound=Kept)


def find(work: Work, kept: type[KeptRow], accepted: Accepted) -> KeptRow | Refusal:
    """The row that an operation changes, or 404, or 412 when its base version is stale. Counts it up."""
    row = work.session.scalar(sa.select(kept).where(kept.id == accepted.entity_id))
    if row is None:
        return Refusal("not_found", 404)
    base = accepted.operation.base_version
    if base is not None and base != row.version:
        return Refusal("stale", 412, {"current": row.version})
    row.version += 1
    row.change_no = accepted.change_no
    return row
