"""What safeguarding does about a concern: acknowledges it, records whom they told, closes it."""

from __future__ import annotations

import sqlalchemy as sa

from outreach_api.kernel.errors import Refusal
from outreach_api.ledger import versions
from outreach_api.ledger.kinds import Accepted, Applied, Work
from outreach_api.storage.contacts import ConcernNotification, SafetyConcern


def acknowledge_concern(work: Work, accepted: Accepted) -> Applied | Refusal:
    """The first acknowledgement stands; another one changes nothing."""
    row = work.session.scalar(sa.select(SafetyConcern).where(SafetyConcern.id == accepted.entity_id))
    if row is None:
        return Refusal("not_found", 404)
    if row.acknowledged_at is None:
        _acknowledge(work, row)
        _count_up(row, accepted)
    return Applied(row.id, row.version, created=False)


def record_notification(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Whom we told, when, and the receipt number. Also after closing: a receipt may come late."""
    given = dict(accepted.values)
    row = work.session.scalar(sa.select(SafetyConcern).where(SafetyConcern.id == given["concern_id"]))
    if row is None:
        return Refusal("not_found", 404)
    work.session.add(
        ConcernNotification(
            id=accepted.entity_id,
            notified_by=work.actor.holder_id,
            change_no=accepted.change_no,
            received_at=work.now,
            **given,
        )
    )
    _acknowledge(work, row)
    _count_up(row, accepted)
    return Applied(accepted.entity_id, row.version)


def close_concern(work: Work, accepted: Accepted) -> Applied | Refusal:
    row = versions.find(work, SafetyConcern, accepted)
    if isinstance(row, Refusal):
        return row
    if row.closed_at is not None:
        return Refusal("concern_closed", 409)
    _acknowledge(work, row)
    row.closed_at, row.closed_by = work.now, work.actor.holder_id
    return Applied(row.id, row.version, created=False)


def _acknowledge(work: Work, row: SafetyConcern) -> None:
    if row.acknowledged_at is None:
        row.acknowledged_at, row.acknowledged_by = work.now, work.actor.holder_id


def _count_up(row: SafetyConcern, accepted: Accepted) -> None:
    row.version += 1
    row.change_no = accepted.change_no
