"""Tables of what tells people and programs of reports by itself: who wants to know, what they are told, each attempt."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from outreach_api.storage.base import Base, Kept


class ReportSubscription(Kept, Base):
    """A program (webhook) or people (e-mail) that are told of closed, restated and released weeks."""

    __tablename__ = "report_subscriptions"
    label: Mapped[str]
    channel: Mapped[str]
    url: Mapped[str | None]
    """Where the webhook is."""
    emails: Mapped[list[str]]
    events: Mapped[list[str]]
    language: Mapped[str]
    active: Mapped[bool]
    ended_at: Mapped[dt.datetime | None]
    """Then nothing of where it went is left."""
    made_by: Mapped[uuid.UUID]
    # Its secrets follow from a key in the cabinet, its id and these numbers, so none is stored.
    secret_no: Mapped[int]
    secret_used_at: Mapped[dt.datetime | None]
    """When something was first signed with it: from then on it isn't shown again."""
    previous_no: Mapped[int | None]
    previous_until: Mapped[dt.datetime | None]
    """Until then everything is signed with the one before, too."""
    failing_since: Mapped[dt.datetime | None]


class ReportDelivery(Base):
    """One event for one webhook or address. Its id is what a receiver knows it by, however often it is sent."""

    __tablename__ = "report_deliveries"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    subscription_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("report_subscriptions.id"), index=True)
    event: Mapped[str]
    week: Mapped[int | None]
    version: Mapped[int | None]
    """Of the week's report, if the event is about one."""
    address: Mapped[str | None]
    body: Mapped[dict[str, Any]]
    """What a webhook sends, made when it happened: every attempt sends the same."""
    created_at: Mapped[dt.datetime]
    status: Mapped[str] = mapped_column(index=True)
    attempts: Mapped[int]
    tries: Mapped[int]
    """Attempts since it was last begun: then it waits less long again."""


class ReportDeliveryAttempt(Base):
    """One attempt: how it ended, never what was sent or answered."""

    __tablename__ = "report_delivery_attempts"
    delivery_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("report_deliveries.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime]
    code: Mapped[str | None]
    """What kept it from arriving; None if nothing did."""
    http_status: Mapped[int | None]
    milliseconds: Mapped[int]
    again_at: Mapped[dt.datetime | None]
    """When it is tried again."""
