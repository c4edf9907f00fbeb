"""How hot it is expected to be: for one day, or for a month of any year. What was said last counts."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from outreach_api.storage.base import Base


class HeatExpected(Base):
    """One saying; each day and each month keeps all of its own."""

    __tablename__ = "heat_expected"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    change_no: Mapped[int]
    created_at: Mapped[dt.datetime]
    on_day: Mapped[dt.date | None] = mapped_column(index=True)
    month: Mapped[int | None] = mapped_column(sa.Integer, index=True)
    wbgt_tenths: Mapped[int | None] = mapped_column(sa.Integer)
    """Tenths of a degree WBGT; None takes back what was said."""
    __table_args__ = (sa.CheckConstraint("(on_day IS NULL) <> (month IS NULL)", name="day_or_month"),)
