"""Draws days of sync in which anything may happen in any order: a state machine for hypothesis.

What may happen, and what must hold then, is said in tests/proofs/day_of_sync.py.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from typing import Any, ClassVar

import hypothesis
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from outreach_api.kernel.clock import format_instant
from tests.proofs.day_of_sync import DayOfSync
from tests.proofs.handsets import Entry, Handset
from tests.proofs.organisation import Organisation

ANY = st.integers(0, 11)
"""One of what there is, counted round."""
PHONES = st.integers(0, 3)
PAGES = st.sampled_from([1, 3, 200])
FACTS = st.sampled_from(
    [
        "head_count.add",
        "head_count.add",
        "note.write",
        "sale.record",
        "sale.record",
        "stamp.mark",
        "ticket.issue",
        "ticket.redeem",
        "hygiene.log",
    ]
)
MISTAKES = st.sampled_from(
    [
        "rubbish",
        "malformed",
        "forbidden",
        "invalid",
        "unknown_kind",
        "newer_version",
        "not_by_push",
        "sealed_unreadable",
        "sealed_for_another_key",
    ]
)
TOLD_TWICE = st.sampled_from(["other words", "another's id", "the thing again", "the thing elsewhere"])
CARDS = ("7K3QX9", "7K3QXA", "A47HJM")
BANDS = ("infant", "elem_low", "guardian")
PAYMENTS = ("cash", "paypay", "ticket", "free")
ANOTHER_KEY = X25519PrivateKey.from_private_bytes(bytes(range(1, 33)))


class SyncDay(RuleBasedStateMachine):
    """Give it an organisation in a subclass."""

    organisation: ClassVar[Organisation]

    def __init__(self) -> None:
        super().__init__()
        self.day = DayOfSync(self.organisation)
        self.visits = [(stay.van_id, stay.visit_id) for stay in self.organisation.stays]
        self.sales: list[uuid.UUID] = []
        self.entered: list[tuple[Handset, Entry]] = []

    @rule(phone=PHONES, which=ANY, says_when=st.booleans())
    def arrive_as_planned(self, phone: int, which: int, says_when: bool) -> None:
        handset = self.day.handsets[phone]
        stays = [s for s in self.organisation.stays if handset.sender.van_id in (None, s.van_id)]
        stay = stays[which % len(stays)]
        when = self._moment(handset, "opened_at", says_when)
        self._enter(handset, "visit.open", {"plan_stop_id": str(stay.plan_stop_id)} | when, stay.visit_id)

    @rule(phone=PHONES, which=ANY, says_when=st.booleans())
    def arrive_unplanned(self, phone: int, which: int, says_when: bool) -> None:
        handset, here = self.day.handsets[phone], self.organisation
        stop_ids = list(here.stop_mesh)
        said = {"stop_id": str(stop_ids[which % len(stop_ids)])} | self._moment(
            handset, "opened_at", says_when
        )
        van_id = handset.sender.van_id
        if van_id is None:
            van_id = here.vans[which % len(here.vans)]
            said["van_id"] = str(van_id)
        self.visits.append((van_id, self._enter(handset, "visit.open", said).entity_id))

    @rule(phone=PHONES, which=ANY, kind=FACTS, n=st.integers(-3, 9), seals=st.booleans())
    def count_or_sell(self, phone: int, which: int, kind: str, n: int, seals: bool) -> None:
        handset = self.day.handsets[phone]
        said = {"visit_id": str(self._visit(handset, which))} | _fact(kind, n)
        entry = self._enter(handset, kind, said, seal_with=self.organisation.keyring if seals else None)
        if kind == "sale.record":
            self.sales.append(entry.entity_id)

    @rule(phone=PHONES, which=ANY)
    def take_back_a_sale(self, phone: int, which: int) -> None:
        if self.sales:
            said = {"sale_id": str(self.sales[-1 - which % len(self.sales)]), "reason": "打ち間違い"}
            self._enter(self.day.handsets[phone], "sale.void", said)

    @rule(phone=PHONES, which=ANY, says_when=st.booleans())
    def close(self, phone: int, which: int, says_when: bool) -> None:
        handset = self.day.handsets[phone]
        when = self._moment(handset, "closed_at", says_when)
        self._enter(handset, "visit.close", when, self._visit(handset, which))

    @rule(phone=PHONES, which=ANY)
    def cancel(self, phone: int, which: int) -> None:
        handset = self.day.handsets[phone]
        self._enter(handset, "visit.cancel", {"reason": "rain"}, self._visit(handset, which))

    @rule(phone=PHONES, which=ANY, mistake=MISTAKES)
    def mistake(self, phone: int, which: int, mistake: str) -> None:
        handset, here = self.day.handsets[phone], self.organisation
        visit = {"visit_id": str(self._visit(handset, which))}
        tap, kind = visit | _fact("head_count.add", 2), "head_count.add"
        said: dict[str, Any] = {}
        match mistake:
            case "malformed":
                said = {"surprise": 1}
            case "forbidden":
                kind = "tax_rate.set"
            case "invalid":
                tap = visit | {"counts": {"infant": "x"}}
            case "unknown_kind":
                kind = "moon.landing"
            case "newer_version":
                said = {"v": 9}
            case "not_by_push":
                kind = "person.add"
            case "sealed_unreadable":
                said = {"seal_with": here.keyring}
            case "sealed_for_another_key":
                said = {"seal_with": ANOTHER_KEY}
        entry = handset.enter(here.clock(), kind, tap, refusal=mistake, **said)
        if mistake == "sealed_unreadable":
            entry.item["sealed"] = entry.item["sealed"][:-4]
        if mistake == "rubbish":
            rubbish = dataclasses.replace(entry, item=f"rubbish {which % 2}", refusal="malformed")
            handset.queue[-1] = rubbish

    @rule(phone=PHONES, which=ANY, how=TOLD_TWICE)
    def tell_again(self, phone: int, which: int, how: str) -> None:
        """Under a number that was given already, other words; or the same thing under another number."""
        if not self.entered:
            return
        handset = self.day.handsets[phone]
        owner, earlier = self.entered[-1 - which % len(self.entered)]
        self.day.disputed |= {earlier.op_id, earlier.entity_id}
        if how == "the thing again":
            handset.enter(self._now, earlier.kind, earlier.payload, earlier.entity_id)
            return
        visit = {"visit_id": str(self._visit(handset, which))}
        if how == "the thing elsewhere":
            said = earlier.payload | (visit if "visit_id" in earlier.payload else {})
            handset.enter(self._now, earlier.kind, said, earlier.entity_id)
            return
        teller = owner if how == "other words" else handset
        teller.enter(self._now, "head_count.add", visit | _fact("head_count.add", 2), op_id=earlier.op_id)

    @rule(phone=PHONES, which=ANY, elsewhere=st.booleans())
    def number_anew(self, phone: int, which: int, elsewhere: bool) -> None:
        """A phone that forgot its numbers enters again what it still holds, perhaps at another visit."""
        handset = self.day.handsets[phone]
        for place, entry in enumerate(list(handset.held.values())[which % 3 :: 2][:5]):
            said, visit = entry.payload, {"visit_id": str(self._visit(handset, which + place))}
            if elsewhere and place % 2 and "visit_id" in said:
                said = said | visit
            self.day.disputed |= {entry.op_id, entry.entity_id}
            handset.enter(self._now, entry.kind, said, entry.entity_id)

    @rule(
        phone=PHONES,
        order=st.sampled_from(["as entered", "backwards", "shuffled"]),
        part=st.sampled_from(["all", "all", "all", "first half", "last half", "one"]),
        fate=st.sampled_from(["heard", "heard", "heard", "lost", "twice", "doubled"]),
        apart=st.booleans(),
    )
    def push(self, phone: int, order: str, part: str, fate: str, apart: bool) -> None:
        day, handset = self.day, self.day.handsets[phone]
        entries = list(handset.queue)
        if order == "backwards":
            entries.reverse()
        elif order == "shuffled":
            day.dice.shuffle(entries)
        half = (len(entries) + 1) // 2
        parts = {"one": entries[:1], "first half": entries[:half], "last half": entries[half:]}
        entries = parts.get(part, entries)
        if fate == "doubled":
            entries += entries[:half]
        answer = day.push(handset, entries, apart=apart)
        if fate == "twice":
            answer = day.push(handset, entries)
        if fate != "lost":
            handset.hear(answer["epoch"], entries, answer["results"])

    @rule(phone=PHONES, which=ANY)
    def resend_what_ended(self, phone: int, which: int) -> None:
        handset = self.day.handsets[phone]
        entries = list(handset.held.values())[which % 3 :: 2]
        answer = self.day.push(handset, entries)
        handset.hear(answer["epoch"], entries, answer["results"])

    @rule(phone=PHONES, days=st.sampled_from([0, 0, -1, 1, -366, 366]))
    def clock_jumps(self, phone: int, days: int) -> None:
        self.day.handsets[phone].offset = dt.timedelta(days=days)

    @rule(minutes=st.sampled_from([1, 20, 600]))
    def time_passes(self, minutes: int) -> None:
        self.organisation.clock.forward(minutes=minutes)

    @rule(phone=PHONES, limit=PAGES, arrives=st.booleans())
    def pull_a_page(self, phone: int, limit: int, arrives: bool) -> None:
        self.day.pull(self.day.handsets[phone], limit, arrives=arrives)

    @rule(phone=PHONES, limit=PAGES)
    def catch_up(self, phone: int, limit: int) -> None:
        self.day.catch_up(self.day.handsets[phone], limit)

    @rule(phone=PHONES)
    def forget_what_is_safe(self, phone: int) -> None:
        self.day.forget(self.day.handsets[phone])

    @rule(phone=PHONES)
    def revoke(self, phone: int) -> None:
        self.day.revoke(self.day.handsets[phone])

    @rule(which=ANY, into=ANY)
    def join_visits(self, which: int, into: int) -> None:
        self.day.join(self.visits[-1 - which % len(self.visits)][1], self.visits[into % len(self.visits)][1])

    @rule(which=ANY)
    def settle(self, which: int) -> None:
        self.day.settle(which)

    @rule()
    def back_up(self) -> None:
        self.day.back_up()

    @rule()
    def restore(self) -> None:
        self.day.restore()

    @rule()
    def look(self) -> None:
        self.day.look()

    def teardown(self) -> None:
        self.day.end()

    @property
    def _now(self) -> dt.datetime:
        return self.organisation.clock()

    def _enter(self, handset: Handset, kind: str, payload: Any, *args: Any, **more: Any) -> Entry:
        entry = handset.enter(self._now, kind, payload, *args, **more)
        self.entered.append((handset, entry))
        return entry

    def _visit(self, handset: Handset, which: int) -> uuid.UUID:
        """One of the phone's own van, the latest first; once in a while another van's."""
        van_id = handset.sender.van_id
        own = [visit_id for of, visit_id in self.visits if van_id in (None, of)][::-1]
        return self.visits[-1][1] if which == 11 else own[which % len(own)]

    def _moment(self, handset: Handset, name: str, says_when: bool) -> dict[str, str]:
        return {name: format_instant(self._now + handset.offset)} if says_when else {}


def live_through(organisation: Organisation, seed: int, *, runs: int, steps: int) -> None:
    """Draw so many days and live through them. Raises what hypothesis found, shrunk, with the day that shows it."""
    machine = type("Day", (SyncDay,), {"organisation": organisation})
    run_state_machine_as_test(
        hypothesis.seed(seed)(machine),
        settings=hypothesis.settings(
            max_examples=runs,
            stateful_step_count=steps,
            database=None,
            deadline=None,
            derandomize=False,
            print_blob=False,
            phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )


def _fact(kind: str, n: int) -> dict[str, Any]:
    some = abs(n) + 1
    match kind:
        case "head_count.add":
            return {"counts": {BANDS[n % 3]: n or 1}}
        case "sale.record":
            payment = PAYMENTS[n % 4]
            tickets = {"ticket_count": some} if payment == "ticket" else {}
            return {"payment": payment, "rush_yen": 10 * some, **tickets}
        case "note.write":
            return {"depth": ("chat", "crisis")[n % 2], "text": "次の日程を渡した。"}
        case "stamp.mark":
            return {"card": CARDS[n % 3]}
        case "hygiene.log":
            return {"check": "water", "passed": True}
        case "ticket.issue":
            return {"quantity": some, "face_yen": 100, "payment": "cash"}
        case _:
            return {"quantity": some, "face_yen": 100}
