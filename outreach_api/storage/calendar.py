"""Tables of the calendar: school holidays, which no library knows because each city's board sets them."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Mapped, mapped_column

from outreach_api.storage.base import Base, Kept


class SchoolHoliday(Kept, Base):
    """Days on which schools are closed, both included; of one area's schools, or of all where there is none."""

    __tablename__ = "school_holidays"
    name: Mapped[str]
    name_en: Mapped[str | None]
    from_day: Mapped[dt.date] = mapped_column(index=True)
    to_day: Mapped[dt.date]
    area: Mapped[str | None]
    active: Mapped[bool]
    """False once it was taken back: a row that something was planned by is never deleted."""
