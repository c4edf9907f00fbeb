"""Arriving and leaving: the visits that this phone knows of, by its own queue and by what was pulled; which one an
arrival joins; and what opens a visit again that the server has lost."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from van_app.checking import CannotKeep
from van_app.clock import TOKYO, read, tokyo_day
from van_app.ids import fact_id, visit_id_of
from van_app.kept import ACKNOWLEDGED, DEAD, WAITING, WITH_OFFICE
from van_app.pulling import Shelf
from van_app.queue import Queue
from van_app.recording import Recording

OPEN, CLOSED, CANCELLED = "open", "closed", "cancelled"
_AFTER = {"visit.open": OPEN, "visit.close": CLOSED, "visit.cancel": CANCELLED}


@dataclass(slots=True)
class Visit:
    """A visit, as far as this phone knows."""

    id: str
    stop_id: str | None = None
    day: str | None = None
    status: str = OPEN
    opened_here: bool = False
    """This phone keeps an opening of its own, so it can tell the server of the visit even after a restore."""
    opened_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None


class Arriving(Recording):
    """The buttons that open and close a visit."""

    def open_visit(
        self, *, plan_stop_id: str | None = None, stop_id: str | None = None, note: str | None = None
    ) -> str:
        """Arrive, at a stay of the plan or at a stop without one. The visit's id; it is the current visit from now on.

        Where the other phone of this van has opened a visit at that stop today, that is joined instead. What it will
        do, `joins` tells beforehand.
        """
        if (plan_stop_id is None) == (stop_id is None):
            raise CannotKeep(
                "予定か場所のどちらか一つを選んでください。", "Name a stay of the plan or a stop."
            )
        said = {} if note is None else {"note": note}
        joined = self.joins(plan_stop_id=plan_stop_id, stop_id=stop_id)
        if joined is not None and joined.opened_here:
            self.queue.set(visit_id=joined.id)
            return joined.id
        payload: dict[str, Any]
        payload, instead = {"stop_id": str(stop_id), **said}, None
        visit_id = joined.id if joined is not None else fact_id(self._clock().wall)
        if plan_stop_id is not None:
            visit_id, payload = visit_id_of(plan_stop_id), {"plan_stop_id": plan_stop_id, **said}
            for plan, stay in self.shelf.stays():
                if stay["id"] == plan_stop_id:
                    instead = json.dumps({"stop_id": stay["stop_id"], "local_day": plan["local_day"], **said})
        elif joined is not None:
            # The other phone may be lost, and the server restored: then this opening is the only one.
            pulled = self.shelf.thing("visit", joined.id)
            if pulled is not None:
                payload, instead = opening_of(pulled, note)
        with self.queue.writing():
            self._keep("visit.open", payload, entity_id=visit_id, visit_id=visit_id, instead=instead)
            self.queue.set(visit_id=visit_id)
        return visit_id

    def joins(self, *, plan_stop_id: str | None = None, stop_id: str | None = None) -> Visit | None:
        """The visit that an arrival would go on with: the planned one once somebody opened it (a closed one too: the
        server opens none twice), or the one that is open at that stop today."""
        known = visits(self.queue, self.shelf)
        if plan_stop_id is not None:
            visit = known.get(visit_id_of(plan_stop_id))
            return visit if visit is not None and visit.status in (OPEN, CLOSED) else None
        here = [
            visit
            for visit in known.values()
            if (visit.stop_id, visit.day, visit.status) == (stop_id, self.today(), OPEN)
        ]
        return next(
            (visit for visit in here if visit.id == self.queue.get("visit_id")), here[0] if here else None
        )

    def current(self) -> Visit | None:
        """The visit to which this phone's taps go. Should the office have joined it to another, the server knows."""
        visit_id = self.queue.get("visit_id")
        return None if visit_id is None else self._as_known(visit_id)

    def close(self, *, early_reason: str | None = None, visit_id: str | None = None) -> str:
        """Leave.

        Raises CannotKeep without a visit, and for one that has ended, here or on the other phone: the first end
        stands, and a second one would only come back refused.
        """
        here = self.queue.get("visit_id")
        wanted = visit_id or here or self.queue.get("left")
        known = None if wanted is None else self._as_known(wanted)
        if known is not None and known.status == CLOSED:
            if wanted == here:
                self.queue.set(visit_id=None)
            raise self._ended(known)
        visit = visit_id or self._visit()
        payload = {} if early_reason is None else {"early_reason": early_reason}
        with self.queue.writing():
            op_id = self._keep("visit.close", payload, entity_id=visit, visit_id=visit)
            if here == visit:
                self.queue.set(visit_id=None, left=visit)
        return op_id

    def place_of(self, visit: Visit) -> str:
        """The name of its stop, as far as it was pulled."""
        stop = self.shelf.thing("stop", visit.stop_id or "") or {}
        return str(
            stop.get("name") or (self.shelf.last_known("visit", visit.id) or {}).get("stop_name") or ""
        )

    def opening_was_refused(self, visit: Visit) -> bool:
        """Nobody opened it but this phone, and the server does not take that in as it is."""
        refused = self.queue.count("kind = 'visit.open' AND entity_id = ? AND state = ?", visit.id, DEAD)
        return visit.opened_at is None and refused > 0

    def _visit(self) -> str:
        visit: str | None = self.queue.get("visit_id")
        if visit is None:
            raise CannotKeep(
                "出店を始めていません。先に open してください。", "No visit is open: open one first."
            )
        return visit

    def _as_known(self, visit_id: str) -> Visit:
        return visits(self.queue, self.shelf).get(visit_id) or Visit(visit_id)

    def _ended(self, visit: Visit) -> CannotKeep:
        place, when = self.place_of(visit), hour(visit.closed_at)
        return CannotKeep(
            f"{place or 'この出店'}は、もう終わっています{f'（{when}）' if when else ''}。"
            "終了は二度送りません。次の場所で open してください。",
            f"{place or 'This visit'} has ended already{f' ({when})' if when else ''}: no second end is kept. "
            "Open the next one.",
        )


def visits(queue: Queue, shelf: Shelf) -> dict[str, Visit]:
    """All by their ids. What this phone entered counts for more than what it pulled before."""
    known = {
        visit["id"]: Visit(
            visit["id"],
            visit["stop_id"],
            visit["local_day"],
            visit["status"],
            opened_at=_moment(visit["opened_at"]),
            closed_at=_moment(visit["closed_at"]),
        )
        for visit in shelf.things("visit")
        if visit["merged_into"] is None
    }
    kinds = "kind IN ('visit.open', 'visit.close', 'visit.cancel')"
    ahead = dt.timedelta(seconds=queue.get("skew_seconds") or 0)
    for one in queue.find(f"state IN (?, ?, ?) AND {kinds}", WAITING, ACKNOWLEDGED, WITH_OFFICE):
        visit = known.setdefault(one.entity_id, Visit(one.entity_id))
        at = read(one.said_at) + ahead
        if visit.status != CLOSED:  # what is closed stays closed: the server answers so too
            visit.status = _AFTER[one.kind]
        if one.kind == "visit.close":
            visit.closed_at = visit.closed_at or at
        if one.is_opening:
            said = json.loads(one.instead or one.payload or "{}")
            visit.opened_here = True
            visit.opened_at = visit.opened_at or at
            visit.stop_id = said.get("stop_id") or visit.stop_id
            visit.day = said.get("local_day") or visit.day or tokyo_day(at)
    return known


def opening_of(visit: Mapping[str, Any], note: str | None = None) -> tuple[dict[str, Any], str | None]:
    """A payload that opens a pulled visit under its own id, and the one that does without its plan, if it has one."""
    said = {} if note is None else {"note": note}
    at_its_stop = {"stop_id": visit["stop_id"], "local_day": visit["local_day"], **said}
    plan_stop_id = visit["plan_stop_id"]
    if plan_stop_id is None or visit_id_of(plan_stop_id) != visit["id"]:
        return at_its_stop, None
    return {"plan_stop_id": plan_stop_id, **said}, json.dumps(at_its_stop, ensure_ascii=False)


def hour(at: dt.datetime | None) -> str:
    """As a crew reads it: 12:31; with its day (11-28 12:31) would be more than anybody asked."""
    return "" if at is None else f"{at.astimezone(TOKYO):%H:%M}"


def _moment(text: str | None) -> dt.datetime | None:
    return None if text is None else read(text)
