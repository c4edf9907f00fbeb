"""What roads said: how long a drive takes from one position to another, kept so that nobody asks twice."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from outreach_api.storage.base import Base


class TravelLeg(Base):
    """One drive, by one source (a road server and its profile). Positions are micro-degrees."""

    __tablename__ = "travel_legs"
    source: Mapped[str] = mapped_column(primary_key=True)
    from_lat: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    from_lon: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    to_lat: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    to_lon: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    seconds: Mapped[int | None] = mapped_column(sa.Integer)
    """None: it knows no way there."""
    asked_at: Mapped[dt.datetime] = mapped_column(index=True)
