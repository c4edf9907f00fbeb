"""What was announced or released to everybody: the only tables that the public side reads."""

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


CITY_ONLY = 0
"""In the place of a cell: what counts for the city, and is shown nowhere on the map."""
VISITS = "visits"
"""The figure that counts visits at places that are announced; all others are groups of ages."""


class PublishedRelease(Base):
    """That weeks were released, up to which, and with which census beside them."""

    __tablename__ = "published_releases"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    from_week: Mapped[int]
    iso_week: Mapped[int]
    released_on: Mapped[dt.date]
    census_id: Mapped[uuid.UUID | None]
    census_label: Mapped[str | None]
    census_counts: Mapped[str | None]


class PublishedReach(Base):
    """What a release adds to a figure of a cell in a part of a week: sums of rounded atoms, without stop and day."""

    __tablename__ = "published_reach"
    number: Mapped[int] = mapped_column(sa.ForeignKey("published_releases.number"), primary_key=True)
    from_day: Mapped[dt.date] = mapped_column(primary_key=True, index=True)
    """The first day of the part of an ISO week that lies in one month."""
    mesh_1km: Mapped[int] = mapped_column(primary_key=True)
    figure: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class PublishedRare(Base):
    """What a release adds to a rare figure of the city in a fiscal quarter, which begins on that day."""

    __tablename__ = "published_rare"
    number: Mapped[int] = mapped_column(sa.ForeignKey("published_releases.number"), primary_key=True)
    quarter_day: Mapped[dt.date] = mapped_column(primary_key=True)
    figure: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class PublishedIssue(Base):
    """A step of a round-table issue, in the words that a coordinator wrote for everybody. Told once."""

    __tablename__ = "published_issues"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    """Of the issue, here alone."""
    step: Mapped[str] = mapped_column(primary_key=True)
    on_day: Mapped[dt.date]
    text: Mapped[str]
    text_en: Mapped[str | None]


class PublishedCensus(Base):
    """Who lives in a cell of 1 km, from the census that is public itself; as it was at the latest release."""

    __tablename__ = "published_census"
    mesh_1km: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    people: Mapped[int]
