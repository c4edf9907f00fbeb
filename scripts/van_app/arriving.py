"""The visits that this phone knows of, by its own queue and by what was pulled: which one an arrival joins, and what
opens a visit again that the server has lost."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from van_app.clock import read, tokyo_day
from van_app.ids import visit_id_of
from van_app.kept import ACKNOWLEDGED, WAITING
from van_app.pulling import Shelf
from van_app.queue import Queue

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


def visits(queue: Queue, shelf: Shelf) -> dict[str, Visit]:
    """All by their ids. What this phone entered counts for more than what it pulled before."""
    known = {
        visit["id"]: Visit(visit["id"], visit["stop_id"], visit["local_day"], visit["status"])
        for visit in shelf.things("visit")
        if visit["merged_into"] is None
    }
    kinds = "kind IN ('visit.open', 'visit.close', 'visit.cancel')"
    ahead = dt.timedelta(seconds=queue.get("skew_seconds") or 0)
    for one in queue.find(f"state IN (?, ?) AND {kinds}", WAITING, ACKNOWLEDGED):
        visit = known.setdefault(one.entity_id, Visit(one.entity_id))
        if visit.status != CLOSED:  # what is closed stays closed: the server answers so too
            visit.status = _AFTER[one.kind]
        if one.is_opening:
            said = json.loads(one.instead or one.payload or "{}")
            visit.opened_here = True
            visit.stop_id = said.get("stop_id") or visit.stop_id
            visit.day = said.get("local_day") or visit.day or tokyo_day(read(one.said_at) + ahead)
    return known


def opening_of(visit: Mapping[str, Any], note: str | None = None) -> tuple[dict[str, Any], str | None]:
    """A payload that opens a pulled visit under its own id, and the one that does without its plan, if it has one."""
    said = {} if note is None else {"note": note}
    at_its_stop = {"stop_id": visit["stop_id"], "local_day": visit["local_day"], **said}
    plan_stop_id = visit["plan_stop_id"]
    if plan_stop_id is None or visit_id_of(plan_stop_id) != visit["id"]:
        return at_its_stop, None
    return {"plan_stop_id": plan_stop_id, **said}, json.dumps(at_its_stop, ensure_ascii=False)
