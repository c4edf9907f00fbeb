"""Tables of plans: vans, route plans, their stops, and the revisions that were published."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from outreach_api.storage.base import Base, Kept, stop_ref, van_ref


class Van(Kept, Base):
    __tablename__ = "vans"
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    width_cm: Mapped[int | None]
    height_cm: Mapped[int | None]
    needs_power: Mapped[bool]
    water_litres: Mapped[int | None]
    """What its fresh water tank holds."""
    base_lat_micro: Mapped[int | None]
    base_lon_micro: Mapped[int | None]
    inspection_until: Mapped[dt.date | None]
    insurance_until: Mapped[dt.date | None]
    food_permit_until: Mapped[dt.date | None]
    outages: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """Days on which it can't go out: from_day, to_day (both included) and reason."""
    active: Mapped[bool]


class Plan(Kept, Base):
    """One van's route on one local day."""

    __tablename__ = "plans"
    van_id: Mapped[uuid.UUID] = van_ref()
    local_day: Mapped[dt.date] = mapped_column(index=True)
    iso_week: Mapped[int] = mapped_column(index=True)
    title: Mapped[str | None]
    status: Mapped[str]
    revision: Mapped[int]
    """0 until it is published for the first time."""
    changed_since_published: Mapped[bool] = mapped_column(default=False)
    cancel_reason: Mapped[str | None]
    cancel_note: Mapped[str | None]
    checked_at: Mapped[dt.datetime | None]
    """When it was last looked at again after its publication."""
    broken_since: Mapped[dt.datetime | None] = mapped_column(index=True)
    """Since when it could not be published any more as it stands."""
    __table_args__ = (sa.Index("ix_plans_van_id_local_day", "van_id", "local_day"),)


class PlanStop(Base):
    """One stop of a plan. Its id outlives edits of the plan, because a visit's id is derived from it."""

    __tablename__ = "plan_stops"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("plans.id"), index=True)
    position: Mapped[int] = mapped_column(sa.Integer)
    stop_id: Mapped[uuid.UUID] = stop_ref(index=True)
    arrive: Mapped[dt.time]
    depart: Mapped[dt.time]
    announce: Mapped[bool]
    undecided: Mapped[bool] = mapped_column(default=False)
    """Whether it takes place is announced as not decided yet."""
    decide_by: Mapped[dt.time | None]
    """When that is decided, local time; null: as OUTREACH_WEATHER_DECIDED_AT says."""
    decide_days_before: Mapped[int] = mapped_column(sa.Integer, default=0)
    host_asked: Mapped[bool]
    host_channel: Mapped[str | None]
    host_answer: Mapped[str | None]
    removed: Mapped[bool]
    cancel_reason: Mapped[str | None]
    """Set when this stay alone was called off, as weather does in the middle of a day."""
    cancel_note: Mapped[str | None]


class PlanRevision(Base):
    """What a plan said when it was published; visits cite it."""

    __tablename__ = "plan_revisions"
    plan_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("plans.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    published_at: Mapped[dt.datetime]
    body: Mapped[dict[str, Any]]


class PlanProblem(Base):
    """One violation of a published plan, as it was when that was last looked at again."""

    __tablename__ = "plan_problems"
    plan_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("plans.id"), primary_key=True)
    place: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    """In the order of `check`."""
    code: Mapped[str]
    severity: Mapped[str]
    way: Mapped[str]
    plan_stop_ids: Mapped[list[str]]
    numbers: Mapped[dict[str, Any]]
    since: Mapped[dt.datetime]
