"""Puts what happened to a week into the outbox, in the transaction in which it happened: it is told if it is committed.

What is said there stays on somebody else's machine: which week, which version, which figures changed and where to
fetch them. Never a figure, a note or a place: for those somebody must come with a token.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.ids import derived
from outreach_api.kernel.week import IsoWeek
from outreach_api.ledger.kinds import Work
from outreach_api.storage import jobs
from outreach_api.storage.report_deliveries import ReportDelivery, ReportSubscription
from schemas.vocabulary import DeliveryEvent, DeliveryStatus, ReportEvent

_NOT_TOLD = {"contacts.by_topic"}
"""As to reporters."""
DELIVERY = "report.deliver"
"""The kind of the job of one delivery."""


def week_told(
    work: Work, version_id: uuid.UUID, week: IsoWeek, version: int, reason: str | None, changed: Iterable[str]
) -> None:
    """A week was closed, or told anew because its figures `changed`, by their names."""
    report = f"{work.settings.public_url}/v1/reports/week/{week}?version={version}"
    data = {
        "week": str(week),
        "version": version,
        "reason": reason,
        "changed": sorted(set(changed) - _NOT_TOLD),
        "report": report,
        "pdf": f"{report}&format=pdf",
    }
    event = ReportEvent.WEEK_CLOSED if version == 1 else ReportEvent.WEEK_RESTATED
    _tell(work, event, version_id, data, week=week, version=version)


def week_released(work: Work, release_id: uuid.UUID, first: IsoWeek, week: IsoWeek, number: int) -> None:
    """Weeks up to this one may be seen by everybody."""
    base = work.settings.public_url
    data = {
        "week": str(week),
        "from_week": str(first),
        "release": number,
        "reach": f"{base}/v1/public/reach?period={first}&until={week}",
        "page": f"{base}/reach",
    }
    _tell(work, ReportEvent.WEEK_RELEASED, release_id, data, week=week)


def trial(session: Session, subscription: ReportSubscription, op_id: uuid.UUID, now: dt.datetime) -> None:
    """Something to try it with."""
    _add(session, [subscription], DeliveryEvent.PING, op_id, {"label": subscription.label}, now)


def _tell(
    work: Work,
    event: ReportEvent,
    about: uuid.UUID,
    data: Mapping[str, Any],
    *,
    week: IsoWeek,
    version: int | None = None,
) -> None:
    active = sa.select(ReportSubscription).where(
        ReportSubscription.active, ReportSubscription.ended_at.is_(None)
    )
    wanted = [
        one for one in work.session.scalars(active.order_by(ReportSubscription.id)) if event in one.events
    ]
    _add(work.session, wanted, DeliveryEvent(event), about, data, work.now, week=week.as_int, version=version)


def _add(
    session: Session,
    subscriptions: Iterable[ReportSubscription],
    event: DeliveryEvent,
    about: uuid.UUID,
    data: Mapping[str, Any],
    now: dt.datetime,
    **what: int | None,
) -> None:
    """One delivery for each webhook and each address, so that none is told twice because another one wasn't reached."""
    told_at = now.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    rows = [
        ReportDelivery(
            id=derived("delivery", one.id, event, about, address or ""),
            subscription_id=one.id,
            event=event,
            address=address,
            body={"type": event, "timestamp": told_at, "data": dict(data)},
            created_at=now,
            status=DeliveryStatus.WAITING,
            attempts=0,
            tries=0,
            **what,
        )
        for one in subscriptions
        for address in _addresses(one)
    ]
    session.add_all(rows)
    session.flush()
    jobs.add(session, DELIVERY, [(row.id, now) for row in rows], now)


def _addresses(subscription: ReportSubscription) -> list[str | None]:
    return [*subscription.emails] or [None]
