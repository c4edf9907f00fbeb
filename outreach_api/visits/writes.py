"""Opens, closes and cancels visits; adds head counts and hygiene entries in bulk."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.ids import visit_id_of
from outreach_api.kernel.week import IsoWeek, local_day
from outreach_api.ledger import timetable
from outreach_api.ledger.kinds import Accepted, Announce, Applied, Warn, Work
from outreach_api.ledger.visit_facts import VISIT_UNKNOWN
from outreach_api.storage.ledger import VisitTotal
from outreach_api.storage.plans import Plan, PlanStop, Van
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit
from outreach_api.visits import rules
from schemas.vocabulary import PlanStatus, Role, Source, VisitStatus


@dataclass(frozen=True, slots=True)
class _Place:
    """Where and when a visit is: from its plan stop, or from what an ad-hoc arrival says."""

    van_id: uuid.UUID
    stop: Stop
    day: dt.date
    plan: Plan | None = None
    plan_stop_id: uuid.UUID | None = None


def open_visit(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Arrival. Two phones that open one planned visit open the same one; the earlier time stays."""
    given = accepted.values
    place = _planned(work, accepted) if given["plan_stop_id"] else _ad_hoc(work, accepted)
    if isinstance(place, Refusal):
        return place
    opened_at = accepted.moment(given["opened_at"])
    row = work.session.get(Visit, accepted.entity_id)
    if row is not None:
        return _open_again(work, accepted, row, place, opened_at)
    warnings = _arrival_warnings(place, opened_at)
    row = _new_visit(work, accepted, place, VisitStatus.OPEN)
    row.opened_at = opened_at
    work.session.add(row)
    timetable.follow_visit(work, row)
    return Applied(row.id, announces=(_announce(row),), warnings=warnings)


def _arrival_warnings(place: _Place, opened_at: dt.datetime) -> tuple[Warn, ...]:
    """A visit keeps its planned day whatever the clock says; a thumb on tomorrow's line should still be noticed."""
    if place.plan is None:
        return ()
    warnings = []
    if place.plan.status != PlanStatus.PUBLISHED:
        warnings.append(Warn("plan_not_published"))
    if local_day(opened_at) != place.day:
        warnings.append(Warn("opened_on_another_day", "", {"day": place.day.isoformat()}))
    return tuple(warnings)


def close_visit(work: Work, accepted: Accepted) -> Applied | Refusal:
    row = _visit_in_scope(work, accepted.entity_id)
    if isinstance(row, Refusal):
        return row
    said, reason = accepted.values["closed_at"], accepted.values["early_reason"]
    if said is not None:
        said = accepted.moment(said)
    if said is not None and row.opened_at is not None and said < row.opened_at:
        return Refusal("invalid", 422, {}, (Problem("/closed_at", "wrong_order"),))
    standing = None if row.closed_at is None else rules.Departure(row.closed_at, row.cancel_reason)
    # By its clock a phone may have left before another one came: that is for a coordinator's eye, not refused.
    backwards = said is None and row.opened_at is not None and accepted.occurred_at < row.opened_at
    told = rules.Departure(said or max(accepted.occurred_at, row.opened_at or accepted.occurred_at), reason)
    departure = rules.close(row.status, standing, told)
    if isinstance(departure, Refusal):
        return departure
    if row.status != VisitStatus.CLOSED or departure != standing:
        _count_up(row, accepted)
        row.status = VisitStatus.CLOSED
        row.closed_at, row.cancel_reason = departure.at, departure.early_reason
        row.clock_suspect = row.clock_suspect or backwards
        timetable.follow_visit(work, row)
    return Applied(row.id, row.version, created=False, announces=(_announce(row),))


def cancel_visit(work: Work, accepted: Accepted) -> Applied | Refusal:
    """Cancel a visit; one that nobody opened is made, so that its reason is counted."""
    row = _visit_in_scope(work, accepted.entity_id)
    if isinstance(row, Refusal):
        if accepted.values["plan_stop_id"] is None:
            return row
        place = _planned(work, accepted)
        if isinstance(place, Refusal):
            return place
        row = _new_visit(work, accepted, place, VisitStatus.PLANNED)
        work.session.add(row)
    elif row.id != accepted.entity_id:
        return Refusal("visit_merged", 409)
    else:
        _count_up(row, accepted)
    refusal = rules.cancel(row.status, row.closed_at, _has_facts(work, row.id))
    if refusal is not None:
        return refusal
    row.status = VisitStatus.CANCELLED
    row.cancel_reason = accepted.values["reason"]
    row.note = rules.both_notes(row.note, accepted.values["note"])
    timetable.follow_visit(work, row)
    return Applied(row.id, row.version, created=False, announces=(_announce(row),))


def _planned(work: Work, accepted: Accepted) -> _Place | Refusal:
    plan_stop_id = accepted.values["plan_stop_id"]
    select = (
        sa.select(Plan, Stop)
        .join(PlanStop, PlanStop.plan_id == Plan.id)
        .join(Stop, Stop.id == PlanStop.stop_id)
        .where(PlanStop.id == plan_stop_id)
    )
    if work.actor.role is Role.CREW:
        select = select.where(Plan.van_id == work.actor.van_id)
    found = work.session.execute(select).one_or_none()
    if found is None:
        fault = Problem("/plan_stop_id", "plan_stop_unknown")
        return Refusal("plan_stop_unknown", 404, {}, (fault,), passing=True)
    if accepted.entity_id != visit_id_of(plan_stop_id):
        return Refusal("visit_id_wrong", 422, {"visit_id": str(visit_id_of(plan_stop_id))})
    return _Place(found.Plan.van_id, found.Stop, found.Plan.local_day, found.Plan, plan_stop_id)


def _ad_hoc(work: Work, accepted: Accepted) -> _Place | Refusal:
    given = accepted.values
    van_id = work.actor.van_id or given["van_id"]
    if van_id is None or not work.actor.may_touch(given["van_id"] or van_id):
        return Refusal(
            "invalid", 422, {}, (Problem("/van_id", "required" if van_id is None else "not_own_van"),)
        )
    if work.session.get(Van, van_id) is None:
        return Refusal("invalid", 422, {}, (Problem("/van_id", "unknown_reference"),))
    stop = work.session.get(Stop, given["stop_id"])
    if stop is None:
        fault = Problem("/stop_id", "unknown_reference")
        return Refusal("unknown_reference", 422, {}, (fault,), passing=True)
    day = given["local_day"] or local_day(accepted.moment(given["opened_at"]))
    return _Place(van_id, stop, day)


def _new_visit(work: Work, accepted: Accepted, place: _Place, status: VisitStatus) -> Visit:
    return Visit(
        id=accepted.entity_id,
        version=1,
        change_no=accepted.change_no,
        created_at=work.now,
        van_id=place.van_id,
        stop_id=place.stop.id,
        plan_id=place.plan.id if place.plan else None,
        plan_stop_id=place.plan_stop_id,
        plan_revision=place.plan.revision if place.plan else None,
        status=status,
        source=accepted.values.get("source", Source.APP),
        local_day=place.day,
        iso_week=IsoWeek.of(place.day).as_int,
        mesh=place.stop.mesh,
        note=accepted.values["note"],
        clock_suspect=accepted.clock_suspect,
    )


def _open_again(
    work: Work, accepted: Accepted, row: Visit, place: _Place, opened_at: dt.datetime
) -> Applied | Refusal:
    if row.van_id != place.van_id or row.stop_id != place.stop.id:
        return Refusal("id_taken", 409)
    row = _successor(work, row)
    warnings = (Warn("visit_was_cancelled"),) if row.status == VisitStatus.CANCELLED else ()
    row.status = rules.opened_status(row.status)
    if row.status == VisitStatus.OPEN:
        row.cancel_reason = None
    if accepted.values["source"] is Source.PAPER:
        row.source = Source.PAPER  # a phone was first, and now the office tells it from paper
    row.opened_at = min(row.opened_at or opened_at, opened_at)
    row.note = rules.both_notes(row.note, accepted.values["note"])
    _count_up(row, accepted)
    timetable.follow_visit(work, row)
    return Applied(row.id, row.version, created=False, announces=(_announce(row),), warnings=warnings)


def _visit_in_scope(work: Work, visit_id: uuid.UUID) -> Visit | Refusal:
    select = sa.select(Visit).where(Visit.id == visit_id)
    if work.actor.role is Role.CREW:
        select = select.where(Visit.van_id == work.actor.van_id)
    row = work.session.scalar(select)
    return VISIT_UNKNOWN if row is None else _successor(work, row)


def _successor(work: Work, row: Visit) -> Visit:
    """What a phone that has not heard of a merge says of the duplicate, it says of the visit that remained."""
    return row if row.merged_into is None else work.session.get_one(Visit, row.merged_into)


def _has_facts(work: Work, visit_id: uuid.UUID) -> bool:
    counted = sa.select(VisitTotal.value).where(VisitTotal.visit_id == visit_id, VisitTotal.value != 0)
    return work.session.scalar(counted.limit(1)) is not None


def _count_up(row: Visit, accepted: Accepted) -> None:
    row.version += 1
    row.change_no = accepted.change_no


def _announce(row: Visit) -> Announce:
    return Announce("visit", row.id, row.van_id)
