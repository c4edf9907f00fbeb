"""The job of one delivery: sends it, writes down how that went, and says when to try again.

What is sent goes out between two transactions. A worker that dies after it has gone and before that is written down
sends it again, under the same id: at least once, and a receiver that keeps ids takes it once.
"""

from __future__ import annotations

import datetime as dt
import logging
import ssl
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

import orjson
import sqlalchemy as sa

from outreach_api import mail
from outreach_api.calling import IpAddress, Unanswered, call
from outreach_api.kernel.log_lines import tell
from outreach_api.reports.deliveries import mails, rules, writes
from outreach_api.settings import Settings
from outreach_api.storage import jobs
from outreach_api.storage.keyring import load_keyring
from outreach_api.storage.master_key import CannotOpen, KeyFileError
from outreach_api.storage.report_deliveries import (
    ReportDelivery,
    ReportDeliveryAttempt,
    ReportSubscription,
)
from outreach_api.storage.session import Database
from schemas.vocabulary import DeliveryEvent, DeliveryStatus

log = logging.getLogger("outreach.work")

Clock = Callable[[], dt.datetime]
SECONDS = 15.0
"""A receiver takes it, and works on it afterwards."""
_MOST_ANSWERED = 65_536
_GONE = 410


class Sent(NamedTuple):
    """How an attempt ended; `code` is what kept it from arriving."""

    code: str | None = None
    http_status: int | None = None
    wished: dt.timedelta = dt.timedelta()
    """How long a receiver wants to be left alone."""
    signed: bool = False
    """With the webhook's secret, whether it arrived or not."""


class _Due(NamedTuple):
    delivery: ReportDelivery
    subscription: ReportSubscription


def run(
    database: Database, settings: Settings, claimed: jobs.Claim, now: Clock, _stop: threading.Event
) -> str | None:
    """Run the job of one delivery. Returns the code of what kept it from arriving. Raises LeaseLost."""
    due = _look(database, claimed)
    if due is None:
        return None
    at, begun = now(), time.monotonic()
    try:
        sent = _send(database, settings, due, at)
    except sa.exc.SQLAlchemyError:
        raise
    except Exception as fault:
        # A fault of ours is an attempt like others: it is seen in the log of attempts, and comes to an end.
        tell(log, logging.ERROR, "job_fault", fault, kind=claimed.kind)
        sent = Sent("fault")
    _write_down(database, claimed, due, sent, at, milliseconds=round(1_000 * (time.monotonic() - begun)))
    return sent.code


def _look(database: Database, claimed: jobs.Claim) -> _Due | None:
    """What is to be sent; None when nothing is any more: then the job is at its end."""
    with database.write() as session:
        delivery = session.get(ReportDelivery, claimed.subject_id)
        if delivery is not None and delivery.status == DeliveryStatus.WAITING:
            return _Due(delivery, session.get_one(ReportSubscription, delivery.subscription_id))
        jobs.finish(session, claimed)
    return None


def _send(database: Database, settings: Settings, due: _Due, now: dt.datetime) -> Sent:
    if not due.subscription.active:
        return Sent("not_active")
    if due.delivery.address is not None:
        return _by_mail(database, settings, due, now)
    return _by_webhook(settings, due, now)


def _by_mail(database: Database, settings: Settings, due: _Due, now: dt.datetime) -> Sent:
    if settings.mail is None:
        return Sent("mail_not_set_up")
    message = mails.message(database, settings, due.delivery, due.subscription, now)
    try:
        mail.send(*settings.mail, message)
    except mail.MailError as refused:
        return Sent(refused.code)
    return Sent()


def _by_webhook(settings: Settings, due: _Due, now: dt.datetime) -> Sent:
    try:
        secrets = _secrets(settings, due.subscription, now)
    except (KeyFileError, CannotOpen):
        return Sent("no_keys")
    url, message_id = due.subscription.url or "", str(due.delivery.id)
    body, moment = orjson.dumps(due.delivery.body), int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "kurukuru-outreach",
        "webhook-id": message_id,
        "webhook-timestamp": str(moment),
        "webhook-signature": rules.signature(secrets, message_id, moment, body),
    }
    shielded, lan = url.startswith("https:"), settings.webhook_lan == "yes"

    def allowed(address: IpAddress) -> bool:
        return rules.may_be_called(address, lan=lan, shielded=shielded)

    try:
        answer = call(
            "POST",
            url,
            headers=headers,
            body=body,
            seconds=SECONDS,
            most_bytes=_MOST_ANSWERED,
            tls=ssl.create_default_context() if shielded else None,
            allowed=allowed,
        )
    except Unanswered as why:
        return Sent(why.code, signed=True)
    if 200 <= answer.status < 300:
        return Sent(None, answer.status, signed=True)
    asked = answer.headers.get("retry-after", "")
    wished = (
        dt.timedelta(seconds=int(asked))
        if asked.isascii() and asked.isdigit() and len(asked) < 7
        else Sent().wished
    )
    code = "gone" if answer.status == _GONE else "redirected" if answer.status < 400 else "not_taken"
    return Sent(code, answer.status, wished, signed=True)


def _secrets(settings: Settings, subscription: ReportSubscription, now: dt.datetime) -> list[str]:
    """The newest first; one that was replaced a moment ago still counts."""
    numbers = [subscription.secret_no]
    if subscription.previous_no is not None and (subscription.previous_until or now) > now:
        numbers.append(subscription.previous_no)
    keyring = load_keyring(settings)
    try:
        key = keyring.secret(writes.KEY)
    finally:
        keyring.close()
    return [rules.secret(key, subscription.id, number) for number in numbers]


def _write_down(
    database: Database, claimed: jobs.Claim, due: _Due, sent: Sent, at: dt.datetime, *, milliseconds: int
) -> None:
    with database.write() as session:
        delivery = session.get_one(ReportDelivery, due.delivery.id)
        subscription = session.get_one(ReportSubscription, due.subscription.id)
        delivery.attempts += 1
        delivery.tries += 1
        wait = None
        if sent.code is None:
            delivery.status = DeliveryStatus.DELIVERED
            subscription.failing_since = None
        else:
            if sent.code != "not_active":
                subscription.failing_since = subscription.failing_since or at
            last = sent.code in ("gone", "not_active") or delivery.event == DeliveryEvent.PING
            wait = None if last else rules.wait_after(delivery.tries, sent.wished)
            # Whoever was taken off the list meanwhile is not told again.
            if wait is None or delivery.status != DeliveryStatus.WAITING:
                delivery.status, wait = DeliveryStatus.FAILED, None
        if sent.code == "gone":
            subscription.active = False  # it says itself that it is there no more
            subscription.version += 1
        if sent.signed and subscription.secret_no == due.subscription.secret_no:
            subscription.secret_used_at = subscription.secret_used_at or at
        session.add(
            ReportDeliveryAttempt(
                delivery_id=delivery.id,
                number=delivery.attempts,
                at=at,
                code=sent.code,
                http_status=sent.http_status,
                milliseconds=milliseconds,
                again_at=None if wait is None else at + wait,
            )
        )
        if wait is None:
            jobs.finish(session, claimed)
        else:
            jobs.put_off(session, claimed, at + wait)
