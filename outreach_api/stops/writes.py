"""Adds and changes stops and permissions."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa

from outreach_api.kernel import mesh
from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.geo import Point, distance_m
from outreach_api.ledger import look_again, shown_with, timetable, versions
from outreach_api.ledger.kinds import Accepted, Announce, Applied, Work
from outreach_api.stops import duplicates
from outreach_api.stops.rules import NEXT_STEPS, default_publicity, pin_correction_m, step_possible
from outreach_api.storage.base import VisitFact
from outreach_api.storage.stops import OpeningWindow, Permission, Stop, StopStep
from outreach_api.storage.visits import Visit
from schemas.vocabulary import PositionSource, Precision, Publicity, StopStatus

UNSAID: dict[str, Any] = {
    "kana": None,
    "name_en": None,
    "status": StopStatus.AGREED,
    "announced_area": None,
    "announced_area_kana": None,
    "address": None,
    "seating_by_us": False,
    "power": False,
    "water": False,
    "drain": False,
    "toilet": False,
    "shelter": False,
    "idling_allowed": False,
    "closed_on_holidays": False,
    "van_count": 1,
    "max_width_cm": None,
    "max_height_cm": None,
    "surface": None,
    "noise_limit": None,
    "rubbish_rule": None,
    "neighbour_notes": None,
    "nearest_aed": None,
    "emergency_contact": None,
    "indoor_alternative": None,
    "host_name": None,
    "host_contact": None,
    "weight": 0,
    "min_days_between": None,
    "max_days_between": None,
}

# A position of which nothing else is said was put there by somebody.
_BY_HAND: dict[str, Any] = {
    "position_precision": Precision.MANUAL,
    "position_source": PositionSource.PIN,
}
_COMPARED = frozenset({"name", "kana", "name_en", "address"})


def add_stop(work: Work, accepted: Accepted) -> Applied | Refusal:
    given = dict(accepted.values)
    windows = given.pop("windows", [])
    place = _place(given.pop("position"))
    if isinstance(place, Refusal):
        return place
    values = {"publicity": default_publicity(given["kind"]), **UNSAID, **_BY_HAND, **given, **place}
    taken = work.session.scalar(sa.select(Stop.id).where(Stop.code == values["code"]))
    if taken is not None:
        return Refusal(
            "stop_code_taken", 409, {"code": values["code"]}, (Problem("/code", "stop_code_taken"),)
        )
    row = Stop(id=accepted.entity_id, change_no=accepted.change_no, created_at=work.now, version=1, **values)
    work.session.add(row)
    work.session.flush()
    _take_step(work, accepted, values["status"], None)
    _put_windows(work, row.id, windows)
    return Applied(
        row.id, announces=(Announce("stop", row.id),), warnings=duplicates.warnings_about(work.session, row)
    )


def request_stop(work: Work, accepted: Accepted) -> Applied | Refusal:
    """A place noted on the road: requested, and never announced until a coordinator has agreed it."""
    place = _place(accepted.values["position"])
    if isinstance(place, Refusal):
        return place
    stop = Stop(
        id=accepted.entity_id,
        change_no=accepted.change_no,
        created_at=work.now,
        version=1,
        publicity=Publicity.MEMBERS,
        code=f"REQ-{accepted.entity_id.hex[-8:]}",
        name=accepted.values["name"],
        kind=accepted.values["kind"],
        **place,
        **_BY_HAND,
        **{**UNSAID, "status": StopStatus.REQUESTED, "address": accepted.values["address"]},
    )
    work.session.add(stop)
    work.session.flush()
    _take_step(work, accepted, StopStatus.REQUESTED, None)
    return Applied(
        stop.id,
        announces=(Announce("stop", stop.id),),
        warnings=duplicates.warnings_about(work.session, stop),
    )


def change_stop(work: Work, accepted: Accepted) -> Applied | Refusal:
    row = versions.find(work, Stop, accepted)
    if isinstance(row, Refusal):
        return row
    given = dict(accepted.values)
    windows = given.pop("windows", None)
    position = given.pop("position", None)
    note = given.pop("status_note", None)
    status = given.get("status", row.status)
    if not step_possible(StopStatus(row.status), StopStatus(status)):
        possible = " ".join(sorted(NEXT_STEPS[StopStatus(row.status)]))
        params = {"status": row.status, "wanted": status, "possible": possible}
        return Refusal(
            "stop_step_impossible", 409, params, (Problem("/status", "stop_step_impossible", params),)
        )
    if status != row.status or note is not None:
        _take_step(work, accepted, status, note)
    if position is not None:
        place = _place(position)
        if isinstance(place, Refusal):
            return place
        refusal = _correct_pin(work, row, place)
        if refusal is not None:
            return refusal
        given = {**_BY_HAND, **given}
    if given.get("kind", row.kind) != row.kind and row.publicity == Publicity.PUBLIC:
        # It may turn out to be a home, of which only the neighbourhood is announced unless the same change says more.
        given = {"publicity": default_publicity(given["kind"]), **given}
    renamed = (given.get("name", row.name), given.get("code", row.code)) != (row.name, row.code)
    for name, value in given.items():
        setattr(row, name, value)
    work.session.flush()
    if windows is not None:
        _put_windows(work, row.id, windows)
    timetable.follow_stop(work, row)
    look_again.at_stop(work.session, row.id, work.now)
    shown = shown_with.at_stop(work.session, row.id) if renamed else []
    compared = position is not None or not _COMPARED.isdisjoint(given)
    return Applied(
        row.id,
        row.version,
        created=False,
        announces=(Announce("stop", row.id), *shown),
        warnings=duplicates.warnings_about(work.session, row) if compared else (),
    )


def _take_step(work: Work, accepted: Accepted, status: str, note: str | None) -> None:
    """Keep a step in the stop's life, or something that was said about where it stands."""
    work.session.add(
        StopStep(
            id=accepted.operation.op_id,
            stop_id=accepted.entity_id,
            change_no=accepted.change_no,
            at=work.now,
            status=status,
            note=note,
            holder_id=work.actor.holder_id,
        )
    )


def grant_permission(work: Work, accepted: Accepted) -> Applied | Refusal:
    stop_id = accepted.values["stop_id"]
    if work.session.get(Stop, stop_id) is None:
        return Refusal("not_found", 404)
    work.session.add(
        Permission(
            id=accepted.entity_id,
            change_no=accepted.change_no,
            created_at=work.now,
            version=1,
            withdrawn_on=None,
            **accepted.values,
        )
    )
    look_again.at_stop(work.session, stop_id, work.now)
    return Applied(accepted.entity_id, announces=(Announce("stop", stop_id),))


def withdraw_permission(work: Work, accepted: Accepted) -> Applied | Refusal:
    row = versions.find(work, Permission, accepted)
    if isinstance(row, Refusal):
        return row
    row.withdrawn_on = accepted.values["on_day"]
    work.session.flush()
    look_again.at_stop(work.session, row.stop_id, work.now)
    return Applied(row.id, row.version, created=False, announces=(Announce("stop", row.stop_id),))


def _place(position: dict[str, float]) -> dict[str, int] | Refusal:
    lat, lon = mesh.micro(position["lat"]), mesh.micro(position["lon"])
    try:
        return {"lat_micro": lat, "lon_micro": lon, "mesh": mesh.mesh_code(lat, lon)}
    except mesh.OutsideJapan:
        return Refusal("invalid", 422, {}, (Problem("/position", "outside_japan"),))


def _correct_pin(work: Work, row: Stop, place: dict[str, int]) -> Refusal | None:
    """Correct where the stop is; its visits and their facts get the corrected cell."""
    metres = distance_m(
        Point(row.lat_micro / 1_000_000, row.lon_micro / 1_000_000),
        Point(place["lat_micro"] / 1_000_000, place["lon_micro"] / 1_000_000),
    )
    allowed = pin_correction_m(row.position_precision)
    if metres > allowed:
        params = {"metres": round(metres), "allowed": round(allowed)}
        return Refusal("stop_moved", 409, params, (Problem("/position", "stop_moved", params),))
    if place["mesh"] != row.mesh:
        visits = sa.select(Visit.id).where(Visit.stop_id == row.id)
        work.session.execute(sa.update(Visit).where(Visit.stop_id == row.id).values(mesh=place["mesh"]))
        for fact in VisitFact.__subclasses__():
            table: Any = fact
            work.session.execute(
                sa.update(table).where(table.visit_id.in_(visits)).values(mesh=place["mesh"])
            )
    row.lat_micro, row.lon_micro, row.mesh = place["lat_micro"], place["lon_micro"], place["mesh"]
    return None


def _put_windows(work: Work, stop_id: uuid.UUID, windows: list[dict[str, Any]]) -> None:
    work.session.execute(sa.delete(OpeningWindow).where(OpeningWindow.stop_id == stop_id))
    if windows:
        work.session.execute(
            sa.insert(OpeningWindow),
            [{"stop_id": stop_id, "line": line, **window} for line, window in enumerate(windows)],
        )
