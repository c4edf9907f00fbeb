"""Tables of alarms: what somebody must be told of, whom we told, and where they are reached. No phone ever gets them."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from outreach_api.storage.base import Base, Kept


class Alarm(Base):
    """What somebody must be told of until they take care of it: a safety concern, or an urgent dead letter."""

    __tablename__ = "alarms"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    """The concern's or the letter's."""
    subject: Mapped[str]
    audience: Mapped[str]
    raised_at: Mapped[dt.datetime]
    rounds: Mapped[int]
    """How many times somebody was reached."""
    last_round_at: Mapped[dt.datetime | None]


class AlarmCall(Base):
    """That we tried to reach somebody in one round. Its row before the next round: nobody is called twice in one."""

    __tablename__ = "alarm_calls"
    alarm_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("alarms.id"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    recipient: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime]
    error: Mapped[str | None]
    """A code; null: the mail server took it."""


class AlertAddresses(Kept, Base):
    """Where lead, deputy and outside person are alerted. One row, apart from the safety card, which phones hold."""

    __tablename__ = "alert_addresses"
    lead_email: Mapped[str | None]
    deputy_email: Mapped[str | None]
    outside_email: Mapped[str | None]
