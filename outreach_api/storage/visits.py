"""Tables of what happened at a stop: visits, head counts, the hygiene log."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from outreach_api.storage.base import Base, Json, Kept, VisitFact, stop_ref, van_ref


class Visit(Kept, Base):
    """One stay of one van at one stop. The day, week and mesh that its facts carry are set here."""

    __tablename__ = "visits"
    van_id: Mapped[uuid.UUID] = van_ref()
    # The former value is known at each change: what was held there is counted again (ledger/held_days.py).
    stop_id: Mapped[uuid.UUID] = stop_ref(active_history=True)
    plan_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("plans.id"), index=True)
    plan_stop_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("plan_stops.id"), unique=True)
    plan_revision: Mapped[int | None] = mapped_column(sa.Integer)
    status: Mapped[str]
    source: Mapped[str]
    """paper once anything of it was told on paper: from then on it may be told twice."""
    local_day: Mapped[dt.date] = mapped_column(index=True, active_history=True)
    iso_week: Mapped[int] = mapped_column(index=True)
    mesh: Mapped[int] = mapped_column(index=True)
    opened_at: Mapped[dt.datetime | None]
    closed_at: Mapped[dt.datetime | None]
    cancel_reason: Mapped[str | None]
    note: Mapped[str | None]
    clock_suspect: Mapped[bool]
    """The phone's clock was implausible, so the day may need a coordinator's eye."""
    telling_chosen_at: Mapped[dt.datetime | None]
    """When a coordinator last chose which of its tellings stands."""
    merged_into: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("visits.id"))
    __table_args__ = (
        sa.Index("ix_visits_van_id_local_day", "van_id", "local_day"),
        # A stop's last visit is one step in it, however many there were.
        sa.Index("ix_visits_stop_id_local_day", "stop_id", "local_day"),
    )


class HeadCount(VisitFact, Base):
    """Taps of the counter: increments by band, negative for a mis-tap. The sum is the attendance."""

    __tablename__ = "head_counts"
    counts: Mapped[dict[str, int]] = mapped_column(Json())
    source: Mapped[str]
    counted: Mapped[bool]
    """False while the other telling of the heads stands: see ledger/tellings."""


class HygieneEntry(VisitFact, Base):
    """One line of the hygiene log (HACCP for small business): a check, its result, a temperature."""

    __tablename__ = "hygiene_entries"
    check: Mapped[str]
    passed: Mapped[bool]
    celsius_tenths: Mapped[int | None] = mapped_column(sa.Integer)
    action: Mapped[str | None]
    signed_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("people.id"))
