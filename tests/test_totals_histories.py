"""Every kept total equals a recount of the raw rows after each push of random histories, and after going back in time.

Told are arrivals, counts and mis-taps, receipts of all kinds, voids, refunds, tickets, tills, notes, stamps, from phones and
paper, late and again, cancellations, corrected days and stops, moved pins, joined duplicates and chosen tellings.
"""

from __future__ import annotations

import random
import uuid
from collections import Counter
from typing import Any

import hypothesis.strategies as st
import sqlalchemy as sa
from hypothesis import given, settings
from sqlalchemy.orm import Session

from outreach_api.kernel.ids import derived
from outreach_api.kernel.week import IsoWeek
from outreach_api.ledger import epochs, held_anew, recount
from outreach_api.ledger.kinds import Operation
from outreach_api.storage.base import VisitFact
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.session import Database
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit
from schemas.vocabulary import Band, Depth, Familiarity, InfoGiven, Stage, Topic
from tests.make import make_item
from tests.test_held_days import DAYS, STOPS, VISITS, Step, World, world


class Teller:
    """Draws what is told next."""

    def __init__(self, dice: random.Random, place: World) -> None:
        self.dice, self.place = dice, place
        self.items = [str(make_item(place.session, price_yen=yen).id) for yen in (30, 250)]
        self.items.append(str(make_item(place.session, price_yen=900, tax_category="standard").id))
        self.sold: list[tuple[int, str]] = []
        self.tell = {
            "visit.open": self.opening,
            "head_count.add": self.taps,
            "sale.record": self.sale,
            "sale.void": lambda: {"sale_id": self.one_sold(), "reason": "打ち間違い"},
            "sale.refund": self.refund,
            "ticket.issue": lambda: {"quantity": self.dice.randint(1, 9), "payment": "cash", **self.source()},
            "ticket.redeem": lambda: {"quantity": self.dice.randint(1, 3), **self.source()},
            "cash_up.count": self.till,
            "note.write": self.note,
            "stamp.mark": lambda: {"card": f"7K3Q0{self.dice.randint(0, 5)}"},
            "hygiene.log": lambda: {"check": "water", "passed": True},
            "visit.close": lambda: {"closed_at": f"2026-11-27T0{self.dice.randint(3, 6)}:30:00Z"},
            "visit.cancel": lambda: {"reason": "rain"},
            "visit.correct": self.correction,
            "visit.merge": lambda: {"into": str(VISITS[self.twins()[1]])},
            "visit.choose_telling": lambda: {
                self.dice.choice(["heads", "receipts"]): self.dice.choice(["app", "paper"])
            },
            "stop.change": lambda: {
                "position": {"lat": 35.8041 + self.dice.choice([0, 4, 80]) / 10_000, "lon": 139.9523}
            },
        }

    def step(self, kind: str) -> Step:
        visit = self.dice.randrange(len(VISITS))
        payload = self.tell[kind]()
        if kind in ("sale.void", "sale.refund"):
            visit = next((at for at, sale in self.sold if sale == payload["sale_id"]), visit)
        if kind == "visit.merge":
            visit = next((n for n in self.twins() if str(VISITS[n]) != payload["into"]), visit)
        office = kind in _OF_OFFICE or self.dice.random() < 0.2
        entity: uuid.UUID | None = None
        if kind == "stop.change":
            entity = self.dice.choice(STOPS)
        elif kind.startswith("visit."):
            entity = VISITS[visit]
        return Step(kind, visit, tuple(payload.items()), office, entity)

    def twins(self) -> tuple[int, int]:
        """Two visits of one van on one day, the same until something changes; any two where there are none."""
        rows = self.place.session.execute(
            sa.select(Visit.id, Visit.van_id, Visit.local_day).where(Visit.merged_into.is_(None))
        )
        alike: dict[Any, list[int]] = {}
        for visit_id, van_id, day in sorted(rows, key=lambda row: VISITS.index(row.id)):
            alike.setdefault((van_id, day), []).append(VISITS.index(visit_id))
        found = next((numbers for numbers in alike.values() if len(numbers) > 1), [0, 1])
        return found[1], found[0]

    def push(self) -> list[Step]:
        kinds = self.dice.choices(list(self.tell), weights=[_OFTEN.get(kind, 1) for kind in self.tell], k=4)
        return [self.step(kind) for kind in kinds]

    def remember(self, operations: list[Operation]) -> None:
        self.sold += [
            (
                next(n for n, at in enumerate(VISITS) if str(at) == sent.payload["visit_id"]),
                str(sent.entity_id),
            )
            for sent in operations
            if sent.kind == "sale.record"
        ]

    def source(self) -> dict[str, str]:
        return {"source": self.dice.choice(["app", "app", "app", "paper"])}

    def opening(self) -> dict[str, Any]:
        told = {"stop_id": str(self.dice.choice(STOPS)), "local_day": self.day()}
        return {**told, "opened_at": f"2026-11-27T0{self.dice.randint(1, 4)}:30:00Z", **self.source()}

    def day(self) -> str:
        """Often the same one, for duplicates are of one day."""
        return self.dice.choices(DAYS, weights=[1, 1, 1, 2, 6])[0].isoformat()

    def taps(self) -> dict[str, Any]:
        counts = {self.dice.choice(list(Band)).value: self.dice.choice([-2, 1, 3, 9]) for _ in range(2)}
        return {"counts": counts, **self.source()}

    def sale(self) -> dict[str, Any]:
        how = self.dice.choice(["cash", "cash", "paypay", "other_qr", "ticket", "free"])
        paid: dict[str, Any] = {"payment": how, **self.source()}
        if how == "ticket":
            paid |= {"ticket_count": self.dice.randint(1, 3), "ticket_face_yen": 100}
        if self.dice.random() < 0.3:
            return {"rush_yen": self.dice.randint(10, 900), **paid}
        lines = [
            {"item_id": item, "quantity": self.dice.randint(1, 3)} for item in self.dice.sample(self.items, 2)
        ]
        return {"lines": lines, **paid}

    def one_sold(self) -> str:
        return self.dice.choice(self.sold)[1] if self.sold else str(derived("nothing", "sold"))

    def refund(self) -> dict[str, Any]:
        line = {"line": self.dice.randint(0, 1), "quantity": 1}
        return {"sale_id": self.one_sold(), "lines": [line], "reason": "袋がやぶれていた"}

    def till(self) -> dict[str, Any]:
        counted = {"opening_float_yen": 1_000, "counts": {"1000": self.dice.randint(0, 3)}}
        return {**counted, "difference_reason": "数え直し", **self.source()}

    def note(self) -> dict[str, Any]:
        def some(words: Any) -> list[str]:
            return [str(word) for word in self.dice.sample(list(words), self.dice.randint(0, 2))]

        return {
            "familiarity": self.dice.choice(list(Familiarity)),
            "depth": self.dice.choice(list(Depth)),
            "stages": some(Stage),
            "topics": some(Topic),
            "info_given": some(InfoGiven),
            "first_connection": self.dice.choice([None, True, False]),
            "about_staff": self.dice.random() < 0.1,
        }

    def correction(self) -> dict[str, Any]:
        day, stop = self.day(), str(self.dice.choice(STOPS))
        return self.dice.choice([{"local_day": day}, {"stop_id": stop}, {"local_day": day, "stop_id": stop}])


_OF_OFFICE = {"visit.correct", "visit.merge", "visit.choose_telling", "stop.change"}
_OFTEN = {"sale.record": 4, "head_count.add": 3, "note.write": 2, "visit.merge": 2, "sale.void": 2}


def assert_exact(session: Session) -> None:
    assert recount.differences(session) == []
    assert recount.week_differences(session) == []
    assert held_anew.differences(session) == []
    assert astray(session) == []


def astray(session: Session) -> list[tuple[str, uuid.UUID]]:
    """Facts whose day, week or cell is not that of their visit, and visits that aren't in the week of their day."""
    found = []
    for fact in VisitFact.__subclasses__():
        table: Any = fact
        rows = session.execute(
            sa.select(table.id)
            .join(Visit, Visit.id == table.visit_id)
            .where(
                sa.or_(
                    table.local_day != Visit.local_day,
                    table.iso_week != Visit.iso_week,
                    table.mesh != Visit.mesh,
                    Visit.merged_into.is_not(None),
                )
            )
        )
        found += [(table.__tablename__, row.id) for row in rows]
    for visit in session.execute(
        sa.select(Visit.id, Visit.local_day, Visit.iso_week, Visit.mesh, Stop.mesh.label("there"))
        .join(Stop, Stop.id == Visit.stop_id)
        .where(Visit.merged_into.is_(None))
    ):
        if visit.iso_week != IsoWeek.of(visit.local_day).as_int or visit.mesh != visit.there:
            found.append(("visits", visit.id))
    return found


@settings(max_examples=8)
@given(st.randoms(use_true_random=False))
def test_every_total_follows_from_the_raw_rows_after_each_push(
    migrated: Database, keyring: Keyring, dice: random.Random
) -> None:
    with world(migrated, keyring) as place:
        teller = Teller(dice, place)
        place.push([teller.step("visit.open") for _ in VISITS])
        for _ in range(12):
            before = len(place.sent)
            place.push(teller.push())
            teller.remember([operation for _, operation in place.sent[before:]])
            assert_exact(place.session)
            if dice.random() < 0.2:
                place.replay(dice.randrange(len(place.sent)))
                assert_exact(place.session)


@settings(max_examples=4)
@given(st.randoms(use_true_random=False))
def test_every_total_follows_from_the_raw_rows_of_a_database_that_went_back_and_is_told_again(
    migrated: Database, keyring: Keyring, dice: random.Random
) -> None:
    with world(migrated, keyring) as place:
        teller = Teller(dice, place)
        place.push([teller.step("visit.open") for _ in VISITS])
        for _ in range(4):
            place.push(teller.push())
        backed_up = place.session.begin_nested()
        for _ in range(6):
            place.push(teller.push())
        backed_up.rollback()
        epochs.begin(place.session)
        assert_exact(place.session)
        for actor, operation in place.sent[:]:
            place.send(actor, [operation])
        assert_exact(place.session)


def test_the_histories_tell_of_everything(migrated: Database, keyring: Keyring) -> None:
    """Without it, a kind that is always refused would prove nothing."""
    applied: Counter[str] = Counter()
    for seed in range(5):
        with world(migrated, keyring) as place:
            teller = Teller(random.Random(seed), place)
            place.push([teller.step("visit.open") for _ in VISITS])
            for _ in range(25):
                before = len(place.sent)
                place.push(teller.push())
                teller.remember([operation for _, operation in place.sent[before:]])
            applied.update(place.applied)
    assert set(teller.tell) <= applied.keys(), applied
