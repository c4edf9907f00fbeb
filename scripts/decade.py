"""Ten years of one van as the write path would leave them, made straight in the tables, then counted again."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.access.writes.tokens import issue_token
from outreach_api.kernel.ids import uuid7, visit_id_of
from outreach_api.kernel.mesh import mesh_code, micro, parent
from outreach_api.kernel.money import Rounding
from outreach_api.kernel.week import IsoWeek
from outreach_api.ledger import held_anew, measures, recount, takings
from outreach_api.ledger.kinds import Tally
from outreach_api.outreach_map.imports import Source, keep_population
from outreach_api.outreach_map.population import PopulationTable, Unit
from outreach_api.sales import rules
from outreach_api.stops.writes import UNSAID
from outreach_api.storage import migrate
from outreach_api.storage.contacts import (
    ContactNote,
    Destination,
    FollowUp,
    FollowUpEvent,
    Referral,
    ReferralEvent,
    StampMark,
)
from outreach_api.storage.ledger import VisitTotal
from outreach_api.storage.plans import Plan, PlanStop, Van
from outreach_api.storage.sales import CashUp, Sale, SaleLine
from outreach_api.storage.session import Database
from outreach_api.storage.stops import Permission, Stop
from outreach_api.storage.visits import HeadCount, Visit
from schemas.vocabulary import Band, Depth, Familiarity, Payment, Role, Stage, Topic

YEARS = 10
VISIT_DAYS = (2, 4, 5)  # Wednesday, Friday, Saturday
STOPS = 25
LAST_WEEK = IsoWeek(2026, 48)

Rows = dict[Any, list[dict[str, Any]]]


class Decade:
    """The database at `path`: one van, 25 stops, three visits a week, receipts, notes, promises, stamp cards."""

    def __init__(self, path: Path, *, sales: int) -> None:
        self.path = path
        self.now = dt.datetime(2026, 11, 29, 9, 0, tzinfo=dt.UTC)
        self.weeks = [LAST_WEEK.previous(n) for n in reversed(range(YEARS * 52))]
        self.counted: Counter[str] = Counter()
        self._dice = random.Random(11)  # noqa: S311
        self._change = 0
        self._sales_a_visit = round(sales / (len(self.weeks) * len(VISIT_DAYS)))
        self._van = self._id(self.now)
        database = Database(f"sqlite:///{path}")
        migrate.upgrade(database)
        with database.write() as session:
            self._town(session)
            for week in self.weeks:
                self._insert(session, self._week(week))
            held_anew.fill(session)
            self.token = issue_token(
                session, role=Role.COORDINATOR, label="bench", now=self.now, days=1, person_id=None
            )
        with database.read() as session:
            wrong = recount.differences(session)
        if wrong:
            raise SystemExit(f"{len(wrong)} totals do not follow from their facts, the first: {wrong[0]}")
        database.close()

    def size(self) -> str:
        return ", ".join(f"{count:,} {table}" for table, count in sorted(self.counted.items()))

    def _id(self, at: dt.datetime) -> uuid.UUID:
        return uuid7(at, self._dice.randbytes(10))

    def _kept(self) -> dict[str, Any]:
        return {"version": 1, "change_no": 0, "created_at": dt.datetime(2016, 4, 1, tzinfo=dt.UTC)}

    def _town(self, session: Session) -> None:
        """Stops all over a city of 18 × 16 cells of 500 m, permissions, destinations, and who lives there."""
        kept, dice = self._kept(), self._dice
        self._stops: list[tuple[uuid.UUID, int]] = []
        session.add(Van(id=self._van, code="A", name="A", needs_power=False, active=True, **kept))
        for number in range(STOPS):
            lat, lon = micro(35.77 + 0.07 * dice.random()), micro(139.88 + 0.1 * dice.random())
            stop_id, mesh = self._id(self.now), mesh_code(lat, lon)
            self._stops.append((stop_id, mesh))
            named = {"id": stop_id, "code": f"S{number:02}", "name": f"場所{number}", "kind": "temple"}
            place = {"lat_micro": lat, "lon_micro": lon, "mesh": mesh, "publicity": "public"}
            session.add(Stop(**{**UNSAID, **kept, **named, **place}))
            session.flush()
            for year in range(YEARS):
                first = dt.date(2017 + year, 4, 1)
                leave = {"valid_from": first, "valid_to": first + dt.timedelta(days=364), "fee_yen": 0}
                session.add(
                    Permission(id=self._id(self.now), stop_id=stop_id, type="consent", **leave, **kept)
                )
        self._destinations = [self._id(self.now) for _ in range(8)]
        for number, kind in enumerate(
            ("link", "line", "college", "baby", "school", "medical", "police", "link")
        ):
            session.add(
                Destination(
                    id=self._destinations[number],
                    kind=kind,
                    name=f"先{number}",
                    how_to_join="窓口へ",
                    leaflet_stock=0,
                    active=True,
                    **kept,
                )
            )
        session.flush()
        cells = sorted(
            {
                parent(mesh_code(micro(35.77 + 240 / 57_600 * row), micro(139.88 + 0.00625 * column)), 500)
                for row in range(18)
                for column in range(16)
            }
        )
        units = tuple(Unit((cell,), (1_700.0,), {"target": dice.randint(50, 400)}) for cell in cells)
        source = Source.of([("people.csv", b"")])
        keep_population(
            session,
            PopulationTable(500, units, {"target": "0–14"}),
            label="2020",
            source=source,
            boundary_code=None,
            now=self.now,
        )

    def _week(self, week: IsoWeek) -> Rows:
        rows: Rows = {}
        for weekday in VISIT_DAYS:
            self._visit(rows, week, week.days[weekday])
        return rows

    def _visit(self, rows: Rows, week: IsoWeek, day: dt.date) -> None:
        dice = self._dice
        stop_id, mesh = dice.choice(self._stops)
        at = dt.datetime.combine(day, dt.time(1), dt.UTC)
        plan_id, plan_stop_id = self._id(at), self._id(at)
        visit_id = visit_id_of(plan_stop_id)
        dated = {"local_day": day, "iso_week": week.as_int}
        plan = {"status": "published", "revision": 1, "changed_since_published": False}
        _add(rows, Plan, id=plan_id, van_id=self._van, **plan, **dated, **self._kept())
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
            status="closed",
            source="app",
            mesh=mesh,
            opened_at=at,
            closed_at=at + dt.timedelta(hours=3),
            clock_suspect=False,
            **dated,
            **self._kept(),
        )
        frame = {"visit_id": visit_id, "mesh": mesh, **dated}
        made: list[Tally] = []
        for second in range(self._sales_a_visit):
            made += self._sale(rows, frame, at + dt.timedelta(seconds=second * 20))
        for _ in range(20):
            band = dice.choice(list(Band)).value
            _add(rows, HeadCount, **self._fact(frame, at), counts={band: 2}, source="app", counted=True)
            made.append(Tally(visit_id, measures.ATTENDANCE, band, 2))
        for _ in range(15):
            made += self._note(rows, frame, at)
        self._talks(rows, frame, at, day)
        for card in dice.sample(range(400), 8):
            _add(rows, StampMark, **self._fact(frame, at), card=f"7K{card:04}")
        made.append(Tally(visit_id, measures.STAMPS, "", 8))
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
            "id": self._id(at),
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

    def _talks(self, rows: Rows, frame: dict[str, Any], at: dt.datetime, day: dt.date) -> None:
        """Two referrals with an outcome a week later, and a promise that was kept after four."""
        for outcome in ("connected", "declined"):
            referral = self._fact(frame, at)
            where = self._dice.choice(self._destinations)
            _add(rows, Referral, **referral, direction="out", destination_id=where)
            event = self._event(at, day + dt.timedelta(days=7))
            _add(rows, ReferralEvent, referral_id=referral["id"], outcome=outcome, **event)
        due = day + dt.timedelta(days=28)
        promise = self._fact(frame, at)
        place = {"due_week": IsoWeek.of(due).as_int, "due_stop_id": self._stops[0][0], "promise": "other"}
        _add(rows, FollowUp, **promise, due_day=due, **place)
        event = self._event(at, due)
        _add(rows, FollowUpEvent, follow_up_id=promise["id"], result="met", visit_id=None, **event)

    def _event(self, at: dt.datetime, day: dt.date) -> dict[str, Any]:
        self._change += 1
        dated = {"local_day": day, "iso_week": IsoWeek.of(day).as_int}
        return {"id": self._id(at), "change_no": self._change, "received_at": at, **dated}

    def _insert(self, session: Session, rows: Rows) -> None:
        for table, made in rows.items():
            session.execute(sa.insert(cast(sa.Table, table.__table__)), made)
            self.counted[table.__tablename__] += len(made)


def _add(rows: Rows, table: Any, **columns: Any) -> None:
    rows.setdefault(table, []).append(columns)
