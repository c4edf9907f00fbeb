"""What an alarm knows of its subject, and what safeguarding is shown of alarms: who was told, and what keeps us from it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.contacts.escalation import ALARM, Audience, Subject, Waiting, is_overdue, unreachable
from outreach_api.contacts.rules import ALERT_ADDRESSES_ID
from outreach_api.ledger.kinds import Actor
from outreach_api.messages import Language, say
from outreach_api.settings import Settings
from outreach_api.storage.alarms import Alarm, AlarmCall, AlertAddresses
from outreach_api.storage.contacts import SafetyConcern
from outreach_api.storage.jobs import LEASE, Job
from outreach_api.storage.ledger import Rejection
from schemas.vocabulary import AlertRecipient, RejectionState

_FIELDS = {recipient: f"{recipient.value}_email" for recipient in AlertRecipient}


def waiting(session: Session, alarm: Alarm) -> Waiting | None:
    """What an alarm's subject is like now; None when there is none any more."""
    audience = Audience(alarm.audience)
    if alarm.subject == Subject.LETTER:
        state = session.scalar(sa.select(Rejection.state).where(Rejection.id == alarm.id))
        if state is None:
            return None
        return Waiting(
            Subject.LETTER,
            audience,
            alarm.raised_at,
            ended=state == RejectionState.SETTLED,
            may_settle_itself=state == RejectionState.WAITING,
        )
    concern = session.scalar(sa.select(SafetyConcern).where(SafetyConcern.id == alarm.id))
    return None if concern is None else _of_concern(concern, audience)


def _of_concern(row: SafetyConcern, audience: Audience) -> Waiting:
    ended = row.closed_at is not None
    return Waiting(Subject.CONCERN, audience, row.created_at, row.acknowledged_at, ended=ended)


def _is_overdue(row: SafetyConcern, now: dt.datetime, alert_minutes: int) -> bool:
    return is_overdue(_of_concern(row, Audience.ALL), now, alert_minutes)  # whoever should have seen it


def reached(session: Session, alarm_id: uuid.UUID, round_no: int) -> set[AlertRecipient]:
    """Who was told in this round: before a worker died that didn't end it."""
    found = sa.select(AlarmCall.recipient).where(
        AlarmCall.alarm_id == alarm_id, AlarmCall.round == round_no, AlarmCall.error.is_(None)
    )
    return {AlertRecipient(recipient) for recipient in session.scalars(found)}


def addresses(session: Session) -> dict[AlertRecipient, str]:
    """Where people are alerted, of those who have an address."""
    row = session.get(AlertAddresses, ALERT_ADDRESSES_ID)
    found = {recipient: getattr(row, name) if row else None for recipient, name in _FIELDS.items()}
    return {recipient: address for recipient, address in found.items() if address}


def addresses_view(
    session: Session, actor: Actor, addresses_id: uuid.UUID = ALERT_ADDRESSES_ID
) -> dict[str, Any]:
    row = session.get(AlertAddresses, addresses_id)
    return {
        "id": addresses_id,
        "version": row.version if row else 0,
        **{name: getattr(row, name) if row else None for name in _FIELDS.values()},
    }


def alert_views(
    session: Session, concerns: Collection[SafetyConcern], now: dt.datetime, alert_minutes: int
) -> dict[uuid.UUID, dict[str, Any]]:
    """Of each concern: whether it is overdue, whom we told last, and what keeps us from telling anybody."""
    ids = [row.id for row in concerns]
    calls: dict[uuid.UUID, dict[str, AlarmCall]] = {one: {} for one in ids}
    for call in session.scalars(
        sa.select(AlarmCall).where(AlarmCall.alarm_id.in_(ids)).order_by(AlarmCall.round, AlarmCall.at)
    ):
        calls[call.alarm_id][call.recipient] = call
    errors = dict(
        session.execute(
            sa.select(Job.subject_id, Job.last_error).where(Job.kind == ALARM, Job.subject_id.in_(ids))
        ).all()
    )
    return {
        row.id: {
            "overdue": _is_overdue(row, now, alert_minutes),
            "alerts": [
                {"recipient": name, "at": call.at, "problem": call.error}
                for name, call in sorted(calls[row.id].items(), key=lambda told: (told[1].at, told[0]))
            ],
            "alert_problem": errors.get(row.id),
        }
        for row in concerns
    }


def summary(session: Session, settings: Settings, now: dt.datetime, language: Language) -> dict[str, Any]:
    """What waits for safeguarding, and why somebody may not hear of it."""
    unclosed = session.scalars(sa.select(SafetyConcern).where(SafetyConcern.closed_at.is_(None))).all()
    unseen = [row for row in unclosed if row.acknowledged_at is None]
    letters = session.scalars(
        sa.select(Rejection.received_at).where(
            Rejection.urgent.is_(True), Rejection.state != RejectionState.SETTLED
        )
    ).all()
    since = [row.created_at for row in unseen] + list(letters)
    return {
        "unacknowledged": len(unseen),
        "overdue": sum(_is_overdue(row, now, settings.alert_minutes) for row in unseen),
        "unclosed": len(unclosed),
        "urgent_letters": len(letters),
        "waiting_since": min(since, default=None),
        "problems": [
            {"code": code, "detail": say(code, language)}
            for code in (*set_up_problems(session, settings), *_running_problems(session, now))
        ],
    }


def set_up_problems(session: Session, settings: Settings) -> list[str]:
    """Codes of what is missing until everybody can be alerted who should be."""
    can_send = settings.mail is not None
    missing = unreachable(Audience.ALL, addresses(session), can_send=True)
    return ([] if can_send else ["mail_not_set_up"]) + [f"no_{one.value}_address" for one in missing]


def _running_problems(session: Session, now: dt.datetime) -> list[str]:
    mine = sa.select(Job).where(Job.kind == ALARM)
    late = mine.where(Job.due_at < now - LEASE, sa.or_(Job.leased_until.is_(None), Job.leased_until < now))
    failing = session.scalars(
        mine.with_only_columns(Job.last_error).where(Job.last_error.is_not(None)).distinct()
    )
    told = sorted({code for code in failing if code is not None} - {"mail_not_set_up", "no_address"})
    stands = session.scalar(late.with_only_columns(Job.id).limit(1)) is not None
    return (["alerts_not_running"] if stands else []) + told
