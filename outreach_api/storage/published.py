"""What was announced to everybody: the only tables that the public side reads."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from outreach_api.storage.base import Base


class TimetableEntry(Base):
    """One announced stay, alone: no van, no order, no plan. Its id is a keyed hash, linkable to nothing."""

    __tablename__ = "published_timetable"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    local_day: Mapped[dt.date] = mapped_column(index=True)
    opens: Mapped[dt.time | None]
    closes: Mapped[dt.time | None]
    status: Mapped[str]
    cancel_reason: Mapped[str | None]
    place: Mapped[str]
    place_kana: Mapped[str | None]
    place_en: Mapped[str | None]
    area_only: Mapped[bool]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    mesh_1km: Mapped[int] = mapped_column(sa.BigInteger)
    decided_at: Mapped[dt.datetime | None]
    """When it is decided whether it takes place, where that was said of this stay alone."""
    changes: Mapped[int] = mapped_column(sa.Integer, default=0)
    """Counts what a calendar must learn, never arrivals and departures."""
    updated_at: Mapped[dt.datetime]


class PublishedLink(Base):
    """Where families may turn to besides the van: the public address of a programme, by its kind."""

    __tablename__ = "published_links"
    kind: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str]
