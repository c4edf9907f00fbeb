"""Keeps how operations ended, so that a resend gets the same answer."""

from __future__ import annotations

from collections.abc import Iterable

from outreach_api.ledger.kinds import Operation, Work
from outreach_api.ledger.outcomes import Outcome, stored_detail
from outreach_api.storage import bulk
from outreach_api.storage.ledger import Receipt

_RECEIPT = (
    *("op_id", "holder_id", "kind", "digest", "status", "code", "detail"),
    *("entity_id", "version", "change_no", "received_at", "said_at", "acting_id"),
)


def keep_receipts(work: Work, ended: Iterable[tuple[Operation, bytes, Outcome]]) -> None:
    """Write the receipts of operations, each with the digest of its content; what may come again leaves none."""
    holder_id, now = work.actor.holder_id, work.now
    rows = [
        (
            outcome.op_id,
            holder_id,
            operation.kind,
            digest,
            str(outcome.ending),
            outcome.code,
            stored_detail(outcome),
            outcome.entity_id,
            outcome.version,
            outcome.change_no,
            now,
            operation.occurred_at,
            operation.acting_id,
        )
        for operation, digest, outcome in ended
        if outcome.leaves_receipt
    ]
    bulk.append_values(work.session, Receipt, _RECEIPT, rows)
