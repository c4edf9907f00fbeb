"""Tables of places: stops, their permissions and opening windows."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from outreach_api.storage.base import Base, Kept, stop_ref


class Stop(Kept, Base):
    """A place where the van may stand. Positions are micro-degrees, so that mesh edges are exact."""

    __tablename__ = "stops"
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kana: Mapped[str | None]
    name_en: Mapped[str | None]
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(index=True)
    publicity: Mapped[str]
    announced_area: Mapped[str | None]
    announced_area_kana: Mapped[str | None]
    address: Mapped[str | None]
    lat_micro: Mapped[int]
    lon_micro: Mapped[int]
    mesh: Mapped[int] = mapped_column(index=True)
    """250 m mesh code; the 500 m one is mesh // 10."""
    position_precision: Mapped[str | None]
    """How well the position is known; null of those that were entered before it was asked."""
    position_source: Mapped[str | None]
    seating_by_us: Mapped[bool]
    power: Mapped[bool]
    water: Mapped[bool]
    drain: Mapped[bool]
    toilet: Mapped[bool]
    shelter: Mapped[bool]
    idling_allowed: Mapped[bool]
    closed_on_holidays: Mapped[bool]
    van_count: Mapped[int]
    max_width_cm: Mapped[int | None]
    max_height_cm: Mapped[int | None]
    surface: Mapped[str | None]
    noise_limit: Mapped[str | None]
    rubbish_rule: Mapped[str | None]
    neighbour_notes: Mapped[str | None]
    nearest_aed: Mapped[str | None]
    emergency_contact: Mapped[str | None]
    indoor_alternative: Mapped[str | None]
    host_name: Mapped[str | None]
    host_contact: Mapped[str | None]
    weight: Mapped[int]
    """The coordinator's own weight in planning, 0 to 10."""
    min_days_between: Mapped[int | None] = mapped_column(sa.Integer)
    """The host's own condition; None: what is set for all."""
    max_days_between: Mapped[int | None] = mapped_column(sa.Integer)
    __table_args__ = (sa.Index("ix_stops_lat_micro_lon_micro", "lat_micro", "lon_micro"),)


class Permission(Kept, Base):
    """A host's or an authority's leave to stand at a stop, from a day to a day (both included)."""

    __tablename__ = "permissions"
    stop_id: Mapped[uuid.UUID] = stop_ref(index=True)
    type: Mapped[str]
    number: Mapped[str | None]
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None] = mapped_column(index=True)
    conditions: Mapped[str | None]
    fee_yen: Mapped[int]
    withdrawn_on: Mapped[dt.date | None] = mapped_column(index=True)


class OpeningWindow(Base):
    """When a stop can be used: on a weekday (0 = Monday), on its nth of a month, or on one date.

    What is said more exactly replaces what is said in general: stops.rules.windows_on.
    """

    __tablename__ = "opening_windows"
    stop_id: Mapped[uuid.UUID] = stop_ref(primary_key=True)
    line: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    weekday: Mapped[int | None] = mapped_column(sa.Integer)
    nth: Mapped[int | None] = mapped_column(sa.Integer)
    """The first to fifth of that weekday in a month, -1 the last; null is every one."""
    on_day: Mapped[dt.date | None]
    opens: Mapped[dt.time | None]
    closes: Mapped[dt.time | None]
    __table_args__ = (
        sa.CheckConstraint("(weekday IS NULL) <> (on_day IS NULL)", name="weekday_or_day"),
        sa.CheckConstraint("(opens IS NULL) = (closes IS NULL)", name="both_times"),
    )


class StopStep(Base):
    """A step in a stop's life: what it became, when, by whom. The first one made it."""

    __tablename__ = "stop_steps"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    stop_id: Mapped[uuid.UUID] = stop_ref(index=True)
    change_no: Mapped[int]
    at: Mapped[dt.datetime]
    status: Mapped[str]
    note: Mapped[str | None]
    holder_id: Mapped[uuid.UUID | None]
    """Whose token it was; None for what was there before steps were kept."""
