"""The one judge of a plan: everything that is wrong with it, in numbers. Exactly enough is enough.

Plans made by hand, a solver's answers and published plans that are looked at again all go through it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from outreach_api.plans.rules.day import of_day
from outreach_api.plans.rules.facts import Mend, PlanFacts, VanFacts, Violation
from outreach_api.plans.rules.places import of_stay_there
from outreach_api.plans.rules.violations import Numbers, soft
from outreach_api.plans.rules.violations import hard as hard_one
from schemas.vocabulary import Remedy, Severity

_PAPERS = ("inspection", "insurance", "food_permit")


def check(plan: PlanFacts) -> list[Violation]:
    """All violations: of the van, of each stay in its order, of the whole day."""
    stays = sorted(plan.stays, key=lambda stay: (stay.arrive, stay.depart))
    found = list(_of_van(plan.van, plan.day))
    for stay in stays:
        found += of_stay_there(stay, plan)
    found += of_day(stays, plan)
    return found


def hard(violations: Iterable[Violation]) -> list[Violation]:
    return [violation for violation in violations if violation.severity is Severity.HARD]


def _of_van(van: VanFacts, day: dt.date) -> Iterator[Violation]:
    other = Mend(what=Remedy.OTHER_VAN)
    numbers: Numbers
    if not van.active:
        yield hard_one("van_inactive", mends=(other,))
    for first, last in van.outages:
        if first <= day <= last:
            earlier = Mend(what=Remedy.OTHER_DAY, to_day=first - dt.timedelta(days=1))
            later = Mend(what=Remedy.OTHER_DAY, from_day=last + dt.timedelta(days=1))
            numbers = {"from_day": first.isoformat(), "to_day": last.isoformat()}
            yield hard_one("van_out", mends=(other, later, earlier), numbers=numbers)
    sunday = day + dt.timedelta(days=6 - day.weekday())
    for paper in _PAPERS:
        until: dt.date | None = getattr(van, f"{paper}_until")
        if until is None or until >= sunday:
            continue
        renew = Mend(what=Remedy.RENEW_PAPER, from_day=until + dt.timedelta(days=1))
        if until < day:
            numbers = {"ends_on": until.isoformat(), "days_before": (day - until).days}
            mends = (renew, other, Mend(what=Remedy.OTHER_DAY, to_day=until))
            yield hard_one(f"van_{paper}_ends", mends=mends, numbers=numbers)
        else:
            numbers = {"ends_on": until.isoformat(), "days_left": (until - day).days}
            yield soft(f"van_{paper}_ends_soon", mends=(renew,), numbers=numbers)
