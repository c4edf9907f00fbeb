"""All tables at once, for migrations and the session."""

from outreach_api.storage import (
    access,
    alarms,
    area,
    attempts,
    calendar,
    contacts,
    heat,
    held_days,
    jobs,
    ledger,
    places,
    plan_templates,
    plans,
    published,
    releases,
    report_versions,
    sales,
    stops,
    suggestions,
    travel,
    visits,
)
from outreach_api.storage.base import Base

METADATA = Base.metadata

__all__ = [
    "METADATA",
    "access",
    "alarms",
    "area",
    "attempts",
    "calendar",
    "contacts",
    "heat",
    "held_days",
    "jobs",
    "ledger",
    "places",
    "plan_templates",
    "plans",
    "published",
    "releases",
    "report_versions",
    "sales",
    "stops",
    "suggestions",
    "travel",
    "visits",
]
