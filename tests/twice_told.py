"""Three visits that phones and the office tell of, in a transaction that is taken back, and a model of what must come of it."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.app import KINDS
from outreach_api.kernel.ids import derived
from outreach_api.ledger.kinds import Actor, Operation, Registry, Work
from outreach_api.ledger.outcomes import Outcome
from outreach_api.ledger.perform import perform, read
from outreach_api.settings import Settings
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.ledger import VisitTotal
from outreach_api.storage.plans import Van
from outreach_api.storage.session import Database
from outreach_api.storage.visits import Visit
from outreach_api.visits import side_by_side
from schemas.vocabulary import Role
from tests.make import MADE_AT, make_stop, make_visit

NOW = dt.datetime(2026, 11, 28, 3, tzinfo=dt.UTC)
REGISTRY = Registry(KINDS)
VAN = derived("told twice", "van")
VISITS = [derived("told twice", "visit", number) for number in range(3)]
OFFICE = Actor(derived("told twice", "office"), Role.COORDINATOR)
PHONES = [Actor(derived("told twice", "phone", number), Role.CREW, VAN) for number in range(2)]
OTHER = {"app": "paper", "paper": "app"}


class _TakenBack(Exception):
    pass


@dataclass(frozen=True)
class Step:
    """One thing that somebody does; `visit` and `other` are numbers of visits."""

    kind: str
    by: int
    """0 and 1 are phones, 2 is the office."""
    visit: int
    payload: tuple[tuple[str, Any], ...] = ()
    other: int = 0

    @property
    def source(self) -> str:
        return dict(self.payload).get("source", "app")


class Town:
    """Performs steps by the write path itself, one push each, and asks what is shown and kept."""

    def __init__(self, session: Session, keyring: Keyring, sources: Sequence[str]) -> None:
        self.session, self._keyring = session, keyring
        self._named: dict[Step, int] = {}
        session.add(
            Van(
                id=VAN,
                version=1,
                change_no=0,
                created_at=MADE_AT,
                code="T",
                name="T",
                needs_power=False,
                active=True,
            )
        )
        stop = make_stop(session)
        for visit_id, source in zip(VISITS, sources, strict=True):
            make_visit(session, van_id=VAN, stop=stop, id=visit_id, source=source)

    def push(self, steps: Sequence[tuple[int, Step]]) -> list[Outcome]:
        """All of one push are by the first one's sender. The number of a step names what it makes, in any order."""
        actor = OFFICE if steps[0][1].by == 2 else PHONES[steps[0][1].by]
        work = Work(self.session, actor, NOW, Settings(), self._keyring)
        ready = read(
            [self._operation(number, step) for number, step in steps],
            actor=actor,
            kinds=REGISTRY,
            hash_key=b"told twice",
        )
        outcomes = perform(work, ready, sent_at=NOW)
        self.session.flush()
        return outcomes

    def _operation(self, number: int, step: Step) -> Operation:
        own = derived("told twice", "fact", number)
        payload, base = dict(step.payload), None
        if step.kind in ("visit.merge", "visit.choose_telling"):
            own = VISITS[step.visit]
            base = self.session.scalar(sa.select(Visit.version).where(Visit.id == own))
            payload |= {"into": str(VISITS[step.other])} if step.kind == "visit.merge" else {}
        elif step.kind == "sale.void":
            payload |= {"sale_id": str(derived("told twice", "fact", step.other)), "reason": "打ち間違い"}
        else:
            payload["visit_id"] = str(VISITS[step.visit])
        op_id = derived("told twice", "operation", number)
        return Operation(op_id, step.kind, 1, own, payload, base, NOW - dt.timedelta(hours=1))

    def totals(self, visit: int) -> dict[tuple[str, str], int]:
        found = sa.select(VisitTotal.measure, VisitTotal.key, VisitTotal.value)
        found = found.where(VisitTotal.visit_id == VISITS[visit], VisitTotal.value != 0)
        return {(measure, key): value for measure, key, value in self.session.execute(found)}

    def shown(self, visit: int) -> dict[str, Any]:
        """Both tellings without the times at which they came."""
        found: Any = side_by_side.tellings(self.session, OFFICE, VISITS[visit])
        for subject in ("heads", "receipts"):
            for telling in (found[subject]["app"], found[subject]["paper"]):
                for name in ("first_received_at", "last_received_at"):
                    (telling or {}).pop(name, None)
        return {subject: found[subject] for subject in ("heads", "receipts")}


@contextlib.contextmanager
def town(database: Database, keyring: Keyring, sources: Sequence[str] = ("app",) * 3) -> Iterator[Town]:
    with contextlib.suppress(_TakenBack), database.write() as session:
        yield Town(session, keyring, sources)
        raise _TakenBack


@dataclass
class Receipt:
    number: int
    source: str
    payment: str
    yen: int
    tickets: int = 0


@dataclass
class Told:
    """What one visit was told, and which source stands."""

    heads: dict[str, Counter[str]] = field(default_factory=lambda: {"app": Counter(), "paper": Counter()})
    heads_stand: str | None = None
    receipts: list[Receipt] = field(default_factory=list)
    tickets: list[tuple[str, str, int]] = field(default_factory=list)
    """Bought or used without a receipt: source, event, quantity."""
    receipts_stand: str | None = None

    def tells(self, source: str | None) -> bool:
        return source is not None and any(self.heads[source].values())

    def counter_tells(self, source: str | None) -> bool:
        return any(fact.source == source for fact in self.receipts) or any(
            teller == source for teller, _, _ in self.tickets
        )

    def totals(self) -> dict[tuple[str, str], int]:
        sums: Counter[tuple[str, str]] = Counter()
        for band, n in self.heads.get(self.heads_stand or "", {}).items():
            sums["attendance", band] += n
        for receipt in self.receipts:
            if receipt.source == self.receipts_stand:
                sums["sales_count", receipt.payment] += 1
                sums["sales_payment_yen", receipt.payment] += receipt.yen
                sums["tickets", "redeemed"] += receipt.tickets
        for source, event, quantity in self.tickets:
            if source == self.receipts_stand:
                sums["tickets", event] += quantity
        return {place: value for place, value in sums.items() if value}


class Model:
    """What steps must come to: facts of one source add up, and of two sources one stands."""

    MEASURES = frozenset({"attendance", "sales_count", "sales_payment_yen", "tickets"})

    def __init__(self) -> None:
        self.told = [Told() for _ in VISITS]
        self.joined = list(range(len(VISITS)))

    def remaining(self, visit: int) -> int:
        return self.joined[visit]

    def at(self, visit: int) -> Told:
        return self.told[self.joined[visit]]

    def take(self, number: int, step: Step) -> None:
        """A step that was applied."""
        getattr(self, "_" + step.kind.replace(".", "_"))(
            number, step, self.at(step.visit), dict(step.payload)
        )

    def _head_count_add(self, _: int, step: Step, told: Told, given: dict[str, Any]) -> None:
        told.heads[step.source].update(given["counts"])
        told.heads_stand = told.heads_stand or step.source
        if not told.tells(told.heads_stand) and told.tells(OTHER[told.heads_stand]):
            told.heads_stand = OTHER[told.heads_stand]

    def _sale_record(self, number: int, step: Step, told: Told, given: dict[str, Any]) -> None:
        tickets = given.get("ticket_count", 0)
        yen = 0 if tickets else given["rush_yen"]
        told.receipts.append(Receipt(number, step.source, given["payment"], yen, tickets))
        told.receipts_stand = told.receipts_stand or step.source

    def _ticket_issue(self, _: int, step: Step, told: Told, given: dict[str, Any]) -> None:
        event = {"ticket.issue": "issued", "ticket.redeem": "redeemed"}[step.kind]
        told.tickets.append((step.source, event, given["quantity"]))
        told.receipts_stand = told.receipts_stand or step.source

    _ticket_redeem = _ticket_issue

    def _sale_void(self, _: int, step: Step, __: Told, ___: dict[str, Any]) -> None:
        told = next(t for t in self.told if any(fact.number == step.other for fact in t.receipts))
        told.receipts = [fact for fact in told.receipts if fact.number != step.other]
        self._next_stands(told, told.receipts_stand)

    def _next_stands(self, told: Told, *preferred: str | None) -> None:
        told.receipts_stand = next((s for s in (*preferred, "app", "paper") if told.counter_tells(s)), None)

    def _visit_choose_telling(self, _: int, __: Step, told: Told, given: dict[str, Any]) -> None:
        told.heads_stand = given.get("heads", told.heads_stand)
        told.receipts_stand = given.get("receipts", told.receipts_stand)

    def _visit_merge(self, _: int, step: Step, gone: Told, __: dict[str, Any]) -> None:
        kept = self.told[step.other]
        heads = [t.heads_stand if t.tells(t.heads_stand) else None for t in (kept, gone)]
        kept.heads_stand = next(filter(None, heads), kept.heads_stand or gone.heads_stand)
        for source, bands in gone.heads.items():
            kept.heads[source].update(bands)
        kept.receipts += gone.receipts
        kept.tickets += gone.tickets
        self._next_stands(kept, kept.receipts_stand, gone.receipts_stand)
        self.told[step.visit] = Told()
        self.joined = [step.other if root == step.visit else root for root in self.joined]
