"""The job of a suggestion: gathers what is known, asks the roads, searches, explains, and keeps the answer.

No transaction is held while it thinks. Whoever stops it, or the whole process, is heard within seconds.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.geo import Point
from outreach_api.kernel.log_lines import tell
from outreach_api.plans import travel
from outreach_api.plans.facts import base_of, limits
from outreach_api.plans.solver.answer import Ended
from outreach_api.plans.solver.solve import Progress
from outreach_api.plans.suggesting import facts
from outreach_api.plans.suggesting.answering import kept
from outreach_api.plans.suggesting.case import Case
from outreach_api.plans.suggesting.posing import pose
from outreach_api.plans.suggesting.reasons import left_out
from outreach_api.plans.suggesting.searching import search
from outreach_api.plans.suggesting.wish import Wish
from outreach_api.plans.surroundings import expected_wbgt
from outreach_api.plans.templates.days import school_holidays_of
from outreach_api.settings import Settings
from outreach_api.storage import jobs
from outreach_api.storage.plans import Van
from outreach_api.storage.session import Database
from outreach_api.storage.suggestions import PlanSuggestion
from schemas.vocabulary import SuggestionStatus, SuggestionStep

log = logging.getLogger("outreach.planning")

SECONDS_BETWEEN_NOTES = 1.0
_UNDER_WAY = (SuggestionStatus.WAITING, SuggestionStatus.RUNNING)

Clock = Callable[[], dt.datetime]


def run(
    database: Database, settings: Settings, claimed: jobs.Claim, now: Clock, stop: threading.Event
) -> str | None:
    """Answer one suggestion. Raises LeaseLost."""
    notes = _Notes(database, claimed, now, stop)
    wish = notes.begin()
    if wish is None:
        return None
    try:
        _answer(database, settings, wish, notes, now)
    except (sa.exc.SQLAlchemyError, jobs.LeaseLost):
        raise
    except Exception as fault:  # again it would only happen again
        tell(log, logging.ERROR, "suggestion_failed", fault)
        notes.fail("suggestion_failed")
    return None


def _answer(database: Database, settings: Settings, wish: Wish, notes: _Notes, now: Clock) -> None:
    with database.read() as session:
        case_of, points = _gathered(session, settings, wish)
    drives, roads_problem = travel.look_up(database, settings, points, now())
    posed = pose(case_of(drives.drives(points, settings.travel_speeds)))
    answer = search(posed, progress=partial(notes.searched, wish, time.monotonic()), cancelled=notes.stopped)
    if notes.ending and answer.ended is Ended.CANCELLED:
        notes.give_back()
        return
    told = partial(notes.tell, SuggestionStep.REASONS, value=answer.value)
    explained = left_out(posed, answer, told, notes.stopped)
    if notes.ending:
        notes.give_back()
        return
    notes.end(kept(posed, answer, explained, roads_problem))


def _gathered(session: Session, settings: Settings, wish: Wish) -> tuple[Callable[[Any], Case], list[Point]]:
    """All of a case but its drives, and the places between which those are wanted."""
    found, around = facts.candidates(
        session,
        settings,
        first=wish.first,
        last=wish.last,
        stop_ids=wish.stop_ids,
        must=wish.must,
        apart_days=wish.apart_days,
    )
    vans = facts.vans(session, wish.first, wish.last, wish.van_ids)
    bases = {
        one.van_id: base for one in vans if (base := base_of(session.get_one(Van, one.van_id))) is not None
    }
    heat = {day: wbgt for day in wish.days if (wbgt := expected_wbgt(session, day)) is not None}
    points = list(dict.fromkeys([*(one.stop.point for one in found), *bases.values()]))
    school = school_holidays_of(session, wish.school_area, wish.first, wish.last)

    def case_of(drives: Any) -> Case:
        return Case(
            wish=wish,
            candidates=found,
            vans=vans,
            bases=bases,
            drives=drives,
            limits=limits(settings),
            rates=facts.rates(settings),
            heat=heat,
            around=around,
            school=school,
        )

    return case_of, points


class _Notes:
    """What the row of a suggestion says while its job runs."""

    def __init__(self, database: Database, claimed: jobs.Claim, now: Clock, stop: threading.Event) -> None:
        self._database = database
        self._claimed = claimed
        self._now = now
        self._stop = stop
        self._told_at = 0.0
        self._step: SuggestionStep | None = None
        self._cancelled = False

    def begin(self) -> Wish | None:
        """What is asked; None when nobody waits for it any more: then the job has ended."""
        with self._database.write() as session:
            row = session.get(PlanSuggestion, self._claimed.subject_id)
            if row is None or row.status not in _UNDER_WAY:
                jobs.finish(session, self._claimed)
                return None
            row.status = SuggestionStatus.RUNNING
            row.progress = _progress(SuggestionStep.DRIVES, 0.0, None)
            return Wish.of(row.asked)

    def tell(self, step: SuggestionStep, share: float, value: float | None) -> None:
        """Note how far it is, and hear whether somebody stopped it; not more often than once in a while."""
        if time.monotonic() - self._told_at < SECONDS_BETWEEN_NOTES and step is self._step:
            return
        self._hear(_progress(step, share, value))
        self._step = step

    def _hear(self, progress: dict[str, Any] | None) -> None:
        """Keep the job, note how far it is if that is known, and hear whether somebody stopped it."""
        with self._database.write() as session:
            jobs.extend(session, self._claimed, self._now())
            row = session.get_one(PlanSuggestion, self._claimed.subject_id)
            self._cancelled = row.status not in _UNDER_WAY
            if progress is not None and not self._cancelled:
                row.progress = progress
        self._told_at = time.monotonic()

    def searched(self, wish: Wish, begun: float, at: Progress) -> None:
        """Whatever ends the search first, its steps or its time, says how far it is."""
        by_time = (time.monotonic() - begun) / wish.seconds
        self.tell(SuggestionStep.SEARCH, max(at.iterations / wish.iterations, by_time), at.value)

    def stopped(self) -> bool:
        """Whether it is to stop. Asked many times a second, also where nothing can be told: so the job stays ours."""
        if time.monotonic() - self._told_at >= SECONDS_BETWEEN_NOTES:
            self._hear(None)
        return self._cancelled or self._stop.is_set()

    @property
    def ending(self) -> bool:
        """Whether this process is asked to end."""
        return self._stop.is_set()

    def give_back(self) -> None:
        """This process ends: another one begins anew."""
        with self._database.write() as session:
            row = session.get_one(PlanSuggestion, self._claimed.subject_id)
            if row.status == SuggestionStatus.RUNNING:
                row.status, row.progress = SuggestionStatus.WAITING, None
            jobs.put_off(session, self._claimed, self._now())

    def fail(self, code: str) -> None:
        with self._database.write() as session:
            row = session.get_one(PlanSuggestion, self._claimed.subject_id)
            if row.status in _UNDER_WAY:
                row.status, row.error, row.finished_at = SuggestionStatus.FAILED, code, self._now()
            row.progress = None
            row.version += 1
            jobs.finish(session, self._claimed)

    def end(self, result: dict[str, Any]) -> None:
        with self._database.write() as session:
            row = session.get_one(PlanSuggestion, self._claimed.subject_id)
            if row.status in _UNDER_WAY:
                row.status, row.finished_at = SuggestionStatus.DONE, self._now()
            row.progress, row.result = None, result
            row.version += 1
            jobs.finish(session, self._claimed)


def _progress(step: SuggestionStep, share: float, value: float | None) -> dict[str, Any]:
    return {"step": step.value, "share": round(min(1.0, max(0.0, share)), 3), "value": value}
