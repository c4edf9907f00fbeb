"""The rules of each operation, written down a second time as README and the issue say them, for tests/proofs/book.py."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

from outreach_api.kernel.ids import derived
from outreach_api.kernel.week import local_day
from tests.proofs.book import Book
from tests.proofs.handsets import Entry, Sender
from tests.proofs.organisation import PLANNED_DAY
from tests.proofs.records import APPLIED, Expected, Fact, Visit, conflict, rejected, retry

_HELD = ("open", "closed")
A_MINUTE = dt.timedelta(minutes=1)
TABLES = {"ticket.issue": "ticket", "ticket.redeem": "ticket"}
"""Kinds that share a table; the others have one of their own."""
_MISTAKES = {
    "forbidden": rejected("forbidden"),
    "invalid": rejected("invalid"),
    "unknown_kind": retry("upgrade_needed"),
    "newer_version": retry("upgrade_needed"),
}


class Writing:
    """One operation that nobody has sent before."""

    def __init__(self, book: Book, sender: Sender, entry: Entry, skew: dt.timedelta) -> None:
        self.book, self.sender, self.entry, self.skew = book, sender, entry, skew
        self.occurred_at = entry.said_at + skew

    def answer(self) -> Expected:
        if self.entry.refusal is not None:
            return _MISTAKES[self.entry.refusal]
        match self.entry.kind:
            case "visit.open":
                return self._open()
            case "visit.close":
                return self._close()
            case "visit.cancel":
                return self._cancel()
            case "visit.merge":
                return self._merge()
            case _:
                return self._fact()

    def _moment(self, name: str) -> dt.datetime:
        """A time that the phone may have put into the payload; it is by the phone's clock like any other."""
        said = self.entry.payload.get(name)
        return self.occurred_at if said is None else dt.datetime.fromisoformat(said) + self.skew

    def _place(self) -> Visit | Expected:
        """The visit as it is when an arrival makes it."""
        said, opened_at = self.entry.payload, self._moment("opened_at")
        if "plan_stop_id" in said:
            stay = self.book.stays.get(uuid.UUID(said["plan_stop_id"]))
            if stay is None or self.sender.van_id not in (None, stay.van_id):
                return retry("plan_stop_unknown")
            if self.entry.entity_id != stay.visit_id:
                return rejected("visit_id_wrong")
            return Visit(stay.van_id, stay.stop_id, PLANNED_DAY, "open", opened_at, planned=True)
        named = {uuid.UUID(said["van_id"])} if "van_id" in said else set()
        van_id = self.sender.van_id or next(iter(named), None)
        if van_id is None or named - {van_id}:
            return rejected("invalid")  # a crew names another van, or the office none
        # Entered again, a payload keeps the time that it was given first, perhaps before the clock was set.
        steady = self.entry.offset == -self.skew and opened_at == self.occurred_at
        true_day = local_day(self.entry.true_time) if steady else None
        stop_id = uuid.UUID(said["stop_id"])
        return Visit(van_id, stop_id, local_day(opened_at), "open", opened_at, true_day=true_day)

    def _open(self) -> Expected:
        place = self._place()
        if isinstance(place, Expected):
            return place
        opened_at = self._moment("opened_at")
        there = self.book.visits.get(self.entry.entity_id)
        if there is None:
            self.book.visits[self.entry.entity_id] = place
            return APPLIED
        if (there.van_id, there.stop_id) != (place.van_id, place.stop_id):
            return conflict("id_taken")
        visit_id = there.merged_into or self.entry.entity_id
        visit = self.book.visits[visit_id]
        self.book.visits[visit_id] = replace(
            visit,
            status="closed" if visit.status == "closed" else "open",
            opened_at=min(visit.opened_at or opened_at, opened_at),
        )
        return APPLIED

    def _close(self) -> Expected:
        visit_id = self.book.frame(self.sender, self.entry.entity_id)
        if visit_id is None:
            return retry("visit_unknown")
        visit = self.book.visits[visit_id]
        closed_at = self._moment("closed_at")
        if visit.opened_at is not None and closed_at < visit.opened_at:
            if "closed_at" in self.entry.payload:
                return rejected("invalid")
            closed_at = visit.opened_at
        if visit.status == "closed":
            same = visit.closed_at is not None and abs(visit.closed_at - closed_at) < A_MINUTE
            return APPLIED if same else conflict("visit_already_closed")
        self.book.visits[visit_id] = replace(visit, status="closed", closed_at=closed_at)
        return APPLIED

    def _cancel(self) -> Expected:
        visit_id = self.book.frame(self.sender, self.entry.entity_id)
        if visit_id is None:
            return self._never_came()
        if visit_id != self.entry.entity_id:
            return conflict("visit_merged")
        visit = self.book.visits[visit_id]
        if visit.status == "closed":
            return conflict("visit_already_closed")
        if any(place[0] == visit_id for place in self.book.totals()):
            return conflict("visit_has_facts")
        self.book.visits[visit_id] = replace(visit, status="cancelled")
        return APPLIED

    def _never_came(self) -> Expected:
        """A stay of a plan is called off before anybody arrived: there is a visit then, with its reason."""
        if "plan_stop_id" not in self.entry.payload:
            return retry("visit_unknown")
        place = self._place()
        if isinstance(place, Expected):
            return place
        self.book.visits[self.entry.entity_id] = replace(place, status="cancelled", opened_at=None)
        return APPLIED

    def _merge(self) -> Expected:
        """Sent by a coordinator who has just looked at the version, so that it is never stale."""
        visits, joining_id = self.book.visits, self.entry.entity_id
        into = uuid.UUID(self.entry.payload["into"])
        if joining_id not in visits:
            return rejected("not_found")
        joining, kept = visits[joining_id], visits.get(into)
        if kept is None or into == joining_id:
            return rejected("invalid")
        if joining.merged_into is not None or kept.merged_into is not None:
            return conflict("visit_merged")
        if joining.planned or (kept.van_id, kept.day) != (joining.van_id, joining.day):
            return conflict("visit_not_duplicate")
        self._move_facts(joining_id, into)
        opened = [at for at in (joining.opened_at, kept.opened_at) if at is not None]
        held_after_all = joining.status in _HELD and kept.status not in _HELD
        later = kept.closed_at is None or (
            joining.closed_at is not None and joining.closed_at > kept.closed_at
        )
        if held_after_all or (joining.status == "closed" and later):
            kept = replace(kept, status=joining.status, closed_at=joining.closed_at)
        visits[into] = replace(kept, opened_at=min(opened, default=None))
        for visit_id, visit in list(visits.items()):
            if visit.merged_into == joining_id:
                visits[visit_id] = replace(visit, merged_into=into)
        visits[joining_id] = replace(joining, merged_into=into)
        return APPLIED

    def _move_facts(self, joining: uuid.UUID, into: uuid.UUID) -> None:
        cards = {f.payload["card"] for f in self.book.facts["stamp.mark"].values() if f.visit_id == into}
        for rows in self.book.facts.values():
            for fact_id, fact in list(rows.items()):
                if fact.visit_id != joining:
                    continue
                if fact.kind == "stamp.mark" and fact.payload["card"] in cards:
                    del rows[fact_id]
                else:
                    rows[fact_id] = replace(fact, visit_id=into)

    def _fact(self) -> Expected:
        kind, fact_id, said = self.entry.kind, self.entry.entity_id, self.entry.payload
        there = self.book.facts[TABLES.get(kind, kind)].get(fact_id)
        if there is not None:
            # What became of another van's is not told.
            own = self.book.frame(self.sender, there.visit_id) is not None
            return conflict("sale_was_voided" if own and fact_id in self.book.voids else "already_exists")
        if kind == "sale.void":
            return self._void(uuid.UUID(said["sale_id"]))
        visit_id = self.book.frame(self.sender, uuid.UUID(said["visit_id"]))
        if visit_id is None:
            return retry("visit_unknown")
        if kind == "stamp.mark":
            for fact in self.book.facts[kind].values():
                if (fact.visit_id, fact.payload["card"]) == (visit_id, said["card"]):
                    return APPLIED
        self._enter(visit_id, fact_id, kind, said)
        if said.get("payment") == "ticket" and kind == "sale.record":
            tickets = {"quantity": said["ticket_count"], "face_yen": 100}
            self._enter(visit_id, derived("tickets", fact_id), "ticket.redeem", tickets)
        return APPLIED

    def _void(self, sale_id: uuid.UUID) -> Expected:
        sale = self.book.facts["sale.record"].get(sale_id)
        if sale is None or self.book.frame(self.sender, sale.visit_id) is None:
            return retry("sale_unknown")
        if sale_id in self.book.voids:
            return conflict("already_voided")
        self._enter(sale.visit_id, self.entry.entity_id, "sale.void", self.entry.payload)
        self.book.voids[sale_id] = self.entry.entity_id
        if sale.payload["payment"] == "ticket":
            tickets = {"quantity": -sale.payload["ticket_count"], "face_yen": 100}
            self._enter(sale.visit_id, derived("tickets", self.entry.entity_id), "ticket.redeem", tickets)
        return APPLIED

    def _enter(self, visit_id: uuid.UUID, fact_id: uuid.UUID, kind: str, said: dict[str, Any]) -> None:
        visit = self.book.visits[visit_id]
        if visit.status == "cancelled" and kind != "hygiene.log":  # whoever counted or sold was there
            self.book.visits[visit_id] = replace(visit, status="open")
        fact = Fact(visit_id, kind, said, self.occurred_at)
        self.book.facts[TABLES.get(kind, kind)][fact_id] = fact
