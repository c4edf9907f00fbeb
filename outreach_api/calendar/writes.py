"""Adds and changes school holidays."""

from __future__ import annotations

from typing import Any

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.ledger import versions
from outreach_api.ledger.kinds import Accepted, Applied, Work
from outreach_api.storage.calendar import SchoolHoliday

_UNSAID: dict[str, Any] = {"name_en": None, "area": None}


def add_school_holiday(work: Work, accepted: Accepted) -> Applied | Refusal:
    holiday_id = accepted.entity_id
    work.session.add(
        SchoolHoliday(
            id=holiday_id,
            version=1,
            change_no=accepted.change_no,
            created_at=work.now,
            active=True,
            **{**_UNSAID, **accepted.values},
        )
    )
    return Applied(holiday_id)


def change_school_holiday(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Drafts that were made by it stay as they are, until somebody looks at what their template would change."""
    row = versions.find(work, SchoolHoliday, accepted)
    if isinstance(row, Refusal):
        return row
    for name, value in accepted.values.items():
        setattr(row, name, value)
    if row.to_day < row.from_day:
        return Refusal("invalid", 422, {}, (Problem("/to_day", "wrong_order"),))
    return Applied(row.id, row.version, created=False)
