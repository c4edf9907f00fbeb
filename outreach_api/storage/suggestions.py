"""Table of suggestions: what a coordinator asked the planner, how far it has come, and its answer."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from outreach_api.storage.base import Base, Kept


class PlanSuggestion(Kept, Base):
    """Kept in the database and not in a process: whoever asks again, of any worker, sees the same."""

    __tablename__ = "plan_suggestions"
    asked: Mapped[dict[str, Any]]
    """As it was asked; with the settings of that moment it can be repeated."""
    asked_by: Mapped[uuid.UUID]
    status: Mapped[str] = mapped_column(index=True)
    progress: Mapped[dict[str, Any] | None]
    result: Mapped[dict[str, Any] | None]
    """Ids, codes and numbers; names and texts are put in when it is read."""
    error: Mapped[str | None]
    """A code."""
    finished_at: Mapped[dt.datetime | None]
