"""What was held at each stop up to a day: sums since ever, so that any period is the difference of two rows."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from outreach_api.storage.base import Base

ALL_VANS = uuid.UUID(int=0)
"""Stands for all of them together, in rows of their own: staff ask for no single one."""


class HeldDay(Base):
    """A day on which a stop was held by a van, and the sums of all such days up to it (ledger/held_days.py).

    By stop and not by cell: a stop's pin may be corrected, and different stops can't be added up.
    """

    __tablename__ = "held_days"
    stop_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("stops.id"), primary_key=True)
    van_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    local_day: Mapped[dt.date] = mapped_column(primary_key=True)
    visits: Mapped[int]
    seconds_open: Mapped[int]
    """Of visits whose opening and closing are known."""
    infant: Mapped[int]
    """People (延べ) by band, as in schemas.vocabulary.Band."""
    preschool: Mapped[int]
    elem_low: Mapped[int]
    elem_high: Mapped[int]
    junior_high: Mapped[int]
    high_school: Mapped[int]
    young_adult: Mapped[int]
    guardian: Mapped[int]
    adult: Mapped[int]
    senior: Mapped[int]
    unknown: Mapped[int]
    # A row lies in its key: to find a stop's last day is to have read it.
    __table_args__ = ({"sqlite_with_rowid": False},)
