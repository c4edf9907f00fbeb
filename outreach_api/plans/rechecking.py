"""Looks at published plans again, after changes and every night, and keeps what broke and since when.

A plan is judged as it was published, by what the house knows now. Roads are asked beforehand, outside of any
transaction; so a draft's drives are known by the time somebody looks at it.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.ids import derived
from outreach_api.kernel.week import TOKYO, local_day
from outreach_api.ledger import look_again
from outreach_api.ledger.counter import ChangeNumbers
from outreach_api.plans import travel
from outreach_api.plans.facts import plan_facts, plan_places
from outreach_api.plans.publishing import as_published
from outreach_api.plans.rules import Violation, check
from outreach_api.settings import Settings
from outreach_api.storage import jobs
from outreach_api.storage.plans import Plan, PlanProblem
from outreach_api.storage.session import Database
from schemas.vocabulary import PlanStatus, Severity

EVERY_NIGHT = "plan.every_night"
_NIGHT = derived("plans every night")
_AT = dt.time(3)
"""In Tokyo: a permission that ended yesterday is known before anybody leaves."""

Key = tuple[str, tuple[str, ...]]


def begin(database: Database, now: dt.datetime) -> None:
    """Before the first job of a process: the nights begin, if they have not."""
    with database.write() as session:
        jobs.add(session, EVERY_NIGHT, [(_NIGHT, _next_night(now))], now)


def every_night(
    database: Database,
    settings: Settings,
    claimed: jobs.Claim,
    now: Callable[[], dt.datetime],
    stop: threading.Event,
) -> None:
    """Have every published plan to come looked at again."""
    with database.write() as session:
        look_again.all_to_come(session, now())
        travel.forget_old(session, settings, now())
        jobs.put_off(session, claimed, _next_night(now()))


def run(
    database: Database,
    settings: Settings,
    claimed: jobs.Claim,
    now: Callable[[], dt.datetime],
    stop: threading.Event,
) -> None:
    """Look at one plan again."""
    with database.read() as session:
        plan = session.get(Plan, claimed.subject_id)
        driven = plan is not None and plan.status != PlanStatus.CANCELLED
        places = plan_places(session, plan) if plan is not None and driven else []
    travel.look_up(database, settings, places, now())
    with database.write() as session:
        # Others who change something add their job behind this lock: it sees what they changed, or comes again.
        ChangeNumbers(session)
        plan = session.get(Plan, claimed.subject_id)
        if plan is not None:
            keep_problems(session, plan, settings, now())
        jobs.finish(session, claimed)


def keep_problems(session: Session, plan: Plan, settings: Settings, now: dt.datetime) -> None:
    """What is wrong with a plan from now on; what was wrong before stays wrong since then."""
    known = session.scalars(sa.select(PlanProblem).where(PlanProblem.plan_id == plan.id)).all()
    since: dict[Key, dt.datetime] = {(row.code, tuple(row.plan_stop_ids)): row.since for row in known}
    session.execute(sa.delete(PlanProblem).where(PlanProblem.plan_id == plan.id))
    values: dict[str, Any] = {"broken_since": None}
    if plan.status == PlanStatus.PUBLISHED:
        values["checked_at"] = now
        if plan.local_day >= local_day(now):
            problems = _problems(session, plan, settings)
            begun = [since.get(_key(problem), now) for problem in problems]
            _insert(session, plan, problems, begun)
            hard = [at for one, at in zip(problems, begun, strict=True) if one.severity is Severity.HARD]
            values["broken_since"] = (plan.broken_since or min(hard)) if hard else None
    session.execute(sa.update(Plan).where(Plan.id == plan.id).values(values))


def _problems(session: Session, plan: Plan, settings: Settings) -> list[Violation]:
    published, rows = as_published(session, plan)
    return check(plan_facts(session, published, settings, rows))


def _insert(
    session: Session, plan: Plan, problems: Sequence[Violation], begun: Sequence[dt.datetime]
) -> None:
    rows = [
        {
            "plan_id": plan.id,
            "place": place,
            "code": problem.code,
            "severity": problem.severity,
            "way": problem.way,
            "plan_stop_ids": list(_key(problem)[1]),
            "numbers": dict(problem.numbers),
            "since": since,
        }
        for place, (problem, since) in enumerate(zip(problems, begun, strict=True))
    ]
    if rows:
        session.execute(sa.insert(PlanProblem), rows)


def _key(problem: Violation) -> Key:
    """What makes a problem the same one as before: its numbers change from day to day."""
    return problem.code, tuple(str(one) for one in problem.plan_stop_ids)


def _next_night(now: dt.datetime) -> dt.datetime:
    here = now.astimezone(TOKYO)
    night = dt.datetime.combine(here.date(), _AT, TOKYO)
    return (night if night > here else night + dt.timedelta(days=1)).astimezone(dt.UTC)
