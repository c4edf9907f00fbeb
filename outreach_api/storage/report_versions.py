"""The table of closed weeks: what a report said when a coordinator closed its week, and each time it was told anew."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from outreach_api.storage.base import Base, Json


class ReportVersion(Base):
    """A week's report as it was known at one moment: never changed, never deleted. Number 1 is the closing itself."""

    __tablename__ = "report_versions"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    iso_week: Mapped[int]
    number: Mapped[int]
    change_no: Mapped[int]
    """Of the closing or restatement itself."""
    made_at: Mapped[dt.datetime]
    made_by: Mapped[uuid.UUID]
    reason: Mapped[str | None]
    """Why it was told anew; none of a closing."""
    note: Mapped[str | None]
    # Whole reports: no list loads them.
    figures: Mapped[dict[str, Any]] = mapped_column(Json(), deferred=True, deferred_raiseload=True)
    """Every figure of the report, for nobody's eyes in particular: what a role may not see is left out when shown."""
    visits: Mapped[dict[str, Any]] = mapped_column(Json(), deferred=True, deferred_raiseload=True)
    """What each of its visits added, by id and measure: so that a difference can be told visit by visit."""
    __table_args__ = (sa.UniqueConstraint("iso_week", "number"),)
