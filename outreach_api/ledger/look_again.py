"""What was changed may break a plan that was published: has those that it touches looked at again, soon, by a job.

Jobs are added in the transaction of the change, so that none is forgotten; `plans/rechecking.py` does them.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.week import local_day
from outreach_api.storage import jobs
from outreach_api.storage.plans import Plan, PlanStop
from schemas.vocabulary import PlanStatus

LOOK_AGAIN = "plan.look_again"
"""The kind of the job about one plan."""


def at_plan(session: Session, plan_id: uuid.UUID, now: dt.datetime) -> None:
    """One plan, whatever it is: a draft's drives are asked about beforehand."""
    jobs.add(session, LOOK_AGAIN, [(plan_id, now)], now)


def at_stop(session: Session, stop_id: uuid.UUID, now: dt.datetime) -> None:
    """All that lead to a stop."""
    led = sa.select(PlanStop.plan_id).where(PlanStop.stop_id == stop_id, PlanStop.removed.is_(False))
    _add(session, Plan.id.in_(led), now)


def with_van(session: Session, van_id: uuid.UUID, now: dt.datetime) -> None:
    _add(session, Plan.van_id == van_id, now)


def on_day(session: Session, day: dt.date, now: dt.datetime) -> None:
    """All of a day: they share vans, stops, people and the heat."""
    _add(session, Plan.local_day == day, now)


def all_to_come(session: Session, now: dt.datetime) -> None:
    _add(session, sa.true(), now)


def _add(session: Session, which: sa.ColumnElement[Any], now: dt.datetime) -> None:
    """Of those that are published and whose day is not over."""
    found = session.scalars(
        sa.select(Plan.id)
        .where(which, Plan.status == PlanStatus.PUBLISHED, Plan.local_day >= local_day(now))
        .order_by(Plan.local_day, Plan.id)
    )
    jobs.add(session, LOOK_AGAIN, [(plan_id, now) for plan_id in found], now)
