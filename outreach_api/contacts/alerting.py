"""The job of an alarm: tells who is due to be told, writes down whom it reached, and says when to come again.

The mail goes out between two transactions. A worker that dies after one has gone and before that is written down
sends it again: somebody hears twice of a child rather than not at all.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from outreach_api import mail
from outreach_api.contacts import alert_texts
from outreach_api.contacts.escalation import ALARM, Round, Waiting, next_round
from outreach_api.contacts.reads import alarms as reads
from outreach_api.contacts.writes import alarms as writes
from outreach_api.kernel.ids import derived
from outreach_api.settings import Settings
from outreach_api.storage import jobs
from outreach_api.storage.alarms import Alarm
from outreach_api.storage.session import Database
from schemas.vocabulary import AlertRecipient

Clock = Callable[[], dt.datetime]
_NO_MAIL = "mail_not_set_up"


@dataclass(frozen=True, slots=True)
class _Due:
    """A round whose time has come."""

    round_no: int
    waiting: Waiting
    plan: Round
    addresses: dict[AlertRecipient, str]
    reached: set[AlertRecipient]


def run(
    database: Database, settings: Settings, claimed: jobs.Claim, now: Clock, _stop: threading.Event
) -> str | None:
    """Run the job of one alarm. Returns the code of what kept it from telling anybody. Raises LeaseLost."""
    due = _look(database, settings, claimed, now())
    if due is None:
        return None
    error = _tell(database, settings, claimed, due, due.plan.recipients, now)
    if not due.reached:
        error = _tell(database, settings, claimed, due, due.plan.spare, now) or error
    at = now()
    with database.write() as session:
        if not due.reached:
            code = error or "no_address"
            jobs.failed(session, claimed, code, at)
            return code
        writes.end_round(session, claimed.subject_id, due.round_no + 1, at)
        following = next_round(due.waiting, due.round_no + 1, at, settings.alert_minutes)
        jobs.put_off(session, claimed, following.due_at if following else at)
    return None


def begin(database: Database, settings: Settings, now: dt.datetime) -> None:
    """Before the first job of a process: what waits only because there was no mail server need wait no more."""
    if settings.mail is not None:
        with database.write() as session:
            jobs.try_again(session, [ALARM], now, code=_NO_MAIL)


def _look(database: Database, settings: Settings, claimed: jobs.Claim, now: dt.datetime) -> _Due | None:
    """What is due; None when nothing is: then the job is put off or at its end."""
    with database.write() as session:
        alarm = session.get(Alarm, claimed.subject_id)
        waiting = None if alarm is None else reads.waiting(session, alarm)
        if alarm is None or waiting is None:
            writes.forget(session, claimed.subject_id)
            jobs.finish(session, claimed)
            return None
        plan = next_round(waiting, alarm.rounds, alarm.last_round_at, settings.alert_minutes)
        if plan is None:
            jobs.finish(session, claimed)
            return None
        if plan.due_at > now:
            jobs.put_off(session, claimed, plan.due_at)
            return None
        return _Due(
            alarm.rounds,
            waiting,
            plan,
            reads.addresses(session),
            reads.reached(session, alarm.id, alarm.rounds),
        )


def _tell(
    database: Database,
    settings: Settings,
    claimed: jobs.Claim,
    due: _Due,
    recipients: Iterable[AlertRecipient],
    now: Clock,
) -> str | None:
    """Mail each who was not reached in this round; returns the last fault, if there was one."""
    if settings.mail is None:
        return _NO_MAIL
    error = None
    for recipient in recipients:
        address = due.addresses.get(recipient)
        if address is None or recipient in due.reached:
            continue
        subject, body = alert_texts.alert(due.waiting, recipient, settings, now())
        mail_id = derived("alert", claimed.subject_id, due.round_no, recipient.value)
        fault = None
        try:
            mail.send(*settings.mail, mail.Mail(address, subject, body, mail_id))
        except mail.MailError as refused:
            error = fault = refused.code
        with database.write() as session:
            jobs.extend(session, claimed, now())
            writes.write_down(session, claimed.subject_id, due.round_no, recipient, now(), fault)
        if fault is None:
            due.reached.add(recipient)
    return error
