"""What holds for a day of a van. Pure: a plan made by hand and one made by a solver are judged by the same check."""

from outreach_api.plans.rules.check import check, hard
from outreach_api.plans.rules.drives import Drives
from outreach_api.plans.rules.facts import (
    Leave,
    Limits,
    Mend,
    OnShift,
    Opening,
    OtherPlan,
    PlanFacts,
    Stay,
    StopFacts,
    VanFacts,
    VanThere,
    Violation,
)
from outreach_api.plans.rules.outcome import minutes_after, stay_state
from outreach_api.plans.rules.travel import Leg, drive_between, legs, needed_between
from outreach_api.plans.rules.water import litres

__all__ = [
    "Drives",
    "Leave",
    "Leg",
    "Limits",
    "Mend",
    "OnShift",
    "Opening",
    "OtherPlan",
    "PlanFacts",
    "Stay",
    "StopFacts",
    "VanFacts",
    "VanThere",
    "Violation",
    "check",
    "drive_between",
    "hard",
    "legs",
    "litres",
    "minutes_after",
    "needed_between",
    "stay_state",
]
