"""Writes the public timetable: what is announced of a stay, and nothing by which two stays could be joined.

An entry's id is a keyed hash of its plan stop, so that it stays the same over revisions and leads nowhere. What
says nothing new changes nothing: else entries would show that something hidden changed beside them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from outreach_api.kernel import deciding, mesh
from outreach_api.ledger.kinds import Work
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.plans import PlanStop
from outreach_api.storage.published import TimetableEntry
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit
from schemas.vocabulary import CancelReason, Publicity, TimetableStatus, VisitStatus

# Everybody sees the weather. Why else a stay was called off may say something about people.
TOLD = frozenset({CancelReason.RAIN, CancelReason.WIND, CancelReason.HEAT, CancelReason.THUNDER})
# For a calendar these are one: it takes place.
_LIVE = frozenset({TimetableStatus.ON, TimetableStatus.OPEN, TimetableStatus.CLOSED})
_WAITING = frozenset({TimetableStatus.ON, TimetableStatus.UNDECIDED})
_OF_VISIT = {VisitStatus.OPEN: TimetableStatus.OPEN, VisitStatus.CLOSED: TimetableStatus.CLOSED}


def entry_ids(keyring: Keyring, plan_stop_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """The ids of entries by plan stop: HMAC-SHA256, cut to a UUID."""
    key = keyring.secret("timetable")
    return {
        plan_stop_id: uuid.UUID(bytes=hmac.digest(key, plan_stop_id.bytes, hashlib.sha256)[:16], version=4)
        for plan_stop_id in plan_stop_ids
    }


def publish(work: Work, day: dt.date, stays: Sequence[tuple[PlanStop, Stop]]) -> None:
    """Bring the entries of a plan's stays (removed ones too) to what the plan says now.

    A stay that people may have noted down and that was removed is shown as cancelled; one that may no longer
    be announced disappears. What became of a visit already stands, whatever the plan says.
    """
    ids = entry_ids(work.keyring, (plan_stop.id for plan_stop, _ in stays))
    present = _present(work, ids.values())
    visits = _visits(work, ids)
    for plan_stop, stop in stays:
        entry = present.get(ids[plan_stop.id])
        if not plan_stop.announce or not may_be_announced(stop):
            if entry is not None:
                work.session.delete(entry)
        elif plan_stop.removed:
            if entry is not None:
                _call_off(entry, None, work.now)
        else:
            said: dict[str, Any] = {
                "local_day": day,
                "opens": plan_stop.arrive,
                "closes": plan_stop.depart,
                "decided_at": deciding.own_moment(day, plan_stop.decide_by, plan_stop.decide_days_before),
                **_state(plan_stop, visits.get(plan_stop.id), stop),
                **_place(stop),
            }
            if entry is None:
                entry_id = ids[plan_stop.id]
                work.session.add(TimetableEntry(id=entry_id, changes=0, updated_at=work.now, **said))
            else:
                _say(entry, work.now, **said)


def say_decisions(work: Work, plan_stops: Sequence[PlanStop]) -> None:
    """Say at once of announced stays whether they are decided, and when they will be."""
    ids = entry_ids(work.keyring, (row.id for row in plan_stops))
    present = _present(work, ids.values())
    for row in plan_stops:
        entry = present.get(ids[row.id])
        if entry is not None and entry.status in _WAITING:
            at = deciding.own_moment(entry.local_day, row.decide_by, row.decide_days_before)
            _say(entry, work.now, status=_waiting(row), decided_at=at)


def call_off(work: Work, plan_stop_ids: Iterable[uuid.UUID], reason: str | None) -> None:
    """Show stays as cancelled where they were announced. The weather is told as the reason, nothing else."""
    ids = entry_ids(work.keyring, plan_stop_ids)
    for entry in _present(work, ids.values()).values():
        _call_off(entry, reason, work.now)


def follow_visit(work: Work, visit: Visit) -> None:
    """After a visit began, ended, was called off or was there after all: its announced stay says so.

    Of an area-only stop nobody is told when somebody is there: only whether the day takes place.
    """
    if visit.plan_stop_id is None:
        return
    if visit.status == VisitStatus.CANCELLED:
        call_off(work, [visit.plan_stop_id], visit.cancel_reason)
    if visit.status not in _OF_VISIT:
        return
    for entry in _present(work, entry_ids(work.keyring, [visit.plan_stop_id]).values()).values():
        if not entry.area_only:
            _say(entry, work.now, status=_OF_VISIT[VisitStatus(visit.status)], cancel_reason=None)
        elif entry.status == TimetableStatus.CANCELLED:
            _say(entry, work.now, status=TimetableStatus.ON, cancel_reason=None)


def follow_stop(work: Work, stop: Stop) -> None:
    """After a stop changed: its entries take its name and place, or go when it may not be announced any more."""
    plan_stop_ids = work.session.scalars(sa.select(PlanStop.id).where(PlanStop.stop_id == stop.id)).all()
    ids = entry_ids(work.keyring, plan_stop_ids)
    for entry in _present(work, ids.values()).values():
        if not may_be_announced(stop):
            work.session.delete(entry)
        elif stop.publicity == Publicity.AREA_ONLY and entry.status in _LIVE:
            _say(entry, work.now, status=TimetableStatus.ON, **_place(stop))
        else:
            _say(entry, work.now, **_place(stop))


def may_be_announced(stop: Stop) -> bool:
    """Never a members' stop; of an area-only stop, only the neighbourhood that its host agreed to."""
    if stop.publicity == Publicity.AREA_ONLY:
        return bool(stop.announced_area)
    return stop.publicity == Publicity.PUBLIC


def _present(work: Work, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, TimetableEntry]:
    found = work.session.scalars(sa.select(TimetableEntry).where(TimetableEntry.id.in_(list(ids))))
    return {entry.id: entry for entry in found}


def _visits(work: Work, plan_stop_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Visit]:
    found = sa.select(Visit).where(Visit.plan_stop_id.in_(list(plan_stop_ids)))
    return {row.plan_stop_id: row for row in work.session.scalars(found) if row.plan_stop_id is not None}


def _state(plan_stop: PlanStop, visit: Visit | None, stop: Stop) -> dict[str, Any]:
    if visit is not None and visit.status in _OF_VISIT:
        shown = _OF_VISIT[VisitStatus(visit.status)]
        on = TimetableStatus.ON
        return {"status": on if stop.publicity == Publicity.AREA_ONLY else shown, "cancel_reason": None}
    called_off = visit is not None and visit.status == VisitStatus.CANCELLED
    if called_off or plan_stop.cancel_reason is not None:
        reason = visit.cancel_reason if visit is not None and called_off else plan_stop.cancel_reason
        return {"status": TimetableStatus.CANCELLED, "cancel_reason": _told(reason)}
    return {"status": _waiting(plan_stop), "cancel_reason": None}


def _waiting(plan_stop: PlanStop) -> TimetableStatus:
    return TimetableStatus.UNDECIDED if plan_stop.undecided else TimetableStatus.ON


def _call_off(entry: TimetableEntry, reason: str | None, now: dt.datetime) -> None:
    """What was called off already keeps its first reason."""
    if entry.status != TimetableStatus.CANCELLED:
        _say(entry, now, status=TimetableStatus.CANCELLED, cancel_reason=_told(reason))


def _say(entry: TimetableEntry, now: dt.datetime, **said: Any) -> None:
    new = {name: value for name, value in said.items() if getattr(entry, name) != value}
    if not new:
        return
    if new.keys() != {"status"} or not {entry.status, new["status"]} <= _LIVE:
        entry.changes += 1
    for name, value in new.items():
        setattr(entry, name, value)
    entry.updated_at = now


def _told(reason: str | None) -> str | None:
    return reason if reason in TOLD else None


def _place(stop: Stop) -> dict[str, Any]:
    area_only = stop.publicity == Publicity.AREA_ONLY
    return {
        "place": stop.announced_area if area_only else stop.name,
        "place_kana": stop.announced_area_kana if area_only else stop.kana,
        "place_en": None if area_only else stop.name_en,
        "area_only": area_only,
        "lat": None if area_only else stop.lat_micro / 1_000_000,
        "lon": None if area_only else stop.lon_micro / 1_000_000,
        "mesh_1km": mesh.parent(stop.mesh, 1000),
    }
