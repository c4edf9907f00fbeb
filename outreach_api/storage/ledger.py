"""Tables of the write path: the change counter, receipts, the feed that devices pull, totals, the audit."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from outreach_api.storage.base import Base


class ChangeCounter(Base):
    """One row. Locked first in every write, so that commit order is number order on both databases."""

    __tablename__ = "change_counter"
    id: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    value: Mapped[int]
    epoch: Mapped[uuid.UUID]
    """Changes when the database was restored: devices then pull everything and push again what they hold."""
    backed_up_no: Mapped[int | None]
    """Up to which number a backup holds everything, and when that was made: what phones may forget."""
    backed_up_at: Mapped[dt.datetime | None]


class Receipt(Base):
    """How one operation ended. Never the payload: a keyed hash of it tells a resend from another content."""

    __tablename__ = "receipts"
    op_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    holder_id: Mapped[uuid.UUID]
    kind: Mapped[str]
    digest: Mapped[bytes]
    status: Mapped[str]
    code: Mapped[str | None]
    detail: Mapped[dict[str, Any] | None]
    entity_id: Mapped[uuid.UUID | None]
    version: Mapped[int | None]
    change_no: Mapped[int]
    received_at: Mapped[dt.datetime]
    said_at: Mapped[dt.datetime | None]
    """When it happened by the phone's own clock, as sent; null for what came online, which is happening now."""
    acting_id: Mapped[uuid.UUID | None]
    """Who held the shared phone, if a PIN told."""
    __table_args__ = (sa.Index("ix_receipts_holder_id_said_at", "holder_id", "said_at"),)


class Rejection(Base):
    """What a push brought and could not be taken in: kept, because a child's worry may be in it.

    The operation as sent is sealed. `waiting` goes once the operation is applied; `open` until somebody settles it.
    """

    __tablename__ = "rejections"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    """Follows from holder, op_id and content: a resend adds no second one."""
    state: Mapped[str]
    holder_id: Mapped[uuid.UUID]
    van_id: Mapped[uuid.UUID | None]
    op_id: Mapped[uuid.UUID | None]
    digest: Mapped[bytes]
    kind: Mapped[str | None]
    """Declared kinds only: what else stands there is part of what was sent."""
    entity_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    code: Mapped[str]
    detail: Mapped[dict[str, Any]]
    received_at: Mapped[dt.datetime]
    said_at: Mapped[dt.datetime | None]
    sent_at: Mapped[dt.datetime | None]
    """By the phone's clock, as said_at: what is let in later keeps the times that it would have had."""
    acting_id: Mapped[uuid.UUID | None]
    """Who held the shared phone, if a PIN told when it was sent first: they may have left when it is let in."""
    about_staff: Mapped[bool]
    """For safeguarding only, like the note that it would have been."""
    urgent: Mapped[bool]
    """Would have opened a safety concern: its content outlasts the purge until somebody settles it."""
    sealed: Mapped[bytes | None] = mapped_column(deferred=True, deferred_raiseload=True)
    purged_at: Mapped[dt.datetime | None]
    settled_at: Mapped[dt.datetime | None]
    settled_by: Mapped[uuid.UUID | None]
    settlement: Mapped[str | None]
    __table_args__ = (
        sa.Index("ix_rejections_received_at", "received_at", "id"),
        # Asked by every push: whether anything of this sender's is unsettled, and of which operations.
        sa.Index("ix_rejections_holder_id_state_op_id", "holder_id", "state", "op_id"),
    )


class Change(Base):
    """The latest change of one thing in one scope: what a device pulls. `gone` is a tombstone."""

    __tablename__ = "changes"
    change_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    entity_id: Mapped[uuid.UUID]
    van_id: Mapped[uuid.UUID | None]
    gone: Mapped[bool]
    __table_args__ = (
        sa.Index("uq_changes_kind_entity_id_van_id", "kind", "entity_id", "van_id", unique=True),
        sa.Index("ix_changes_van_id_change_no", "van_id", "change_no"),
    )


class VisitTotal(Base):
    """Sums of one visit's facts by measure and key, kept in the transaction of the facts themselves."""

    __tablename__ = "visit_totals"
    visit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("visits.id"), primary_key=True)
    measure: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    iso_week: Mapped[int] = mapped_column(index=True)
    value: Mapped[int]


TICKET_TOTALS = sa.text("measure IN ('tickets', 'tickets_yen')")
"""Literal, because a partial index serves only a query that says the same."""


class WeekTotal(Base):
    """Sums of all visits of a week by measure and key, kept together with visit_totals, from which they follow.

    What a fleet counted in ten years is some ten thousand rows here, and millions there.
    """

    __tablename__ = "week_totals"
    iso_week: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    measure: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]
    __table_args__ = (
        # What is owed on tickets is a sum over all weeks, and they are few among the totals.
        sa.Index(
            "ix_week_totals_tickets",
            "measure",
            "key",
            "iso_week",
            "value",
            sqlite_where=TICKET_TOTALS,
            postgresql_where=TICKET_TOTALS,
        ),
        {"sqlite_with_rowid": False},
    )


class AuditEntry(Base):
    """Who did or saw what, when, and why: append-only, each row hashed with the one before it."""

    __tablename__ = "audit"
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime] = mapped_column(index=True)
    holder_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    role: Mapped[str | None]
    action: Mapped[str]
    entity_kind: Mapped[str]
    entity_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    purpose: Mapped[str | None]
    outcome: Mapped[str]
    acting_id: Mapped[uuid.UUID | None]
    """Who held the shared phone, if a PIN told."""
    hash: Mapped[bytes]
