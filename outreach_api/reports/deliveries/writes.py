"""Changes who is told of reports by itself, gives a webhook its secret, and has what did not arrive tried again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.ledger import audit, versions
from outreach_api.ledger.kinds import Accepted, Applied, Work
from outreach_api.reports import outbox
from outreach_api.reports.deliveries import rules
from outreach_api.storage import jobs
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.report_deliveries import ReportDelivery, ReportSubscription
from schemas.vocabulary import DeliveryChannel, DeliveryEvent, DeliveryStatus

KEY = "webhooks"
_MOST = 20
_D = ReportDelivery


def subscribe(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Have a program or people told from now on. A webhook's secret comes with `give_secret`."""
    given = accepted.values
    faults = tuple(_unfit(work, given))
    if faults:
        return Refusal("invalid", 422, {}, faults)
    kept = sa.select(sa.func.count()).where(ReportSubscription.ended_at.is_(None))
    if (work.session.scalar(kept) or 0) >= _MOST:
        return Refusal("too_many_subscriptions", 409, {"most": _MOST}, receipt=False)
    work.session.add(
        ReportSubscription(
            id=accepted.entity_id,
            version=1,
            change_no=accepted.change_no,
            created_at=work.now,
            made_by=work.actor.holder_id,
            active=True,
            secret_no=0,
            channel=DeliveryChannel.EMAIL if given["emails"] else DeliveryChannel.WEBHOOK,
            **{**given, "emails": given["emails"] or []},
        )
    )
    work.session.flush()
    return _done(work, accepted, "addSubscription")


def change(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Of a webhook it stays a webhook, of mail mail: who holds a secret is somebody else than who reads a mailbox."""
    row, given = _changed(work, accepted), accepted.values
    if isinstance(row, Refusal):
        return row
    other = "emails" if row.channel == DeliveryChannel.WEBHOOK else "url"
    faults = (
        *((Problem(f"/{other}", "not_of_its_channel"),) if other in given else ()),
        *_unfit(work, given),
    )
    if faults:
        return Refusal("invalid", 422, {}, tuple(faults))
    for name, value in given.items():
        setattr(row, name, value)
    _forget_addresses(work, row)
    return _done(work, accepted, "changeSubscription", row)


def end(work: Work, accepted: Accepted) -> Applied | Refusal:
    """For good: its addresses are erased, the log of what was told stays."""
    row = _changed(work, accepted)
    if isinstance(row, Refusal):
        return row
    row.active, row.ended_at, row.url, row.emails = False, work.now, None, []
    _forget_addresses(work, row)
    return _done(work, accepted, "endSubscription", row)


def rotate_secret(work: Work, accepted: Accepted) -> Applied | Refusal:
    """A new secret; for a day everything is signed with the old one as well, if anybody has it."""
    row = _changed(work, accepted)
    if isinstance(row, Refusal):
        return row
    if row.channel != DeliveryChannel.WEBHOOK:
        return Refusal("mail_has_no_secret", 409)
    if row.secret_used_at is not None:
        row.previous_no, row.previous_until = row.secret_no, work.now + rules.BOTH_SECRETS_FOR
        row.secret_used_at = None
    return _done(work, accepted, "rotateSubscriptionSecret", row)


def give_secret(row: ReportSubscription, keyring: Keyring) -> str | None:
    """A new secret in place of one that nothing was signed with yet: whoever asks again did not see it. Else None."""
    if row.url is None or row.secret_used_at is not None:
        return None
    row.secret_no += 1
    return rules.secret(keyring.secret(KEY), row.id, row.secret_no)


def ping(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Tell it something that means nothing, once."""
    row = _known(work, accepted)
    if isinstance(row, Refusal):
        return row
    outbox.trial(work.session, row, accepted.operation.op_id, work.now)
    return _done(work, accepted, "pingSubscription", row)


def try_again(work: Work, accepted: Accepted) -> Applied | Refusal:
    """What was given up or waits for its next attempt is sent at once, under the ids that it had."""
    row = _known(work, accepted)
    if isinstance(row, Refusal):
        return row
    mine = sa.and_(_D.subscription_id == row.id, _D.event != DeliveryEvent.PING, _wanted(row))
    open_ = sa.or_(
        _D.status == DeliveryStatus.FAILED, sa.and_(_D.status == DeliveryStatus.WAITING, _D.tries > 0)
    )
    found = list(work.session.scalars(sa.select(_D).where(mine, open_)))
    for one in found:
        one.status, one.tries = DeliveryStatus.WAITING, 0
    work.session.flush()
    jobs.add(work.session, outbox.DELIVERY, [(one.id, work.now) for one in found], work.now)
    jobs.bring_forward(work.session, outbox.DELIVERY, [one.id for one in found], work.now)
    return _done(work, accepted, "retrySubscription", row)


def _wanted(row: ReportSubscription) -> sa.ColumnElement[bool]:
    """Not what was for somebody who is told no more."""
    return sa.true() if row.channel == DeliveryChannel.WEBHOOK else _D.address.is_not(None)


def _changed(work: Work, accepted: Accepted) -> ReportSubscription | Refusal:
    return _standing(versions.find(work, ReportSubscription, accepted))


def _known(work: Work, accepted: Accepted) -> ReportSubscription | Refusal:
    """Of a subscription that stays as it is."""
    row = work.session.get(ReportSubscription, accepted.entity_id)
    return _standing(row or Refusal("not_found", 404))


def _standing(row: ReportSubscription | Refusal) -> ReportSubscription | Refusal:
    ended = not isinstance(row, Refusal) and row.ended_at is not None
    return Refusal("subscription_ended", 409) if ended else row


def _unfit(work: Work, given: Mapping[str, Any]) -> Iterator[Problem]:
    url = given.get("url")
    if url is not None and url.startswith("http:") and work.settings.webhook_lan == "no":
        yield Problem("/url", "not_https")


def _forget_addresses(work: Work, row: ReportSubscription) -> None:
    """Of whoever is told no more, no address is left, and what waits for them is not sent."""
    gone = (_D.subscription_id == row.id, _D.address.is_not(None), _D.address.not_in(row.emails))
    waiting = sa.update(_D).where(*gone, _D.status == DeliveryStatus.WAITING)
    work.session.execute(waiting.values(status=DeliveryStatus.FAILED))
    work.session.execute(sa.update(_D).where(*gone).values(address=None))


def _done(work: Work, accepted: Accepted, action: str, row: ReportSubscription | None = None) -> Applied:
    audit.record(
        work.session,
        work.actor,
        work.now,
        action=action,
        entity_kind="subscription",
        entity_id=accepted.entity_id,
    )
    return Applied(accepted.entity_id, 1 if row is None else row.version, created=row is None)
