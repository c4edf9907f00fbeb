"""What one visit leaves in the tables: its plan, itself, its facts and their totals."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from outreach_api.kernel.ids import visit_id_of
from outreach_api.kernel.money import Rounding
from outreach_api.kernel.week import IsoWeek
from outreach_api.ledger import measures, takings
from outreach_api.ledger.kinds import Tally
from outreach_api.sales import rules
from outreach_api.storage.contacts import (
    ContactNote,
    FollowUp,
    FollowUpEvent,
    Referral,
    ReferralEvent,
    StampMark,
)
from outreach_api.storage.ledger import VisitTotal
from outreach_api.storage.plans import Plan, PlanStop
from outreach_api.storage.sales import CashUp, Sale, SaleLine, TicketEntry
from outreach_api.storage.visits import HeadCount, Visit
from report_bench import town
from schemas.vocabulary import Band, Depth, Familiarity, Payment, Stage, TicketEvent, Topic

CALLED_OFF = 0.05
"""Share of the visits that rain forbade."""

Rows = dict[Any, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Habits:
    """What one van does: on which weekdays (0 = Monday) it goes out, and what happens at one visit."""

    weekdays: tuple[int, ...]
    sales: int
    taps: int
    notes: int
    cards: int


class Visits:
    """Makes the visits of one van."""

    def __init__(
        self,
        habits: Habits,
        van_id: uuid.UUID,
        destinations: Sequence[uuid.UUID],
        *,
        dice: random.Random,
        make_id: Callable[[dt.datetime], uuid.UUID],
    ) -> None:
        self._habits, self._van, self._destinations = habits, van_id, destinations
        self._dice, self._make_id = dice, make_id
        self._change = 0

    def add(self, rows: Rows, day: dt.date, stop: tuple[uuid.UUID, int]) -> None:
        dice = self._dice
        stop_id, mesh = stop
        week = IsoWeek.of(day)
        at = dt.datetime.combine(day, dt.time(1), dt.UTC)
        plan_id, plan_stop_id = self._make_id(at), self._make_id(at)
        visit_id = visit_id_of(plan_stop_id)
        called_off = dice.random() < CALLED_OFF
        dated = {"local_day": day, "iso_week": week.as_int}
        plan = {"status": "published", "revision": 1, "changed_since_published": False}
        _add(rows, Plan, id=plan_id, van_id=self._van, **plan, **dated, **town.KEPT)
        stay = {"position": 0, "arrive": dt.time(10), "depart": dt.time(13), "announce": True}
        asked = {"host_asked": True, "host_channel": "phone", "host_answer": "yes", "removed": False}
        _add(rows, PlanStop, id=plan_stop_id, plan_id=plan_id, stop_id=stop_id, **stay, **asked)
        _add(
            rows,
            Visit,
            id=visit_id,
            van_id=self._van,
            stop_id=stop_id,
            plan_id=plan_id,
            plan_stop_id=plan_stop_id,
            plan_revision=1,
            status="cancelled" if called_off else "closed",
            cancel_reason="rain" if called_off else None,
            source="app",
            mesh=mesh,
            opened_at=None if called_off else at,
            closed_at=None if called_off else at + dt.timedelta(hours=3),
            clock_suspect=False,
            **dated,
            **town.KEPT,
        )
        if called_off:
            return
        frame = {"visit_id": visit_id, "mesh": mesh, **dated}
        made: list[Tally] = []
        for second in range(self._habits.sales):
            made += self._sale(rows, frame, at + dt.timedelta(seconds=second * 20))
        for _ in range(self._habits.taps):
            band = dice.choice(list(Band)).value
            _add(rows, HeadCount, **self._fact(frame, at), counts={band: 2}, source="app", counted=True)
            made.append(Tally(visit_id, measures.ATTENDANCE, band, 2))
        for _ in range(self._habits.notes):
            made += self._note(rows, frame, at)
        for event, quantity in ((TicketEvent.ISSUED, 3), (TicketEvent.REDEEMED, 2)):
            paid = "cash" if event is TicketEvent.ISSUED else None
            told = {"payment": paid, "source": "app", "counted": True}
            _add(
                rows,
                TicketEntry,
                **self._fact(frame, at),
                event=event.value,
                quantity=quantity,
                face_yen=100,
                **told,
            )
            made += takings.of_tickets(visit_id, event.value, quantity, 100, paid)
        self._talks(rows, frame, at, day, stop_id)
        for card in dice.sample(range(400), self._habits.cards):
            _add(rows, StampMark, **self._fact(frame, at), card=f"7K{card:04}")
        made.append(Tally(visit_id, measures.STAMPS, "", self._habits.cards))
        made.append(Tally(visit_id, measures.TILL_DIFFERENCE_YEN, "", -10))
        till = {"opening_float_yen": 0, "counted_yen": 0, "expected_yen": 10, "expected_through": 0}
        _add(
            rows,
            CashUp,
            **self._fact(frame, at),
            van_id=self._van,
            counts={},
            counted_holder_id=self._van,
            source="app",
            **till,
        )
        sums: Counter[tuple[str, str]] = Counter()
        for tally in made:
            sums[tally.measure, tally.key] += tally.value
        for (measure, key), value in sums.items():
            if value:
                total = {"measure": measure, "key": key, "value": value, "iso_week": week.as_int}
                _add(rows, VisitTotal, visit_id=visit_id, **total)

    def _fact(self, frame: dict[str, Any], at: dt.datetime) -> dict[str, Any]:
        self._change += 1
        return {
            "id": self._make_id(at),
            "change_no": self._change,
            "received_at": at,
            "occurred_at": at,
            **frame,
        }

    def _sale(self, rows: Rows, frame: dict[str, Any], at: dt.datetime) -> Iterable[Tally]:
        payment = self._dice.choice((Payment.CASH, Payment.CASH, Payment.PAYPAY, Payment.FREE))
        quantity, rate, category = self._dice.randint(1, 5), 8, "sweets"
        goods_yen = quantity * 30
        total_yen = goods_yen if rules.brings_money(payment) else 0
        taxes = rules.taxes({rate: goods_yen}, Rounding.FLOOR) if total_yen else []
        fact = self._fact(frame, at)
        _add(
            rows,
            Sale,
            **fact,
            van_id=self._van,
            payment=payment.value,
            service_mode="takeout",
            total_yen=total_yen,
            taxes=taxes,
            ticket_count=0,
            ticket_face_yen=0,
            source="app",
            counted=True,
        )
        sold = {"quantity": quantity, "unit_price_yen": 30, "rate_percent": rate, "category": category}
        _add(rows, SaleLine, sale_id=fact["id"], line=0, item_id=None, **sold)
        return takings.of_sale(
            frame["visit_id"],
            payment=payment.value,
            total_yen=total_yen,
            taxes=taxes,
            by_category={category: goods_yen},
        )

    def _note(self, rows: Rows, frame: dict[str, Any], at: dt.datetime) -> Iterator[Tally]:
        dice, visit_id = self._dice, frame["visit_id"]
        familiarity, depth = dice.choice(list(Familiarity)).value, dice.choice(list(Depth)).value
        stage, topic = dice.choice(list(Stage)).value, dice.choice(list(Topic)).value
        coded = {"familiarity": familiarity, "depth": depth, "stages": [stage], "topics": [topic]}
        quiet = {"safety_concern": False, "about_staff": False, "legal_hold": False}
        _add(
            rows,
            ContactNote,
            **self._fact(frame, at),
            holder_id=self._van,
            info_given=["leaflet"],
            first_connection=None,
            **coded,
            **quiet,
        )
        yield Tally(visit_id, measures.CONTACTS, familiarity, 1)
        yield Tally(visit_id, measures.CONTACTS_BY_DEPTH, depth, 1)
        yield Tally(visit_id, measures.CONTACTS_BY_STAGE, stage, 1)
        yield Tally(visit_id, measures.CONTACTS_BY_TOPIC, topic, 1)
        yield Tally(visit_id, measures.CONTACTS_INFORMED, "", 1)

    def _talks(
        self, rows: Rows, frame: dict[str, Any], at: dt.datetime, day: dt.date, stop_id: uuid.UUID
    ) -> None:
        """Two referrals with an outcome a week later, and a promise that was kept after four."""
        for outcome in ("connected", "declined"):
            referral = self._fact(frame, at)
            where = self._dice.choice(self._destinations)
            _add(rows, Referral, **referral, direction="out", destination_id=where)
            event = self._event(at, day + dt.timedelta(days=7))
            _add(rows, ReferralEvent, referral_id=referral["id"], outcome=outcome, **event)
        due = day + dt.timedelta(days=28)
        promise = self._fact(frame, at)
        place = {"due_week": IsoWeek.of(due).as_int, "due_stop_id": stop_id, "promise": "other"}
        _add(rows, FollowUp, **promise, due_day=due, **place)
        event = self._event(at, due)
        _add(rows, FollowUpEvent, follow_up_id=promise["id"], result="met", visit_id=None, **event)

    def _event(self, at: dt.datetime, day: dt.date) -> dict[str, Any]:
        self._change += 1
        dated = {"local_day": day, "iso_week": IsoWeek.of(day).as_int}
        return {"id": self._make_id(at), "change_no": self._change, "received_at": at, **dated}


def _add(rows: Rows, table: Any, **columns: Any) -> None:
    rows.setdefault(table, []).append(columns)
