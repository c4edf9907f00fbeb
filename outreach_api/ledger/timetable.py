"""Writes the public timetable: what is announced of a stay, and nothing by which two stays could be joined.

An entry's id is a keyed hash of its plan stop, so that it stays the same over revisions and leads nowhere.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from outreach_api.kernel import mesh
from outreach_api.ledger.kinds import Work
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.plans import PlanStop
from outreach_api.storage.published import TimetableEntry
from outreach_api.storage.stops import Stop
from schemas.vocabulary import CancelReason, Publicity, TimetableStatus

# Everybody sees the weather. Why else a stay was called off may say something about people.
TOLD = frozenset({CancelReason.RAIN, CancelReason.WIND, CancelReason.HEAT, CancelReason.THUNDER})


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
    be announced disappears.
    """
    ids = entry_ids(work.keyring, (plan_stop.id for plan_stop, _ in stays))
    present = _present(work, ids.values())
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
                "status": TimetableStatus.CANCELLED if plan_stop.cancel_reason else TimetableStatus.ON,
                "cancel_reason": _told(plan_stop.cancel_reason),
                "updated_at": work.now,
                **_place(stop),
            }
            if entry is None:
                work.session.add(TimetableEntry(id=ids[plan_stop.id], **said))
            else:
                for name, value in said.items():
                    setattr(entry, name, value)


def call_off(work: Work, plan_stop_ids: Iterable[uuid.UUID], reason: str | None) -> None:
    """Show stays as cancelled where they were announced. The weather is told as the reason, nothing else."""
    ids = entry_ids(work.keyring, plan_stop_ids)
    for entry in _present(work, ids.values()).values():
        if entry.status != TimetableStatus.CANCELLED:
            _call_off(entry, reason, work.now)


def back_on(work: Work, plan_stop_id: uuid.UUID) -> None:
    """The van is there after all: a stay that was announced and called off is on again."""
    for entry in _present(work, entry_ids(work.keyring, [plan_stop_id]).values()).values():
        if entry.status == TimetableStatus.CANCELLED:
            entry.status, entry.cancel_reason, entry.updated_at = TimetableStatus.ON, None, work.now


def follow_stop(work: Work, stop: Stop) -> None:
    """After a stop changed: its entries take its name and place, or go when it may not be announced any more."""
    plan_stop_ids = work.session.scalars(sa.select(PlanStop.id).where(PlanStop.stop_id == stop.id)).all()
    ids = entry_ids(work.keyring, plan_stop_ids)
    for entry in _present(work, ids.values()).values():
        if not may_be_announced(stop):
            work.session.delete(entry)
        else:
            for name, value in _place(stop).items():
                setattr(entry, name, value)


def may_be_announced(stop: Stop) -> bool:
    """Never a members' stop; of an area-only stop, only the neighbourhood that its host agreed to."""
    if stop.publicity == Publicity.AREA_ONLY:
        return bool(stop.announced_area)
    return stop.publicity == Publicity.PUBLIC


def _present(work: Work, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, TimetableEntry]:
    found = work.session.scalars(sa.select(TimetableEntry).where(TimetableEntry.id.in_(list(ids))))
    return {entry.id: entry for entry in found}


def _call_off(entry: TimetableEntry, reason: str | None, now: dt.datetime) -> None:
    entry.status, entry.cancel_reason, entry.updated_at = TimetableStatus.CANCELLED, _told(reason), now


def _told(reason: str | None) -> str | None:
    return reason if reason in TOLD else None


def _place(stop: Stop) -> dict[str, Any]:
    area_only = stop.publicity == Publicity.AREA_ONLY
    return {
        "place": stop.announced_area if area_only else stop.name,
        "place_en": None if area_only else stop.name_en,
        "area_only": area_only,
        "lat": None if area_only else stop.lat_micro / 1_000_000,
        "lon": None if area_only else stop.lon_micro / 1_000_000,
        "mesh_1km": mesh.parent(stop.mesh, 1000),
    }
