"""Raises alarms, writes down whom they reached, and keeps the addresses that they go to."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.contacts.escalation import ALARM, Audience, Subject
from outreach_api.contacts.rules import ALERT_ADDRESSES_ID
from outreach_api.kernel.errors import Refusal
from outreach_api.ledger import audit, versions
from outreach_api.ledger.kinds import Accepted, Applied, Work
from outreach_api.storage import jobs
from outreach_api.storage.alarms import Alarm, AlarmCall, AlertAddresses
from schemas.vocabulary import AlertRecipient


def raise_alarms(
    session: Session, subject: Subject, raised: Iterable[tuple[uuid.UUID, Audience]], now: dt.datetime
) -> None:
    """Have somebody told of each, from now on until they take care of it; in the transaction that brings it."""
    to_whom = dict(raised)
    if to_whom:
        told = {"subject": subject.value, "raised_at": now, "rounds": 0}
        rows = [{"id": one, "audience": audience.value, **told} for one, audience in to_whom.items()]
        session.execute(jobs.insert_new(session, Alarm), rows)
        jobs.add(session, ALARM, [(one, now) for one in to_whom], now)


def write_down(
    session: Session,
    alarm_id: uuid.UUID,
    round_no: int,
    recipient: AlertRecipient,
    now: dt.datetime,
    error: str | None,
) -> None:
    """Whom we called, and whether it came through; a later try of the same round takes the place of an earlier one."""
    found = session.get(AlarmCall, (alarm_id, round_no, recipient.value))
    if found is None:
        session.add(
            AlarmCall(alarm_id=alarm_id, round=round_no, recipient=recipient.value, at=now, error=error)
        )
    elif found.error is not None:
        found.at, found.error = now, error
    session.flush()


def end_round(session: Session, alarm_id: uuid.UUID, rounds: int, now: dt.datetime) -> None:
    """Somebody was reached: the next round is another one."""
    session.execute(sa.update(Alarm).where(Alarm.id == alarm_id).values(rounds=rounds, last_round_at=now))


def forget(session: Session, alarm_id: uuid.UUID) -> None:
    """A letter that came in after all leaves nothing behind."""
    session.execute(sa.delete(AlarmCall).where(AlarmCall.alarm_id == alarm_id))
    session.execute(sa.delete(Alarm).where(Alarm.id == alarm_id))


def change_addresses(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Say where alerts go. In the audit, because whoever turns them aside keeps others from hearing of a child."""
    if accepted.entity_id != ALERT_ADDRESSES_ID:
        return Refusal("not_found", 404)
    row: AlertAddresses | Refusal | None = work.session.get(AlertAddresses, ALERT_ADDRESSES_ID)
    if row is None:
        if accepted.operation.base_version != 0:
            return Refusal("not_written_yet", 412)
        row = AlertAddresses(
            id=ALERT_ADDRESSES_ID, version=1, change_no=accepted.change_no, created_at=work.now
        )
        work.session.add(row)
    else:
        row = versions.find(work, AlertAddresses, accepted)
        if isinstance(row, Refusal):
            return row
    for name, value in accepted.values.items():
        setattr(row, name, value)
    # Whoever mends an address must not wait until a child's alert comes round again.
    jobs.try_again(work.session, [ALARM], work.now)
    audit.record(
        work.session,
        work.actor,
        work.now,
        action="changeAlertAddresses",
        entity_kind="alert_addresses",
        entity_id=row.id,
        outcome="changed " + ", ".join(sorted(accepted.values)),
    )
    return Applied(row.id, row.version, created=False)
