"""A crew with the reference client (scripts/van_app) in its hands: it presses the buttons and syncs, as van.py does.

What it enters is written down here too, beside the client, so that the client's own queue is held to account as well.
No time is wasted: the phone's clocks run ahead by every wait that the client asks for.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import random
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.proofs.office import Holder
from van_app.checking import CannotKeep
from van_app.clock import Moment
from van_app.finding import price_of
from van_app.keeping import Line
from van_app.phone import Phone
from van_app.report import Report
from van_app.wire import Unanswered

MOST_ENTRIES_BETWEEN_SYNCS = 10
MOST_TRIES = 4
"""Of one sync, before the crew goes on with its work."""
MOST_TRIES_WITHOUT_SUCCESS = 300
BANDS = ("infant", "preschool", "elem_low", "guardian", "adult")

AfterNoAnswer = Callable[[Phone], None]
"""A client that does something wrong when a sync came to nothing: a control."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that the crew entered. `said` is what was to be kept of it."""

    op_id: str
    kind: str
    entity_id: str
    visit_id: str
    said: Mapping[str, Any]
    wrong: bool = False
    """The server must refuse it."""


class RunningAhead:
    """A phone's two clocks; waiting takes no time."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> Moment:
        wall = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=self.ahead)
        return Moment(wall, "the only start", time.monotonic() + self.ahead)


@dataclass
class Crew:
    """One phone and whoever works with it. Phones of one van tell each other of their sales in `sold`."""

    folder: Path
    holder: Holder
    address: str
    dice: random.Random
    sold: list[tuple[str, str]]
    """Ids of the van's sales, and of their visits."""
    after_no_answer: AfterNoAnswer | None = None
    clock: RunningAhead = field(default_factory=RunningAhead)
    entered: list[Entry] = field(default_factory=list)
    syncs: int = 0
    came_to_nothing: int = 0

    def phone(self) -> Phone:
        """The app, as it starts: all that it knows is in its files."""
        return Phone(self.folder / "queue.db", clock=self.clock, dice=self.dice)

    def begin(self) -> None:
        """Pair, and sync until the day's plan and the key are there."""
        with self.phone() as phone:
            for _ in range(MOST_TRIES_WITHOUT_SUCCESS):
                try:
                    phone.pair(self.address, self.holder.token)
                    break
                except Unanswered:
                    continue
            self.sync(phone, tries=MOST_TRIES_WITHOUT_SUCCESS)

    def work(self, entries: int) -> None:
        """Enter so many things more, and sync in between; then close the app."""
        enough = len(self.entered) + entries
        with self.phone() as phone:
            while len(self.entered) < enough:
                for _ in range(self.dice.randint(1, MOST_ENTRIES_BETWEEN_SYNCS)):
                    self._enter(phone)
                self.sync(phone, tries=self.dice.randint(1, MOST_TRIES))

    def sync(self, phone: Phone, *, tries: int, at_once: bool = False) -> Report:
        """As van.py's `sync`: come again after the wait that the client asks for, until it comes to something."""
        while True:
            report = phone.sync(at_once=at_once)
            self.syncs += 1
            tries -= 1
            if report.needs_a_person:
                raise AssertionError(f"the network made the client give up: {report.problem}")
            if report.problem is None:
                return report
            self.came_to_nothing += 1
            self.clock.ahead += report.wait_seconds
            if self.after_no_answer is not None:
                self.after_no_answer(phone)
            if tries == 0:
                return report

    def _enter(self, phone: Phone) -> None:
        if phone.current() is None:
            self._arrive(phone)
            return
        drawn = self.dice.choices(
            ("count", "sell", "note", "issue", "redeem", "void", "mistake", "arrive", "close"),
            (30, 40, 10, 4, 6, 5, 1, 1, 2),
        )
        # What the app does not take (the end of a visit that the other phone has ended), it must not keep either.
        with contextlib.suppress(CannotKeep):
            getattr(self, f"_{drawn[0]}")(phone)

    def _arrive(self, phone: Phone) -> None:
        """Both phones of a van arrive at its few planned stays sooner or later: then both open the same visit."""
        before = _newest(phone)
        stays = [stay["id"] for _, stay in phone.shelf.stays()]
        if self.dice.random() < 0.6:
            visit = phone.open_visit(plan_stop_id=self.dice.choice(stays))
        else:
            stops = sorted(stop["id"] for stop in phone.shelf.things("stop"))
            visit = phone.open_visit(stop_id=self.dice.choice(stops))
        newest = _newest(phone)
        if newest != before and newest is not None:
            self.entered.append(Entry(newest, "visit.open", visit, visit, {}))

    def _count(self, phone: Phone) -> None:
        bands = self.dice.sample(BANDS, self.dice.randint(1, 3))
        counts = {band: self.dice.choice((-1, 1, 1, 2, 3)) for band in bands}
        self._note_down(phone, phone.count(counts), "head_count.add", {"counts": counts})

    def _sell(self, phone: Phone) -> None:
        payment = self.dice.choice(("cash", "cash", "paypay", "ticket", "free"))
        said: dict[str, Any] = {"payment": payment}
        if payment == "ticket":
            said["ticket_count"] = self.dice.randint(1, 3)
        if self.dice.random() < 0.2:
            rush = self.dice.randint(1, 90) * 10
            op_id, yen = phone.sell(rush_yen=rush, **said), rush
        else:
            items = sorted(phone.shelf.things("item"), key=lambda item: str(item["code"]))
            chosen = [
                Line(item["id"], self.dice.randint(1, 9), price_of(item, phone.today()))
                for item in self.dice.sample(items, self.dice.randint(1, len(items)))
            ]
            op_id, yen = (
                phone.sell(chosen, **said),
                sum(one.quantity * (one.unit_price_yen or 0) for one in chosen),
            )
        taken = 0 if payment in ("ticket", "free") else yen
        self._note_down(phone, op_id, "sale.record", {"total_yen": taken, **said})
        self.sold.append((op_id, self.entered[-1].visit_id))

    def _note(self, phone: Phone) -> None:
        text = f"{len(self.entered)}：夜泣きで眠れないとのこと。日程を渡した。{self.dice.random()}"
        said: dict[str, Any] = {
            "depth": self.dice.choice(("greeting", "chat", "listening")),
            "text": text if self.dice.random() < 0.9 else None,
            "safety_concern": self.dice.random() < 0.1,
        }
        op_id = phone.note(**said, topics=["childcare"], sure=True)
        self._note_down(phone, op_id, "note.write", said)

    def _issue(self, phone: Phone) -> None:
        self._keep(phone, "ticket.issue", {"quantity": self.dice.randint(1, 9), "payment": "cash"})

    def _redeem(self, phone: Phone) -> None:
        self._keep(phone, "ticket.redeem", {"quantity": self.dice.randint(1, 3)})

    def _void(self, phone: Phone) -> None:
        """Any sale of the van, also one that the other phone has not sent yet, or has taken back already."""
        if not self.sold:
            return
        sale, visit = self.dice.choice(self.sold[-30:])
        op_id = phone.void(sale, "打ち間違い")
        self.entered.append(Entry(op_id, "sale.void", op_id, visit, {"sale_id": sale}))

    def _mistake(self, phone: Phone) -> None:
        self._keep(phone, "sale.record", {"payment": "貝がら", "rush_yen": 10}, wrong=True)

    def _close(self, phone: Phone) -> None:
        visit = phone.status().visit
        if visit is not None:
            self.entered.append(Entry(phone.close(), "visit.close", visit, visit, {}))

    def _keep(self, phone: Phone, kind: str, said: dict[str, Any], *, wrong: bool = False) -> None:
        visit = phone.status().visit
        op_id = phone.keep(kind, {"visit_id": visit, **said}, visit_id=visit)
        self._note_down(phone, op_id, kind, said, wrong=wrong)

    def _note_down(
        self, phone: Phone, op_id: str, kind: str, said: Mapping[str, Any], *, wrong: bool = False
    ) -> None:
        self.entered.append(Entry(op_id, kind, op_id, str(phone.status().visit), said, wrong))


def _newest(phone: Phone) -> str | None:
    """The operation that was kept last."""
    rows = phone.queue.rows("SELECT op_id FROM operations ORDER BY seq DESC LIMIT 1")
    return str(uuid.UUID(rows[0]["op_id"])) if rows else None
